/*
 * The gate's result as SARIF 2.1.0, one run with one rule a known problem. What passed is left
 * out; what could not be told is a result of kind "open", a collector that failed a notification
 * about the run itself. Facts are logical locations, named by their pointer.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/check_view.h"
#include "report/finding_view.h"
#include "report/markup.h"
#include "report/plain.h"

static cJSON *add_object(cJSON *parent, const char *key) {
    return cJSON_AddObjectToObject(parent, key);
}

static void add_message(cJSON *parent, const char *key, const char *text) {
    char *shown = bp_show_lines(text);
    bp_json_set_text(add_object(parent, key), "text", shown);
    free(shown);
}

static bool is_collector(const cJSON *check) {
    return bp_equal(bp_json_text(check, "kind"), "collector");
}

/* Whether a check becomes a result. A verdict that a finding explains would say it twice. */
static bool is_result(const cJSON *check) {
    return bp_check_result_of(check) != BP_CHECK_PASS && !bp_check_explained_by(check) &&
           !is_collector(check);
}

/* The pattern's id; what is no finding has its kind before it. The caller frees it. */
static char *rule_id(const cJSON *check) {
    const char *kind = bp_json_text(check, "kind");
    const char *id = bp_json_text(check, "id");
    return bp_equal(kind, "requirement") ? bp_format("require-%s", id) : bp_strdup(id);
}

/* --- rules --- */

static void add_help(cJSON *rule, const cJSON *check, const cJSON *finding) {
    const char *explanation = bp_json_text(finding, "explanation");
    struct bp_str text = BP_STR_EMPTY;
    struct bp_str markdown = BP_STR_EMPTY;
    const cJSON *step;
    bp_str_add(&text, explanation ? explanation : "");
    bp_markup_words(&markdown, explanation);
    cJSON_ArrayForEach(step, bp_json_get(check, "remedy")) {
        const char *says = bp_json_text(step, "says");
        const char *command = bp_json_text(step, "command");
        bp_str_addf(&text, "%s%s", text.length ? "\n" : "", says ? says : "");
        bp_str_add(&markdown, markdown.length ? "\n\n" : "");
        bp_markup_words(&markdown, says);
        if (command) {
            bp_str_addf(&text, "\n  %s", command);
            bp_str_add(&markdown, "\n\n");
            bp_markup_block(&markdown, "", "sh", command);
        }
    }
    if (text.length) {
        char *shown = bp_show_lines(text.data);
        cJSON *help = add_object(rule, "help");
        bp_json_set_text(help, "text", shown);
        bp_json_set_text(help, "markdown", markdown.data);
        free(shown);
    }
    bp_str_free(&markdown);
    bp_str_free(&text);
}

static const char *level_of(const cJSON *check) {
    const char *severity = bp_json_text(check, "severity");
    return bp_equal(severity, "info")      ? "note"
           : bp_equal(severity, "warning") ? "warning"
                                           : "error";
}

static cJSON *make_rule(const cJSON *document, const cJSON *check, const char *id) {
    cJSON *rule = cJSON_CreateObject();
    const cJSON *finding = bp_check_finding(document, check);
    const char *explanation = bp_json_text(finding, "explanation");
    const char *name = bp_json_text(check, "name");
    bp_json_set_text(rule, "id", id);
    char *required = bp_format("What is required of %s", bp_json_text(check, "id"));
    bool is_requirement = bp_equal(bp_json_text(check, "kind"), "requirement");
    add_message(rule, "shortDescription", is_requirement ? required : name);
    free(required);
    if (explanation && *explanation) {
        add_message(rule, "fullDescription", explanation);
    }
    bp_json_set_text(add_object(rule, "defaultConfiguration"), "level", level_of(check));
    struct bp_strs references = bp_finding_references(finding);
    if (references.count) {
        bp_json_set_text(rule, "helpUri", references.items[0]);
    }
    bp_strs_free(&references);
    add_help(rule, check, finding);
    return rule;
}

/* The rule's place among `rules`, to which it is added where it is not there yet. */
static int place_of_rule(cJSON *rules, const cJSON *document, const cJSON *check, const char *id) {
    int index = 0;
    const cJSON *rule;
    cJSON_ArrayForEach(rule, rules) {
        if (bp_equal(bp_json_text(rule, "id"), id)) {
            return index;
        }
        index++;
    }
    cJSON_AddItemToArray(rules, make_rule(document, check, id));
    return index;
}

/* --- locations --- */

/*
 * The reference to a file: RFC 3986 with what is not unreserved encoded. An absolute path becomes
 * a file: address; "$HOME/x" is x below the base HOME. NULL for what is no such path. Caller frees.
 */
static char *reference_of(const char *path, char **base) {
    struct bp_str reference = BP_STR_EMPTY;
    size_t name = path[0] == '$' ? strcspn(path, "/") : 0;
    *base = NULL;
    if (name > 1 && path[name]) {
        *base = bp_strndup(path + 1, name - 1);
        path += name + 1;
    } else if (path[0] == '/') {
        bp_str_add(&reference, "file://");
    }
    for (; *path; path++) {
        bool plain = (*path >= 'a' && *path <= 'z') || (*path >= 'A' && *path <= 'Z') ||
                     (*path >= '0' && *path <= '9') || strchr("-._~/", *path);
        bp_str_addf(&reference, plain ? "%c" : "%%%02X", (unsigned)(uint8_t)*path);
    }
    return bp_str_detach(&reference);
}

static void add_file(cJSON *location, const char *path, double line, const char *snippet) {
    char *base;
    char *reference = reference_of(path, &base);
    cJSON *physical = add_object(location, "physicalLocation");
    cJSON *artifact = add_object(physical, "artifactLocation");
    bp_json_set_text(artifact, "uri", reference);
    if (base) {
        bp_json_set_text(artifact, "uriBaseId", base);
    }
    if (line > 0) {
        cJSON *region = add_object(physical, "region");
        bp_json_set_number(region, "startLine", line);
        if (snippet) {
            add_message(region, "snippet", snippet);
        }
    }
    free(reference);
    free(base);
}

static bool is_path(const char *value) {
    return value && (value[0] == '/' || value[0] == '$') && strchr(value, '/') &&
           !strpbrk(value, "\n\r");
}

static cJSON *make_location(const cJSON *piece) {
    cJSON *location = cJSON_CreateObject();
    const char *pointer = bp_json_text(piece, "pointer");
    const char *source = bp_json_text(piece, "source");
    const char *value = bp_json_text(piece, "value");
    const char *says = bp_json_text(piece, "says");
    if (source && !bp_equal(source, "-")) {
        add_file(location, source, bp_json_number(piece, "line", 0),
                 bp_json_text(piece, "excerpt"));
    } else if (is_path(value)) {
        add_file(location, value, 0, NULL);
    }
    if (pointer) {
        cJSON *logical = cJSON_CreateObject();
        const char *last = bp_base_name(pointer);
        bp_json_set_text(logical, "name", *last ? last : pointer);
        bp_json_set_text(logical, "fullyQualifiedName", pointer);
        bp_json_set_text(logical, "kind", "fact");
        cJSON_AddItemToArray(cJSON_AddArrayToObject(location, "logicalLocations"), logical);
    }
    if (says) {
        add_message(location, "message", says);
    }
    return location;
}

/* --- results --- */

static cJSON *make_result(cJSON *rules, const cJSON *document, const cJSON *check) {
    cJSON *result = cJSON_CreateObject();
    bool open = bp_check_result_of(check) == BP_CHECK_UNKNOWN;
    const char *says = bp_json_text(check, "says");
    const char *name = bp_json_text(check, "name");
    const char *signature = bp_json_text_at(bp_check_finding(document, check), "/signature/code");
    const cJSON *piece;
    char *id = rule_id(check);
    char *text = bp_format("%s: %s", name ? name : "", says ? says : "");
    bp_json_set_text(result, "ruleId", id);
    bp_json_set_number(result, "ruleIndex", place_of_rule(rules, document, check, id));
    bp_json_set_text(result, "kind", open ? "open" : "fail");
    bp_json_set_text(result, "level",
                     open ? "none"
                     : bp_check_result_of(check) == BP_CHECK_NOTE &&
                             bp_equal(level_of(check), "error")
                         ? "warning"
                         : level_of(check));
    add_message(result, "message", text);
    cJSON *locations = cJSON_AddArrayToObject(result, "locations");
    cJSON_ArrayForEach(piece, bp_json_get(check, "evidence")) {
        cJSON_AddItemToArray(locations, make_location(piece));
    }
    if (signature) {
        bp_json_set_text(add_object(result, "fingerprints"), "rootCause/v1", signature);
    }
    free(text);
    free(id);
    return result;
}

/* --- the run --- */

static cJSON *make_invocation(const cJSON *document) {
    cJSON *invocation = cJSON_CreateObject();
    cJSON *notifications = cJSON_CreateArray();
    const cJSON *check;
    cJSON_ArrayForEach(check, bp_json_get(document, "checks")) {
        if (is_collector(check)) {
            cJSON *notification = cJSON_CreateObject();
            bp_json_set_text(add_object(notification, "descriptor"), "id",
                             bp_json_text(check, "id"));
            bp_json_set_text(notification, "level", "error");
            add_message(notification, "message", bp_json_text(check, "says"));
            cJSON_AddItemToArray(notifications, notification);
        }
    }
    bp_json_set_bool(invocation, "executionSuccessful",
                     !bp_equal(bp_json_text(document, "result"), "unknown"));
    bp_json_set_number(invocation, "exitCode", bp_check_exit(document));
    bp_json_set_text(invocation, "exitCodeDescription", bp_json_text(document, "says"));
    cJSON_AddItemToObject(invocation, "toolExecutionNotifications", notifications);
    return invocation;
}

/* What SARIF has no place for: what was assumed, and what was redacted. */
static void add_properties(cJSON *run, const cJSON *document) {
    static const char *const members[] = {"assumed", "paths", "withheld"};
    cJSON *properties = NULL;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const cJSON *member = bp_json_get(document, members[i]);
        if (cJSON_IsArray(member) || cJSON_IsObject(member)) {
            properties = properties ? properties : add_object(run, "properties");
            cJSON_AddItemToObject(properties, members[i], cJSON_Duplicate(member, true));
        }
    }
}

static cJSON *make_run(const cJSON *document) {
    cJSON *run = cJSON_CreateObject();
    cJSON *driver = add_object(add_object(run, "tool"), "driver");
    bp_json_set_text(driver, "name", "bnb-probe");
    const char *version = bp_json_text_at(document, "/tool/version");
    if (version) {
        bp_json_set_text(driver, "version", version);
    }
    cJSON *rules = cJSON_AddArrayToObject(driver, "rules");
    bp_json_set_text(add_object(run, "automationDetails"), "id", "bnb-probe/");
    cJSON_AddItemToArray(cJSON_AddArrayToObject(run, "invocations"), make_invocation(document));
    cJSON *results = cJSON_AddArrayToObject(run, "results");
    const cJSON *check;
    cJSON_ArrayForEach(check, bp_json_get(document, "checks")) {
        if (is_result(check)) {
            cJSON_AddItemToArray(results, make_result(rules, document, check));
        }
    }
    add_properties(run, document);
    return run;
}

void bp_check_sarif(const cJSON *document, struct bp_str *out) {
    cJSON *log = cJSON_CreateObject();
    bp_json_set_text(log, "$schema",
                     "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
                     "sarif-schema-2.1.0.json");
    bp_json_set_text(log, "version", "2.1.0");
    cJSON_AddItemToArray(cJSON_AddArrayToObject(log, "runs"), make_run(document));
    bp_render_json(log, out);
    cJSON_Delete(log);
}
