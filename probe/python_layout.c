/* What an interpreter's own files say of it, for a root in which nothing is run. */
#include "probe/python.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/binary/binary.h"
#include "probe/macos/macos.h"
#include "probe/windows/pythons.h"

/* patchlevel.h has about 40 lines. */
static const size_t header_limit = 65536;

/* Reads "3.11" or "3.13t" behind "python" or "pypy". False where `name` is no such name. */
static bool read_versioned(const char *name, struct bp_interpreter *to) {
    bool pypy = bp_starts_with(name, "pypy");
    const char *digits = pypy                             ? name + strlen("pypy")
                         : bp_starts_with(name, "python") ? name + strlen("python")
                                                          : "";
    char *end = NULL;
    if (!isdigit((unsigned char)digits[0]) || digits[1] != '.' ||
        !isdigit((unsigned char)digits[2])) {
        return false;
    }
    long minor = strtol(digits + 2, &end, 10);
    bool free_threaded = bp_equal(end, "t");
    if ((*end != '\0' && !free_threaded) || minor > 99) {
        return false;
    }
    to->major = digits[0] - '0';
    to->minor = (int)minor;
    to->free_threaded = free_threaded;
    free(to->implementation);
    to->implementation = bp_strdup(pypy ? "pypy" : "cpython");
    return true;
}

/* Looks for PREFIX/LIBRARY/pythonX.Y/os.py; the newest where there are several. */
static bool find_library(const struct bp_root *root, const char *prefix, const char *library,
                         struct bp_interpreter *to) {
    struct bp_strs names = {0};
    char *folder = bp_join(prefix, library);
    bool wanted = to->minor > 0;
    bool found = false;
    bp_root_list(root, folder, 0, &names, NULL);
    for (size_t i = 0; i < names.count; i++) {
        struct bp_interpreter read = {0};
        char *module = bp_format("%s/%s/os.py", folder, names.items[i]);
        if (read_versioned(names.items[i], &read) && bp_root_is_file(root, module) &&
            (wanted ? read.minor == to->minor : !found || read.minor > to->minor)) {
            read_versioned(names.items[i], to);
            found = true;
        }
        free(read.implementation);
        free(module);
    }
    if (found) {
        free(to->library_folder);
        to->library_folder = bp_strdup(library);
    }
    free(folder);
    bp_strs_free(&names);
    return found;
}

/* The string that `text` defines PY_VERSION as, or NULL. The caller frees it. */
static char *defined_version(const char *text) {
    static const char start[] = "#define PY_VERSION";
    const char *line = strstr(text, start);
    while (line && !isblank((unsigned char)line[strlen(start)])) {
        line = strstr(line + 1, start); /* PY_VERSION_HEX */
    }
    const char *value = line ? line + strlen(start) : "";
    value += strspn(value, " \t");
    return *value == '"' ? bp_strndup(value + 1, strcspn(value + 1, "\"\n")) : NULL;
}

/* PY_VERSION of the installed C header, where there is one. */
static char *header_version(const struct bp_root *root, const struct bp_interpreter *of) {
    static const char *const endings[] = {"", "t", "m"}; /* free-threaded; before 3.8 */
    char *version = NULL;
    for (size_t i = 0; i < sizeof endings / sizeof *endings && !version; i++) {
        struct bp_str text = BP_STR_EMPTY;
        char *path = bp_format("%s/include/python%d.%d%s/patchlevel.h", of->base_prefix, of->major,
                               of->minor, endings[i]);
        bp_root_read(root, path, header_limit, &text, NULL);
        version = defined_version(text.data);
        free(path);
        bp_str_free(&text);
    }
    return version;
}

/* The version in the name of conda's record of python itself. */
static char *conda_version(const struct bp_root *root, const char *prefix) {
    struct bp_strs names = {0};
    char *version = NULL;
    char *folder = bp_join(prefix, "conda-meta");
    bp_root_list(root, folder, 0, &names, NULL);
    for (size_t i = 0; i < names.count && !version; i++) {
        const char *text = names.items[i] + strlen("python-");
        if (bp_starts_with(names.items[i], "python-") && isdigit((unsigned char)text[0])) {
            version = bp_strndup(text, strcspn(text, "-"));
        }
    }
    free(folder);
    bp_strs_free(&names);
    return version;
}

/* Cuts "3.11.7.final.0" (virtualenv's spelling) to "3.11.7". */
static char *plain_version(const char *version) {
    const char *level = strstr(version, ".final");
    return level ? bp_strndup(version, (size_t)(level - version)) : bp_strdup(version);
}

static void find_version(const struct bp_root *root, const struct bp_pyvenv *config,
                         struct bp_interpreter *to) {
    to->version = config->version ? plain_version(config->version) : header_version(root, to);
    if (!to->version) {
        to->version = conda_version(root, to->base_prefix);
    }
    if (!to->version) {
        to->version = bp_format("%d.%d", to->major, to->minor);
    }
}

static void make_core_path(struct bp_interpreter *to) {
    const char *name = bp_equal(to->implementation, "pypy") ? "pypy" : "python";
    char *library = bp_format("%s/%s/%s%d.%d%s", to->base_prefix, to->library_folder, name,
                              to->major, to->minor, to->free_threaded ? "t" : "");
    bp_strs_add_owned(&to->core_path,
                      bp_format("%s/%s/python%d%d%s.zip", to->base_prefix, to->library_folder,
                                to->major, to->minor, to->free_threaded ? "t" : ""));
    bp_strs_add(&to->core_path, library);
    bp_strs_add_owned(&to->core_path, bp_join(library, "lib-dynload"));
    free(library);
}

/*
 * The prefix of the framework that the program in `bin` is a link into, as Homebrew's and Apple's
 * are: its own folder holds no library. NULL where it is none.
 */
static char *framework_prefix(const struct bp_root *root, const char *bin) {
    char *program = bp_join(bin, "python3");
    char *real = bp_root_resolve(root, program, NULL);
    char *folder = real ? bp_dir_name(real) : NULL;
    char *prefix = folder ? bp_dir_name(folder) : NULL;
    if (!bp_macos_is_framework(prefix) || !bp_macos_is(root)) {
        free(prefix);
        prefix = NULL;
    }
    free(folder);
    free(real);
    free(program);
    return prefix;
}

/* Prefix of the base interpreter: where a virtual environment says, else where it really is. */
static char *find_base_prefix(const struct bp_root *root, const struct bp_pyvenv *config,
                              const char *executable) {
    if (config->home && config->home[0] == '/') {
        char *framework = framework_prefix(root, config->home);
        if (framework) {
            return framework;
        }
        char *named = bp_dir_name(config->home);
        char *real = bp_root_resolve(root, named, NULL);
        char *result = real ? real : bp_strdup(named);
        free(named);
        return result;
    }
    char *real = bp_root_resolve(root, executable, NULL);
    char *bin = bp_dir_name(real ? real : executable);
    char *prefix = bp_dir_name(bin);
    free(bin);
    free(real);
    if (bp_equal(prefix, "/")) { /* /bin/python3 where /bin is a folder of its own */
        free(prefix);
        prefix = bp_strdup("/usr");
    }
    return prefix;
}

/* The minor version that the interpreter's own file name gives, so that /usr/bin/python3.9
 * beside /usr/bin/python3.11 finds its own library. */
static void read_file_name(const struct bp_root *root, struct bp_interpreter *to) {
    char *real = bp_root_resolve(root, to->executable, NULL);
    if (!read_versioned(bp_base_name(to->executable), to) && real) {
        read_versioned(bp_base_name(real), to);
    }
    free(real);
}

/* Major and minor version that pyvenv.cfg states, where the file name gave none. */
static void read_config_version(const struct bp_pyvenv *config, struct bp_interpreter *to) {
    const char *dot = config->version ? strchr(config->version, '.') : NULL;
    if (dot && to->minor == 0) {
        char *name =
            bp_format("python%.*s", (int)(dot - config->version) + 1 + (int)strcspn(dot + 1, "."),
                      config->version);
        read_versioned(name, to);
        free(name);
    }
}

static int read_bits(const struct bp_root *root, const char *executable) {
    cJSON *binary = bp_binary_facts(root, executable, &(struct bp_binary_wishes){0}, NULL);
    int bits = (int)bp_json_number(binary, "bits", 0);
    cJSON_Delete(binary);
    return bits;
}

void bp_python_read_layout(const struct bp_probe *probe, struct bp_interpreter *interpreter) {
    const struct bp_root *root = probe->root;
    struct bp_pyvenv config;
    if (root->drive) {
        bp_windows_python_read_layout(probe, interpreter);
        return;
    }
    if (!bp_pyvenv_read(root, interpreter->executable, &config)) {
        config = (struct bp_pyvenv){0};
    }
    interpreter->base_prefix = find_base_prefix(root, &config, interpreter->executable);
    interpreter->base_exec_prefix = bp_strdup(interpreter->base_prefix);
    read_file_name(root, interpreter);
    read_config_version(&config, interpreter);
    /* A virtual environment may outlive its base interpreter in a copied image: what it holds
     * can still be read. */
    interpreter->known = find_library(root, interpreter->base_prefix, "lib64", interpreter) ||
                         find_library(root, interpreter->base_prefix, "lib", interpreter) ||
                         (config.folder && interpreter->minor > 0);
    if (interpreter->known) {
        if (!interpreter->library_folder) {
            interpreter->library_folder = bp_strdup("lib");
        }
        find_version(root, &config, interpreter);
        make_core_path(interpreter);
        interpreter->bits = read_bits(root, interpreter->executable);
    } else {
        interpreter->error = bp_format("no standard library belongs to %s (looked in %s/lib)",
                                       interpreter->executable, interpreter->base_prefix);
    }
    bp_pyvenv_free(&config);
}
