/* The load commands of a Mach-O file: what dyld is told to do with it. */
#ifndef BP_PROBE_MACHO_COMMANDS_H
#define BP_PROBE_MACHO_COMMANDS_H

#include "base/str.h"
#include "probe/binary/macho.h"

/* A part of the slice; size 0 with `present`: there, and empty. */
struct bp_macho_part {
    bool present;
    uint64_t offset;
    uint64_t size; /* bytes; of the symbol table, symbols */
};

struct bp_macho_commands {
    struct bp_strs needed;        /* install names: loaded with the file, in order */
    struct bp_strs weak;          /* those of `needed` that may be missing */
    struct bp_strs rpath;         /* LC_RPATH folders, as written */
    char *own_name;               /* LC_ID_DYLIB, or NULL */
    char *uuid;                   /* 32 hexadecimal digits, or NULL */
    cJSON *requires;              /* system name to oldest version, an object */
    struct bp_macho_part exports; /* the trie of exported names */
    struct bp_macho_part symbols;
    struct bp_macho_part symbol_names;
    bool signature; /* there is a code signature; whether it is valid is not looked at */
    bool cut_short; /* a segment lies outside the file */
};

/* Reads them all. On error, those before the damage. Close in either case. */
int bp_macho_commands_read(struct bp_macho_commands *commands, const struct bp_macho *macho,
                           struct bp_err *err);
void bp_macho_commands_close(struct bp_macho_commands *commands);

#endif
