#include "probe/libc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "base/memory.h"
#include "probe/lines.h"

/*
 * The program headers of an ELF file: gabi chapters 4 and 5,
 * https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html
 */
enum { PT_INTERP_TYPE = 3, ELF_CLASS_AT = 4, ELF_DATA_AT = 5, MOST_PROGRAM_HEADERS = 256 };

static char *loader_in(struct bp_cursor file) {
    bool wide = bp_cursor_u8(&file, ELF_CLASS_AT) == 2;
    file.big_endian = bp_cursor_u8(&file, ELF_DATA_AT) == 2;
    uint64_t table = wide ? bp_cursor_u64(&file, 32) : bp_cursor_u32(&file, 28);
    uint64_t size = bp_cursor_u16(&file, wide ? 54 : 42);
    unsigned count = bp_cursor_u16(&file, wide ? 56 : 44);
    if (size < (wide ? 56 : 32) || count > MOST_PROGRAM_HEADERS) {
        return NULL;
    }
    for (unsigned i = 0; i < count && !file.failed; i++) {
        struct bp_cursor header = bp_cursor_part(&file, table + i * size, size);
        if (bp_cursor_u32(&header, 0) == PT_INTERP_TYPE) {
            uint64_t at = wide ? bp_cursor_u64(&header, 8) : bp_cursor_u32(&header, 4);
            uint64_t length = wide ? bp_cursor_u64(&header, 32) : bp_cursor_u32(&header, 16);
            struct bp_cursor name = bp_cursor_part(&file, at, length);
            return bp_strdup(bp_cursor_string(&name, 0));
        }
    }
    return NULL;
}

char *bp_program_loader(const struct bp_root *root, const char *path) {
    struct bp_map map = {0};
    if (bp_root_map(root, path, &map, NULL) != 0) {
        return NULL;
    }
    char *loader = NULL;
    if (map.size > 64 && memcmp(map.data, "\177ELF", 4) == 0) {
        loader = loader_in(bp_cursor_of(map.data, map.size));
    }
    bp_map_close(&map);
    return loader;
}

/* The leading version number of `text`, of which `length` bytes may be read, or NULL. */
static char *version_at(const char *text, size_t length) {
    size_t end = 0;
    while (end < length && (isdigit((unsigned char)text[end]) || text[end] == '.')) {
        end++;
    }
    while (end > 0 && text[end - 1] == '.') {
        end--;
    }
    return end > 0 && isdigit((unsigned char)*text) ? bp_strndup(text, end) : NULL;
}

char *bp_glibc_banner_version(const struct bp_root *root, const char *path) {
    static const char title[] = "GNU C Library";
    static const char label[] = "release version ";
    static const size_t banner_length = 300;
    struct bp_map map = {0};
    if (bp_root_map(root, path, &map, NULL) != 0 || map.size == 0) {
        return NULL;
    }
    char *version = NULL;
    const char *end = (const char *)map.data + map.size;
    const char *at = map.data;
    while (!version && (at = memmem(at, (size_t)(end - at), title, sizeof title - 1))) {
        size_t left = (size_t)(end - at);
        size_t length = left < banner_length ? left : banner_length;
        const char *number = memmem(at, length, label, sizeof label - 1);
        if (number) {
            number += sizeof label - 1;
            version = version_at(number, (size_t)(end - number));
        }
        at++;
    }
    bp_map_close(&map);
    return version;
}

/* Whether the zero-ended string of `length` bytes has the form 1.2.3. */
static bool is_three_part_version(const char *text, size_t length) {
    size_t dots = 0;
    for (size_t i = 0; i < length; i++) {
        bool dot = text[i] == '.';
        if (!dot && !isdigit((unsigned char)text[i])) {
            return false;
        }
        if (dot && (i == 0 || i + 1 == length || text[i + 1] == '.')) {
            return false;
        }
        dots += dot;
    }
    return dots == 2;
}

char *bp_musl_file_version(const struct bp_root *root, const char *path) {
    struct bp_map map = {0};
    if (bp_root_map(root, path, &map, NULL) != 0 || map.size == 0) {
        return NULL;
    }
    const char *data = map.data;
    const char *end = data + map.size;
    struct bp_strs found = {0};
    /* Long numbers are no versions, so a string's first bytes settle it. */
    static const size_t longest = 15;
    for (const char *zero = memchr(data, '\0', map.size); zero && zero + 1 < end;) {
        const char *start = zero + 1;
        zero = memchr(start, '\0', (size_t)(end - start));
        size_t length = zero ? (size_t)(zero - start) : 0;
        if (length >= 5 && length <= longest && is_three_part_version(start, length)) {
            bp_strs_add_once(&found, start);
        }
    }
    char *version = found.count == 1 ? bp_strdup(found.items[0]) : NULL;
    bp_strs_free(&found);
    bp_map_close(&map);
    return version;
}

/* https://wiki.alpinelinux.org/wiki/Apk_spec: one-letter fields, a blank line ends a package. */
static char *version_in_database(const struct bp_str *text, const char *name) {
    struct bp_lines lines = bp_lines_of(text);
    bool inside = false;
    size_t name_length = strlen(name);
    while (bp_lines_next(&lines)) {
        if (lines.length == 0) {
            inside = false;
        } else if (lines.length > 2 && memcmp(lines.line, "P:", 2) == 0) {
            inside =
                lines.length - 2 == name_length && memcmp(lines.line + 2, name, name_length) == 0;
        } else if (inside && lines.length > 2 && memcmp(lines.line, "V:", 2) == 0) {
            return version_at(lines.line + 2, lines.length - 2);
        }
    }
    return NULL;
}

char *bp_apk_package_version(const struct bp_root *root, const char *name, const char **database) {
    static const char *const paths[] = {"/lib/apk/db/installed", "/usr/lib/apk/db/installed"};
    static const size_t limit = (size_t)64 << 20;
    char *version = NULL;
    for (size_t i = 0; i < 2 && !version; i++) {
        struct bp_str text = BP_STR_EMPTY;
        if (bp_root_read(root, paths[i], limit, &text, NULL) == 0) {
            version = version_in_database(&text, name);
            *database = paths[i];
        }
        bp_str_free(&text);
    }
    return version;
}

/* https://wiki.debian.org/Multiarch/Tuples */
static const char *multiarch_of(const char *machine) {
    static const char *const tuples[][2] = {
        {"x86_64", "x86_64-linux-gnu"},       {"aarch64", "aarch64-linux-gnu"},
        {"ppc64le", "powerpc64le-linux-gnu"}, {"i686", "i386-linux-gnu"},
        {"i386", "i386-linux-gnu"},           {"armv7l", "arm-linux-gnueabihf"},
        {"arm", "arm-linux-gnueabihf"},       {"riscv64", "riscv64-linux-gnu"},
        {"s390x", "s390x-linux-gnu"},
    };
    for (size_t i = 0; i < sizeof tuples / sizeof tuples[0]; i++) {
        if (bp_equal(machine, tuples[i][0])) {
            return tuples[i][1];
        }
    }
    return NULL;
}

void bp_libc_usual_folders(const char *machine, struct bp_strs *folders) {
    const char *multiarch = multiarch_of(machine);
    if (multiarch) {
        bp_strs_add_owned(folders, bp_format("/lib/%s", multiarch));
        bp_strs_add_owned(folders, bp_format("/usr/lib/%s", multiarch));
    }
    bp_strs_add(folders, "/lib64");
    bp_strs_add(folders, "/usr/lib64");
    bp_strs_add(folders, "/lib");
    bp_strs_add(folders, "/usr/lib");
}
