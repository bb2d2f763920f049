#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/nearest.h"
#include "checks/catalogue.h"
#include "report/command.h"
#include "report/finding_view.h"
#include "report/input.h"
#include "report/layout.h"
#include "report/terminal.h"

static void list_patterns(const struct bp_catalogue *catalogue, struct bp_str *out) {
    size_t widest = 0;
    for (size_t i = 0; i < bp_catalogue_count(catalogue); i++) {
        const char *id = bp_json_text(bp_catalogue_at(catalogue, i), "id");
        size_t length = id ? strlen(id) : 0;
        widest = length > widest ? length : widest;
    }
    for (size_t i = 0; i < bp_catalogue_count(catalogue); i++) {
        const cJSON *pattern = bp_catalogue_at(catalogue, i);
        const char *id = bp_json_text(pattern, "id");
        const char *title = bp_json_text(pattern, "title");
        const char *disposition = bp_json_text(pattern, "disposition");
        bp_str_addf(out, "%-*s  %-16s  %s\n", (int)widest, id ? id : "",
                    disposition ? disposition : "", title ? title : "");
    }
}

static void show_text(const struct bp_layout *layout, const cJSON *pattern, const char *member,
                      const char *heading) {
    const char *text = bp_json_text(pattern, member);
    if (text && *text) {
        bp_str_add_char(layout->out, '\n');
        bp_layout_words(layout, BP_STRONG, heading);
        bp_layout_paragraph(layout, "\n   ", 3, text, BP_PLAIN);
    }
}

/* The sentences of an array of objects, e.g. of the ways a pattern shows. */
static void show_sentences(const struct bp_layout *layout, const cJSON *pattern, const char *member,
                           const char *heading) {
    const cJSON *items = bp_json_get(pattern, member);
    const cJSON *item;
    if (!items || !items->child) {
        return;
    }
    bp_str_add_char(layout->out, '\n');
    bp_layout_words(layout, BP_STRONG, heading);
    bp_str_add_char(layout->out, '\n');
    cJSON_ArrayForEach(item, items) {
        const char *plain = cJSON_GetStringValue(item);
        const char *says = plain ? plain : bp_json_text(item, "says");
        const char *status = bp_json_text(item, "status");
        const char *command = bp_json_text(item, "command");
        char *line =
            bp_format("%s%s%s", status ? status : "", status ? ": " : "", says ? says : "");
        bp_layout_paragraph(layout, "   - ", 5, line, BP_PLAIN);
        if (command) {
            bp_str_add(layout->out, "       ");
            bp_layout_words(layout, BP_TYPE, command);
            bp_str_add_char(layout->out, '\n');
        }
        free(line);
    }
}

static void show_pattern(const cJSON *pattern, const struct bp_text_style *style,
                         struct bp_str *out) {
    struct bp_layout layout = {style, out};
    const char *id = bp_json_text(pattern, "id");
    const char *title = bp_json_text(pattern, "title");
    const char *severity = bp_json_text(pattern, "severity");
    const char *disposition = bp_json_text(pattern, "disposition");
    bp_layout_words(&layout, BP_STRONG, id ? id : "");
    bp_layout_paragraph(&layout, ": ", 2, title ? title : "", BP_STRONG);
    char *kind = bp_format("Severity %s, disposition %s.", severity ? severity : "unknown",
                           disposition ? disposition : "unknown");
    bp_layout_paragraph(&layout, "", 0, kind, BP_PLAIN);
    free(kind);
    show_text(&layout, pattern, "affects", "Whom it concerns");
    show_text(&layout, pattern, "explanation", "What happens");
    show_sentences(&layout, pattern, "shows", "How it shows");
    show_sentences(&layout, pattern, "rules_out", "What rules it out");
    show_sentences(&layout, pattern, "remedy", "What to do");
    show_sentences(&layout, pattern, "explains", "Patterns that are its symptoms");
    show_text(&layout, pattern, "closing_comment", "What a maintainer answers");
    show_sentences(&layout, pattern, "notes", "Notes for maintainers");
    struct bp_strs references = bp_finding_references(pattern);
    for (size_t i = 0; i < references.count; i++) {
        bp_layout_paragraph(&layout, i == 0 ? "\nSee " : "    ", 4, references.items[i], BP_PLAIN);
    }
    bp_strs_free(&references);
}

int bp_complain_pattern(const struct bp_catalogue *catalogue, const char *id) {
    size_t count = bp_catalogue_count(catalogue);
    const char **ids = bp_alloc_array(count + 1, sizeof *ids);
    struct bp_str out = BP_STR_EMPTY;
    for (size_t i = 0; i < count; i++) {
        const char *known = bp_json_text(bp_catalogue_at(catalogue, i), "id");
        ids[i] = known ? known : "";
    }
    const char *nearest = bp_nearest(id, ids);
    bp_str_addf(&out, "unknown pattern '%s'; ", id);
    bp_str_addf(&out, nearest ? "did you mean %s?" : "bnb-probe patterns lists them%s",
                nearest ? nearest : "");
    int code = bp_complain(BP_EXIT_USAGE, out.data);
    bp_str_free(&out);
    free(ids);
    return code;
}

static int show_one(const struct bp_options *options, const struct bp_catalogue *catalogue) {
    const char *id = options->arguments.items[0];
    const cJSON *pattern = bp_catalogue_find(catalogue, id);
    struct bp_str out = BP_STR_EMPTY;
    int code;
    if (pattern) {
        struct bp_text_style style = bp_terminal_style(options);
        show_pattern(pattern, &style, &out);
        code = bp_command_deliver(options, out.data, out.length);
    } else {
        code = bp_complain_pattern(catalogue, id);
    }
    bp_str_free(&out);
    return code;
}

static int list_or_show(const struct bp_options *options) {
    struct bp_catalogue *catalogue = bp_catalogue_builtin();
    struct bp_strs problems = {0};
    struct bp_str out = BP_STR_EMPTY;
    int code;
    bp_input_patterns(&options->patterns, catalogue, &problems);
    if (problems.count) {
        code = bp_complain(BP_EXIT_FAILED, problems.items[0]);
    } else if (options->arguments.count) {
        code = show_one(options, catalogue);
    } else {
        list_patterns(catalogue, &out);
        code = bp_command_deliver(options, out.data, out.length);
    }
    bp_str_free(&out);
    bp_strs_free(&problems);
    bp_catalogue_free(catalogue);
    return code;
}

/* The files that the program brings, read as strictly as those of a person. */
static void lint_builtin(struct bp_catalogue *catalogue, struct bp_strs *problems) {
    struct bp_catalogue *builtin = bp_catalogue_builtin();
    for (size_t i = 0; i < bp_catalogue_count(builtin); i++) {
        struct bp_err err = {0};
        char *name = bp_format("%s.json", bp_json_text(bp_catalogue_at(builtin, i), "id"));
        char *text = bp_json_print(bp_catalogue_at(builtin, i), false);
        if (bp_catalogue_add(catalogue, name, text, strlen(text), &err) != 0) {
            bp_strs_add(problems, bp_err_text(&err));
        }
        free(text);
        free(name);
        bp_err_clear(&err);
    }
    bp_catalogue_free(builtin);
}

/* Behind all files, since a pattern may name another of any file. */
static void judge_all(const struct bp_catalogue *catalogue, struct bp_strs *problems) {
    for (size_t i = 0; i < bp_catalogue_count(catalogue); i++) {
        struct bp_err err = {0};
        const char *id = bp_json_text(bp_catalogue_at(catalogue, i), "id");
        if (id && (bp_catalogue_validate(catalogue, id, &err) != 0 ||
                   bp_catalogue_prove(catalogue, id, &err) != 0)) {
            bp_strs_add(problems, bp_err_text(&err));
        }
        bp_err_clear(&err);
    }
}

static int lint(const struct bp_options *options) {
    struct bp_catalogue *catalogue = bp_catalogue_builtin();
    struct bp_strs problems = {0};
    int code = BP_EXIT_FAILED;
    lint_builtin(catalogue, &problems);
    bp_input_patterns(&options->patterns, catalogue, &problems);
    bp_input_patterns(&options->arguments, catalogue, &problems);
    judge_all(catalogue, &problems);
    for (size_t i = 0; i < problems.count; i++) {
        bp_complain(BP_EXIT_FAILED, problems.items[i]);
    }
    if (!problems.count) {
        char *line = bp_format("%zu patterns are well-formed and behave as their proof says.\n",
                               bp_catalogue_count(catalogue));
        code = bp_command_deliver(options, line, strlen(line));
        free(line);
    }
    bp_strs_free(&problems);
    bp_catalogue_free(catalogue);
    return code;
}

int bp_command_patterns(const struct bp_options *options) {
    return options->lint ? lint(options) : list_or_show(options);
}
