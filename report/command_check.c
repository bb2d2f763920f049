#include <stdlib.h>

#include "base/json.h"
#include "checks/gate.h"
#include "report/check_view.h"
#include "report/command.h"
#include "report/inquiry.h"
#include "report/output.h"
#include "report/terminal.h"

static void render(const cJSON *check, const struct bp_options *options, struct bp_str *out) {
    struct bp_text_style style = bp_terminal_style(options);
    switch (options->format) {
    case BP_FORMAT_JSON:
        bp_render_json(check, out);
        break;
    case BP_FORMAT_MARKDOWN:
        bp_check_markdown(check, out);
        break;
    case BP_FORMAT_GITHUB:
        bp_check_github(check, out);
        break;
    case BP_FORMAT_JUNIT:
        bp_check_junit(check, out);
        break;
    case BP_FORMAT_SARIF:
        bp_check_sarif(check, out);
        break;
    case BP_FORMAT_TAP:
        bp_check_tap(check, out);
        break;
    default:
        bp_check_text(check, &style, options->quiet, out);
        break;
    }
}

/* Writes the result and the summary; an exit code of its own where one of them cannot be. */
static int deliver(const cJSON *check, const struct bp_options *options) {
    struct bp_str out = BP_STR_EMPTY;
    struct bp_err err = {0};
    render(check, options, &out);
    int code = bp_command_deliver(options, out.data, out.length);
    if (options->summary) {
        bp_str_truncate(&out, 0);
        bp_check_markdown(check, &out);
        if (bp_output_append(options->summary, out.data, out.length, &err) != 0) {
            code = bp_complain(BP_EXIT_FAILED, bp_err_text(&err));
        }
    }
    bp_err_clear(&err);
    bp_str_free(&out);
    return code;
}

/* The result says itself what was taken out of it and of the facts behind it. */
static void take_receipt(cJSON *document, cJSON *check) {
    static const char *const members[] = {"paths", "withheld"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        cJSON *member = cJSON_DetachItemFromObjectCaseSensitive(document, members[i]);
        if (member) {
            cJSON_AddItemToObject(check, members[i], member);
        }
    }
}

int bp_command_check(const struct bp_options *options, const struct bp_identity *identity) {
    struct bp_inquiry inquiry = {.options = options, .identity = identity};
    int code = bp_command_inquire(&inquiry);
    if (code == BP_EXIT_DONE) {
        /* As a part of the document, so that it passes through the one door there is. */
        cJSON_AddItemToObject(
            inquiry.document, "check",
            bp_gate_judge(inquiry.document, &options->required, options->fail_on));
        bp_inquiry_redact(&inquiry);
        cJSON *check = cJSON_GetObjectItemCaseSensitive(inquiry.document, "check");
        take_receipt(inquiry.document, check);
        code = deliver(check, options);
        code = code ? code : bp_check_exit(check);
    }
    bp_inquiry_free(&inquiry);
    return code;
}
