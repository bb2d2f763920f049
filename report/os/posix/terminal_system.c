#include "report/terminal_system.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "base/str.h"
#include "report/terminal.h"

bool bp_terminal_is(int descriptor) {
    return isatty(descriptor);
}

bool bp_terminal_colours(int descriptor) {
    return isatty(descriptor) && !bp_equal(getenv("TERM"), "dumb");
}

size_t bp_terminal_columns(int descriptor) {
    struct winsize size;
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

size_t bp_terminal_columns_of(uint32_t character) {
    int width = wcwidth((wchar_t)character);
    return width < 0 ? 1 : (size_t)width;
}

/*
 * The variables, in the order of setlocale(3), and not what the C library makes of them: a static
 * program's own knows no character set but UTF-8, and the terminal shows UTF-8 on a machine that
 * lacks the locale, too.
 */
bool bp_terminal_takes_utf8(void) {
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *locale = getenv(variables[i]);
        if (locale && *locale) {
            return bp_locale_is_utf8(locale);
        }
    }
    return false;
}
