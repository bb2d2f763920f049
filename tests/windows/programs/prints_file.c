/* Prints the file that lies beside it: cmake.exe prints cmake.exe.txt. */
#include <stdio.h>

#include <windows.h>

int main(void) {
    char path[1024];
    char line[4096];
    DWORD length = GetModuleFileNameA(NULL, path, sizeof path - 4);
    if (length == 0 || length >= sizeof path - 4) {
        return 2;
    }
    snprintf(path + length, sizeof path - length, ".txt");
    FILE *file = fopen(path, "r");
    if (!file) {
        return 3;
    }
    while (fgets(line, sizeof line, file)) {
        fputs(line, stdout);
    }
    fclose(file);
    return 0;
}
