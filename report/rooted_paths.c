#include "report/rooted_paths.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"

static const char home_name[] = "$HOME";

static bool is_name_byte(char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z') || byte == '_';
}

/*
 * The folder of the name (with its "$") at `text`; NULL: none. *length receives the name's. Where
 * `paths` is NULL the home folder alone has one.
 */
static const char *folder_of(const cJSON *paths, const char *text, size_t *length) {
    *length = strlen(home_name);
    if ((!paths || bp_json_get(paths, home_name)) && strncmp(text, home_name, *length) == 0 &&
        !is_name_byte(text[*length])) {
        return BP_HOME_STAND_IN;
    }
    const cJSON *root;
    cJSON_ArrayForEach(root, paths) {
        *length = strlen(root->string);
        if (root->string[0] == '$' && strncmp(text, root->string, *length) == 0 &&
            !is_name_byte(text[*length])) {
            return cJSON_IsString(root) ? root->valuestring : NULL;
        }
    }
    return NULL;
}

static char *expand(const cJSON *paths, const char *text) {
    struct bp_str out = BP_STR_EMPTY;
    while (*text) {
        size_t length = 0;
        const char *folder = *text == '$' ? folder_of(paths, text, &length) : NULL;
        if (folder) {
            /* An environment's folder may start with the home folder's name. */
            char *whole = paths ? expand(NULL, folder) : bp_strdup(folder);
            bp_str_add(&out, whole);
            free(whole);
        } else {
            bp_str_add_char(&out, *text);
            length = 1;
        }
        text += length;
    }
    return bp_str_detach(&out);
}

void bp_rooted_paths_expand(cJSON *snapshot, const cJSON *paths) {
    if (!paths) {
        return; /* nothing was redacted, and a "$HOME" is what somebody wrote */
    }
    if (cJSON_IsString(snapshot) && strchr(snapshot->valuestring, '$')) {
        char *text = expand(paths, snapshot->valuestring);
        cJSON_SetValuestring(snapshot, text);
        free(text);
    }
    for (cJSON *child = snapshot->child; child; child = child->next) {
        bp_rooted_paths_expand(child, paths);
    }
}
