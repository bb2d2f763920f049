#include "checks/run/run.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "checks/run/parts.h"

bool bp_run_failed(const cJSON *snapshot) {
    const cJSON *run = bp_json_get(snapshot, "run");
    return cJSON_IsNumber(bp_json_get(run, "signal")) || bp_json_number(run, "exit_code", 0) != 0;
}

static bool names(const struct bp_text *text, const char *word) {
    return text && memmem(text->data, text->length, word, strlen(word)) != NULL;
}

/*
 * Whether the command had to do with bitsandbytes, as far as one can see: its output names it or
 * says that PyTorch is missing, or one of its processes had a library of it mapped.
 */
static bool concerns_bitsandbytes(const struct bp_view *view) {
    const cJSON *process;
    const cJSON *library;
    if (names(view->text, "bitsandbytes") || names(view->text, "No module named 'torch'")) {
        return true;
    }
    cJSON_ArrayForEach(process, bp_json_at(view->snapshot, "/run/processes")) {
        cJSON_ArrayForEach(library, bp_json_get(process, "libraries")) {
            const char *path = bp_json_text(library, "path");
            if (path && strstr(path, "/libbitsandbytes")) {
                return true;
            }
        }
    }
    return false;
}

const cJSON *bp_run_subject(const cJSON *run) {
    const cJSON *which = bp_json_get(run, "subject");
    return cJSON_IsNumber(which)
               ? cJSON_GetArrayItem(bp_json_get(run, "processes"), which->valueint)
               : NULL;
}

cJSON *bp_run_judge(const struct bp_view *view) {
    const cJSON *run = bp_json_get(view->snapshot, "run");
    if (!cJSON_IsObject(run)) {
        return NULL;
    }
    cJSON *judged = cJSON_CreateObject();
    char *ended = bp_run_ending(run, view->about);
    bp_json_set_bool(judged, "failed", bp_run_failed(view->snapshot));
    bp_json_set_bool(judged, "concerns_bitsandbytes", concerns_bitsandbytes(view));
    bp_json_set_text(judged, "ended", ended);
    cJSON_AddItemToObject(judged, "native", bp_run_native_lines(view->text));
    bp_run_compare(view, judged);
    free(ended);
    return judged;
}
