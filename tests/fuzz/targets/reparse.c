/* Reads where a link of Windows points. */
#include "probe/reparse.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *data, size_t size) {
    char *target = bp_reparse_target(data, size);
    for (const char *at = target; at && *at;) {
        size_t length = bp_utf8_sequence(at, strlen(at));
        if (length == 0 || *at == '\\') {
            abort(); /* it goes into paths, which are UTF-8 and have slashes */
        }
        at += length;
    }
    free(target);
}
