#include "report/html_markup.h"

#include <stdlib.h>

#include "report/plain.h"

/* `text` has no control characters but line ends any more. */
static void add_escaped(struct bp_str *out, const char *text) {
    for (const char *at = text; *at; at++) {
        switch (*at) {
        case '&':
            bp_str_add(out, "&amp;");
            break;
        case '<':
            bp_str_add(out, "&lt;");
            break;
        case '>':
            bp_str_add(out, "&gt;");
            break;
        case '"':
            bp_str_add(out, "&quot;");
            break;
        case '\'':
            bp_str_add(out, "&#39;");
            break;
        default:
            bp_str_add_char(out, *at);
        }
    }
}

void bp_html_words(struct bp_str *out, const char *text) {
    char *line = bp_show_line(text);
    add_escaped(out, line);
    free(line);
}

void bp_html_lines(struct bp_str *out, const char *text) {
    char *lines = bp_show_lines(text);
    add_escaped(out, lines);
    free(lines);
}

void bp_html_element(struct bp_str *out, const char *tag, const char *class, const char *words) {
    if (!words) {
        return;
    }
    bp_str_addf(out, "<%s", tag);
    if (class) {
        bp_str_addf(out, " class=\"%s\"", class);
    }
    bp_str_add_char(out, '>');
    bp_html_words(out, words);
    bp_str_addf(out, "</%s>\n", tag);
}

void bp_html_link(struct bp_str *out, const char *address, const char *words) {
    bool is_address = bp_starts_with(address, "https://");
    if (is_address) {
        bp_str_add(out, "<a rel=\"noreferrer\" href=\"");
        bp_html_words(out, address);
        bp_str_add(out, "\">");
    }
    bp_html_words(out, words);
    bp_str_add(out, is_address ? "</a>" : "");
}

void bp_html_command(struct bp_str *out, const char *command) {
    if (command) {
        bp_str_add(out, "<pre class=\"command\"><code>");
        bp_html_lines(out, command);
        bp_str_add(out, "</code></pre>\n");
    }
}

void bp_html_scroll(struct bp_str *out, const char *label) {
    bp_str_addf(out, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"%s\">\n",
                label);
}
