/*
 * The numbers of ELF files that the readers know, as the System V ABI and its supplements for
 * processors and for GNU give them (elf(5)). Systems without ELF have no header with them.
 */
#ifndef BP_PROBE_BINARY_ELF_FORMAT_H
#define BP_PROBE_BINARY_ELF_FORMAT_H

#define BP_ELF_MAGIC "\177ELF"

/* Places in the first bytes, and what stands there. */
enum { BP_EI_CLASS = 4, BP_EI_DATA = 5 };
enum { BP_ELFCLASS32 = 1, BP_ELFCLASS64 = 2 };
enum { BP_ELFDATA2LSB = 1, BP_ELFDATA2MSB = 2 };

/* Bytes of the headers and of a symbol. */
enum {
    BP_ELF32_EHDR_SIZE = 52,
    BP_ELF32_PHDR_SIZE = 32,
    BP_ELF32_SHDR_SIZE = 40,
    BP_ELF32_SYM_SIZE = 16,
    BP_ELF64_EHDR_SIZE = 64,
    BP_ELF64_PHDR_SIZE = 56,
    BP_ELF64_SHDR_SIZE = 64,
    BP_ELF64_SYM_SIZE = 24,
};

enum { BP_ET_REL = 1, BP_ET_EXEC = 2, BP_ET_DYN = 3, BP_ET_CORE = 4 };

enum {
    BP_EM_SPARC = 2,
    BP_EM_386 = 3,
    BP_EM_MIPS = 8,
    BP_EM_PARISC = 15,
    BP_EM_PPC = 20,
    BP_EM_PPC64 = 21,
    BP_EM_S390 = 22,
    BP_EM_ARM = 40,
    BP_EM_SPARCV9 = 43,
    BP_EM_IA_64 = 50,
    BP_EM_X86_64 = 62,
    BP_EM_AARCH64 = 183,
    BP_EM_RISCV = 243,
    BP_EM_LOONGARCH = 258,
    BP_EM_ALPHA = 0x9026,
};

enum { BP_PT_LOAD = 1, BP_PT_DYNAMIC = 2, BP_PT_INTERP = 3, BP_PT_NOTE = 4 };

enum { BP_SHN_UNDEF = 0, BP_SHN_XINDEX = 0xffff };
enum { BP_SHT_NOBITS = 8 };

#define BP_DT_NULL 0u
#define BP_DT_NEEDED 1u
#define BP_DT_HASH 4u
#define BP_DT_STRTAB 5u
#define BP_DT_SYMTAB 6u
#define BP_DT_STRSZ 10u
#define BP_DT_SONAME 14u
#define BP_DT_RPATH 15u
#define BP_DT_RUNPATH 29u
#define BP_DT_GNU_HASH 0x6ffffef5u
#define BP_DT_FLAGS_1 0x6ffffffbu
#define BP_DT_VERDEF 0x6ffffffcu
#define BP_DT_VERDEFNUM 0x6ffffffdu
#define BP_DT_VERNEED 0x6ffffffeu
#define BP_DT_VERNEEDNUM 0x6fffffffu

#define BP_DF_1_NODEFLIB 0x800u

enum { BP_STB_GLOBAL = 1, BP_STB_WEAK = 2, BP_STB_GNU_UNIQUE = 10 };
enum { BP_STV_DEFAULT = 0, BP_STV_PROTECTED = 3 };

enum { BP_NT_GNU_BUILD_ID = 3 };

enum { BP_VER_FLG_BASE = 1, BP_VER_FLG_WEAK = 2 };

#endif
