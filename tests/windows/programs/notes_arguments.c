/* Writes its command line, as it got it, to the file that its first argument names, in UTF-8. */
#include <stdio.h>
#include <stdlib.h>

#include <windows.h>

int wmain(int argc, wchar_t *argv[]);

int wmain(int argc, wchar_t *argv[]) {
    FILE *file = argc > 1 ? _wfopen(argv[1], L"wb") : NULL;
    if (!file) {
        return 1;
    }
    for (int i = 2; i < argc; i++) {
        int size = WideCharToMultiByte(CP_UTF8, 0, argv[i], -1, NULL, 0, NULL, NULL);
        char *text = malloc((size_t)size);
        if (!text) {
            return 1;
        }
        WideCharToMultiByte(CP_UTF8, 0, argv[i], -1, text, size, NULL, NULL);
        fprintf(file, "%s\n", text);
        free(text);
    }
    fputs("whole\n", file);
    return fclose(file) == 0 ? 0 : 1;
}
