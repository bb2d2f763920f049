/* Runs the python collector (and bitsandbytes' after it) in an environment that a test makes. */
#ifndef BP_TESTS_PYTHON_PROBE_H
#define BP_TESTS_PYTHON_PROBE_H

#include "tests/unit/gather.h"

/* An environment of the given "NAME=VALUE" strings (NULL-ended) and nothing else. */
static inline void only_environment(const char *const variables[]) {
    clearenv();
    for (size_t i = 0; variables[i]; i++) {
        const char *equals = strchr(variables[i], '=');
        char *name = bp_strndup(variables[i], (size_t)(equals - variables[i]));
        setenv(name, equals + 1, 1);
        free(name);
    }
}

/*
 * Both collectors' facts for `python` (NULL: the one that the environment gives), in the
 * root `folder` (NULL: this machine). The report is the python collector's.
 */
static inline struct gathered gather_python_within(const char *folder, const char *python,
                                                   double program_ms) {
    struct gathered gathered = {.snapshot = cJSON_CreateObject()};
    struct bp_root root;
    struct bp_strs pythons = {0};
    if (bp_root_open(&root, folder, NULL) != 0) {
        abort();
    }
    if (python) {
        bp_strs_split(&pythons, python, '|', false);
    }
    struct bp_probe probe = {
        .root = &root,
        .pythons = &pythons,
        .snapshot = gathered.snapshot,
        .program_deadline_ms = bp_now_ms() + program_ms,
        .program_grace_ms = 100,
    };
    bp_collect_fn *const collectors[] = {bp_collect_bitsandbytes, bp_collect_python};
    for (size_t i = 2; i-- > 0;) {
        FILE *file = tmpfile();
        struct bp_facts *facts = bp_facts_to_pipe(fileno(file), NULL);
        collectors[i](&probe, facts);
        bp_facts_end(facts);
        struct bp_str lines = gather_lines(file);
        struct bp_facts_report report;
        bp_facts_merge(gathered.snapshot, lines.data, lines.length, i ? &gathered.report : &report);
        if (!i) {
            bp_facts_report_free(&report);
        }
        bp_str_free(&lines);
        fclose(file);
    }
    bp_strs_free(&pythons);
    bp_root_close(&root);
    return gathered;
}

static inline struct gathered gather_python(const char *python) {
    return gather_python_within(NULL, python, 10000);
}

/* Runs a shell command that must not fail. */
BP_PRINTF(1, 2) static inline void must(const char *format, ...) {
    struct bp_str command = BP_STR_EMPTY;
    va_list arguments;
    va_start(arguments, format);
    bp_str_add(&command, "export PATH=/usr/bin:/bin; ");
    bp_str_addv(&command, format, arguments);
    va_end(arguments);
    bp_str_add(&command, " && echo did");
    char *said = said_by(command.data);
    if (!bp_ends_with(said, "did")) {
        fprintf(stderr, "failed: %s\n", command.data);
        abort();
    }
    free(said);
    bp_str_free(&command);
}

/* The array of strings at `pointer`, joined by ":". The caller frees it. */
static inline char *joined_at(const struct gathered *gathered, const char *pointer) {
    struct bp_str text = BP_STR_EMPTY;
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, bp_json_at(gathered->snapshot, pointer)) {
        bp_str_addf(&text, "%s%s", text.length ? ":" : "", cJSON_GetStringValue(item));
    }
    return bp_str_detach(&text);
}

#define SYSTEM_PYTHON "/usr/bin/python3"
#define FIRST "/python/interpreters/0"

#endif
