/*
 * Looks at a running Windows: what its registry and its variables say, with the files that they
 * name. The registry's own functions are replaced: its values are lines KEY\NAME=VALUE of the
 * input, where KEY begins with HKCU or HKLM, the default value has no NAME, and a VALUE that begins
 * with "#" is a number. No program is started, and what the processor says is not looked at.
 */
#include "probe/os/registry.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "probe/windows/display.h"
#include "probe/windows/programs.h"
#include "tests/fuzz/fuzz_facts.h"
#include "tests/fuzz/fuzz_variables.h"

static struct bp_strs values; /* the lines */

/* What stands behind "KEY\" in a line, or NULL where the line is of another key. */
static const char *behind(const char *line, enum bp_registry registry, const char *key) {
    static const char *const starts[] = {
        [BP_REGISTRY_MACHINE] = "HKLM\\", [BP_REGISTRY_USER] = "HKCU\\"};
    size_t length = strlen(key);
    if (strncasecmp(line, starts[registry], 5) != 0 || strncasecmp(line + 5, key, length) != 0 ||
        line[5 + length] != '\\') {
        return NULL;
    }
    return line + 5 + length + 1;
}

static const char *value_of(enum bp_registry registry, const char *key, const char *name) {
    size_t length = name ? strlen(name) : 0;
    for (size_t i = 0; i < values.count; i++) {
        const char *found = behind(values.items[i], registry, key);
        if (found && strncasecmp(found, name ? name : "", length) == 0 && found[length] == '=') {
            return found + length + 1;
        }
    }
    return NULL;
}

char *bp_registry_text(enum bp_registry registry, const char *key, const char *name) {
    const char *value = value_of(registry, key, name);
    return value && *value != '#' ? bp_strdup(value) : NULL;
}

bool bp_registry_number(enum bp_registry registry, const char *key, const char *name,
                        uint32_t *number) {
    const char *value = value_of(registry, key, name);
    if (!value || *value != '#') {
        return false;
    }
    *number = (uint32_t)strtoul(value + 1, NULL, 0);
    return true;
}

void bp_registry_keys(enum bp_registry registry, const char *key, struct bp_strs *names) {
    for (size_t i = 0; i < values.count; i++) {
        const char *found = behind(values.items[i], registry, key);
        size_t length = found ? strcspn(found, "\\=") : 0;
        if (length && found[length] == '\\') {
            char *name = bp_strndup(found, length);
            bp_strs_add_once(names, name);
            free(name);
        }
    }
}

static void look_at_programs(const struct bp_probe *probe) {
    static const char *const names[] = {"cmake", "nvcc"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        free(bp_windows_find_program(probe, names[i]));
    }
    cJSON_Delete(bp_windows_visual_c(probe));
}

/* A display device: lines with its hardware id, its driver's service and version, its name. */
static void read_device(const uint8_t *data, size_t size) {
    struct fuzz_piece piece = fuzz_piece("display", data, size);
    struct bp_strs lines = {0};
    char *text = fuzz_text(piece.data ? piece.data : data, piece.size);
    bp_strs_split(&lines, text, '\n', true);
    char *const *items = lines.items;
    const struct bp_display_device device = {.hardware_id = lines.count > 0 ? items[0] : NULL,
                                             .service = lines.count > 1 ? items[1] : NULL,
                                             .driver_version = lines.count > 2 ? items[2] : NULL,
                                             .name = lines.count > 3 ? items[3] : NULL,
                                             .bus = (int)lines.count - 2};
    cJSON_Delete(bp_windows_pci_entry(&device));
    bp_strs_free(&lines);
    free(text);
}

#define PYTHON "/C:/Python312"
#define STORE "PythonSoftwareFoundation.Python.3.12"
#define ALIASES "/C:/Users/a/AppData/Local/Microsoft/WindowsApps"
#define PYENV "/C:/Users/a/.pyenv/pyenv-win"
#define TOOLKIT "/C:/Program Files/NVIDIA GPU Computing Toolkit/CUDA/v12.4"

void fuzz_one(const uint8_t *data, size_t size) {
    static const char *const paths[] = {PYTHON "/python.exe",
                                        PYTHON "/python312.dll",
                                        PYTHON "/python312._pth",
                                        PYTHON "/pyvenv.cfg",
                                        PYTHON "/Lib/os.py",
                                        PYTHON "/Lib/site-packages/a.pth",
                                        PYTHON "/Lib/site-packages/torch/version.py",
                                        PYTHON "/Lib/site-packages/torch/__init__.py",
                                        PYTHON "/Lib/site-packages/bitsandbytes/__init__.py",
                                        "/C:/Users/a/venv/Scripts/python.exe",
                                        "/C:/Users/a/venv/pyvenv.cfg",
                                        "/C:/Users/a/AppData/Local/py.ini",
                                        "/C:/Windows/py.ini",
                                        "/C:/Windows/System32/ntdll.dll",
                                        "/C:/Windows/System32/ServerManager.exe",
                                        "/C:/Windows/System32/nvcuda.dll",
                                        ALIASES "/python.exe",
                                        ALIASES "/" STORE "_qbz5n2kfra8p0/python.exe",
                                        "/C:/Program Files/WindowsApps/" STORE
                                        "_3.12.1_x64__qbz5n2kfra8p0/python.exe",
                                        PYENV "/shims/python.bat",
                                        PYENV "/version",
                                        PYENV "/versions/3.12.1/python.exe",
                                        "/.python-version",
                                        TOOLKIT "/bin/nvcc.exe",
                                        TOOLKIT "/version.json",
                                        "/C:/ProgramData/Microsoft/VisualStudio/Packages/"
                                        "_Instances/a/state.json",
                                        "/C:/VS/VC/Tools/MSVC/14.38.33130/bin/Hostx64/x64/cl.exe",
                                        NULL};
    static const struct bp_strs no_pythons = {0};
    fuzz_folder("/C:");
    fuzz_write_tree(paths, data, size);
    struct fuzz_piece variables = fuzz_piece("variables", data, size);
    struct fuzz_piece registry = fuzz_piece("registry", data, size);
    fuzz_variables(&variables, NULL);
    char *text = registry.name ? fuzz_text(registry.data, registry.size) : bp_strdup("");
    bp_strs_split(&values, text, '\n', false);
    struct bp_root root = *fuzz_live_root("/");
    root.drive = 'C';
    const struct bp_probe probe = {.root = &root, .pythons = &no_pythons};
    look_at_programs(&probe);
    read_device(data, size);
    cJSON *snapshot = cJSON_CreateObject();
    fuzz_collect_in(&root, bp_collect_host, snapshot);
    fuzz_collect_in(&root, bp_collect_cuda_kernel, snapshot);
    fuzz_collect_in(&root, bp_collect_cuda_toolkits, snapshot);
    fuzz_collect_in(&root, bp_collect_rocm, snapshot);
    fuzz_collect_in(&root, bp_collect_python, snapshot);
    fuzz_collect_in(&root, bp_collect_bitsandbytes, snapshot);
    fuzz_collect_in(&root, bp_collect_libraries, snapshot);
    cJSON_Delete(snapshot);
    bp_strs_free(&values);
    free(text);
}
