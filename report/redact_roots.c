/* Folders that have a name of their own: $HOME, $VENV, $CONDA. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/redact_scan.h"
#include "report/rooted_paths.h"

/* What ends a folder's name in running text. */
static const char name_end[] = "/\\ \t\r\n\"'`:;,()[]{}<>|*?";

/* `name` is owned afterwards. Longer paths stand first: an environment may be in the home folder.
 */
static void add_root(struct bp_redactor *redactor, char *name, const char *path, bool hides) {
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/') {
        length--;
    }
    if (path[0] != '/' || length < 2) {
        free(name);
        return;
    }
    size_t at = 0;
    while (at < redactor->root_count && strlen(redactor->roots[at].path) >= length) {
        at++;
    }
    redactor->roots =
        bp_realloc_array(redactor->roots, redactor->root_count + 1, sizeof *redactor->roots);
    memmove(redactor->roots + at + 1, redactor->roots + at,
            (redactor->root_count - at) * sizeof *redactor->roots);
    redactor->roots[at] = (struct bp_redact_root){.name = name,
                                                  .path = bp_strndup(path, length),
                                                  .is_home = bp_equal(name, "$HOME"),
                                                  .hides = hides};
    redactor->root_count++;
}

void bp_roots_free(struct bp_redactor *redactor) {
    for (size_t i = 0; i < redactor->root_count; i++) {
        free(redactor->roots[i].name);
        free(redactor->roots[i].path);
    }
    free(redactor->roots);
    redactor->roots = NULL;
    redactor->root_count = 0;
}

/* $VENV, $VENV2 ... for the environments of one kind. */
static void add_environments(struct bp_redactor *redactor, const cJSON *document, const char *kind,
                             const char *name) {
    struct bp_strs seen = {0};
    const cJSON *interpreter;
    cJSON_ArrayForEach(interpreter, bp_json_at(document, "/snapshot/python/interpreters")) {
        const char *prefix = bp_json_text(interpreter, "prefix");
        if (prefix && bp_equal(bp_json_text(interpreter, "kind"), kind) &&
            bp_strs_add_once(&seen, prefix)) {
            char *numbered =
                seen.count > 1 ? bp_format("%s%zu", name, seen.count) : bp_strdup(name);
            add_root(redactor, numbered, prefix, false);
        }
    }
    bp_strs_free(&seen);
}

static bool has_stand_in_home(const cJSON *item) {
    if (cJSON_IsString(item) && strstr(item->valuestring, BP_HOME_STAND_IN "/")) {
        return true;
    }
    bool found = false;
    for (const cJSON *child = item ? item->child : NULL; child && !found; child = child->next) {
        found = has_stand_in_home(child);
    }
    return found;
}

void bp_roots_learn(struct bp_redactor *redactor, const cJSON *document) {
    bp_roots_free(redactor);
    /* What was redacted elsewhere has the home folder of its own person. */
    if (has_stand_in_home(document)) {
        add_root(redactor, bp_strdup("$HOME"), BP_HOME_STAND_IN, false);
    } else if (redactor->home) {
        bool hides = !bp_is_common_name(bp_base_name(redactor->home));
        add_root(redactor, bp_strdup("$HOME"), redactor->home, hides);
    }
    add_environments(redactor, document, "venv", "$VENV");
    add_environments(redactor, document, "conda", "$CONDA");
}

static bool applies(const struct bp_redact_root *root, enum bp_redact_kind kind) {
    return root->is_home || kind == BP_REDACT_PATH || kind == BP_REDACT_PROSE;
}

/* The root whose folder is at the present place, or NULL. */
static struct bp_redact_root *root_here(const struct bp_scan *scan) {
    char before = bp_scan_before(scan);
    if (bp_is_word_byte(before) || (before && strchr("._-/", before))) {
        return NULL;
    }
    for (size_t i = 0; i < scan->redactor->root_count; i++) {
        struct bp_redact_root *root = &scan->redactor->roots[i];
        const char *at = scan->text + scan->at;
        if (applies(root, scan->kind) && bp_starts_with(at, root->path)) {
            char after = at[strlen(root->path)];
            if (after == '\0' || strchr(name_end, after)) {
                return root;
            }
        }
    }
    return NULL;
}

bool bp_redact_root(struct bp_scan *scan) {
    struct bp_redact_root *root = scan->text[scan->at] == '/' ? root_here(scan) : NULL;
    if (!root) {
        return false;
    }
    size_t length = strlen(root->path);
    enum bp_withheld_kind kind = root->hides ? BP_WITHHELD_HOME : BP_WITHHELD_NOTHING;
    root->used = true;
    /* A shell expands nothing within single quotes: they start behind the folder. */
    if (scan->kind == BP_REDACT_COMMAND && bp_scan_before(scan) == '\'') {
        bp_str_truncate(scan->out, scan->out->length - 1);
        bp_scan_replace(scan, length, "\"$HOME\"'", kind);
    } else {
        bp_scan_replace(scan, length, root->name, kind);
    }
    return true;
}
