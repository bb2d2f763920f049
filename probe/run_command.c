#include "probe/run_command.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "probe/collector.h"
#include "probe/command_look.h"
#include "probe/command_python.h"
#include "probe/kept_output.h"
#include "probe/os/child.h"
#include "probe/os/files.h"
#include "probe/os/variables.h"
#include "probe/own_environment.h"
#include "probe/process.h"
#include "probe/windows/native_paths.h"

struct observer {
    struct bp_kept_output *kept;
    struct bp_command_look look;
};

static void on_start(void *context, long pid) {
    struct observer *observer = context;
    bp_command_look_start(&observer->look, pid);
}

static void on_output(void *context, int stream, const char *bytes, size_t length) {
    struct observer *observer = context;
    bp_kept_output_add(observer->kept, stream, bytes, length);
}

static double on_look(void *context) {
    struct observer *observer = context;
    return bp_command_look_now(&observer->look);
}

/* --- the facts --- */

static double rounded(double ms) {
    return (double)(long)(ms * 10 + 0.5) / 10;
}

static void set_clean(cJSON *object, const char *key, const char *text) {
    char *clean = text ? bp_utf8_clean(text, strlen(text)) : NULL;
    bp_json_set_text(object, key, clean);
    free(clean);
}

/* As cmd.exe and PowerShell take a word that has no quotes in it. */
static void add_windows_word(struct bp_str *line, const char *word) {
    const char *quote = !*word || strpbrk(word, " \t&()^;,'") ? "\"" : "";
    bp_str_addf(line, "%s%s%s", quote, word, quote);
}

/* The words as a shell takes them. The caller frees it. */
static char *command_line(const struct bp_root *root, const struct bp_strs *words) {
    struct bp_str line = BP_STR_EMPTY;
    for (size_t i = 0; i < words->count; i++) {
        bp_str_add(&line, i ? " " : "");
        if (root->drive) {
            add_windows_word(&line, words->items[i]);
        } else {
            bp_str_add_shell_word(&line, words->items[i]);
        }
    }
    return bp_str_detach(&line);
}

static char *signal_name(int number) {
    const char *name = bp_signal_name(number);
    return name ? bp_strdup(name) : bp_format("signal %d", number);
}

static void describe_end(const struct bp_command_end *end, cJSON *facts) {
    cJSON *received = cJSON_CreateArray();
    bp_json_set_number(facts, "seconds", (double)(long)(end->ms + 0.5) / 1000);
    if (end->signal) {
        cJSON_AddNullToObject(facts, "exit_code");
        bp_json_set_number(facts, "signal", end->signal);
        char *name = signal_name(end->signal);
        bp_json_set_text(facts, "signal_name", name);
        free(name);
    } else {
        bp_json_set_number(facts, "exit_code", (double)end->exit_code);
        cJSON_AddNullToObject(facts, "signal");
    }
    bp_json_set_bool(facts, "core_dumped", end->core_dumped);
    bp_json_set_bool(facts, "left_running", end->left_running);
    for (int i = 1; i < 64; i++) {
        const char *name = end->received >> i & 1 ? bp_received_name(i) : NULL;
        if (name) {
            cJSON_AddItemToArray(received, cJSON_CreateString(name));
        }
    }
    cJSON_AddItemToObject(facts, "received", received);
}

static void describe_output(const struct bp_kept_output *kept, const struct bp_command_end *end,
                            struct bp_str *text, cJSON *facts) {
    cJSON *output = cJSON_CreateObject();
    bp_json_set_number(output, "left_out", (double)bp_kept_output_write(kept, text));
    bp_json_set_number(output, "bytes", (double)bp_kept_output_total(kept));
    bp_json_set_bool(output, "terminal", end->terminal);
    bp_json_set_bool(output, "in_order", end->one_stream);
    cJSON_AddItemToObject(facts, "output", output);
}

/* The variables, of those that may be told of, that the process had otherwise than this program. */
static cJSON *environment_changes(const struct bp_strs *environment) {
    cJSON *changes = cJSON_CreateArray();
    for (size_t i = 0; environment->count && bp_environment_allowed[i]; i++) {
        const char *name = bp_environment_allowed[i];
        const char *here = bp_variable(name);
        const char *there = bp_environment_value(environment, name);
        if ((here || there) && !bp_equal(here, there)) {
            cJSON *change = cJSON_CreateObject();
            bp_json_set_text(change, "name", name);
            set_clean(change, "here", here);
            set_clean(change, "there", there);
            cJSON_AddItemToArray(changes, change);
        }
    }
    return changes;
}

static cJSON *describe_process(const struct bp_root *root, const struct bp_seen_process *process) {
    cJSON *facts = cJSON_CreateObject();
    char *line = command_line(root, &process->words);
    char *interpreter = process->python ? bp_python_of_process(root, process) : NULL;
    bp_json_set_number(facts, "pid", strtod(process->pid, NULL));
    if (process->parent) {
        bp_json_set_number(facts, "parent", strtod(process->parent, NULL));
    } else {
        cJSON_AddNullToObject(facts, "parent");
    }
    set_clean(facts, "command_line", *line ? line : NULL);
    set_clean(facts, "executable", process->executable);
    set_clean(facts, "interpreter", interpreter);
    bp_json_set_bool(facts, "python", process->python);
    bp_json_set_number(facts, "first_seen_ms", rounded(process->first_seen_ms));
    bp_json_set_number(facts, "last_seen_ms", rounded(process->last_seen_ms));
    cJSON_AddItemToObject(facts, "libraries",
                          process->libraries ? cJSON_Duplicate(process->libraries, true)
                                             : cJSON_CreateNull());
    if (process->libraries_error) {
        bp_json_set_text(facts, "libraries_error", process->libraries_error);
    }
    free(interpreter);
    free(line);
    return facts;
}

static void describe_processes(const struct bp_command_look *look, cJSON *facts) {
    const struct bp_seen_process *subject = bp_command_look_subject(look);
    cJSON *processes = cJSON_CreateArray();
    cJSON *which = cJSON_CreateNull();
    for (size_t i = 0; i < look->count; i++) {
        const struct bp_seen_process *process = &look->processes[i];
        if (i > 0 && !process->python) {
            continue;
        }
        if (process == subject) {
            cJSON_Delete(which);
            which = cJSON_CreateNumber(cJSON_GetArraySize(processes));
        }
        cJSON_AddItemToArray(processes, describe_process(look->root, process));
    }
    cJSON_AddItemToObject(facts, "processes", processes);
    cJSON_AddItemToObject(facts, "subject", which);
    bp_json_set_bool(facts, "more_processes", look->more);
    bp_json_set_text(facts, "processes_error", look->error);
    cJSON_AddItemToObject(facts, "environment_changes",
                          subject ? environment_changes(&subject->environment)
                                  : cJSON_CreateArray());
}

static void find_interpreter(const struct bp_root *root, const struct bp_command_look *look,
                             const char *word, struct bp_run_result *result) {
    const struct bp_seen_process *subject = bp_command_look_subject(look);
    const char *from = NULL;
    if (subject) {
        result->interpreter = bp_python_of_process(root, subject);
        from = "process";
        for (size_t i = 0; i < subject->environment.count; i++) {
            bp_strs_add(&result->environment, subject->environment.items[i]);
        }
    } else {
        result->interpreter = bp_python_of_word(root, word, bp_variable("PATH"));
        from = result->interpreter ? "command" : NULL;
    }
    set_clean(result->facts, "interpreter", result->interpreter);
    bp_json_set_text(result->facts, "interpreter_from", from);
}

static void describe(const struct bp_root *root, const struct bp_strs *arguments,
                     const struct observer *observer, struct bp_run_result *result) {
    char *line = command_line(root, arguments);
    char *folder = bp_current_folder();
    result->facts = cJSON_CreateObject();
    set_clean(result->facts, "command_line", line);
    set_clean(result->facts, "working_folder", folder);
    describe_end(&result->end, result->facts);
    find_interpreter(root, &observer->look, arguments->items[0], result);
    describe_processes(&observer->look, result->facts);
    describe_output(observer->kept, &result->end, &result->output, result->facts);
    if (root->drive) {
        bp_native_paths(result->facts);
    }
    free(folder);
    free(line);
}

int bp_run_exit_code(const struct bp_run_result *result) {
    enum { SIGNAL_BASE = 128 };
    const struct bp_command_end *end = &result->end;
    return end->signal ? SIGNAL_BASE + end->signal : (int)(uint32_t)end->exit_code;
}

int bp_run_command(const struct bp_strs *arguments, struct bp_run_result *result,
                   struct bp_err *err) {
    struct bp_root root;
    *result = (struct bp_run_result){.output = BP_STR_EMPTY};
    if (bp_root_open(&root, NULL, err) != 0) {
        return -1;
    }
    bp_own_environment_leave(NULL);
    struct observer observer = {.kept = bp_kept_output_new(), .look = {.root = &root}};
    const struct bp_command_watch watch = {on_start, on_output, on_look, &observer};
    char **words = bp_alloc_array(arguments->count + 1, sizeof *words);
    memcpy(words, arguments->items, arguments->count * sizeof *words);
    int status = bp_command_run(words, &watch, &result->end, err);
    if (status == 0) {
        /* Whatever becomes of the report, a failure's exit code is the command's. */
        int code = bp_run_exit_code(result);
        bp_memory_set_exit_code(code ? code : BP_EXIT_NO_MEMORY);
        describe(&root, arguments, &observer, result);
    }
    free(words);
    bp_kept_output_free(observer.kept);
    bp_command_look_free(&observer.look);
    bp_root_close(&root);
    return status;
}

/* PATH is no fact, and decides which tools are found. */
void bp_run_adopt_environment(const struct bp_run_result *result) {
    if (result->environment.count == 0) {
        return;
    }
    for (size_t i = 0; bp_environment_allowed[i]; i++) {
        const char *value = bp_environment_value(&result->environment, bp_environment_allowed[i]);
        bp_variable_set(bp_environment_allowed[i], value);
    }
    const char *path = bp_environment_value(&result->environment, "PATH");
    if (path) {
        bp_variable_set("PATH", path);
    }
}

void bp_run_result_free(struct bp_run_result *result) {
    bp_str_free(&result->output);
    bp_strs_free(&result->environment);
    free(result->interpreter);
    cJSON_Delete(result->facts);
    result->interpreter = NULL;
    result->facts = NULL;
}
