/*
 * What the readers of probe/binary say of files: one JSON object a line with "path" and
 * the facts of that file, in the order of the command line. Behind --ghost, what they say of
 * the file's ghost, written and read again, and in "ghost_bytes" how long it is as JSON. Ends
 * with 1 if a file could not be read (its line then has "error" alone), 2 if no file was named.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/binary/binary.h"
#include "probe/binary/ghost.h"
#include "probe/bitsandbytes.h"

static const struct bp_binary_wishes wishes = {
    .symbols = bp_bitsandbytes_symbols,
    .version_definitions = true,
    .gpu_code = true,
};

/* What is said of a ghost that was written and read again, or NULL. */
static cJSON *facts_through_ghost(const struct bp_root *root, const char *path,
                                  struct bp_err *err) {
    struct bp_ghost taken;
    struct bp_ghost read = {0};
    cJSON *object = cJSON_CreateObject();
    cJSON *facts = NULL;
    if (bp_ghost_take(&taken, root, path, &wishes, err) == 0) {
        bp_ghost_put(&taken, object);
        if (bp_ghost_read(&read, object, err) == 0) {
            facts = bp_ghost_facts(&read, &wishes);
            if (!facts) {
                bp_fail(err, BP_E_ABSENT, "the ghost lacks bytes");
            }
        }
    }
    char *text = bp_json_print(object, false);
    if (facts) {
        bp_json_set_number(facts, "ghost_bytes", (double)strlen(text));
    }
    free(text);
    cJSON_Delete(object);
    bp_ghost_free(&taken);
    bp_ghost_free(&read);
    return facts;
}

/* Whether the file could be read. */
static bool print_facts(const struct bp_root *root, const char *path, bool through_ghost) {
    struct bp_err err = {0};
    char *real = realpath(path, NULL); /* the root is looked into with absolute paths */
    const char *named = real ? real : path;
    cJSON *facts = through_ghost ? facts_through_ghost(root, named, &err)
                                 : bp_binary_facts(root, named, &wishes, &err);
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
    bool through_ghost = count > 1 && bp_equal(arguments[1], "--ghost");
    if (count < 2 + through_ghost) {
        fprintf(stderr, "usage: bnb-probe-binary [--ghost] FILE...\n");
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
    for (int i = 1 + through_ghost; i < count; i++) {
        all = print_facts(&root, arguments[i], through_ghost) && all;
    }
    bp_root_close(&root);
    return all ? 0 : 1;
}
