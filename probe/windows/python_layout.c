/* What the files around a python.exe say of it. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/binary/binary.h"
#include "probe/windows/drive.h"
#include "probe/windows/pythons.h"

static const size_t path_file_limit = 65536;

/* Reads "python311.dll" or "python313t.dll". python3.dll, which is of any version, is none. */
static bool read_dll_name(const char *name, struct bp_interpreter *to) {
    static const char start[] = "python3";
    const char *digits = name + sizeof start - 1;
    if (strncasecmp(name, start, sizeof start - 1) != 0 || !isdigit((unsigned char)*digits)) {
        return false;
    }
    char *end = NULL;
    long minor = strtol(digits, &end, 10);
    bool free_threaded = tolower((unsigned char)*end) == 't';
    if (strcasecmp(end + free_threaded, ".dll") != 0 || minor > 99) {
        return false;
    }
    to->major = 3;
    to->minor = (int)minor;
    to->free_threaded = free_threaded;
    return true;
}

/* "3.11.9" as far as it is digits and dots with at least one dot, or NULL. */
static char *plain_version(const char *text) {
    size_t length = text ? strspn(text, "0123456789.") : 0;
    while (length && text[length - 1] == '.') {
        length--;
    }
    return length && memchr(text, '.', length) ? bp_strndup(text, length) : NULL;
}

/* The DLL that is the interpreter: the one that python.exe needs, else the first there is. */
static char *find_dll(const struct bp_root *root, const char *folder, const cJSON *program,
                      struct bp_interpreter *to) {
    struct bp_strs paths = {0};
    char *found = NULL;
    const cJSON *needed;
    cJSON_ArrayForEach(needed, bp_json_get(program, "needed")) {
        if (!found && cJSON_IsString(needed) && read_dll_name(needed->valuestring, to)) {
            char *path = bp_join(folder, needed->valuestring);
            if (bp_root_is_file(root, path)) {
                bp_strs_add(&paths, path);
            }
            free(path);
        }
    }
    bp_drive_match(root, folder, "python3*.dll", true, &paths);
    for (size_t i = 0; i < paths.count && !found; i++) {
        if (read_dll_name(bp_base_name(paths.items[i]), to)) {
            found = bp_strdup(paths.items[i]);
        }
    }
    bp_strs_free(&paths);
    return found;
}

static void read_config_version(const char *version, struct bp_interpreter *to) {
    char *end = NULL;
    if (!version || !bp_starts_with(version, "3.") || !isdigit((unsigned char)version[2])) {
        return;
    }
    long minor = strtol(version + 2, &end, 10);
    if (minor <= 99) {
        to->major = 3;
        to->minor = (int)minor;
    }
}

/* Which version: what the DLL says, what the environment was made with, what the name says. */
static void find_version(const struct bp_root *root, const char *dll, const char *configured,
                         struct bp_interpreter *to) {
    if (dll) {
        struct bp_pe_version said = bp_drive_file_version(root, dll);
        to->version = plain_version(said.product_version);
        bp_pe_version_free(&said);
    }
    if (!to->version) {
        to->version = plain_version(configured);
    }
    if (!to->version && to->minor) {
        to->version = bp_format("%d.%d", to->major, to->minor);
    }
}

/* --- the core of sys.path --- */

/* python311._pth beside python311.dll, or python._pth: then it is all of sys.path. */
static char *find_path_file(const struct bp_root *root, const struct bp_interpreter *of) {
    char *names[] = {
        bp_format("%s/python%d%d%s._pth", of->base_prefix, of->major, of->minor,
                  of->free_threaded ? "t" : ""),
        bp_format("%s/python._pth", of->base_prefix),
    };
    char *found = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!found && bp_root_is_file(root, names[i])) {
            found = names[i];
        } else {
            free(names[i]);
        }
    }
    return found;
}

/* A folder a line; "import site" has the site module run, other imports mean nothing. */
static void read_path_file(const struct bp_root *root, struct bp_interpreter *to) {
    struct bp_str text = BP_STR_EMPTY;
    struct bp_strs lines = {0};
    bp_root_read(root, to->path_file, path_file_limit, &text, NULL);
    bp_strs_split(&lines, text.data, '\n', false);
    to->without_site = true;
    for (size_t i = 0; i < lines.count; i++) {
        lines.items[i][strcspn(lines.items[i], "#")] = '\0';
        const char *line = bp_trim(lines.items[i]);
        if (bp_equal(line, "import site")) {
            to->without_site = false;
        } else if (*line && !bp_starts_with(line, "import ")) {
            bp_strs_add_owned(&to->core_path, bp_path_normal(to->base_prefix, line));
        }
    }
    bp_strs_free(&lines);
    bp_str_free(&text);
}

/* https://docs.python.org/3/using/windows.html#finding-modules */
static void make_core_path(const struct bp_root *root, struct bp_interpreter *to) {
    to->path_file = find_path_file(root, to);
    if (to->path_file) {
        read_path_file(root, to);
        return;
    }
    bp_strs_add_owned(&to->core_path, bp_format("%s/python%d%d%s.zip", to->base_prefix, to->major,
                                                to->minor, to->free_threaded ? "t" : ""));
    bp_strs_add_owned(&to->core_path, bp_join(to->base_prefix, "DLLs"));
    bp_strs_add_owned(&to->core_path, bp_join(to->base_prefix, "Lib"));
    bp_strs_add(&to->core_path, to->base_prefix);
}

/* --- */

/* Where the base interpreter's python.exe lies, which is its prefix on Windows. */
static char *find_base_prefix(const struct bp_root *root, const struct bp_pyvenv *config,
                              const char *executable) {
    if (config->home && bp_drive_is_absolute(config->home)) {
        return bp_path_normal("C:/", config->home);
    }
    char *real = bp_root_resolve(root, executable, NULL);
    char *folder = bp_dir_name(real ? real : executable);
    free(real);
    return folder;
}

void bp_windows_python_read_layout(const struct bp_probe *probe,
                                   struct bp_interpreter *interpreter) {
    const struct bp_root *root = probe->root;
    struct bp_pyvenv config;
    if (!bp_pyvenv_read(root, interpreter->executable, &config)) {
        config = (struct bp_pyvenv){0};
    }
    interpreter->base_prefix = find_base_prefix(root, &config, interpreter->executable);
    interpreter->base_exec_prefix = bp_strdup(interpreter->base_prefix);
    interpreter->library_folder = bp_strdup("Lib");
    char *program = bp_join(interpreter->base_prefix, "python.exe");
    cJSON *header = bp_binary_facts(root, program, &(struct bp_binary_wishes){0}, NULL);
    char *dll = find_dll(root, interpreter->base_prefix, header, interpreter);
    if (!dll) {
        read_config_version(config.version, interpreter);
    }
    find_version(root, dll, config.version, interpreter);
    /* A virtual environment whose base is gone can still be read. */
    interpreter->known = interpreter->version && interpreter->minor;
    if (interpreter->known) {
        interpreter->implementation = bp_strdup("cpython");
        make_core_path(root, interpreter);
        interpreter->bits = (int)bp_json_number(header, "bits", 0);
    } else {
        interpreter->error = bp_format("no python3*.dll belongs to %s (looked in %s)",
                                       interpreter->executable, interpreter->base_prefix);
    }
    cJSON_Delete(header);
    free(dll);
    free(program);
    bp_pyvenv_free(&config);
}
