/* Loads the DLL that it is told, says "loaded", and keeps it until its input ends. */
#include <stdio.h>
#include <windows.h>

int wmain(int argc, wchar_t *argv[]) {
    HMODULE library =
        argc > 1 ? LoadLibraryExW(argv[1], NULL, LOAD_WITH_ALTERED_SEARCH_PATH) : NULL;
    if (library) {
        puts("loaded");
    } else {
        printf("not loaded: %lu\n", GetLastError());
    }
    fflush(stdout);
    while (getchar() != EOF) {
    }
    return library ? 0 : 1;
}
