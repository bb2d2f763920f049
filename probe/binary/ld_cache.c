#include "probe/binary/ld_cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "base/memory.h"
#include "base/str.h"

static const char old_magic[] = "ld.so-1.7.0";
static const char new_magic[] = "glibc-ld.so.cache1.1";

enum {
    OLD_HEADER = 16, /* magic, padded to 12 bytes, and the number of entries */
    OLD_ENTRY = 12,  /* flags, soname, path */
    NEW_HEADER =
        48, /* magic, number of entries, size of strings, byte order, extensions, 12 unused */
    NEW_ENTRY = 24, /* flags, soname, path, kernel, hardware capabilities */
    NEW_COUNT_AT = 20,
    NEW_ORDER_AT = 28,
    NEW_EXTENSION_AT = 32,
    ORDER_MASK = 3,
    ORDER_LITTLE = 2,
    ORDER_BIG = 3,
};

/* An entry's capabilities with this bit are an index into the list of subfolders. */
static const uint64_t capability_extension = (uint64_t)1 << 62;
static const uint32_t extension_magic = 0xeaa42174;
enum { EXTENSION_SUBFOLDERS = 1, EXTENSION_LIMIT = 64, EXTENSION_SECTION = 16 };

/* One table of the file, while it is read. */
struct table {
    struct bp_cursor file;    /* the whole of it, for the extensions */
    struct bp_cursor strings; /* what offsets of names count from */
    struct bp_cursor subfolders;
};

static bool begins_with(const struct bp_cursor *bytes, const char *magic) {
    size_t length = strlen(magic);
    return bp_cursor_has(bytes, 0, length) && memcmp(bytes->data, magic, length) == 0;
}

static const char *name_at(const struct bp_cursor *strings, uint64_t offset) {
    if (offset >= strings->size) {
        return NULL;
    }
    const char *name = (const char *)strings->data + offset;
    size_t rest = strings->size - (size_t)offset;
    return memchr(name, '\0', rest < BP_LD_CACHE_NAME_LIMIT ? rest : BP_LD_CACHE_NAME_LIMIT) ? name
                                                                                             : NULL;
}

/* The list of glibc-hwcaps subfolders, a section of the extensions; empty where there is none. */
static struct bp_cursor find_subfolders(struct bp_cursor *file, uint32_t extension) {
    struct bp_cursor none = {0};
    if (!extension || bp_cursor_u32(file, extension) != extension_magic) {
        return none;
    }
    uint32_t sections = bp_cursor_u32(file, (uint64_t)extension + 4);
    for (uint32_t i = 0; i < sections && i < EXTENSION_LIMIT; i++) {
        uint64_t section = (uint64_t)extension + 8 + (uint64_t)i * EXTENSION_SECTION;
        if (bp_cursor_u32(file, section) == EXTENSION_SUBFOLDERS) {
            uint32_t offset = bp_cursor_u32(file, section + 8);
            uint32_t size = bp_cursor_u32(file, section + 12);
            return bp_cursor_part(file, offset, size);
        }
    }
    return none;
}

static const char *subfolder_of(struct table *table, uint64_t capabilities) {
    if (!(capabilities & capability_extension)) {
        return NULL;
    }
    uint64_t offset = (capabilities & UINT32_MAX) * 4;
    if (!bp_cursor_has(&table->subfolders, offset, 4)) {
        return NULL;
    }
    return name_at(&table->strings, bp_cursor_u32(&table->subfolders, offset));
}

static int read_entries(struct bp_ld_cache *cache, struct table *table, struct bp_cursor *entries,
                        uint32_t count, bool is_new, struct bp_err *err) {
    uint64_t size = is_new ? NEW_ENTRY : OLD_ENTRY;
    cache->entries = bp_alloc_array(count, sizeof *cache->entries);
    for (uint32_t i = 0; i < count; i++) {
        struct bp_ld_cache_entry *entry = &cache->entries[i];
        entry->flags = bp_cursor_u32(entries, i * size);
        entry->soname = name_at(&table->strings, bp_cursor_u32(entries, i * size + 4));
        entry->path = name_at(&table->strings, bp_cursor_u32(entries, i * size + 8));
        if (is_new) {
            entry->subfolder = subfolder_of(table, bp_cursor_u64(entries, i * size + 16));
        }
        if (entries->failed || !entry->soname || !entry->path) {
            return bp_fail(err, BP_E_FORMAT, "damaged loader cache: a name lies outside the file");
        }
        cache->count++;
    }
    return 0;
}

static int check_count(uint32_t count, struct bp_err *err) {
    return count > BP_LD_CACHE_ENTRY_LIMIT
               ? bp_fail(err, BP_E_LIMIT, "the loader cache has more than %u entries",
                         BP_LD_CACHE_ENTRY_LIMIT)
               : 0;
}

/*
 * Sets the byte order from the header's flag. Caches from before glibc 2.33 have none: the
 * order is the one in which the entries lie in the file.
 */
static void set_byte_order(struct bp_cursor *bytes) {
    uint8_t order = bp_cursor_u8(bytes, NEW_ORDER_AT) & ORDER_MASK;
    if (order == ORDER_LITTLE || order == ORDER_BIG) {
        bytes->big_endian = order == ORDER_BIG;
        return;
    }
    bytes->big_endian = false;
    uint32_t count = bp_cursor_u32(bytes, NEW_COUNT_AT);
    bytes->big_endian = !bp_cursor_has(bytes, NEW_HEADER, (uint64_t)count * NEW_ENTRY);
}

/* Reads a new table, `bytes` beginning at its header; offsets of names count from there. */
static int read_new(struct bp_ld_cache *cache, struct bp_cursor file, struct bp_cursor bytes,
                    struct bp_err *err) {
    if (!bp_cursor_has(&bytes, 0, NEW_HEADER)) {
        return bp_fail(err, BP_E_FORMAT, "the loader cache ends within its header");
    }
    set_byte_order(&bytes);
    file.big_endian = bytes.big_endian;
    uint32_t count = bp_cursor_u32(&bytes, NEW_COUNT_AT);
    if (check_count(count, err) != 0) {
        return -1;
    }
    struct bp_cursor entries = bp_cursor_part(&bytes, NEW_HEADER, (uint64_t)count * NEW_ENTRY);
    if (entries.failed) {
        return bp_fail(err, BP_E_FORMAT, "the loader cache ends within its entries");
    }
    struct table table = {.file = file, .strings = bytes};
    table.subfolders = find_subfolders(&table.file, bp_cursor_u32(&bytes, NEW_EXTENSION_AT));
    return read_entries(cache, &table, &entries, count, true, err);
}

/* Reads an old table, or the new one that stands behind it. */
static int read_old(struct bp_ld_cache *cache, struct bp_cursor file, struct bp_err *err) {
    uint32_t count = bp_cursor_u32(&file, OLD_HEADER - 4);
    if (!bp_cursor_has(&file, OLD_HEADER, (uint64_t)count * OLD_ENTRY)) {
        file.big_endian = true;
        count = bp_cursor_u32(&file, OLD_HEADER - 4);
    }
    if (check_count(count, err) != 0) {
        return -1;
    }
    struct bp_cursor entries = bp_cursor_part(&file, OLD_HEADER, (uint64_t)count * OLD_ENTRY);
    if (entries.failed) {
        return bp_fail(err, BP_E_FORMAT, "the loader cache ends within its entries");
    }
    uint64_t end = OLD_HEADER + (uint64_t)count * OLD_ENTRY;
    struct bp_cursor rest = bp_cursor_part(&file, end, file.size - end);
    /* The new table begins at the next address that suits a 64-bit field: 8, on i386 4. */
    uint64_t padding = end % 8 ? 8 - end % 8 : 0;
    struct bp_cursor behind = rest;
    if (padding <= rest.size) {
        behind = bp_cursor_part(&rest, padding, rest.size - padding);
    }
    if (begins_with(&behind, new_magic)) {
        return read_new(cache, file, behind, err);
    }
    if (begins_with(&rest, new_magic)) {
        return read_new(cache, file, rest, err);
    }
    struct table table = {.file = file, .strings = rest};
    return read_entries(cache, &table, &entries, count, false, err);
}

int bp_ld_cache_read(struct bp_ld_cache *cache, const struct bp_root *root, const char *path,
                     struct bp_err *err) {
    *cache = (struct bp_ld_cache){0};
    if (bp_root_map(root, path, &cache->map, err) != 0) {
        return -1;
    }
    struct bp_cursor file = bp_cursor_of(cache->map.data, cache->map.size);
    if (begins_with(&file, new_magic)) {
        return read_new(cache, file, file, err);
    }
    if (begins_with(&file, old_magic) && bp_cursor_has(&file, 0, OLD_HEADER)) {
        return read_old(cache, file, err);
    }
    return bp_fail(err, BP_E_FORMAT, "%s is no loader cache of glibc", path);
}

void bp_ld_cache_close(struct bp_ld_cache *cache) {
    free(cache->entries);
    bp_map_close(&cache->map);
    *cache = (struct bp_ld_cache){0};
}

/* The flags that a loader asks for, glibc's FLAG_ELF_LIBC6 with the bits of the ABI. */
struct machine_flags {
    const char *machine;
    unsigned bits;
    uint32_t flags;
};

static const struct machine_flags flags_by_machine[] = {
    {"x86_64", 64, 0x0303},  {"x86_64", 32, 0x0803},      {"i686", 32, 0x0003},
    {"aarch64", 64, 0x0a03}, {"ppc64le", 64, 0x0503},     {"ppc64", 64, 0x0503},
    {"s390x", 64, 0x0403},   {"riscv64", 64, 0x1003},     {"sparc64", 64, 0x0103},
    {"mips64", 64, 0x0703},  {"loongarch64", 64, 0x1203},
};

bool bp_ld_cache_fits(uint32_t flags, const char *machine, unsigned bits) {
    for (size_t i = 0; i < sizeof flags_by_machine / sizeof flags_by_machine[0]; i++) {
        const struct machine_flags *known = &flags_by_machine[i];
        if (bp_equal(known->machine, machine) && known->bits == bits) {
            return flags == known->flags;
        }
    }
    return true;
}
