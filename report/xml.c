#include "report/xml.h"

#include <stdlib.h>
#include <string.h>

#include "report/plain.h"

/* U+FFFE and U+FFFF, which are no characters to XML. */
static bool is_no_character(const char *at) {
    return strncmp(at, "\xEF\xBF\xBE", 3) == 0 || strncmp(at, "\xEF\xBF\xBF", 3) == 0;
}

static const char *entity_of(char character) {
    switch (character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;"; /* "]]>" may not stand in text */
    case '"':
        return "&quot;";
    case '\n':
        return "&#10;"; /* or an attribute's would be read as a blank */
    default:
        return NULL;
    }
}

void bp_xml_add(struct bp_str *out, const char *text) {
    char *lines = bp_show_lines(text);
    for (const char *at = lines; *at; at++) {
        const char *entity = entity_of(*at);
        if (entity) {
            bp_str_add(out, entity);
        } else if (is_no_character(at)) {
            bp_str_add(out, "\xEF\xBF\xBD");
            at += 2;
        } else {
            bp_str_add_char(out, *at);
        }
    }
    free(lines);
}

void bp_xml_attribute(struct bp_str *out, const char *name, const char *text) {
    bp_str_addf(out, " %s=\"", name);
    bp_xml_add(out, text ? text : "");
    bp_str_add_char(out, '"');
}
