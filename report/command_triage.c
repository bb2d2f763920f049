#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/catalogue.h"
#include "checks/triage.h"
#include "report/command.h"
#include "report/input.h"
#include "report/issues.h"
#include "report/output.h"
#include "report/receipt.h"
#include "report/redact.h"
#include "report/terminal.h"
#include "report/triage_view.h"

/* Bytes of results that are held back before they are written. */
enum { FLUSH_AT = 1 << 20 };

struct work {
    const struct bp_options *options;
    struct bp_catalogue *catalogue;
    struct bp_triage *triage;
    struct bp_redactor *redactor; /* NULL: names and secrets stay */
    struct bp_triage_groups *groups;
    struct bp_text_style style;
    struct bp_output output;
    struct bp_str out; /* what of it was not written yet */
    struct bp_strs problems;
    size_t count;
    bool failed; /* the output could not be written */
};

/* An output that cannot be written is said once. */
static void check_written(struct work *work, int result, struct bp_err *err) {
    if (result != 0) {
        bp_complain(BP_EXIT_FAILED, bp_err_text(err));
        work->failed = true;
    }
    bp_err_clear(err);
}

/* Results go out as they come, so that a tracker does not have to fit in memory. */
static void flush(struct work *work, size_t least) {
    if (work->out.length < least) {
        return;
    }
    if (!work->failed) {
        struct bp_err err = {0};
        int result = bp_output_add(&work->output, work->out.data, work->out.length, &err);
        check_written(work, result, &err);
    }
    bp_str_truncate(&work->out, 0);
}

/* The last of it, and the file to its place. */
static void finish(struct work *work) {
    struct bp_err err = {0};
    flush(work, 0);
    if (work->failed) {
        bp_output_drop(&work->output);
    } else {
        check_written(work, bp_output_close(&work->output, &err), &err);
    }
}

static cJSON *name_of(const struct bp_issue_read *issue) {
    return issue->id ? cJSON_Duplicate(issue->id, true) : cJSON_CreateString(issue->file);
}

static void write_result(struct work *work, cJSON *result) {
    if (work->options->format == BP_FORMAT_JSON) {
        char *printed = bp_json_print(result, false);
        bp_str_add(&work->out, work->count ? ",\n" : "\n");
        bp_str_add(&work->out, printed);
        free(printed);
    } else if (work->options->format == BP_FORMAT_MARKDOWN) {
        bp_triage_groups_add(work->groups, result);
    } else {
        bp_triage_text(result, &work->style, &work->out);
    }
    work->count++;
    flush(work, FLUSH_AT);
}

static void write_why(struct work *work, const struct bp_issue_read *issue) {
    const struct bp_options *options = work->options;
    const char *pattern = options->why ? options->why : options->why_not;
    char *why = bp_triage_why(work->triage, &issue->text, issue->file, issue->attached, pattern);
    cJSON *result = cJSON_CreateObject();
    cJSON_AddItemToObject(result, "id", name_of(issue));
    char *name = bp_triage_name(result);
    char *line = bp_format("%s, %s\n%s\n", name, pattern, why);
    char *shown = work->redactor ? bp_redact_text(work->redactor, line) : bp_strdup(line);
    bp_str_add(&work->out, shown);
    free(shown);
    free(line);
    free(name);
    cJSON_Delete(result);
    free(why);
    flush(work, FLUSH_AT);
}

static void take(void *context, const struct bp_issue_read *issue) {
    struct work *work = context;
    if (work->failed) {
        return;
    }
    if (work->options->why || work->options->why_not) {
        write_why(work, issue);
        return;
    }
    cJSON *result = cJSON_CreateObject();
    cJSON *judged = bp_triage_judge(work->triage, &issue->text, issue->file, issue->attached);
    cJSON_AddItemToObject(result, "id", name_of(issue));
    bp_json_move_members(result, judged);
    if (work->redactor) {
        bp_redact_part(work->redactor, result, "/$defs/triage_result");
    }
    write_result(work, result);
    cJSON_Delete(result);
}

static int load_catalogue(struct work *work) {
    work->catalogue = bp_catalogue_for_judging();
    bp_input_patterns(&work->options->patterns, work->catalogue, &work->problems);
    return work->problems.count ? bp_complain(BP_EXIT_FAILED, work->problems.items[0]) : 0;
}

/* The pattern that --why names has to be there. */
static int check_pattern(const struct work *work) {
    const char *wanted = work->options->why ? work->options->why : work->options->why_not;
    if (!wanted || bp_catalogue_find(work->catalogue, wanted)) {
        return 0;
    }
    return bp_complain_pattern(work->catalogue, wanted);
}

static void read_all(struct work *work) {
    const struct bp_strs *files = &work->options->arguments;
    if (!files->count) {
        bp_issues_read("-", take, work, &work->problems);
    }
    for (size_t i = 0; i < files->count; i++) {
        bp_issues_read(files->items[i], take, work, &work->problems);
    }
}

/* The receipt of all results, at the end. */
static void write_receipt(struct work *work) {
    if (!work->redactor) {
        return;
    }
    cJSON *receipt = bp_withheld_receipt(bp_redactor_withheld(work->redactor));
    char *line = bp_receipt_withheld(receipt);
    if (work->options->format == BP_FORMAT_JSON) {
        char *printed = bp_json_print(receipt, false);
        bp_str_addf(&work->out, ", \"withheld\": %s", printed);
        free(printed);
    } else if (work->options->format == BP_FORMAT_MARKDOWN) {
        bp_str_addf(&work->out, "\n<sub>%s</sub>\n", line);
    } else {
        bp_str_addf(&work->out, "%s\n", line);
    }
    free(line);
    cJSON_Delete(receipt);
}

static void write_all_results(struct work *work) {
    bool json = work->options->format == BP_FORMAT_JSON;
    if (json) {
        bp_str_add(&work->out, "{\"schema\": \"bnb-probe-triage/1\", \"results\": [");
    }
    read_all(work);
    bp_str_add(&work->out, json ? "\n]" : "");
    if (work->options->format == BP_FORMAT_MARKDOWN) {
        bp_triage_groups_render(work->groups, &work->out);
    }
    write_receipt(work);
    bp_str_add(&work->out, json ? "}\n" : "");
}

static int run(struct work *work) {
    if (work->options->why || work->options->why_not) {
        read_all(work);
    } else {
        write_all_results(work);
    }
    finish(work);
    int code = work->failed ? BP_EXIT_FAILED : BP_EXIT_DONE;
    for (size_t i = 0; i < work->problems.count; i++) {
        code = bp_complain(BP_EXIT_FAILED, work->problems.items[i]);
    }
    return code;
}

/* A name that cannot be written to is said before any work is done. */
static int open_output(struct work *work) {
    struct bp_err err = {0};
    check_written(work, bp_output_open(&work->output, work->options->output, &err), &err);
    if (work->failed) {
        bp_output_drop(&work->output);
    }
    return work->failed ? BP_EXIT_FAILED : BP_EXIT_DONE;
}

int bp_command_triage(const struct bp_options *options, const struct bp_identity *identity) {
    struct work work = {
        .options = options, .style = bp_terminal_style(options), .out = BP_STR_EMPTY};
    int code = load_catalogue(&work);
    code = code ? code : check_pattern(&work);
    code = code ? code : open_output(&work);
    if (!code) {
        work.triage = bp_triage_new(work.catalogue);
        work.groups = bp_triage_groups_new();
        work.redactor = options->no_redact ? NULL : bp_redactor_new(identity);
        code = run(&work);
    }
    bp_redactor_free(work.redactor);
    bp_triage_groups_free(work.groups);
    bp_triage_free(work.triage);
    bp_catalogue_free(work.catalogue);
    bp_strs_free(&work.problems);
    bp_str_free(&work.out);
    return code;
}
