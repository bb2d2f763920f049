#include "probe/os/reading.h"

#include <string.h>

#include "base/memory.h"

void bp_reading_note(struct bp_reading *reading, const char *path) {
    size_t length = strlen(path);
    if (reading) {
        length = length < sizeof reading->path ? length : 0;
        memcpy(reading->path, path, length);
        reading->path[length] = '\0';
    }
}

char *bp_reading_last(const struct bp_reading *reading) {
    size_t length = reading ? strnlen(reading->path, sizeof reading->path) : 0;
    return length && length < sizeof reading->path ? bp_strndup(reading->path, length) : NULL;
}
