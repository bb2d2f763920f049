/* Machine numbers of the ELF header as the names that uname(2) gives there. */

#include "probe/binary/elf.h"
#include "probe/binary/elf_format.h"

struct machine_name {
    uint16_t number;
    unsigned bits; /* 0: either */
    int big_endian;
    const char *name;
};

enum { LITTLE = 0, BIG = 1, EITHER = 2 };

static const struct machine_name machine_names[] = {
    {BP_EM_X86_64, 0, LITTLE, "x86_64"}, /* 32 bits: the x32 ABI, on an x86_64 kernel */
    {BP_EM_386, 32, LITTLE, "i686"},
    {BP_EM_AARCH64, 0, LITTLE, "aarch64"},
    {BP_EM_AARCH64, 0, BIG, "aarch64_be"},
    {BP_EM_ARM, 32, EITHER, "arm"}, /* armv6l, armv7l ...: the header does not tell */
    {BP_EM_PPC64, 64, LITTLE, "ppc64le"},
    {BP_EM_PPC64, 64, BIG, "ppc64"},
    {BP_EM_PPC, 32, BIG, "ppc"},
    {BP_EM_S390, 64, BIG, "s390x"},
    {BP_EM_S390, 32, BIG, "s390"},
    {BP_EM_RISCV, 64, LITTLE, "riscv64"},
    {BP_EM_RISCV, 32, LITTLE, "riscv32"},
    {258 /* EM_LOONGARCH */, 64, LITTLE, "loongarch64"},
    {BP_EM_MIPS, 64, EITHER, "mips64"},
    {BP_EM_MIPS, 32, EITHER, "mips"},
    {BP_EM_SPARCV9, 64, BIG, "sparc64"},
    {BP_EM_SPARC, 32, BIG, "sparc"},
    {BP_EM_IA_64, 64, EITHER, "ia64"},
    {BP_EM_ALPHA, 64, LITTLE, "alpha"},
    {BP_EM_PARISC, 0, BIG, "parisc"},
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
