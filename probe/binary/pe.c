#include "probe/binary/pe.h"

#include "base/json.h"

enum {
    HEADER_POINTER = 0x3c,  /* in the DOS header: where the PE signature stands */
    SIGNATURE = 0x00004550, /* "PE", 0, 0 */
    MACHINE = 4,            /* from the signature on */
    OPTIONAL_MAGIC = 24,
};

static const char *machine_name(uint16_t machine) {
    switch (machine) {
    case 0x8664:
        return "x86_64";
    case 0x014c:
        return "i686";
    case 0xaa64:
        return "aarch64";
    case 0x01c0:
    case 0x01c4:
        return "arm";
    default:
        return NULL;
    }
}

void bp_pe_facts(struct bp_cursor file, cJSON *facts) {
    uint32_t signature = bp_cursor_u32(&file, HEADER_POINTER);
    uint32_t found = bp_cursor_u32(&file, signature);
    uint16_t machine = bp_cursor_u16(&file, (uint64_t)signature + MACHINE);
    uint16_t magic = bp_cursor_u16(&file, (uint64_t)signature + OPTIONAL_MAGIC);
    if (file.failed || found != SIGNATURE) {
        bp_json_set_text(facts, "format", "unknown");
        bp_json_set_text(facts, "error",
                         file.failed ? "the file ends before its PE header"
                                     : "a DOS program: no PE header where it should stand");
        return;
    }
    bp_json_set_text(facts, "format", "pe");
    bp_json_set_bool(facts, "big_endian", false);
    bp_json_set_text(facts, "machine", machine_name(machine));
    if (magic == 0x10b || magic == 0x20b) {
        bp_json_set_number(facts, "bits", magic == 0x20b ? 64 : 32);
    }
}
