#include "checks/loader/remedy.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/str.h"

/* Environments made by uv hold no pip. */
static bool has_no_pip(const cJSON *interpreter) {
    const cJSON *copies = bp_json_at(interpreter, "/packages/pip");
    return cJSON_IsArray(copies) && !copies->child;
}

static char *install_command(const cJSON *interpreter, const char *package) {
    const char *executable = bp_json_text(interpreter, "executable");
    bool uv = executable && has_no_pip(interpreter);
    struct bp_str command = BP_STR_EMPTY;
    if (uv) {
        bp_str_add(&command, "uv pip install --python ");
    }
    bp_str_add_shell_word(&command, executable ? executable : "python");
    bp_str_addf(&command, uv ? " %s" : " -m pip install %s", package);
    return bp_str_detach(&command);
}

cJSON *bp_loader_remedy(const char *outcome, const cJSON *interpreter) {
    static const struct {
        const char *outcome;
        const char *says;
        const char *package;
    } installs[] = {
        {"torch-missing", "Install PyTorch for this interpreter.", "torch"},
        {"not-installed", "Install bitsandbytes for this interpreter.", "bitsandbytes"},
    };
    cJSON *steps = cJSON_CreateArray();
    for (size_t i = 0; i < sizeof installs / sizeof *installs; i++) {
        if (bp_equal(outcome, installs[i].outcome)) {
            char *command = install_command(interpreter, installs[i].package);
            cJSON *step = cJSON_CreateObject();
            bp_json_set_text(step, "says", installs[i].says);
            bp_json_set_text(step, "command", command);
            cJSON_AddItemToArray(steps, step);
            free(command);
        }
    }
    return steps;
}
