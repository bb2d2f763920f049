#include "probe/os/windows/batch_resume.h"

#include <fcntl.h>
#include <io.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/batch.h"
#include "probe/collectors.h"

#include <windows.h>

const char bp_batch_argument[] = "--collect-for-parent=";

enum { CANNOT_COLLECT = 3 };

/* The two numbers "1a4,1b0". */
static bool read_handles(const char *text, HANDLE *memory, HANDLE *output) {
    char *end;
    unsigned long long first = strtoull(text, &end, 16);
    if (*end != ',') {
        return false;
    }
    unsigned long long second = strtoull(end + 1, &end, 16);
    *memory = (HANDLE)(uintptr_t)first;
    *output = (HANDLE)(uintptr_t)second;
    return !*end && first && second;
}

/* What to collect, or NULL. */
static cJSON *read_request(HANDLE memory) {
    MEMORY_BASIC_INFORMATION information;
    const char *text = MapViewOfFile(memory, FILE_MAP_READ, 0, 0, 0);
    cJSON *request = NULL;
    if (text && VirtualQuery(text, &information, sizeof information)) {
        request = bp_json_parse(text, strnlen(text, information.RegionSize), NULL);
        UnmapViewOfFile(text);
    }
    return request;
}

/* The rows by the names in the request; those unknown are left out. The caller frees them. */
static struct bp_collector *rows_of(const cJSON *request, size_t *count) {
    const cJSON *names = bp_json_get(request, "rows");
    const cJSON *name;
    struct bp_collector *rows = bp_alloc_array((size_t)cJSON_GetArraySize(names) + 1, sizeof *rows);
    *count = 0;
    cJSON_ArrayForEach(name, names) {
        const struct bp_collector *row = bp_collector_named(cJSON_GetStringValue(name));
        if (row) {
            rows[(*count)++] = *row;
        }
    }
    return rows;
}

static int collect(const cJSON *request, int descriptor) {
    struct bp_root root;
    struct bp_strs pythons = {0};
    const cJSON *python;
    if (bp_root_open(&root, bp_json_text(request, "root"), NULL) != 0) {
        return CANNOT_COLLECT;
    }
    cJSON_ArrayForEach(python, bp_json_get(request, "pythons")) {
        bp_strs_add(&pythons, cJSON_GetStringValue(python));
    }
    struct bp_probe probe = {
        .root = &root,
        .pythons = &pythons,
        .pythons_because = bp_json_text(request, "pythons_because"),
        .snapshot = bp_json_get(request, "snapshot"),
        .program_deadline_ms = bp_json_number(request, "program_deadline_ms", 0),
        .program_grace_ms = bp_json_number(request, "program_grace_ms", 0),
    };
    struct bp_batch batch = {.probe = &probe,
                             .snapshot = cJSON_GetObjectItemCaseSensitive(request, "snapshot")};
    struct bp_collector *rows = rows_of(request, &batch.count);
    batch.rows = rows;
    bp_batch_collect(&batch, descriptor);
    free(rows);
    bp_strs_free(&pythons);
    bp_root_close(&root);
    return 0;
}

int bp_batch_resume(const char *argument) {
    HANDLE memory;
    HANDLE output;
    if (strncmp(argument, bp_batch_argument, strlen(bp_batch_argument)) != 0) {
        return -1;
    }
    if (!read_handles(argument + strlen(bp_batch_argument), &memory, &output)) {
        return CANNOT_COLLECT;
    }
    cJSON *request = read_request(memory);
    int descriptor = request ? _open_osfhandle((intptr_t)output, _O_BINARY) : -1;
    int code = descriptor < 0 ? CANNOT_COLLECT : collect(request, descriptor);
    cJSON_Delete(request);
    return code;
}
