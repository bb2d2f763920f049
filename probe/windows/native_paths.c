#include "probe/windows/native_paths.h"

#include <ctype.h>

static void turn(char *text) {
    if (!isalpha((unsigned char)text[0]) || text[1] != ':' || text[2] != '/') {
        return;
    }
    for (char *at = text; *at; at++) {
        *at = *at == '/' ? '\\' : *at;
    }
}

/* cJSON bounds how deep a document may be nested. */
void bp_native_paths(cJSON *snapshot) {
    if (cJSON_IsString(snapshot)) {
        turn(snapshot->valuestring);
    }
    cJSON *member;
    cJSON_ArrayForEach(member, snapshot) {
        bp_native_paths(member);
    }
}
