#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/compare.h"
#include "report/command.h"
#include "report/compare_view.h"
#include "report/redact.h"
#include "report/render.h"
#include "report/reports.h"
#include "report/terminal.h"

static void take(void *context, const char *name, const cJSON *document) {
    bp_fleet_add(context, name, document);
}

/* Facts that are made of versions: what is in them are no addresses. */
static bool holds_versions(const char *pointer) {
    return bp_ends_with(pointer, "/version") || bp_starts_with(pointer, "/snapshot/cuda/") ||
           bp_starts_with(pointer, "/snapshot/rocm/") ||
           bp_starts_with(pointer, "/snapshot/tools/") || strstr(pointer, "/packages/");
}

static void keep_versions(struct bp_redactor *redactor, const char *value) {
    static const char between[] = " ,;()";
    for (const char *at = value + strspn(value, between); *at; at += strspn(at, between)) {
        size_t length = strcspn(at, between);
        char *word = bp_strndup(at, length);
        bp_redactor_keep_version(redactor, word);
        free(word);
        at += length;
    }
}

static void redact_value(struct bp_redactor *redactor, const char *pointer, cJSON *value) {
    if (holds_versions(pointer)) {
        keep_versions(redactor, value->valuestring);
    }
    char *redacted = bp_redact_text(redactor, value->valuestring);
    cJSON_SetValuestring(value, redacted);
    free(redacted);
}

/* What machines say is redacted; what the person calls them is not. */
static void redact(struct bp_redactor *redactor, const cJSON *comparison) {
    const cJSON *difference;
    const cJSON *value;
    cJSON_ArrayForEach(difference, bp_json_get(comparison, "differences")) {
        const char *pointer = bp_json_text(difference, "fact");
        cJSON_ArrayForEach(value, bp_json_get(difference, "values")) {
            cJSON *text = cJSON_GetObjectItemCaseSensitive(value, "value");
            if (cJSON_IsString(text)) {
                redact_value(redactor, pointer, text);
            }
        }
    }
}

static cJSON *document_of(const struct bp_fleet *fleet, const struct bp_strs *problems) {
    cJSON *document = cJSON_CreateObject();
    bp_json_set_text(document, "schema", "bnb-probe-compare/1");
    cJSON *tool = cJSON_AddObjectToObject(document, "tool");
    bp_json_set_text(tool, "name", "bnb-probe");
    bp_json_set_text(tool, "version", BP_VERSION);
    bp_json_move_members(document, bp_fleet_compare(fleet));
    cJSON_AddItemToObject(document, "problems", bp_json_of_strs(problems));
    return document;
}

static int deliver(const struct bp_options *options, const cJSON *document) {
    struct bp_str out = BP_STR_EMPTY;
    struct bp_text_style style = bp_terminal_style(options);
    if (options->format == BP_FORMAT_JSON) {
        bp_render_json(document, &out);
    } else if (options->format == BP_FORMAT_MARKDOWN) {
        bp_render_compare_markdown(document, options->verbose, &out);
    } else {
        bp_render_compare_text(document, &style, &out);
    }
    int code = bp_command_deliver(options, out.data, out.length);
    bp_str_free(&out);
    return code;
}

int bp_command_compare(const struct bp_options *options, const struct bp_identity *identity) {
    struct bp_fleet *fleet = bp_fleet_new();
    struct bp_strs problems = {0};
    int code = BP_EXIT_DONE;
    for (size_t i = 0; i < options->arguments.count; i++) {
        bp_reports_read(options->arguments.items[i], take, fleet, &problems);
    }
    for (size_t i = 0; i < problems.count; i++) {
        code = bp_complain(BP_EXIT_FAILED, problems.items[i]);
    }
    if (bp_fleet_count(fleet) < 2) {
        code = bp_complain(BP_EXIT_FAILED, bp_fleet_count(fleet)
                                               ? "only one report: there is nothing to compare"
                                               : "no report to compare");
    } else {
        cJSON *document = document_of(fleet, &problems);
        if (!options->no_redact) {
            struct bp_redactor *redactor = bp_redactor_new(identity);
            redact(redactor, document);
            bp_redactor_free(redactor);
        }
        int delivered = deliver(options, document);
        code = delivered ? delivered : code;
        cJSON_Delete(document);
    }
    bp_fleet_free(fleet);
    bp_strs_free(&problems);
    return code;
}
