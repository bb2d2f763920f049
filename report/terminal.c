#include "report/terminal.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { NARROWEST = 40, USUAL = 80, WIDEST = 100 };

static bool goes_to_terminal(const struct bp_options *options) {
    return (!options->output || bp_equal(options->output, "-")) && isatty(STDOUT_FILENO);
}

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

static size_t columns(bool terminal) {
    struct winsize size;
    const char *variable = getenv("COLUMNS");
    size_t width = 0;
    if (variable && strspn(variable, "0123456789") == strlen(variable) && strlen(variable) < 6) {
        width = strtoul(variable, NULL, 10);
    }
    if (!width && terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
        width = size.ws_col;
    }
    if (!width) {
        return USUAL;
    }
    return width < NARROWEST ? NARROWEST : width > WIDEST ? WIDEST : width;
}

struct bp_text_style bp_terminal_style(const struct bp_options *options) {
    bool terminal = goes_to_terminal(options);
    struct bp_text_style style = {
        .color = wants_color(options, terminal),
        .ascii = strcasecmp(nl_langinfo(CODESET), "UTF-8") != 0,
        .verbose = options->verbose,
        .width = columns(terminal),
    };
    return style;
}
