/* Python processes of this user: when they started and which bitsandbytes they hold. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/process.h"
#include "probe/session.h"

/* A machine may run very many; the report needs a few. */
enum { MOST_PROCESSES_SEEN = 20000, MOST_PROCESSES_LISTED = 64 };

struct scan {
    const struct bp_probe *probe;
    struct bp_facts *facts;
    cJSON *processes;
    int denied;
    int left_out;
    double boot_time; /* seconds since 1970, so that all processes count from the same moment */
};

static double boot_time(void) {
    struct timespec now;
    struct timespec since_boot;
    clock_gettime(CLOCK_REALTIME, &now);
    clock_gettime(CLOCK_BOOTTIME, &since_boot);
    return (double)(now.tv_sec - since_boot.tv_sec) +
           (double)(now.tv_nsec - since_boot.tv_nsec) / 1e9;
}

/*
 * Start time in clock ticks since boot: field 22 of /proc/PID/stat, counted behind the
 * command name, which may itself hold spaces and brackets. Negative where it is not there.
 */
static double start_ticks(const char *stat) {
    static const int fields_before = 20; /* state is field 3, the start time field 22 */
    const char *at = strrchr(stat, ')');
    for (int i = 0; at && i < fields_before; i++) {
        at = strchr(at + 1, ' ');
    }
    return at && isdigit((unsigned char)at[1]) ? strtod(at + 1, NULL) : -1;
}

static char *rfc3339(double seconds) {
    char text[sizeof "2026-01-01T00:00:00Z"];
    time_t whole = (time_t)seconds;
    struct tm parts;
    bool told = gmtime_r(&whole, &parts) &&
                strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts) == sizeof text - 1;
    return told ? bp_strdup(text) : NULL;
}

static void add_start(const struct scan *scan, cJSON *process, const char *pid) {
    char *path = bp_format("/proc/%s/stat", pid);
    char *stat = bp_root_read_line(scan->probe->root, path, NULL);
    double ticks = stat ? start_ticks(stat) : -1;
    long per_second = sysconf(_SC_CLK_TCK);
    char *started =
        ticks >= 0 && per_second > 0 ? rfc3339(scan->boot_time + ticks / (double)per_second) : NULL;
    bp_json_set_text(process, "started_at", started);
    free(started);
    free(stat);
    free(path);
}

/* Whether it runs the interpreter that the report is about: the first in the snapshot. */
static void add_interpreter(const struct scan *scan, cJSON *process, const char *executable) {
    const char *in_use =
        bp_json_text_at(scan->probe->snapshot, "/python/interpreters/0/real_executable");
    if (in_use && executable) {
        bp_json_set_bool(process, "interpreter", bp_equal(in_use, executable));
    } else {
        cJSON_AddNullToObject(process, "interpreter");
    }
}

static void add_process(struct scan *scan, const char *pid, const char *name,
                        const char *executable) {
    struct bp_err err = {0};
    cJSON *process = cJSON_CreateObject();
    bp_json_set_number(process, "pid", strtod(pid, NULL));
    bp_json_set_text(process, "name", name);
    add_start(scan, process, pid);
    bp_json_set_text(process, "executable", executable);
    add_interpreter(scan, process, executable);
    cJSON *libraries = bp_mapped_libraries(scan->probe->root, pid, &err);
    if (!libraries) {
        libraries = cJSON_CreateNull();
        scan->denied += err.code == BP_E_DENIED;
    }
    cJSON_AddItemToObject(process, "libraries", libraries);
    cJSON_AddItemToArray(scan->processes, process);
    bp_err_clear(&err);
}

static void look_at(struct scan *scan, const char *pid) {
    const struct bp_root *root = scan->probe->root;
    struct bp_file_status status;
    char *folder = bp_format("/proc/%s", pid);
    bool ours = bp_root_status(root, folder, &status, NULL) == 0 && status.owner == getuid();
    free(folder);
    if (!ours || strtol(pid, NULL, 10) == getpid()) {
        return;
    }
    struct bp_err err = {0};
    char *executable = bp_process_executable(root, pid, &err);
    if (!executable && err.code != BP_E_DENIED) {
        bp_err_clear(&err); /* a kernel thread, or it ended just now */
        return;
    }
    char *name_path = bp_format("/proc/%s/comm", pid);
    char *name = bp_root_read_line(root, name_path, NULL);
    bool python = bp_process_name_is_python(name) ||
                  (executable && bp_process_name_is_python(bp_base_name(executable)));
    if (python && cJSON_GetArraySize(scan->processes) < MOST_PROCESSES_LISTED) {
        add_process(scan, pid, name, executable);
    } else if (python) {
        scan->left_out++;
    } else if (!executable) {
        scan->denied++;
    }
    free(name);
    free(name_path);
    free(executable);
    bp_err_clear(&err);
}

void bp_collect_python_processes(const struct bp_probe *probe, struct bp_facts *facts) {
    struct scan scan = {.probe = probe, .facts = facts, .boot_time = boot_time()};
    struct bp_strs names = {0};
    struct bp_err err = {0};
    if (bp_root_list(probe->root, "/proc", MOST_PROCESSES_SEEN, &names, &err) != 0 &&
        names.count == 0) {
        bp_facts_unknown(facts, "/session/processes", "%s", bp_err_text(&err));
        bp_err_clear(&err);
        return;
    }
    scan.processes = cJSON_CreateArray();
    for (size_t i = 0; i < names.count; i++) {
        if (isdigit((unsigned char)names.items[i][0])) {
            look_at(&scan, names.items[i]);
        }
    }
    bp_facts_put(facts, "/session/processes", scan.processes);
    bp_facts_put_number(facts, "/session/processes_denied", scan.denied);
    if (scan.left_out > 0 || err.code == BP_E_LIMIT) {
        bp_facts_unknown(facts, "/session/processes", "there are more than are listed");
    }
    bp_strs_free(&names);
    bp_err_clear(&err);
}
