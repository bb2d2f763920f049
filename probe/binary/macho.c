#include "probe/binary/macho.h"

#include "base/str.h"

enum {
    CPU_64 = 0x01000000,
    CPU_64_32 = 0x02000000, /* 32-bit addresses on a 64-bit processor: watches */
    CPU_X86 = 7,
    CPU_ARM = 12,
    CPU_POWERPC = 18,
    SUBTYPE_ARM64E = 2,
    SUBTYPE_MASK = 0x00ffffff,
    HEADER_32 = 28,
    HEADER_64 = 32,
    /* A Java class begins as a universal file does, then has its version, 45 or more,
     * where the number of slices would stand. */
    SLICE_LIMIT = 44,
    SLICES = 8, /* where they are listed */
    SLICE_32 = 20,
    SLICE_64 = 32,
};

static const uint32_t magic_32 = 0xfeedface;
static const uint32_t magic_64 = 0xfeedfacf;
static const uint32_t magic_universal = 0xcafebabe;
static const uint32_t magic_universal_64 = 0xcafebabf; /* with 64-bit offsets of its slices */

/* Sets the byte order by the magic number; 0 where it is no single Mach-O file. */
static uint32_t single_magic(struct bp_cursor *file) {
    for (int big = 0; big < 2; big++) {
        struct bp_cursor view = *file;
        view.big_endian = big;
        uint32_t magic = bp_cursor_u32(&view, 0);
        if (!view.failed && (magic == magic_32 || magic == magic_64)) {
            file->big_endian = big;
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

static const char *machine_name(uint32_t cpu, uint32_t subtype) {
    switch (cpu) {
    case CPU_X86 | CPU_64:
        return "x86_64";
    case CPU_X86:
        return "i386";
    case CPU_ARM | CPU_64:
        return subtype == SUBTYPE_ARM64E ? "arm64e" : "arm64";
    case CPU_ARM | CPU_64_32:
        return "arm64_32";
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

const char *bp_macho_machine(const struct bp_macho *macho) {
    return machine_name(macho->cpu, macho->subtype);
}

/* --- universal files --- */

struct slice {
    uint32_t cpu;
    uint32_t subtype;
    uint64_t offset;
    uint64_t size;
};

static struct slice read_slice(struct bp_cursor *file, uint32_t index) {
    bool wide = bp_cursor_u32(file, 0) == magic_universal_64;
    uint64_t at = SLICES + (uint64_t)index * (wide ? SLICE_64 : SLICE_32);
    return (struct slice){
        .cpu = bp_cursor_u32(file, at),
        .subtype = bp_cursor_u32(file, at + 4) & SUBTYPE_MASK,
        .offset = wide ? bp_cursor_u64(file, at + 8) : bp_cursor_u32(file, at + 8),
        .size = wide ? bp_cursor_u64(file, at + 16) : bp_cursor_u32(file, at + 12),
    };
}

static bool is_for(const struct slice *slice, const char *machine) {
    const char *name = machine_name(slice->cpu, slice->subtype);
    /* What is for arm64e, as Apple's own programs are, runs wherever arm64 does. */
    bool arm = bp_equal(name, "arm64") || bp_equal(name, "arm64e");
    return bp_equal(name, machine) ||
           (arm && (bp_equal(machine, "arm64") || bp_equal(machine, "aarch64"))) ||
           (bp_equal(name, "i386") && bp_equal(machine, "i686"));
}

/* The slice for `machine`, or the first, cut to what the file holds. */
static struct bp_cursor choose_slice(struct bp_cursor file, const char *machine) {
    file.big_endian = true;
    uint32_t count = bp_cursor_u32(&file, 4);
    struct slice chosen = read_slice(&file, 0);
    for (uint32_t i = 1; i < count && machine && !is_for(&chosen, machine); i++) {
        struct slice slice = read_slice(&file, i);
        if (!file.failed && is_for(&slice, machine)) {
            chosen = slice;
        }
    }
    uint64_t rest = chosen.offset < file.size ? file.size - chosen.offset : 0;
    return bp_cursor_part(&file, chosen.offset, chosen.size < rest ? chosen.size : rest);
}

/* --- the header --- */

int bp_macho_open(struct bp_macho *macho, struct bp_cursor file, const char *machine,
                  struct bp_err *err) {
    *macho = (struct bp_macho){.file = is_universal(file) ? choose_slice(file, machine) : file};
    uint32_t magic = single_magic(&macho->file);
    uint64_t header_size = magic == magic_64 ? HEADER_64 : HEADER_32;
    struct bp_cursor header = macho->file;
    macho->cpu = bp_cursor_u32(&header, 4);
    macho->subtype = bp_cursor_u32(&header, 8) & SUBTYPE_MASK;
    macho->command_count = bp_cursor_u32(&header, 16);
    uint64_t size = bp_cursor_u32(&header, 20);
    if (!magic || header.failed || header.size < header_size) {
        return bp_fail(err, BP_E_FORMAT, "the file ends before its Mach-O header");
    }
    macho->bits = magic == magic_64 ? 64 : 32;
    uint64_t rest = header.size - header_size;
    macho->commands = bp_cursor_part(&macho->file, header_size, size < rest ? size : rest);
    bp_cursor_note(&macho->file, 0, header_size + macho->commands.size);
    return 0;
}
