/* Reads files of issues: an object, an array, lines of objects, documents that hold them. */
#include "report/issues.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

static void take(void *context, const struct bp_issue_read *issue) {
    size_t *bytes = context;
    *bytes += issue->text.length;
    if (issue->text.post_length > issue->text.length ||
        issue->text.title_length > issue->text.post_length) {
        abort();
    }
}

void fuzz_one(const uint8_t *data, size_t size) {
    size_t bytes = 0;
    struct bp_strs problems = {0};
    fuzz_write("/issues.json", data, size);
    char *path = fuzz_path("issues.json");
    bp_issues_read(path, take, &bytes, &problems);
    bp_strs_free(&problems);
    free(path);
}
