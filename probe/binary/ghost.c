#include "probe/binary/ghost.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/json.h"
#include "base/memory.h"
#include "probe/binary/unpack.h"

static const char packed_with_zlib[] = "zlib";
static const char not_packed[] = "none";

void bp_ghost_free(struct bp_ghost *ghost) {
    bp_byte_ranges_free(&ghost->ranges);
    free(ghost->bytes);
    *ghost = (struct bp_ghost){0};
}

/* --- of a file --- */

static int check_limits(const struct bp_byte_ranges *ranges, struct bp_err *err) {
    uint64_t total = bp_byte_ranges_total(ranges);
    if (total > BP_GHOST_BYTE_LIMIT || ranges->count > BP_GHOST_RANGE_LIMIT) {
        return bp_fail(err, BP_E_LIMIT,
                       "its headers are %llu bytes in %zu places; %llu in %zu are kept at most",
                       (unsigned long long)total, ranges->count,
                       (unsigned long long)BP_GHOST_BYTE_LIMIT, BP_GHOST_RANGE_LIMIT);
    }
    return 0;
}

/* Copies the noted ranges of the file, which then hold their bytes. */
static void hold(struct bp_ghost *ghost, const struct bp_map *map) {
    size_t at = 0;
    ghost->bytes = bp_alloc((size_t)bp_byte_ranges_total(&ghost->ranges));
    for (size_t i = 0; i < ghost->ranges.count; i++) {
        struct bp_byte_range *range = &ghost->ranges.items[i];
        memcpy(ghost->bytes + at, (const uint8_t *)map->data + range->offset,
               (size_t)range->length);
        range->data = ghost->bytes + at;
        at += (size_t)range->length;
    }
    ghost->ranges.holds = true;
}

int bp_ghost_take(struct bp_ghost *ghost, const struct bp_root *root, const char *path,
                  const struct bp_binary_wishes *wishes, struct bp_err *err) {
    *ghost = (struct bp_ghost){0};
    struct bp_map map = {0};
    if (bp_root_map(root, path, &map, err) != 0) {
        return -1;
    }
    ghost->size = map.size;
    struct bp_cursor file = bp_cursor_noting(map.data, map.size, &ghost->ranges);
    cJSON_Delete(bp_binary_facts_of(file, wishes));
    bp_byte_ranges_settle(&ghost->ranges);
    int result = check_limits(&ghost->ranges, err);
    if (result == 0) {
        hold(ghost, &map);
    }
    bp_map_close(&map);
    return result;
}

/* --- as JSON --- */

static void put(cJSON *object, const char *key, cJSON *value) {
    cJSON_DeleteItemFromObjectCaseSensitive(object, key);
    cJSON_AddItemToObject(object, key, value);
}

void bp_ghost_put(const struct bp_ghost *ghost, cJSON *object) {
    cJSON *ranges = cJSON_CreateArray();
    for (size_t i = 0; i < ghost->ranges.count; i++) {
        cJSON *pair = cJSON_CreateArray();
        cJSON_AddItemToArray(pair, cJSON_CreateNumber((double)ghost->ranges.items[i].offset));
        cJSON_AddItemToArray(pair, cJSON_CreateNumber((double)ghost->ranges.items[i].length));
        cJSON_AddItemToArray(ranges, pair);
    }
    size_t size = (size_t)bp_byte_ranges_total(&ghost->ranges);
    size_t packed_size = 0;
    uint8_t *packed = bp_pack(ghost->bytes, size, &packed_size);
    char *text = packed ? bp_base64_of(packed, packed_size) : bp_base64_of(ghost->bytes, size);
    put(object, "size", cJSON_CreateNumber((double)ghost->size));
    put(object, "ranges", ranges);
    put(object, "packing", cJSON_CreateString(packed ? packed_with_zlib : not_packed));
    put(object, "bytes", cJSON_CreateString(text));
    free(packed);
    free(text);
}

/* Whether it is a whole number from 0 to BP_GHOST_SIZE_LIMIT. */
static bool read_number(const cJSON *item, uint64_t *number) {
    double value = cJSON_IsNumber(item) ? item->valuedouble : -1;
    if (!(value >= 0 && value <= (double)BP_GHOST_SIZE_LIMIT)) {
        return false;
    }
    *number = (uint64_t)value;
    return (double)*number == value;
}

/* Reads one range; `free_from` is where the one before it ended. */
static int read_range(const cJSON *pair, uint64_t size, uint64_t free_from,
                      struct bp_byte_range *range, struct bp_err *err) {
    *range = (struct bp_byte_range){0};
    if (cJSON_GetArraySize(pair) != 2 ||
        !read_number(cJSON_GetArrayItem(pair, 0), &range->offset) ||
        !read_number(cJSON_GetArrayItem(pair, 1), &range->length) || !range->length) {
        return bp_fail(err, BP_E_FORMAT, "one of its ranges is no [offset, length]");
    }
    if (range->offset < free_from) {
        return bp_fail(err, BP_E_FORMAT, "its ranges overlap or are out of order at offset %llu",
                       (unsigned long long)range->offset);
    }
    if (range->offset > size || range->length > size - range->offset) {
        return bp_fail(err, BP_E_FORMAT, "its range at offset %llu lies outside its file",
                       (unsigned long long)range->offset);
    }
    return 0;
}

static int read_ranges(struct bp_ghost *ghost, const cJSON *list, struct bp_err *err) {
    struct bp_byte_ranges *ranges = &ghost->ranges;
    uint64_t end = 0;
    if (!cJSON_IsArray(list)) {
        return bp_fail(err, BP_E_FORMAT, "it has no list of ranges");
    }
    const cJSON *pair = NULL;
    cJSON_ArrayForEach(pair, list) {
        if (ranges->count == BP_GHOST_RANGE_LIMIT) {
            return bp_fail(err, BP_E_LIMIT, "it has more than %zu ranges", BP_GHOST_RANGE_LIMIT);
        }
        if (ranges->count == ranges->capacity) {
            ranges->capacity = ranges->capacity ? 2 * ranges->capacity : 64;
            ranges->items =
                bp_realloc_array(ranges->items, ranges->capacity, sizeof *ranges->items);
        }
        struct bp_byte_range *range = &ranges->items[ranges->count];
        if (read_range(pair, ghost->size, end, range, err) != 0) {
            return -1;
        }
        end = range->offset + range->length;
        ranges->count++;
    }
    return check_limits(ranges, err);
}

/* Puts the `total` bytes of all ranges, packed as `packing` says, into ghost->bytes. */
static int unpack(struct bp_ghost *ghost, const char *packing, const uint8_t *packed,
                  size_t packed_size, size_t total, struct bp_err *err) {
    size_t length = packed_size;
    ghost->bytes = bp_alloc(total + 1); /* one more: to see that there are no more */
    if (bp_equal(packing, packed_with_zlib)) {
        if (bp_unpack_head(BP_PACKED_ZLIB, bp_cursor_of(packed, packed_size), ghost->bytes,
                           total + 1, &length, err) != 0) {
            return -1;
        }
    } else if (bp_equal(packing, not_packed)) {
        memcpy(ghost->bytes, packed, packed_size <= total ? packed_size : 0);
    } else {
        return bp_fail(err, BP_E_FORMAT, "its packing is neither \"zlib\" nor \"none\"");
    }
    if (length != total) {
        return bp_fail(err, BP_E_FORMAT, "its ranges are %zu bytes, its bytes are not", total);
    }
    return 0;
}

static int read_bytes(struct bp_ghost *ghost, const cJSON *object, struct bp_err *err) {
    size_t total = (size_t)bp_byte_ranges_total(&ghost->ranges);
    const char *text = bp_json_text(object, "bytes");
    size_t size = 0;
    uint8_t *packed = text ? bp_base64_read(text, &size, err) : NULL;
    int result = -1;
    if (packed) {
        result = unpack(ghost, bp_json_text(object, "packing"), packed, size, total, err);
    } else if (!text) {
        bp_fail(err, BP_E_FORMAT, "it has no bytes");
    }
    free(packed);
    const uint8_t *at = ghost->bytes;
    for (size_t i = 0; result == 0 && i < ghost->ranges.count; i++) {
        ghost->ranges.items[i].data = at;
        at += ghost->ranges.items[i].length;
    }
    return result;
}

int bp_ghost_read(struct bp_ghost *ghost, const cJSON *object, struct bp_err *err) {
    *ghost = (struct bp_ghost){.ranges = {.holds = true}};
    if (!read_number(bp_json_get(object, "size"), &ghost->size)) {
        return bp_fail(err, BP_E_FORMAT, "it does not say how large its file is");
    }
    if (read_ranges(ghost, bp_json_get(object, "ranges"), err) != 0) {
        return -1;
    }
    return read_bytes(ghost, object, err);
}

/* --- the facts --- */

cJSON *bp_ghost_facts(struct bp_ghost *ghost, const struct bp_binary_wishes *wishes) {
    ghost->ranges.missed = false;
    struct bp_cursor file = bp_cursor_of_ranges(&ghost->ranges, (size_t)ghost->size);
    cJSON *facts = bp_binary_facts_of(file, wishes);
    if (ghost->ranges.missed) {
        cJSON_Delete(facts);
        facts = NULL;
    }
    return facts;
}
