/*
 * The report as one page that needs nothing else: no script, no font, no picture from outside,
 * and a policy (https://www.w3.org/TR/CSP3/) that lets a browser load none, and apply no style
 * but the one that this file puts in.
 */
#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "base/json.h"
#include "base/memory.h"
#include "report/html_markup.h"
#include "report/html_parts.h"
#include "report/next_view.h"
#include "report/receipt.h"
#include "report/render.h"
#include "report/verdict_view.h"

/* The digest of report/html.css, in hexadecimal, comes from the build. */
static const char style_digest[] = BP_HTML_STYLE_SHA256;

static unsigned hex_value(char digit) {
    return digit <= '9' ? (unsigned)(digit - '0') : (unsigned)(digit - 'a') + 10;
}

/* Hexadecimal as base64 (RFC 4648), which a policy wants: three digits are two letters. */
static void add_base64(struct bp_str *out, const char *digits) {
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t length = strlen(digits);
    size_t written = 0;
    for (size_t i = 0; i < length; i += 3) {
        unsigned value = 0;
        for (size_t j = 0; j < 3; j++) {
            value = value << 4 | (i + j < length ? hex_value(digits[i + j]) : 0);
        }
        bp_str_add_char(out, letters[value >> 6]);
        written++;
        if (i + 1 < length) {
            bp_str_add_char(out, letters[value & 63]);
            written++;
        }
    }
    for (; written % 4; written++) {
        bp_str_add_char(out, '=');
    }
}

static void add_head(struct bp_str *out, const struct bp_verdict_view *verdict) {
    const struct bp_embedded_file *style = bp_embedded_html_style;
    bp_str_add(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                    "base-uri 'none'; form-action 'none'; style-src 'sha256-");
    add_base64(out, style_digest);
    bp_str_add(out, "'\">\n<meta name=\"viewport\" content=\"width=device-width, "
                    "initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
                    "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
    bp_html_words(out, verdict->word);
    bp_str_add(out, ": ");
    bp_html_words(out, verdict->says);
    bp_str_add(out, " - bnb-probe</title>\n<style>");
    bp_str_add_bytes(out, style->data, style->size);
    bp_str_add(out, "</style>\n</head>\n");
}

static void add_codes(struct bp_str *out, const cJSON *list) {
    const cJSON *item;
    cJSON_ArrayForEach(item, list) {
        bp_str_add(out, item == list->child ? "<code>" : ", <code>");
        bp_html_words(out, cJSON_IsString(item) ? item->valuestring : "");
        bp_str_add(out, "</code>");
    }
}

/* What was assumed of a machine that is not there: the first thing to know. */
static void add_assumed(struct bp_str *out, const cJSON *assumed) {
    if (!assumed || !assumed->child) {
        return;
    }
    bp_str_add(out, "<p class=\"assumed\"><strong>Not a real machine.</strong> Assumed: ");
    add_codes(out, assumed);
    bp_str_add(out, "</p>\n");
}

static const char *class_of(enum bp_verdict_mood mood) {
    return mood == BP_VERDICT_GOOD ? "good" : mood == BP_VERDICT_BAD ? "bad" : "doubt";
}

static void add_header(struct bp_str *out, const cJSON *document,
                       const struct bp_verdict_view *verdict, const char *known) {
    bp_str_add(out, "<header>\n");
    add_assumed(out, bp_json_get(document, "assumed"));
    bp_str_addf(out, "<h1 class=\"verdict %s\"><span class=\"word\">%s:</span> ",
                class_of(verdict->mood), verdict->word);
    bp_html_words(out, verdict->says);
    bp_str_add(out, "</h1>\n");
    bp_html_element(out, "p", NULL, known);
    bp_str_add(out, "</header>\n");
}

/* Only to what is there. */
static void add_contents(struct bp_str *out, const char *main) {
    static const struct {
        const char *id;
        const char *title;
    } sections[] = {
        {"findings", "What was found"}, {"advice", "What would work"},
        {"loading", "Loading"},         {"facts", "Facts"},
        {"reporting", "Reporting it"},
    };
    bp_str_add(out, "<nav aria-label=\"Contents\">\n<ul>\n");
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        char *start = bp_format("<section id=\"%s\">", sections[i].id);
        if (strstr(main, start)) {
            bp_str_addf(out, "<li><a href=\"#%s\">%s</a></li>\n", sections[i].id,
                        sections[i].title);
        }
        free(start);
    }
    bp_str_add(out, "</ul>\n</nav>\n");
}

static void add_log(struct bp_str *out, const char *log) {
    if (log && *log) {
        bp_str_add(out, "<details>\n<summary>What was printed</summary>\n");
        bp_html_scroll(out, "What was printed");
        bp_str_add(out, "<pre>");
        bp_html_lines(out, log);
        bp_str_add(out, "</pre>\n</div>\n</details>\n");
    }
}

static void add_ruled_out(struct bp_str *out, const cJSON *ruled_out) {
    if (!ruled_out || !ruled_out->child) {
        return;
    }
    bp_str_add(out, "<p>Known patterns that were ruled out: ");
    add_codes(out, ruled_out);
    bp_str_add(out, ".</p>\n");
}

/* Whether a report is needed, and the form for it. */
static void add_reporting(struct bp_str *out, const cJSON *document, const char *log,
                          const struct bp_next_view *next) {
    struct bp_str address = BP_STR_EMPTY;
    bp_str_add(out, "<section id=\"reporting\">\n<h2>Reporting it</h2>\n");
    bp_html_element(out, "p", NULL, next->known);
    bp_html_steps(out, "", next->steps);
    if (next->steps) {
        bp_render_url(document, log, &address);
        bp_str_add(out, "<p>");
        bp_html_link(out, address.data,
                     "Open bitsandbytes' bug form, filled in with what stands here");
        bp_str_add(out, ". Nothing is sent before you send it.</p>\n");
    }
    add_ruled_out(out, bp_json_get(document, "ruled_out"));
    add_log(out, log);
    bp_str_add(out, "</section>\n");
    bp_str_free(&address);
}

static void add_footer(struct bp_str *out, const cJSON *document) {
    const char *version = bp_json_text_at(document, "/tool/version");
    const char *collected_at = bp_json_text(document, "collected_at");
    bp_str_add(out, "<footer>\n<p>Written by bnb-probe ");
    bp_html_words(out, version ? version : "");
    bp_str_add(out, collected_at ? ", facts of " : "");
    bp_html_words(out, collected_at ? collected_at : "");
    bp_str_add(out, ". For programs: <code>bnb-probe --format json</code>.</p>\n");
    struct bp_strs receipt = bp_receipt_lines(document);
    for (size_t i = 0; i < receipt.count; i++) {
        bp_html_element(out, "p", NULL, receipt.items[i]);
    }
    bp_strs_free(&receipt);
    bp_str_add(out, "</footer>\n");
}

void bp_render_html(const cJSON *document, const char *log, bool verbose, struct bp_str *out) {
    struct bp_verdict_view verdict = bp_verdict_view_of(document);
    struct bp_next_view next = bp_next_view_of(document);
    struct bp_str main = BP_STR_EMPTY;
    bp_html_steps(&main, "<h2>What to do</h2>\n", bp_json_at(document, "/loader/remedy"));
    bp_html_findings(&main, document);
    bp_html_advice(&main, document);
    bp_html_loading(&main, document);
    bp_html_facts(&main, document, verbose);
    add_reporting(&main, document, log, &next);
    add_head(out, &verdict);
    bp_str_add(out, "<body>\n");
    add_header(out, document, &verdict, next.known);
    add_contents(out, main.data);
    bp_str_add(out, "<main>\n");
    bp_str_add_bytes(out, main.data, main.length);
    bp_str_add(out, "</main>\n");
    add_footer(out, document);
    bp_str_add(out, "</body>\n</html>\n");
    bp_next_view_free(&next);
    bp_str_free(&main);
}
