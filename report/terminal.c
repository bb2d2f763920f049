#include "report/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { NARROWEST = 40, USUAL = 80, WIDEST = 100 };

static bool wants_color(const struct bp_options *options, bool terminal) {
    const char *no_color = getenv("NO_COLOR");
    const char *forced = getenv("CLICOLOR_FORCE");
    if (options->color != BP_COLOR_AUTO) {
        return options->color == BP_COLOR_ALWAYS;
    }
    if (no_color && *no_color) {
        return false;
    }
    if (forced && *forced && !bp_equal(forced, "0")) {
        return true;
    }
    return terminal && !bp_equal(getenv("TERM"), "dumb");
}

static size_t columns(int terminal) {
    struct winsize size;
    const char *variable = getenv("COLUMNS");
    size_t width = 0;
    if (variable && strspn(variable, "0123456789") == strlen(variable) && strlen(variable) < 6) {
        width = strtoul(variable, NULL, 10);
    }
    if (!width && terminal >= 0 && ioctl(terminal, TIOCGWINSZ, &size) == 0) {
        width = size.ws_col;
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

/*
 * The variables, in the order of setlocale(3), and not what the C library makes of them: a static
 * program's own knows no character set but UTF-8, and the terminal shows UTF-8 on a machine that
 * lacks the locale, too.
 */
static bool shows_utf8(void) {
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *locale = getenv(variables[i]);
        if (locale && *locale) {
            return bp_locale_is_utf8(locale);
        }
    }
    return false;
}

struct bp_text_style bp_terminal_style_of(const struct bp_options *options, int descriptor) {
    bool terminal = descriptor >= 0 && isatty(descriptor);
    struct bp_text_style style = {
        .color = wants_color(options, terminal),
        .ascii = !shows_utf8(),
        .verbose = options->verbose,
        .width = columns(terminal ? descriptor : -1),
    };
    return style;
}

struct bp_text_style bp_terminal_style(const struct bp_options *options) {
    bool file = options->output && !bp_equal(options->output, "-");
    return bp_terminal_style_of(options, file ? -1 : STDOUT_FILENO);
}
