/* The recommendation that a maintainer reviews before anything is closed. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/finding_view.h"
#include "report/markup.h"
#include "report/plain.h"
#include "report/triage_signatures.h"
#include "report/triage_view.h"

/* All issues that one pattern leads. */
struct group {
    char *pattern;
    char *title;
    struct bp_str closes;
    struct bp_str asks;
    struct bp_str borderline;
    struct bp_str commands;
    size_t close_count;
    size_t ask_count;
    size_t borderline_count;
};

struct bp_triage_groups {
    struct group *items;
    size_t count;
    size_t capacity;
    struct bp_signatures signatures;
    struct bp_str unknown;
    size_t unknown_count;
    size_t issue_count;
};

struct bp_triage_groups *bp_triage_groups_new(void) {
    struct bp_triage_groups *groups = bp_alloc(sizeof *groups);
    groups->unknown = (struct bp_str)BP_STR_EMPTY;
    return groups;
}

void bp_triage_groups_free(struct bp_triage_groups *groups) {
    for (size_t i = 0; groups && i < groups->count; i++) {
        struct group *group = &groups->items[i];
        free(group->pattern);
        free(group->title);
        bp_str_free(&group->closes);
        bp_str_free(&group->asks);
        bp_str_free(&group->borderline);
        bp_str_free(&group->commands);
    }
    if (groups) {
        bp_signatures_free(&groups->signatures);
        bp_str_free(&groups->unknown);
        free(groups->items);
        free(groups);
    }
}

static struct group *group_of(struct bp_triage_groups *groups, const cJSON *primary) {
    const char *pattern = bp_json_text(primary, "pattern");
    for (size_t i = 0; i < groups->count; i++) {
        if (bp_equal(groups->items[i].pattern, pattern)) {
            return &groups->items[i];
        }
    }
    if (groups->count == groups->capacity) {
        groups->capacity = groups->capacity ? groups->capacity * 2 : 32;
        groups->items = bp_realloc_array(groups->items, groups->capacity, sizeof *groups->items);
    }
    struct group *group = &groups->items[groups->count++];
    *group = (struct group){.pattern = bp_strdup(pattern),
                            .title = bp_strdup(bp_json_text(primary, "title")),
                            .closes = BP_STR_EMPTY,
                            .asks = BP_STR_EMPTY,
                            .borderline = BP_STR_EMPTY,
                            .commands = BP_STR_EMPTY};
    return group;
}

static void add_name(struct bp_str *out, const cJSON *result) {
    const char *title = bp_json_text(result, "title");
    char *name = bp_triage_name(result);
    bool number = cJSON_IsNumber(bp_json_get(result, "id"));
    bp_str_add(out, "- ");
    if (number) {
        bp_str_add(out, name); /* GitHub links "#123" */
    } else {
        bp_markup_words(out, name);
    }
    bp_str_add_char(out, ' ');
    bp_markup_words(out, title ? title : "");
    bp_str_add_char(out, '\n');
    free(name);
}

static void add_reason(struct bp_str *out, const cJSON *primary) {
    const char *says = bp_json_text(primary, "says");
    const char *status = bp_json_text(primary, "status");
    const cJSON *proof = bp_triage_proof(primary);
    bp_str_addf(out, "  - %s: ", status ? status : "possible");
    bp_markup_words(out, says ? says : "");
    bp_str_add_char(out, '\n');
    if (proof) {
        char *place = bp_evidence_place(proof);
        char *seen = bp_evidence_seen(proof);
        bp_str_add(out, "  - ");
        bp_markup_words(out, place);
        if (seen) {
            bp_str_add(out, ": ");
            bp_markup_code(out, seen);
        }
        bp_str_add_char(out, '\n');
        free(seen);
        free(place);
    }
    const char *code = bp_json_text_at(primary, "/signature/code");
    if (code) {
        bp_str_add(out, "  - signature: ");
        bp_markup_code(out, code);
        bp_str_add_char(out, '\n');
    }
}

/* One line that bash reads as the text, line ends and all: $'...'. */
static void add_bash_word(struct bp_str *out, const char *text) {
    bp_str_add(out, "$'");
    for (; *text; text++) {
        if (*text == '\n') {
            bp_str_add(out, "\\n");
        } else if (*text == '\'' || *text == '\\') {
            bp_str_add_char(out, '\\');
            bp_str_add_char(out, *text);
        } else if ((uint8_t)*text >= ' ') {
            bp_str_add_char(out, *text);
        }
    }
    bp_str_add_char(out, '\'');
}

static void add_command(struct bp_str *out, const cJSON *result) {
    const cJSON *id = bp_json_get(result, "id");
    const char *comment = bp_json_text(result, "closing_comment");
    if (cJSON_IsNumber(id) && comment && *comment) {
        bp_str_addf(out, "# gh issue close %.0f --reason \"not planned\" --comment ",
                    id->valuedouble);
        add_bash_word(out, comment);
        bp_str_add_char(out, '\n');
    }
}

static void add_comment(struct bp_str *out, const cJSON *result) {
    const char *comment = bp_json_text(result, "closing_comment");
    if (comment && *comment) {
        bp_str_add(out, "  - proposed comment:\n\n");
        bp_markup_block(out, "    ", "markdown", comment);
        bp_str_add_char(out, '\n');
    }
}

void bp_triage_groups_add(struct bp_triage_groups *groups, const cJSON *result) {
    const cJSON *primary = bp_triage_primary(result);
    const char *action = bp_json_text(result, "action");
    groups->issue_count++;
    if (!primary) {
        groups->unknown_count++;
        add_name(&groups->unknown, result);
        return;
    }
    struct group *group = group_of(groups, primary);
    bool close = bp_equal(action, "close");
    bool ask = bp_equal(action, "ask");
    struct bp_str *out = close ? &group->closes : ask ? &group->asks : &group->borderline;
    group->close_count += close;
    group->ask_count += ask;
    group->borderline_count += !close && !ask;
    char *name = bp_triage_name(result);
    bp_signatures_add(&groups->signatures, name, primary);
    free(name);
    add_name(out, result);
    add_reason(out, primary);
    add_comment(out, result);
    if (close) {
        add_command(&group->commands, result);
    }
}

static void add_part(struct bp_str *out, const char *heading, size_t count,
                     const struct bp_str *part) {
    if (count) {
        bp_str_addf(out, "\n%s (%zu)\n\n", heading, count);
        bp_str_add_bytes(out, part->data, part->length);
    }
}

static void add_heading(struct bp_str *out, const struct group *group) {
    bp_str_add(out, "\n## ");
    bp_markup_words(out, group->title ? group->title : "");
    bp_str_add(out, " (");
    bp_markup_code(out, group->pattern);
    bp_str_add(out, ")\n");
}

static bool any(const struct bp_triage_groups *groups, bool borderline) {
    for (size_t i = 0; i < groups->count; i++) {
        const struct group *group = &groups->items[i];
        if (borderline ? group->borderline_count : group->close_count + group->ask_count) {
            return true;
        }
    }
    return false;
}

static void add_commands(struct bp_str *out, const struct bp_triage_groups *groups) {
    struct bp_str all = BP_STR_EMPTY;
    for (size_t i = 0; i < groups->count; i++) {
        bp_str_add_bytes(&all, groups->items[i].commands.data, groups->items[i].commands.length);
    }
    if (all.length) {
        bp_str_add(out,
                   "\n# Commands\n\nTake away the `#` of those that you agree with (bash).\n\n");
        bp_markup_block(out, "", "sh", all.data);
    }
    bp_str_free(&all);
}

void bp_triage_groups_render(struct bp_triage_groups *groups, struct bp_str *out) {
    bp_str_addf(out, "# Triage of %zu issue%s\n", groups->issue_count,
                groups->issue_count == 1 ? "" : "s");
    if (!any(groups, false)) {
        bp_str_add(out, "\nNothing here is sure enough to be closed.\n");
    }
    for (size_t i = 0; i < groups->count; i++) {
        const struct group *group = &groups->items[i];
        if (group->close_count + group->ask_count) {
            add_heading(out, group);
            add_part(out, "### Close", group->close_count, &group->closes);
            add_part(out, "### Ask for a report", group->ask_count, &group->asks);
        }
    }
    if (any(groups, true)) {
        bp_str_add(out, "\n# Borderline: a pattern fits, read before closing\n");
        for (size_t i = 0; i < groups->count; i++) {
            if (groups->items[i].borderline_count) {
                add_heading(out, &groups->items[i]);
                bp_str_add_char(out, '\n');
                bp_str_add_bytes(out, groups->items[i].borderline.data,
                                 groups->items[i].borderline.length);
            }
        }
    }
    add_part(out, "# No known pattern: keep", groups->unknown_count, &groups->unknown);
    bp_signatures_render(&groups->signatures, out);
    add_commands(out, groups);
}
