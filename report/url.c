/*
 * The address that opens bitsandbytes' bug form filled in. GitHub refuses addresses much
 * longer than 8 KB, so the most useful facts come first and the rest is cut.
 * https://docs.github.com/issues/tracking-your-work-with-issues/creating-an-issue
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "report/bug_form.h"
#include "report/finding_view.h"
#include "report/render.h"

/* Bytes: the whole address, and what a part of it may take, encoded. */
enum { URL_LIMIT = 8000, TITLE_SHARE = 400, LOG_SHARE = 2600, EXPECTED_SHARE = 400 };

/* Bytes of the title, before it is encoded. */
enum { TITLE_LIMIT = 120 };

static const char cut_note[] = "\n(cut to fit; bnb-probe --format markdown has all of it)\n";

/*
 * What stands for itself in a query (RFC 3986, section 3.4): of that, what neither a form
 * (https://url.spec.whatwg.org/#application/x-www-form-urlencoded) nor a shell nor Markdown
 * takes for something else. A blank is "+".
 */
static bool is_plain(char byte) {
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte >= '0' && byte <= '9') || (byte && strchr("-._~/:,", byte));
}

static size_t encoded_length(const char *text, size_t length) {
    size_t encoded = 0;
    for (size_t i = 0; i < length; i++) {
        encoded += is_plain(text[i]) || text[i] == ' ' ? 1 : 3;
    }
    return encoded;
}

static void add_encoded(struct bp_str *out, const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (is_plain(text[i])) {
            bp_str_add_char(out, text[i]);
        } else if (text[i] == ' ') {
            bp_str_add_char(out, '+');
        } else {
            bp_str_addf(out, "%%%02X", (unsigned)(uint8_t)text[i]);
        }
    }
}

/*
 * Appends the field. Where it would take more than `limit` bytes, lines that do not fit any
 * more are left out, whole lines only, and a note says so.
 */
static void add_field(struct bp_str *out, const char *name, const char *text, size_t limit) {
    size_t note = encoded_length(cut_note, strlen(cut_note));
    size_t left = limit > note ? limit - note : 0;
    bp_str_addf(out, "&%s=", name);
    if (encoded_length(text, strlen(text)) <= limit) {
        add_encoded(out, text, strlen(text));
        return;
    }
    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\n");
        length += line[length] == '\n';
        size_t size = encoded_length(line, length);
        if (size <= left) {
            add_encoded(out, line, length);
            left -= size;
        }
        line += length;
    }
    add_encoded(out, cut_note, strlen(cut_note));
}

/* Letters that take more room encoded make the title's words fewer; the signature stays. */
static void add_title(struct bp_str *out, const cJSON *document) {
    struct bp_str title = BP_STR_EMPTY;
    size_t limit = TITLE_LIMIT;
    bp_form_title(document, limit, &title);
    while (encoded_length(title.data, title.length) > TITLE_SHARE && limit > 0) {
        limit -= limit / 4 + 1;
        bp_str_truncate(&title, 0);
        bp_form_title(document, limit, &title);
    }
    bp_str_add(out, "&title=");
    add_encoded(out, title.data, title.length);
    bp_str_free(&title);
}

/* The facts that a maintainer asks for first, and what they are called where they stand alone. */
static const struct {
    enum bp_fact_topic topic;
    const char *label;
    const char *as;
} wanted_facts[] = {
    {BP_TOPIC_BITSANDBYTES, "Version", "bitsandbytes"},
    {BP_TOPIC_PYTHON, "torch", "torch"},
    {BP_TOPIC_GPU, "CUDA devices", "GPUs"},
    {BP_TOPIC_ROCM, "GPUs", "AMD GPUs"},
    {BP_TOPIC_GPU, "CUDA start", "CUDA start"},
    {BP_TOPIC_GPU, "NVIDIA kernel module", "NVIDIA kernel module"},
    {BP_TOPIC_GPU, "CUDA driver", "CUDA driver"},
    {BP_TOPIC_SYSTEM, "Operating system", "Operating system"},
    {BP_TOPIC_SYSTEM, "C library", "C library"},
    {BP_TOPIC_PYTHON, "Interpreter", "Python"},
};

/* The most useful first: what is cut off is what is needed least. */
static void write_system_info(const cJSON *document, struct bp_str *text) {
    static const enum bp_fact_topic order[] = {
        BP_TOPIC_RUN,     BP_TOPIC_BITSANDBYTES, BP_TOPIC_GPU,  BP_TOPIC_PYTHON,
        BP_TOPIC_SYSTEM,  BP_TOPIC_ROCM,         BP_TOPIC_CUDA, BP_TOPIC_COLLECTORS,
        BP_TOPIC_SESSION, BP_TOPIC_TOOLS,
    };
    struct bp_facts_view view = bp_facts_view_of(document, false);
    struct bp_fact_group first = {.title = "In short"};
    for (size_t i = 0; i < sizeof wanted_facts / sizeof *wanted_facts; i++) {
        bp_facts_view_move(&view, wanted_facts[i].topic, wanted_facts[i].label, wanted_facts[i].as,
                           &first);
    }
    bp_form_assumed(document, text);
    bp_form_verdict(document, false, text);
    bp_str_add_char(text, '\n');
    bp_form_facts(&first, text);
    bp_str_add(text, first.count ? "\n" : "");
    bp_form_loader(document, false, text);
    bp_form_findings(document, false, text);
    bp_form_advice(document, false, text);
    bp_form_receipt(document, text);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        bp_str_add(text, view.groups[order[i]].count ? "\n" : "");
        bp_form_facts(&view.groups[order[i]], text);
    }
    bp_fact_group_free(&first);
    bp_facts_view_free(&view);
}

/* As much of the log as fits into `room`, fence and all. */
static void write_reproduction(const cJSON *document, const char *log, size_t room,
                               struct bp_str *text) {
    for (size_t limit = room; limit > 16; limit -= limit / 8) {
        bp_str_truncate(text, 0);
        bp_form_command(document, text);
        bp_form_reproduction(log, limit, text);
        if (encoded_length(text->data, text->length) <= room) {
            return;
        }
    }
}

/* The log may have what the facts leave over, and never less than its share. */
static size_t room_for_log(size_t used, const struct bp_str *system_info) {
    size_t wanted = used + encoded_length(system_info->data, system_info->length);
    size_t left = wanted < URL_LIMIT ? URL_LIMIT - wanted : 0;
    return left > LOG_SHARE ? left : LOG_SHARE;
}

void bp_render_url(const cJSON *document, const char *log, struct bp_str *out) {
    struct bp_str system_info = BP_STR_EMPTY;
    struct bp_str text = BP_STR_EMPTY;
    struct bp_str rest = BP_STR_EMPTY;
    size_t start = out->length;
    bp_str_add(out, BP_PROJECT "/issues/new?template=bug-report.yml");
    add_title(out, document);
    write_system_info(document, &system_info);
    bp_form_expected(document, log != NULL, &text);
    add_field(&rest, "expected-behavior", text.data, EXPECTED_SHARE);
    size_t used = out->length - start + rest.length + strlen("&system-info=&reproduction=");
    size_t room = room_for_log(used, &system_info);
    write_reproduction(document, log, room, &text);
    add_field(&rest, "reproduction", text.data, room);
    used = out->length - start + rest.length + strlen("&system-info=");
    add_field(out, "system-info", system_info.data, URL_LIMIT - used);
    bp_str_add(out, rest.data);
    bp_str_add_char(out, '\n');
    bp_str_free(&rest);
    bp_str_free(&text);
    bp_str_free(&system_info);
}
