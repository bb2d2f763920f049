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

/* Bytes: the whole address, and what the two shorter fields may take of it, encoded. */
enum { URL_LIMIT = 8000, TITLE_SHARE = 400, LOG_SHARE = 2600, EXPECTED_SHARE = 400 };

static const char cut_note[] = "\n(cut to fit; bnb-probe --format markdown has all of it)\n";

/* RFC 3986, section 2.3: what stands for itself. */
static bool is_unreserved(char byte) {
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte >= '0' && byte <= '9') || (byte && strchr("-._~", byte));
}

static size_t encoded_length(const char *text, size_t length) {
    size_t encoded = 0;
    for (size_t i = 0; i < length; i++) {
        encoded += is_unreserved(text[i]) ? 1 : 3;
    }
    return encoded;
}

static void add_encoded(struct bp_str *out, const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (is_unreserved(text[i])) {
            bp_str_add_char(out, text[i]);
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

static void add_title(struct bp_str *out, const cJSON *document) {
    struct bp_str title = BP_STR_EMPTY;
    bp_form_title(document, &title);
    while (title.length && encoded_length(title.data, title.length) > TITLE_SHARE) {
        size_t shorter = title.length - 1;
        while (shorter && ((uint8_t)title.data[shorter] & 0xC0) == 0x80) {
            shorter--;
        }
        bp_str_truncate(&title, shorter);
    }
    bp_str_add(out, "&title=");
    add_encoded(out, title.data, title.length);
    bp_str_free(&title);
}

static void write_system_info(const cJSON *document, struct bp_str *text) {
    /* The most useful first: what is cut off is what is needed least. */
    static const enum bp_fact_topic order[] = {
        BP_TOPIC_RUN,     BP_TOPIC_BITSANDBYTES, BP_TOPIC_GPU,  BP_TOPIC_PYTHON,
        BP_TOPIC_SYSTEM,  BP_TOPIC_ROCM,         BP_TOPIC_CUDA, BP_TOPIC_COLLECTORS,
        BP_TOPIC_SESSION, BP_TOPIC_TOOLS,
    };
    struct bp_facts_view view = bp_facts_view_of(document, false);
    bp_form_assumed(document, text);
    bp_form_findings(document, false, text);
    bp_form_advice(document, false, text);
    bp_str_add_char(text, '\n');
    bp_form_loader(document, false, text);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        bp_str_add(text, view.groups[order[i]].count ? "\n" : "");
        bp_form_facts(&view.groups[order[i]], text);
    }
    bp_facts_view_free(&view);
}

/* The log's last part that fits, fence and all. */
static void write_reproduction(const cJSON *document, const char *log, struct bp_str *text) {
    for (size_t limit = LOG_SHARE; limit > 16; limit -= limit / 8) {
        bp_str_truncate(text, 0);
        bp_form_command(document, text);
        bp_form_reproduction(log, limit, text);
        if (encoded_length(text->data, text->length) <= LOG_SHARE) {
            return;
        }
    }
}

void bp_render_url(const cJSON *document, const char *log, struct bp_str *out) {
    struct bp_str system_info = BP_STR_EMPTY;
    struct bp_str reproduction = BP_STR_EMPTY;
    struct bp_str expected = BP_STR_EMPTY;
    struct bp_str rest = BP_STR_EMPTY;
    size_t start = out->length;
    write_system_info(document, &system_info);
    write_reproduction(document, log, &reproduction);
    bp_form_expected(document, log != NULL, &expected);
    add_field(&rest, "reproduction", reproduction.data, LOG_SHARE);
    add_field(&rest, "expected-behavior", expected.data, EXPECTED_SHARE);
    bp_str_add(out, BP_PROJECT "/issues/new?template=bug-report.yml");
    add_title(out, document);
    size_t used = out->length - start + rest.length + strlen("&system-info=");
    add_field(out, "system-info", system_info.data, URL_LIMIT - used);
    bp_str_add(out, rest.data);
    bp_str_add_char(out, '\n');
    bp_str_free(&rest);
    bp_str_free(&expected);
    bp_str_free(&reproduction);
    bp_str_free(&system_info);
}
