/*
 * What the readers of probe/binary say of files: one JSON object a line with "path" and
 * the facts of that file, in the order of the command line. Ends with 1 if a file could
 * not be opened (its line then has "error" alone), 2 if no file was named.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/binary/binary.h"
#include "probe/bitsandbytes.h"

/* Whether the file could be opened. */
static bool print_facts(const struct bp_root *root, const char *path) {
    static const struct bp_binary_wishes wishes = {
        .symbols = bp_bitsandbytes_symbols,
        .version_definitions = true,
        .gpu_code = true,
    };
    struct bp_err err = {0};
    char *real = realpath(path, NULL); /* the root is looked into with absolute paths */
    cJSON *facts = bp_binary_facts(root, real ? real : path, &wishes, &err);
    bool opened = facts != NULL;
    if (!opened) {
        facts = cJSON_CreateObject();
        bp_json_set_text(facts, "error", bp_err_text(&err));
    }
    bp_json_set_text(facts, "path", path);
    char *line = bp_json_print(facts, false);
    puts(line);
    free(line);
    free(real);
    cJSON_Delete(facts);
    bp_err_clear(&err);
    return opened;
}

int main(int count, char **arguments) {
    bp_memory_install();
    if (count < 2) {
        fprintf(stderr, "usage: bnb-probe-binary FILE...\n");
        return 2;
    }
    struct bp_root root;
    struct bp_err err = {0};
    if (bp_root_open(&root, NULL, &err) != 0) {
        fprintf(stderr, "bnb-probe-binary: %s\n", bp_err_text(&err));
        bp_err_clear(&err);
        return 1;
    }
    bool all = true;
    for (int i = 1; i < count; i++) {
        all = print_facts(&root, arguments[i]) && all;
    }
    bp_root_close(&root);
    return all ? 0 : 1;
}
