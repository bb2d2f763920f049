#include <stddef.h>

#include "base/embedded.h"
#include "base/json.h"
#include "base/nearest.h"
#include "checks/catalogue.h"
#include "report/command.h"
#include "report/papers.h"

static const struct {
    const char *name;
    void (*write)(const struct bp_strs *patterns, struct bp_str *out);
} shells[] = {
    {"bash", bp_completion_bash},
    {"zsh", bp_completion_zsh},
    {"fish", bp_completion_fish},
};

enum { SHELL_COUNT = sizeof shells / sizeof *shells };

static int complain(const char *given) {
    const char *names[SHELL_COUNT + 1] = {NULL};
    struct bp_str text = BP_STR_EMPTY;
    for (size_t i = 0; i < SHELL_COUNT; i++) {
        names[i] = shells[i].name;
    }
    const char *nearest = given ? bp_nearest(given, names) : NULL;
    if (given) {
        bp_str_addf(&text, "there is no completion for '%s', only for bash, zsh and fish", given);
    } else {
        bp_str_add(&text, "completion needs a shell: bash, zsh or fish");
    }
    if (nearest) {
        bp_str_addf(&text, "; did you mean %s?", nearest);
    }
    int code = bp_complain(BP_EXIT_USAGE, text.data);
    bp_str_free(&text);
    return code;
}

int bp_command_completion(const struct bp_options *options) {
    const char *given = options->arguments.count ? options->arguments.items[0] : NULL;
    size_t shell = 0;
    while (shell < SHELL_COUNT && !bp_equal(given, shells[shell].name)) {
        shell++;
    }
    if (shell == SHELL_COUNT) {
        return complain(given);
    }
    struct bp_catalogue *catalogue = bp_catalogue_for_judging();
    struct bp_strs patterns = {0};
    struct bp_str out = BP_STR_EMPTY;
    for (size_t i = 0; i < bp_catalogue_count(catalogue); i++) {
        bp_strs_add(&patterns, bp_json_text(bp_catalogue_at(catalogue, i), "id"));
    }
    shells[shell].write(&patterns, &out);
    int code = bp_command_deliver(options, out.data, out.length);
    bp_str_free(&out);
    bp_strs_free(&patterns);
    bp_catalogue_free(catalogue);
    return code;
}
