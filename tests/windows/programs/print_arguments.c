/* Prints its arguments as it got them: one a line, in UTF-8, between brackets. */
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>

#include <windows.h>

int wmain(int argc, wchar_t *argv[]);

int wmain(int argc, wchar_t *argv[]) {
    _setmode(1, _O_BINARY);
    for (int i = 1; i < argc; i++) {
        int size = WideCharToMultiByte(CP_UTF8, 0, argv[i], -1, NULL, 0, NULL, NULL);
        char *text = malloc((size_t)size);
        if (!text) {
            return 1;
        }
        WideCharToMultiByte(CP_UTF8, 0, argv[i], -1, text, size, NULL, NULL);
        printf("[%s]\n", text);
        free(text);
    }
    return 0;
}
