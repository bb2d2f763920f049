#include "checks/loader/remedy.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/str.h"
#include "checks/install.h"

cJSON *bp_loader_remedy(const char *outcome, const cJSON *interpreter, const char *os) {
    static const struct {
        const char *outcome;
        const char *says;
        const char *words;
    } installs[] = {
        {"torch-missing", "Install PyTorch for this interpreter.", "install torch"},
        {"not-installed", "Install bitsandbytes for this interpreter.", "install bitsandbytes"},
    };
    cJSON *steps = cJSON_CreateArray();
    if (!interpreter && bp_equal(outcome, "cannot-tell")) {
        cJSON *step = cJSON_CreateObject();
        bp_json_set_text(step, "says",
                         "Name the Python interpreter that runs bitsandbytes; where "
                         "there is none yet, install Python first.");
        bp_json_set_text(step, "command",
                         bp_equal(os, "windows") ? "bnb-probe --python C:\\path\\to\\python.exe"
                                                 : "bnb-probe --python /path/to/python");
        cJSON_AddItemToArray(steps, step);
    }
    for (size_t i = 0; i < sizeof installs / sizeof *installs; i++) {
        if (bp_equal(outcome, installs[i].outcome)) {
            struct bp_shell shell = bp_shell_of(interpreter, os);
            char *command = bp_shell_pip(&shell, installs[i].words);
            cJSON *step = cJSON_CreateObject();
            bp_json_set_text(step, "says", installs[i].says);
            bp_json_set_text(step, "command", command);
            cJSON_AddItemToArray(steps, step);
            free(command);
        }
    }
    return steps;
}
