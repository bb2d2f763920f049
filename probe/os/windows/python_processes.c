/* Python processes of this user: when they started and which bitsandbytes they hold. */
#include "probe/session.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/os/windows/wide.h"
#include "probe/process.h"
#include "probe/windows/drive.h"

#include <windows.h>

#include <psapi.h>
#include <tlhelp32.h>

/* A machine may run very many; the report needs a few. */
enum { MOST_PROCESSES_LISTED = 64, PATH_LIMIT = 32768 };

struct scan {
    const struct bp_probe *probe;
    cJSON *processes;
    int denied;
    int left_out;
};

static char *rfc3339(const FILETIME *time) {
    SYSTEMTIME parts;
    return FileTimeToSystemTime(time, &parts)
               ? bp_format("%04d-%02d-%02dT%02d:%02d:%02dZ", parts.wYear, parts.wMonth, parts.wDay,
                           parts.wHour, parts.wMinute, parts.wSecond)
               : NULL;
}

static char *executable_of(HANDLE process) {
    wchar_t *wide = bp_alloc_array(PATH_LIMIT, sizeof *wide);
    DWORD length = PATH_LIMIT;
    char *path =
        QueryFullProcessImageNameW(process, 0, wide, &length) ? bp_portable_path(wide) : NULL;
    free(wide);
    return path;
}

/*
 * Whether the file at `path` still is the mapped one. Windows lets nobody replace a DLL in use,
 * so pip moves it away: then the kernel's name of what is mapped has another end than the path
 * by which it was loaded. NULL in *mapped: not known.
 */
static char *mapped_name(HANDLE process, void *address) {
    wchar_t *wide = bp_alloc_array(PATH_LIMIT, sizeof *wide);
    DWORD length = K32GetMappedFileNameW(process, address, wide, PATH_LIMIT);
    char *name = length ? bp_narrow_part(wide, length) : NULL;
    for (char *at = name; at && *at; at++) {
        *at = *at == '\\' ? '/' : *at;
    }
    free(wide);
    return name;
}

static void add_library(HANDLE process, const struct bp_root *root, const MODULEENTRY32W *module,
                        cJSON *libraries) {
    char *path = bp_portable_path(module->szExePath);
    char *mapped = mapped_name(process, module->modBaseAddr);
    const char *behind_drive = path[0] && path[1] == ':' ? path + 2 : path;
    size_t length = strlen(behind_drive);
    bool there = bp_root_is_file(root, path);
    bool moved = mapped && (strlen(mapped) < length ||
                            !bp_drive_same(mapped + strlen(mapped) - length, behind_drive));
    cJSON *entry = cJSON_CreateObject();
    bp_json_set_text(entry, "path", path);
    bp_json_set_bool(entry, "deleted", !there || moved);
    if (mapped || !there) {
        bp_json_set_bool(entry, "same_file", there && !moved);
    } else {
        cJSON_AddNullToObject(entry, "same_file");
    }
    cJSON_AddItemToArray(libraries, entry);
    free(mapped);
    free(path);
}

/* The bitsandbytes libraries among a process's modules; NULL where they may not be seen. */
static cJSON *libraries_of(HANDLE process, DWORD pid, const struct bp_root *root) {
    HANDLE modules = CreateToolhelp32Snapshot(TH32CS_SNAPMODULE | TH32CS_SNAPMODULE32, pid);
    if (modules == INVALID_HANDLE_VALUE) {
        return NULL;
    }
    cJSON *libraries = cJSON_CreateArray();
    MODULEENTRY32W module = {.dwSize = sizeof module};
    for (BOOL more = Module32FirstW(modules, &module); more;
         more = Module32NextW(modules, &module)) {
        char *name = bp_narrow(module.szModule);
        if (bp_starts_with(name, "libbitsandbytes")) {
            add_library(process, root, &module, libraries);
        }
        free(name);
    }
    CloseHandle(modules);
    return libraries;
}

/*
 * Whether it runs the interpreter that the report is about. A virtual environment's python.exe
 * starts the one that it was made from, which then does not tell for whom it runs.
 */
static void add_interpreter(const struct scan *scan, cJSON *entry, const char *executable) {
    const cJSON *interpreter = bp_json_at(scan->probe->snapshot, "/python/interpreters/0");
    const char *in_use = bp_json_text(interpreter, "real_executable");
    const char *base_prefix = bp_json_text(interpreter, "base_prefix");
    char *base = base_prefix ? bp_join(base_prefix, "python.exe") : NULL;
    bool own = bp_drive_same(in_use, executable);
    if (in_use && executable && (own || !bp_drive_same(base, executable))) {
        bp_json_set_bool(entry, "interpreter", own);
    } else {
        cJSON_AddNullToObject(entry, "interpreter");
    }
    free(base);
}

static void add_process(struct scan *scan, HANDLE process, DWORD pid, const char *name) {
    FILETIME started = {0};
    FILETIME ended;
    FILETIME kernel;
    FILETIME user;
    char *executable = executable_of(process);
    bool timed = GetProcessTimes(process, &started, &ended, &kernel, &user);
    char *started_at = timed ? rfc3339(&started) : NULL;
    cJSON *entry = cJSON_CreateObject();
    bp_json_set_number(entry, "pid", (double)pid);
    bp_json_set_text(entry, "name", name);
    bp_json_set_text(entry, "started_at", started_at);
    bp_json_set_text(entry, "executable", executable);
    add_interpreter(scan, entry, executable);
    cJSON *libraries = libraries_of(process, pid, scan->probe->root);
    scan->denied += libraries == NULL;
    cJSON_AddItemToObject(entry, "libraries", libraries ? libraries : cJSON_CreateNull());
    cJSON_AddItemToArray(scan->processes, entry);
    free(started_at);
    free(executable);
}

static void look_at(struct scan *scan, const PROCESSENTRY32W *found) {
    char *name = bp_narrow(found->szExeFile);
    for (char *at = name; *at; at++) {
        *at = (char)tolower((unsigned char)*at);
    }
    bool python = bp_process_name_is_python(name);
    /* Another user's process cannot be opened, which is how it is told from one's own. */
    HANDLE process = python ? OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, FALSE,
                                          found->th32ProcessID)
                            : NULL;
    if (process && cJSON_GetArraySize(scan->processes) < MOST_PROCESSES_LISTED) {
        add_process(scan, process, found->th32ProcessID, name);
    } else if (process) {
        scan->left_out++;
    } else if (python) {
        scan->denied++;
    }
    if (process) {
        CloseHandle(process);
    }
    free(name);
}

void bp_collect_python_processes(const struct bp_probe *probe, struct bp_facts *facts) {
    struct scan scan = {.probe = probe};
    HANDLE processes = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    if (processes == INVALID_HANDLE_VALUE) {
        bp_facts_unknown(facts, "/session/processes", "Windows does not list its processes");
        return;
    }
    scan.processes = cJSON_CreateArray();
    PROCESSENTRY32W found = {.dwSize = sizeof found};
    for (BOOL more = Process32FirstW(processes, &found); more;
         more = Process32NextW(processes, &found)) {
        if (found.th32ProcessID != GetCurrentProcessId()) {
            look_at(&scan, &found);
        }
    }
    CloseHandle(processes);
    bp_facts_put(facts, "/session/processes", scan.processes);
    bp_facts_put_number(facts, "/session/processes_denied", scan.denied);
    if (scan.left_out > 0) {
        bp_facts_unknown(facts, "/session/processes", "there are more than are listed");
    }
}
