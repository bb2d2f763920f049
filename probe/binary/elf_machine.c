/* Machine numbers of the ELF header as the names that uname(2) gives there. */
#include <elf.h>

#include "probe/binary/elf.h"

struct machine_name {
    uint16_t number;
    unsigned bits; /* 0: either */
    int big_endian;
    const char *name;
};

enum { LITTLE = 0, BIG = 1, EITHER = 2 };

static const struct machine_name machine_names[] = {
    {EM_X86_64, 0, LITTLE, "x86_64"}, /* 32 bits: the x32 ABI, on an x86_64 kernel */
    {EM_386, 32, LITTLE, "i686"},
    {EM_AARCH64, 0, LITTLE, "aarch64"},
    {EM_AARCH64, 0, BIG, "aarch64_be"},
    {EM_ARM, 32, EITHER, "arm"}, /* armv6l, armv7l ...: the header does not tell */
    {EM_PPC64, 64, LITTLE, "ppc64le"},
    {EM_PPC64, 64, BIG, "ppc64"},
    {EM_PPC, 32, BIG, "ppc"},
    {EM_S390, 64, BIG, "s390x"},
    {EM_S390, 32, BIG, "s390"},
    {EM_RISCV, 64, LITTLE, "riscv64"},
    {EM_RISCV, 32, LITTLE, "riscv32"},
    {258 /* EM_LOONGARCH, missing in older elf.h */, 64, LITTLE, "loongarch64"},
    {EM_MIPS, 64, EITHER, "mips64"},
    {EM_MIPS, 32, EITHER, "mips"},
    {EM_SPARCV9, 64, BIG, "sparc64"},
    {EM_SPARC, 32, BIG, "sparc"},
    {EM_IA_64, 64, EITHER, "ia64"},
    {EM_ALPHA, 64, LITTLE, "alpha"},
    {EM_PARISC, 0, BIG, "parisc"},
};

const char *bp_elf_machine(const struct bp_elf *elf) {
    int byte_order = elf->file.big_endian ? BIG : LITTLE;
    for (size_t i = 0; i < sizeof machine_names / sizeof machine_names[0]; i++) {
        const struct machine_name *entry = &machine_names[i];
        if (entry->number == elf->machine && (!entry->bits || entry->bits == elf->bits) &&
            (entry->big_endian == EITHER || entry->big_endian == byte_order)) {
            return entry->name;
        }
    }
    return NULL;
}
