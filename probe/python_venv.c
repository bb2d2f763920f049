/* pyvenv.cfg: how a virtual environment is recognised (PEP 405). */
#include "probe/python.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Such a file has a handful of lines. */
static const size_t config_limit = 65536;

static void replace(char **place, const char *text) {
    free(*place);
    *place = bp_strdup(text);
}

static void keep(struct bp_pyvenv *config, const char *key, char *value) {
    if (bp_equal(key, "home")) {
        replace(&config->home, value);
    } else if (bp_equal(key, "version") || (bp_equal(key, "version_info") && !config->version)) {
        replace(&config->version, value);
    } else if (bp_equal(key, "include-system-site-packages")) {
        for (char *letter = value; *letter; letter++) {
            *letter = (char)tolower((unsigned char)*letter);
        }
        config->system_site = bp_equal(value, "true");
    }
}

static void keep_line(struct bp_pyvenv *config, char *line) {
    char *equals = strchr(line, '=');
    if (!equals) {
        return;
    }
    *equals = '\0';
    char *key = bp_trim(line);
    for (char *letter = key; *letter; letter++) {
        *letter = (char)tolower((unsigned char)*letter);
    }
    keep(config, key, bp_trim(equals + 1));
}

bool bp_pyvenv_read(const struct bp_root *root, const char *executable, struct bp_pyvenv *config) {
    *config = (struct bp_pyvenv){.system_site = true}; /* what the site module starts from */
    char *bin = bp_dir_name(executable);
    config->folder = bp_dir_name(bin);
    char *beside = bp_join(bin, "pyvenv.cfg");
    char *above = bp_join(config->folder, "pyvenv.cfg");
    struct bp_str text = BP_STR_EMPTY;
    bool found = bp_root_read(root, beside, config_limit, &text, NULL) == 0;
    if (!found) {
        bp_str_truncate(&text, 0);
        found = bp_root_read(root, above, config_limit, &text, NULL) == 0;
    }
    struct bp_strs lines = {0};
    bp_strs_split(&lines, text.data, '\n', false);
    for (size_t i = 0; found && i < lines.count; i++) {
        keep_line(config, lines.items[i]);
    }
    bp_strs_free(&lines);
    bp_str_free(&text);
    free(above);
    free(beside);
    free(bin);
    if (!found) {
        bp_pyvenv_free(config);
    }
    return found;
}

void bp_pyvenv_free(struct bp_pyvenv *config) {
    free(config->folder);
    free(config->home);
    free(config->version);
    *config = (struct bp_pyvenv){0};
}
