#include "report/document.h"

#include "base/json.h"
#include "base/str.h"
#include "checks/assume.h"

char *bp_document_time(time_t moment) {
    struct tm utc;
    if (!gmtime_r(&moment, &utc)) {
        return bp_format("1970-01-01T00:00:00Z");
    }
    return bp_format("%04d-%02d-%02dT%02d:%02d:%02dZ", utc.tm_year + 1900, utc.tm_mon + 1,
                     utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

static void move(cJSON *document, const char *key, cJSON *judgement, cJSON *otherwise) {
    cJSON *value = cJSON_DetachItemFromObjectCaseSensitive(judgement, key);
    if (value) {
        cJSON_Delete(otherwise);
    }
    cJSON_AddItemToObject(document, key, value ? value : otherwise);
}

cJSON *bp_document_make(cJSON *snapshot, cJSON *judgement, const char *collected_at) {
    cJSON *document = cJSON_CreateObject();
    cJSON *tool = cJSON_CreateObject();
    bp_json_set_text(tool, "name", "bnb-probe");
    bp_json_set_text(tool, "version", BP_VERSION);
    bp_json_set_text(document, "schema", "bnb-probe/1");
    cJSON_AddItemToObject(document, "tool", tool);
    bp_json_set_text(document, "collected_at", collected_at);
    cJSON *assumed = bp_assumed(snapshot);
    cJSON_AddItemToObject(document, "assumed", assumed ? assumed : cJSON_CreateNull());
    move(document, "verdict", judgement, cJSON_CreateString("unknown"));
    move(document, "verdict_says", judgement, cJSON_CreateString("Nothing could be judged."));
    move(document, "findings", judgement, cJSON_CreateArray());
    move(document, "ruled_out", judgement, cJSON_CreateArray());
    move(document, "loader", judgement, cJSON_CreateNull());
    cJSON *run = cJSON_DetachItemFromObjectCaseSensitive(judgement, "run");
    if (run) {
        cJSON_AddItemToObject(document, "run", run);
    }
    cJSON_AddItemToObject(document, "snapshot", snapshot);
    cJSON_Delete(judgement);
    return document;
}
