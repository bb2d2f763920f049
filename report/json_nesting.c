#include "report/json_nesting.h"

bool bp_nesting_scan(struct bp_nesting *nesting, const char *text, size_t length, size_t *at) {
    while (*at < length) {
        char byte = text[(*at)++];
        if (nesting->in_string) {
            nesting->in_string = nesting->escaped || byte != '"';
            nesting->escaped = !nesting->escaped && byte == '\\';
        } else if (byte == '"') {
            nesting->in_string = true;
        } else if (byte == '{' || byte == '[') {
            nesting->depth++;
        } else if ((byte == '}' || byte == ']') && nesting->depth > 0 && --nesting->depth == 0) {
            return true;
        }
    }
    return false;
}
