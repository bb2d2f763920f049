/* Takes out of a text who and where. */
#include "report/redact.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "tests/fuzz/fuzz.h"

/* A new one from time to time, since it remembers what it took out. */
static struct bp_redactor *redactor_of_turn(void) {
    static struct bp_redactor *redactor;
    static unsigned turn;
    static char user[] = "somebody";
    static char host[] = "workhorse.example.org";
    static char home[] = "/home/somebody";
    const struct bp_identity identity = {.user = user, .host = host, .home = home};
    if (turn++ % 1000 == 0) {
        bp_redactor_free(redactor);
        redactor = bp_redactor_new(&identity);
    }
    return redactor;
}

void fuzz_one(const uint8_t *data, size_t size) {
    char *text = bp_utf8_clean((const char *)data, size);
    char *once = bp_redact_text(redactor_of_turn(), text);
    free(bp_redact_text(redactor_of_turn(), once));
    free(once);
    free(text);
}
