#include "base/loader_tokens.h"

#include <stddef.h>
#include <string.h>

#include "base/str.h"

/* Length of the token `name` ("$NAME" or "${NAME}") at the start of `text`; 0: it is not there. */
static size_t token_length(const char *text, const char *name) {
    size_t length = strlen(name);
    if (text[0] != '$') {
        return 0;
    }
    if (text[1] == '{') {
        return strncmp(text + 2, name, length) == 0 && text[2 + length] == '}' ? length + 3 : 0;
    }
    return strncmp(text + 1, name, length) == 0 ? length + 1 : 0;
}

char *bp_loader_tokens_expand(const struct bp_loader_tokens *tokens, const char *folder) {
    const char *const pairs[][2] = {
        {"ORIGIN", tokens->origin}, {"LIB", tokens->lib}, {"PLATFORM", tokens->platform}};
    struct bp_str text = BP_STR_EMPTY;
    while (*folder) {
        size_t length = 0;
        for (size_t i = 0; i < sizeof pairs / sizeof *pairs && !length; i++) {
            length = pairs[i][1] ? token_length(folder, pairs[i][0]) : 0;
            if (length) {
                bp_str_add(&text, pairs[i][1]);
            }
        }
        if (!length) {
            bp_str_add_char(&text, *folder);
            length = 1;
        }
        folder += length;
    }
    return bp_str_detach(&text);
}
