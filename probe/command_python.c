#include "probe/command_python.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/process.h"
#include "probe/python.h"
#include "probe/windows/command_python.h"

enum { LONGEST_FIRST_LINE = 4096 };

/* The program `name` as execvp finds it: relative entries, too, since the command was run so. */
static char *find_program(const struct bp_root *root, const char *name, const char *path,
                          const char *folder) {
    struct bp_strs entries = {0};
    char *found = NULL;
    if (strchr(name, '/')) {
        return bp_path_normal(folder, name);
    }
    bp_strs_split(&entries, path ? path : "/usr/local/bin:/usr/bin:/bin", ':', true);
    for (size_t i = 0; i < entries.count && !found; i++) {
        char *entry = bp_path_normal(folder, entries.items[i]);
        found = bp_join(entry, name);
        if (!bp_root_is_file(root, found) || !bp_root_may(root, found, BP_MAY_EXECUTE)) {
            free(found);
            found = NULL;
        }
        free(entry);
    }
    bp_strs_free(&entries);
    return found;
}

static bool is_same_file(const struct bp_root *root, const char *left, const char *right) {
    struct bp_file_status one;
    struct bp_file_status other;
    return bp_root_status(root, left, &one, NULL) == 0 &&
           bp_root_status(root, right, &other, NULL) == 0 && one.device == other.device &&
           one.inode == other.inode;
}

char *bp_python_of_process(const struct bp_root *root, const struct bp_seen_process *process) {
    const char *folder = process->working_folder ? process->working_folder : "/";
    char *named = NULL;
    if (process->words.count && *process->words.items[0]) {
        named = find_program(root, process->words.items[0],
                             bp_environment_value(&process->environment, "PATH"), folder);
    }
    if (named && is_same_file(root, named, process->executable)) {
        return named;
    }
    free(named);
    return bp_strdup(process->executable);
}

/* The first line of a script without "#!", or NULL. */
static char *script_line(const struct bp_root *root, const char *path) {
    struct bp_str text = BP_STR_EMPTY;
    char *line = NULL;
    bp_root_read(root, path, LONGEST_FIRST_LINE, &text, NULL); /* a longer file is cut: enough */
    if (bp_starts_with(text.data, "#!")) {
        line = bp_strndup(text.data + 2, strcspn(text.data + 2, "\n"));
    }
    bp_str_free(&text);
    return line;
}

/* The program that a "#!" line starts; of env the one that it looks for. */
static char *script_program(const struct bp_root *root, const char *line, const char *path,
                            const char *folder) {
    struct bp_strs words = {0};
    char *program = NULL;
    bp_strs_split(&words, line, ' ', false);
    bool env = words.count && bp_equal(bp_base_name(words.items[0]), "env");
    for (size_t i = 0; i < words.count && !program; i++) {
        bool skip = env && (i == 0 || words.items[i][0] == '-' || strchr(words.items[i], '='));
        if (!skip) {
            program = find_program(root, bp_trim(words.items[i]), path, folder);
        }
    }
    bp_strs_free(&words);
    return program;
}

char *bp_python_of_word(const struct bp_root *root, const char *word, const char *path) {
    char *folder = bp_current_folder();
    if (root->drive) {
        char *python = bp_windows_python_of_word(root, word, path, folder ? folder : "C:/");
        free(folder);
        return python;
    }
    char *program = find_program(root, word, path, folder ? folder : "/");
    char *line = program && !bp_process_name_is_python(bp_base_name(program))
                     ? script_line(root, program)
                     : NULL;
    if (line) {
        free(program);
        program = script_program(root, line, path, folder ? folder : "/");
    }
    if (program && !bp_process_name_is_python(bp_base_name(program))) {
        free(program);
        program = NULL;
    }
    free(line);
    free(folder);
    return program;
}
