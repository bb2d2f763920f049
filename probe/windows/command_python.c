#include "probe/windows/command_python.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/process.h"
#include "probe/python.h"
#include "probe/windows/drive.h"

/* The file itself, or the program of that name. The caller frees it; NULL: there is none. */
static char *program_at(const struct bp_root *root, const char *folder, const char *name) {
    static const char *const endings[] = {"", ".exe"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        char *longer = bp_format("%s%s", name, endings[i]);
        char *path = bp_path_normal(folder, longer);
        free(longer);
        if (bp_root_is_file(root, path)) {
            return path;
        }
        free(path);
    }
    return NULL;
}

static char *find_program(const struct bp_root *root, const char *name, const char *path,
                          const char *folder) {
    struct bp_strs folders = {0};
    char *found = NULL;
    if (strpbrk(name, "/\\:")) {
        return program_at(root, folder, name);
    }
    bp_drive_list(path ? path : "", &folders);
    for (size_t i = 0; i < folders.count && !found; i++) {
        found = program_at(root, folders.items[i], name);
    }
    bp_strs_free(&folders);
    return found;
}

/* python.exe beside a program, or in the folder above. */
static char *python_around(const struct bp_root *root, const char *program) {
    char *scripts = bp_dir_name(program);
    char *above = bp_dir_name(scripts);
    char *python = program_at(root, scripts, "python.exe");
    if (!python) {
        python = program_at(root, above, "python.exe");
    }
    free(above);
    free(scripts);
    return python;
}

char *bp_windows_python_of_word(const struct bp_root *root, const char *word, const char *path,
                                const char *folder) {
    char *program = find_program(root, word, path, folder);
    if (program && !bp_process_name_is_python(bp_base_name(program))) {
        char *python = python_around(root, program);
        free(program);
        program = python;
    }
    return program;
}
