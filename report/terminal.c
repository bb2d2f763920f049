#include "report/terminal.h"

#include <stdlib.h>
#include <string.h>

#include "probe/os/variables.h"
#include "report/terminal_system.h"

enum { NARROWEST = 40, USUAL = 80, WIDEST = 100 };

static bool wants_color(const struct bp_options *options, int terminal) {
    const char *no_color = bp_variable("NO_COLOR");
    const char *forced = bp_variable("CLICOLOR_FORCE");
    if (options->color != BP_COLOR_AUTO) {
        return options->color == BP_COLOR_ALWAYS;
    }
    if (no_color && *no_color) {
        return false;
    }
    if (forced && *forced && !bp_equal(forced, "0")) {
        return true;
    }
    return terminal >= 0 && bp_terminal_colours(terminal);
}

static size_t columns(int terminal) {
    const char *variable = bp_variable("COLUMNS");
    size_t width = 0;
    if (variable && strspn(variable, "0123456789") == strlen(variable) && strlen(variable) < 6) {
        width = strtoul(variable, NULL, 10);
    }
    if (!width && terminal >= 0) {
        width = bp_terminal_columns(terminal);
    }
    if (!width) {
        return USUAL;
    }
    return width < NARROWEST ? NARROWEST : width > WIDEST ? WIDEST : width;
}

bool bp_locale_is_utf8(const char *locale) {
    const char *dot = strrchr(locale, '.');
    const char *charset = dot ? dot + 1 : locale;
    size_t length = strcspn(charset, "@");
    return (length == 5 && strncasecmp(charset, "UTF-8", length) == 0) ||
           (length == 4 && strncasecmp(charset, "UTF8", length) == 0);
}

struct bp_text_style bp_terminal_style_of(const struct bp_options *options, int descriptor) {
    int terminal = descriptor >= 0 && bp_terminal_is(descriptor) ? descriptor : -1;
    struct bp_text_style style = {
        .color = wants_color(options, terminal),
        .ascii = !bp_terminal_takes_utf8(),
        .verbose = options->verbose,
        .width = columns(terminal),
    };
    return style;
}

struct bp_text_style bp_terminal_style(const struct bp_options *options) {
    bool file = options->output && !bp_equal(options->output, "-");
    return bp_terminal_style_of(options, file ? -1 : BP_STDOUT);
}
