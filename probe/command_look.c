#include "probe/command_look.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/library_names.h"
#include "probe/lines.h"
#include "probe/os/child.h"
#include "probe/process.h"

enum { MOST_PROCESSES = 64 };

/*
 * How often: what fails early fails within milliseconds of mapping its libraries, and what has
 * run for hours hardly maps new ones.
 */
static const double shortest_ms = 2;
static const double many_processes = 8; /* that many are looked at half as often */
static const double moment_ms = 0.2;    /* less than this ago is now */
static const double longest_ms = 100;
static const double longest_scan_ms = 500;
/* After so long they are read anew though their size is the same: a file may have been deleted. */
static const double stale_ms = 500;

static double between(double least, double value, double most) {
    return value < least ? least : value > most ? most : value;
}

/* --- libraries --- */

/* Those whose place decides how bitsandbytes is loaded; a Python process maps hundreds of others.
 */
static bool is_of_interest(const char *name) {
    static const char *const starts[] = {
        "libbitsandbytes", "libtorch",  "libc10",   "libcuda.so", "libcudnn",    "libnccl",
        "libnvidia-ml",    "libstdc++", "libgcc_s", "libgomp",    "libiomp5",    "libomp",
        "libmkl_",         "libc.so",   "libc-2",   "ld-linux",   "ld-musl",     "libpython",
        "libze_loader",    "libsycl",   "libm.so",  "libroctx64", "libhipsolver"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        if (bp_starts_with(name, starts[i])) {
            return true;
        }
    }
    return bp_library_family(name) != NULL;
}

static bool is_wanted(const char *name, size_t length) {
    if (length < 2 || name[0] != 'l' || !memmem(name, length, ".so", 3)) {
        return false;
    }
    char *copy = bp_strndup(name, length);
    bool wanted = is_of_interest(copy);
    free(copy);
    return wanted;
}

static void add_library(void *context, const struct bp_mapped_file *file) {
    cJSON *list = context;
    cJSON *entry;
    cJSON_ArrayForEach(entry, list) {
        if (bp_equal(bp_json_text(entry, "path"), file->path)) {
            return; /* it is mapped in several pieces */
        }
    }
    entry = cJSON_CreateObject();
    bp_json_set_text(entry, "path", file->path);
    bp_json_set_bool(entry, "deleted", file->deleted);
    cJSON_AddItemToArray(list, entry);
}

/* In KiB; negative where it has no memory any more. A look at it costs a fraction of the map's. */
static double mapped_code(const struct bp_root *root, const char *pid) {
    struct bp_str text = BP_STR_EMPTY;
    double kib = -1;
    char *path = bp_format("/proc/%s/status", pid);
    if (bp_root_read(root, path, 0, &text, NULL) == 0) {
        bp_lines_number(&text, "VmLib", &kib);
    }
    free(path);
    bp_str_free(&text);
    return kib;
}

/* Takes the map anew where its size has changed. False where the process is ending. */
static bool look_at_libraries(const struct bp_root *root, double now,
                              struct bp_seen_process *process) {
    double kib = mapped_code(root, process->pid);
    struct bp_err err = {0};
    if (kib < 0) {
        return false;
    }
    if (kib == process->library_kib && now - process->mapped_ms < stale_ms) {
        return true;
    }
    cJSON *libraries = cJSON_CreateArray();
    bool read = bp_process_mapped(root, process->pid, is_wanted, add_library, libraries, &err) == 0;
    if (read) {
        cJSON_Delete(process->libraries);
        process->libraries = libraries;
        process->library_kib = kib;
        process->mapped_ms = now;
    } else {
        cJSON_Delete(libraries);
        if (err.code == BP_E_DENIED) {
            free(process->libraries_error);
            process->libraries_error = bp_strdup(bp_err_text(&err));
            process->library_kib = kib;
            process->mapped_ms = now;
        }
    }
    bp_err_clear(&err);
    return read;
}

/* --- processes --- */

/* What is of the program that it executes now. */
static void forget_program(struct bp_seen_process *process) {
    free(process->executable);
    free(process->working_folder);
    free(process->libraries_error);
    bp_strs_free(&process->words);
    bp_strs_free(&process->environment);
    cJSON_Delete(process->libraries);
    process->executable = process->working_folder = process->libraries_error = NULL;
    process->libraries = NULL;
    process->library_kib = -1;
    process->python = false;
}

/* Field 48 of /proc/PID/stat, counted behind the command's name; 0 where it is not told. */
static double address_of_words(const struct bp_root *root, const char *pid) {
    static const int fields_before = 46; /* the state is field 3 */
    char *path = bp_format("/proc/%s/stat", pid);
    char *stat = bp_root_read_line(root, path, NULL);
    const char *at = stat ? strrchr(stat, ')') : NULL;
    for (int i = 0; at && i < fields_before; i++) {
        at = strchr(at + 1, ' ');
    }
    double address = at ? strtod(at + 1, NULL) : 0;
    free(stat);
    free(path);
    return address;
}

static void learn_program(const struct bp_root *root, struct bp_seen_process *process,
                          char *executable) {
    forget_program(process);
    process->executable = executable;
    process->python = bp_process_name_is_python(bp_base_name(executable));
    process->words_at = address_of_words(root, process->pid);
    bp_process_words(root, process->pid, "cmdline", &process->words, NULL);
    if (process->python) {
        char *link = bp_format("/proc/%s/cwd", process->pid);
        process->working_folder = bp_root_link(root, link, NULL);
        bp_process_words(root, process->pid, "environ", &process->environment, NULL);
        free(link);
    }
}

/*
 * A child is a copy of the process that started it until it executes its own program, which may be
 * the same file under another name: the interpreter of a virtual environment.
 */
static bool has_other_program(const struct bp_root *root, const struct bp_seen_process *process) {
    double words_at = address_of_words(root, process->pid);
    return words_at != 0 && words_at != process->words_at;
}

static void look_at(const struct bp_command_look *look, struct bp_seen_process *process) {
    struct bp_err err = {0};
    char *executable = bp_process_executable(look->root, process->pid, &err);
    bool seen = executable != NULL || err.code == BP_E_DENIED;
    bp_err_clear(&err);
    process->gone = !seen;
    /* The words come a moment after the program where it has just been executed. */
    if (executable && (!bp_equal(executable, process->executable) || process->words.count == 0)) {
        learn_program(look->root, process, executable);
    } else {
        free(executable);
    }
    if (seen && process->python) {
        double before_ms = process->mapped_ms;
        seen = look_at_libraries(look->root, look->looked_ms, process);
        if (seen && process->mapped_ms != before_ms && has_other_program(look->root, process)) {
            learn_program(look->root, process, bp_strdup(process->executable));
            seen = look_at_libraries(look->root, look->looked_ms, process);
        }
    }
    if (seen) {
        process->last_seen_ms = look->looked_ms - look->started_ms;
    }
}

static void free_process(struct bp_seen_process *process) {
    forget_program(process);
    free(process->pid);
    free(process->parent);
}

/* Where all places are taken, that of a process that has ended and was no Python; else NULL. */
static struct bp_seen_process *new_place(struct bp_command_look *look) {
    if (look->count < MOST_PROCESSES) {
        look->processes =
            bp_realloc_array(look->processes, look->count + 1, sizeof *look->processes);
        return &look->processes[look->count++];
    }
    for (size_t i = 1; i < look->count; i++) {
        if (look->processes[i].gone && !look->processes[i].python) {
            free_process(&look->processes[i]);
            return &look->processes[i];
        }
    }
    return NULL;
}

static void add_process(struct bp_command_look *look, const char *pid, const char *parent) {
    for (size_t i = 0; i < look->count; i++) {
        if (bp_equal(look->processes[i].pid, pid)) {
            return;
        }
    }
    struct bp_seen_process *process = new_place(look);
    if (!process) {
        look->more = true;
        return;
    }
    double seen_ms = look->looked_ms - look->started_ms;
    *process = (struct bp_seen_process){.pid = bp_strdup(pid),
                                        .parent = bp_strdup(parent),
                                        .library_kib = -1,
                                        .first_seen_ms = seen_ms,
                                        .last_seen_ms = seen_ms};
    look_at(look, process);
}

/* Those found on the way are looked through as well. */
static void find_new(struct bp_command_look *look) {
    for (size_t i = 0; i < look->count; i++) {
        struct bp_strs pids = {0};
        struct bp_err err = {0};
        char *parent = bp_strdup(look->processes[i].pid);
        if (!look->processes[i].gone && bp_process_children(look->root, parent, &pids, &err) != 0 &&
            !look->error && i == 0 && err.code == BP_E_DENIED) {
            look->error = bp_strdup(bp_err_text(&err));
        }
        for (size_t j = 0; j < pids.count; j++) {
            add_process(look, pids.items[j], parent);
        }
        free(parent);
        bp_strs_free(&pids);
        bp_err_clear(&err);
    }
}

void bp_command_look_start(struct bp_command_look *look, long pid) {
    look->started_ms = look->looked_ms = bp_now_ms();
    look->scan_ms = look->started_ms + shortest_ms;
    if (look->root->drive) {
        look->error = bp_strdup("the processes of a command are not looked at on Windows");
        return;
    }
    if (!bp_root_is_folder(look->root, "/proc/self")) {
        look->error = bp_strdup("/proc is not there, so its processes could not be looked at");
        return;
    }
    if (!bp_root_is_file(look->root, "/proc/thread-self/children")) {
        look->error = bp_strdup("this kernel does not say which processes a process has started");
    }
    char *digits = bp_format("%ld", pid);
    add_process(look, digits, NULL);
    free(digits);
}

double bp_command_look_now(struct bp_command_look *look) {
    double now = bp_now_ms();
    double elapsed = now - look->started_ms;
    if (look->count == 0) {
        return longest_scan_ms;
    }
    if (now - look->looked_ms < moment_ms) {
        return shortest_ms;
    }
    look->looked_ms = now;
    for (size_t i = 0; i < look->count; i++) {
        if (!look->processes[i].gone) {
            look_at(look, &look->processes[i]);
        }
    }
    if (now >= look->scan_ms) {
        find_new(look);
        look->scan_ms = now + between(2 * shortest_ms, elapsed / 20, longest_scan_ms);
    }
    double interval = between(shortest_ms, elapsed / 1000, longest_ms);
    return interval * (1 + (double)look->count / many_processes);
}

static int rank(const struct bp_seen_process *process) {
    int best = 1;
    const cJSON *library;
    cJSON_ArrayForEach(library, process->libraries) {
        const char *name = bp_base_name(bp_json_text(library, "path"));
        int value = bp_starts_with(name, "libbitsandbytes") ? 3
                    : bp_starts_with(name, "libtorch")      ? 2
                                                            : 1;
        best = value > best ? value : best;
    }
    return best;
}

const struct bp_seen_process *bp_command_look_subject(const struct bp_command_look *look) {
    const struct bp_seen_process *subject = NULL;
    for (size_t i = 0; i < look->count; i++) {
        const struct bp_seen_process *process = &look->processes[i];
        if (process->python && (!subject || rank(process) > rank(subject))) {
            subject = process;
        }
    }
    return subject;
}

void bp_command_look_free(struct bp_command_look *look) {
    for (size_t i = 0; i < look->count; i++) {
        free_process(&look->processes[i]);
    }
    free(look->processes);
    free(look->error);
    *look = (struct bp_command_look){0};
}
