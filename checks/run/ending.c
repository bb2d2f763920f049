/* How a command ended, in words. */
#include <stdint.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/nt_status.h"
#include "base/str.h"
#include "checks/excerpt.h"
#include "checks/run/parts.h"
#include "checks/run/run.h"

#include <string.h>

/* Exit codes above it are what a shell makes of a signal: 128 and its number. */
enum { SIGNAL_BASE = 128, ERROR_LIMIT = 200 };

static const struct {
    const char *name;
    int number; /* on Linux, x86 and Arm */
    const char *means;
} signals[] = {
    {"SIGSEGV", 11, "it touched memory that is not its own"},
    {"SIGABRT", 6, "it gave up by itself, which C and C++ code does on an error it cannot handle"},
    {"SIGBUS", 7, "it touched memory with nothing behind it, such as a file that was cut short"},
    {"SIGILL", 4, "an instruction that this processor does not have"},
    {"SIGFPE", 8, "a whole number was divided by zero"},
    {"SIGKILL", 9,
     "from outside: by the kernel where memory runs out, else by a program or person"},
    {"SIGTERM", 15, "it was asked to end"},
    {"SIGINT", 2, "it was interrupted, as ^C does"},
    {"SIGHUP", 1, "its terminal was closed"},
    {"SIGPIPE", 13, "nobody read its output any more"},
    {"SIGTRAP", 5, "a trap instruction"},
};
enum { SIGNAL_COUNT = sizeof signals / sizeof *signals };

static void add_signal(const cJSON *run, struct bp_str *text) {
    const char *name = bp_json_text(run, "signal_name");
    bp_str_addf(text, "was ended by %s", name ? name : "a signal");
    for (int i = 0; i < SIGNAL_COUNT; i++) {
        if (bp_equal(name, signals[i].name)) {
            bp_str_addf(text, " (%s)", signals[i].means);
        }
    }
}

/* Of Windows, where an exception is an exit code; elsewhere there are none that large. */
static bool add_exception(double code, struct bp_str *text) {
    if (code < INT32_MIN || code > UINT32_MAX || (code >= 0 && code <= INT32_MAX)) {
        return false;
    }
    uint32_t status = (uint32_t)(int64_t)code;
    const char *name = bp_nt_status_name(status);
    const char *means = bp_nt_status_means(status);
    if (!bp_nt_status_is_exception(status)) {
        return false;
    }
    bp_str_addf(text, "was ended by exception 0x%08lX%s%s%s%s%s", (unsigned long)status,
                name ? " (" : "", name ? name : "", means ? ": " : "", means ? means : "",
                name ? ")" : "");
    return true;
}

static void add_exit(const cJSON *run, struct bp_str *text) {
    double code = bp_json_number(run, "exit_code", 0);
    if (add_exception(code, text)) {
        return;
    }
    bp_str_addf(text, "ended with exit code %.0f", code);
    for (int i = 0; i < SIGNAL_COUNT; i++) {
        if ((int64_t)code == SIGNAL_BASE + signals[i].number) {
            bp_str_addf(text, " (as shells say of %s: %s)", signals[i].name, signals[i].means);
        }
    }
}

static void add_error(const cJSON *run, const cJSON *about, struct bp_str *text) {
    const char *type = bp_json_text_at(about, "/error/type");
    const char *message = bp_json_text_at(about, "/error/message");
    bool crashed = cJSON_IsNumber(bp_json_get(run, "signal")) ||
                   bp_json_number(run, "exit_code", 0) > (double)SIGNAL_BASE;
    if (!type) {
        bp_str_add(text, ", without a Python traceback");
        return;
    }
    char *whole =
        bp_format("%s%s%s", type, message && *message ? ": " : "", message ? message : "");
    char *shown = bp_excerpt_text(whole, strlen(whole), ERROR_LIMIT);
    bp_str_addf(text, crashed ? "; the last error that Python printed was %s" : ": %s", shown);
    free(shown);
    free(whole);
}

char *bp_run_ending(const cJSON *run, const cJSON *about) {
    struct bp_str text = BP_STR_EMPTY;
    const cJSON *received = bp_json_get(run, "received");
    bool by_signal = cJSON_IsNumber(bp_json_get(run, "signal"));
    bool failed = by_signal || bp_json_number(run, "exit_code", 0) != 0;
    if (by_signal) {
        add_signal(run, &text);
    } else {
        add_exit(run, &text);
    }
    bp_str_addf(&text, " after %.1f s", bp_json_number(run, "seconds", 0));
    const char *before = ", having received ";
    const cJSON *name;
    cJSON_ArrayForEach(name, received) {
        if (cJSON_IsString(name)) {
            bp_str_addf(&text, "%s%s", before, name->valuestring);
            before = " and ";
        }
    }
    if (failed) {
        add_error(run, about, &text);
    }
    return bp_str_detach(&text);
}
