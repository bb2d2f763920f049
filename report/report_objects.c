#include "report/report_objects.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/input.h"

/* How deep reports are looked for: plays, tasks, hosts, a host, its output, and arrays between. */
enum { DEPTH_MOST = 10 };

#define REPORT_SCHEMA "bnb-probe/1"

struct search {
    bp_report_taker *take;
    void *context;
};

static bool is_report(const cJSON *object) {
    return bp_equal(bp_json_text(object, "schema"), REPORT_SCHEMA) &&
           cJSON_IsObject(bp_json_get(object, "snapshot"));
}

/* A snapshot without the rest, as programs that keep only facts have it. */
static bool is_snapshot(const cJSON *object) {
    return !bp_json_get(object, "schema") && cJSON_IsObject(bp_json_get(object, "collectors")) &&
           (cJSON_IsObject(bp_json_get(object, "host")) ||
            cJSON_IsObject(bp_json_get(object, "python")));
}

/* Members that say what is in them and not whose it is. */
static bool is_name(const char *key) {
    static const char *const plain[] = {"stdout", "report",  "result",      "output",
                                        "data",   "results", "msg",         "hosts",
                                        "plays",  "tasks",   "stdout_lines"};
    for (size_t i = 0; key && i < sizeof plain / sizeof *plain; i++) {
        if (bp_equal(key, plain[i])) {
            return false;
        }
    }
    return key != NULL;
}

static size_t look(const struct search *search, const cJSON *at, const char *name, int depth);

/* What a command printed, kept as one text. */
static size_t look_in_text(const struct search *search, const char *text, const char *name,
                           int depth) {
    const char *start = text + strspn(text, " \t\r\n");
    if (*start != '{' || !strstr(start, REPORT_SCHEMA)) {
        return 0;
    }
    cJSON *document = bp_json_parse(start, strlen(start), NULL);
    size_t count = document ? look(search, document, name, depth + 1) : 0;
    cJSON_Delete(document);
    return count;
}

static size_t look(const struct search *search, const cJSON *at, const char *name, int depth) {
    if (is_report(at)) {
        search->take(search->context, name, at);
        return 1;
    }
    if (cJSON_IsString(at)) {
        return look_in_text(search, at->valuestring, name, depth);
    }
    /* ansible keeps the same output again as lines. */
    const cJSON *output = bp_json_get(at, "stdout");
    size_t count = cJSON_IsString(output) ? look(search, output, name, depth + 1) : 0;
    if (count) {
        return count;
    }
    for (const cJSON *child = at->child; child && depth < DEPTH_MOST; child = child->next) {
        count += look(search, child, is_name(child->string) ? child->string : name, depth + 1);
    }
    return count;
}

size_t bp_report_objects(const cJSON *document, const char *name, bp_report_taker *take,
                         void *context) {
    struct search search = {take, context};
    if (is_snapshot(document)) {
        cJSON *whole = cJSON_CreateObject();
        cJSON_AddItemToObject(whole, "snapshot", cJSON_Duplicate(document, true));
        take(context, name, whole);
        cJSON_Delete(whole);
        return 1;
    }
    return look(&search, document, name, 0);
}

char *bp_report_objects_lack(const cJSON *document) {
    static const char *const members[] = {"msg", "stderr", "stdout"};
    const char *schema = bp_json_text(document, "schema");
    if (bp_equal(schema, REPORT_SCHEMA)) {
        return bp_strdup("says that it is " REPORT_SCHEMA " and holds no snapshot");
    }
    if (schema) {
        char *shown = bp_input_shown(schema);
        char *says =
            bp_format("has the schema '%s', which is no report that can be compared", shown);
        free(shown);
        return says;
    }
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const char *text = bp_json_text(document, members[i]);
        if (text && *text) {
            char *shown = bp_input_shown(text);
            char *says = bp_format("holds no report of bnb-probe: %s", shown);
            free(shown);
            return says;
        }
    }
    return bp_strdup("is JSON and holds no report of bnb-probe (--format json)");
}
