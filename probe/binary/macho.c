#include "probe/binary/macho.h"

#include "base/json.h"

enum {
    CPU_64 = 0x01000000,
    CPU_X86 = 7,
    CPU_ARM = 12,
    CPU_POWERPC = 18,
    /* A Java class begins as a universal file does, then has its version, 45 or more,
     * where the number of slices would stand. */
    SLICE_LIMIT = 44,
};

static const uint32_t magic_32 = 0xfeedface;
static const uint32_t magic_64 = 0xfeedfacf;
static const uint32_t magic_universal = 0xcafebabe;
static const uint32_t magic_universal_64 = 0xcafebabf; /* with 64-bit offsets of its slices */

/* Sets the byte order by the magic number; 0 where it is no single Mach-O file. */
static uint32_t single_magic(struct bp_cursor *file) {
    for (int big = 0; big < 2; big++) {
        file->big_endian = big;
        uint32_t magic = bp_cursor_u32(file, 0);
        if (magic == magic_32 || magic == magic_64) {
            return magic;
        }
    }
    return 0;
}

static bool is_universal(struct bp_cursor file) {
    file.big_endian = true;
    uint32_t magic = bp_cursor_u32(&file, 0);
    uint32_t slices = bp_cursor_u32(&file, 4);
    return !file.failed && (magic == magic_universal || magic == magic_universal_64) && slices &&
           slices <= SLICE_LIMIT;
}

bool bp_macho_is(struct bp_cursor file) {
    return single_magic(&file) != 0 || is_universal(file);
}

static const char *machine_name(uint32_t cpu) {
    switch (cpu) {
    case CPU_X86 | CPU_64:
        return "x86_64";
    case CPU_X86:
        return "i386";
    case CPU_ARM | CPU_64:
        return "arm64";
    case CPU_ARM:
        return "arm";
    case CPU_POWERPC | CPU_64:
        return "ppc64";
    case CPU_POWERPC:
        return "ppc";
    default:
        return NULL;
    }
}

/* The first slice; of a file that is none, the file itself. */
static struct bp_cursor first_slice(struct bp_cursor file) {
    if (!is_universal(file)) {
        return file;
    }
    file.big_endian = true;
    bool wide = bp_cursor_u32(&file, 0) == magic_universal_64;
    uint64_t offset = wide ? bp_cursor_u64(&file, 16) : bp_cursor_u32(&file, 16);
    uint64_t rest = offset < file.size ? file.size - offset : 0;
    return bp_cursor_part(&file, offset, rest);
}

void bp_macho_facts(struct bp_cursor file, cJSON *facts) {
    bp_json_set_text(facts, "format", "mach-o");
    struct bp_cursor slice = first_slice(file);
    uint32_t magic = single_magic(&slice);
    uint32_t cpu = bp_cursor_u32(&slice, 4);
    if (!magic || slice.failed) {
        bp_json_set_text(facts, "error", "the file ends before its Mach-O header");
        return;
    }
    bp_json_set_number(facts, "bits", magic == magic_64 ? 64 : 32);
    bp_json_set_bool(facts, "big_endian", slice.big_endian);
    bp_json_set_text(facts, "machine", machine_name(cpu));
}
