#include "probe/binary/elf_symbols.h"

#include "probe/binary/elf_format.h"
#include "probe/binary/symbol_wishes.h"

/* Where the fields of a symbol stand, by word size. */
struct symbol_layout {
    uint64_t size;
    uint64_t info;
    uint64_t other;
    uint64_t section;
};

static const struct symbol_layout symbol_32 = {BP_ELF32_SYM_SIZE, 12, 13, 14};
static const struct symbol_layout symbol_64 = {BP_ELF64_SYM_SIZE, 4, 5, 6};

/* DT_HASH: bucket count, chain count, ... There is one chain entry for each symbol. */
static int count_by_hash(const struct bp_elf_dynamic *dynamic, uint64_t *count,
                         struct bp_err *err) {
    struct bp_cursor table = bp_elf_at_address(dynamic->elf, dynamic->hash.value);
    uint16_t machine = dynamic->elf->machine;
    /* These two have entries of 64 bits, against the gABI's word of 32. */
    bool wide = dynamic->elf->bits == 64 && (machine == BP_EM_S390 || machine == BP_EM_ALPHA);
    uint64_t chains = wide ? bp_cursor_u64(&table, 8) : bp_cursor_u32(&table, 4);
    if (table.failed) {
        return bp_fail(err, BP_E_FORMAT, "the symbol hash table lies outside the file");
    }
    *count = chains;
    return 0;
}

/*
 * DT_GNU_HASH: bucket count, first hashed symbol, Bloom filter words, shift; the filter;
 * the buckets, each the first symbol of its chain; the chains, whose last entry has its
 * lowest bit set. The last chain's end is the last symbol.
 */
static int count_by_gnu_hash(const struct bp_elf_dynamic *dynamic, uint64_t *count,
                             struct bp_err *err) {
    struct bp_cursor table = bp_elf_at_address(dynamic->elf, dynamic->gnu_hash.value);
    uint64_t buckets = bp_cursor_u32(&table, 0);
    uint64_t first = bp_cursor_u32(&table, 4);
    uint64_t filter_words = bp_cursor_u32(&table, 8);
    uint64_t bucket_start = 16 + filter_words * (dynamic->elf->bits / 8);
    uint64_t chain_start = bucket_start + 4 * buckets;
    if (table.failed || !bp_cursor_has(&table, bucket_start, 4 * buckets)) {
        return bp_fail(err, BP_E_FORMAT, "the symbol hash table lies outside the file");
    }
    if (buckets > BP_ELF_SYMBOL_LIMIT) {
        return bp_fail(err, BP_E_LIMIT, "more than %llu symbol hash buckets",
                       (unsigned long long)BP_ELF_SYMBOL_LIMIT);
    }
    uint64_t last = 0;
    for (uint64_t i = 0; i < buckets; i++) {
        uint64_t symbol = bp_cursor_u32(&table, bucket_start + 4 * i);
        last = symbol > last ? symbol : last;
    }
    if (last < first) { /* every bucket is empty */
        *count = first;
        return 0;
    }
    while (last <= BP_ELF_SYMBOL_LIMIT) {
        uint32_t chain = bp_cursor_u32(&table, chain_start + 4 * (last - first));
        if (table.failed) {
            return bp_fail(err, BP_E_FORMAT, "a symbol hash chain runs over the end of the file");
        }
        last++;
        if (chain & 1) {
            break;
        }
    }
    *count = last;
    return 0;
}

/*
 * How many entries the dynamic symbol table has, undefined ones included. On error
 * *count is 0.
 */
static int symbol_count(const struct bp_elf_dynamic *dynamic, uint64_t *count, struct bp_err *err) {
    *count = 0;
    int result = 0;
    if (dynamic->hash.present) {
        result = count_by_hash(dynamic, count, err);
    } else if (dynamic->gnu_hash.present) {
        result = count_by_gnu_hash(dynamic, count, err);
    } else if (dynamic->symbols.present) {
        return bp_fail(err, BP_E_FORMAT, "no hash table says how many symbols there are");
    }
    if (result == 0 && *count > BP_ELF_SYMBOL_LIMIT) {
        *count = 0;
        return bp_fail(err, BP_E_LIMIT, "more than %llu symbols",
                       (unsigned long long)BP_ELF_SYMBOL_LIMIT);
    }
    return result;
}

/* Whether other files may bind to the symbol. */
static bool is_exported(struct bp_cursor *symbol, const struct symbol_layout *layout) {
    unsigned binding = bp_cursor_u8(symbol, layout->info) >> 4;
    unsigned visibility = bp_cursor_u8(symbol, layout->other) & 3;
    bool shared =
        binding == BP_STB_GLOBAL || binding == BP_STB_WEAK || binding == BP_STB_GNU_UNIQUE;
    return shared && (visibility == BP_STV_DEFAULT || visibility == BP_STV_PROTECTED) &&
           bp_cursor_u16(symbol, layout->section) != BP_SHN_UNDEF;
}

static int walk_symbols(const struct bp_elf_dynamic *dynamic, struct bp_symbol_wishes *wishes,
                        struct bp_err *err) {
    const struct symbol_layout *layout = dynamic->elf->bits == 64 ? &symbol_64 : &symbol_32;
    uint64_t count = 0;
    if (symbol_count(dynamic, &count, err) != 0) {
        return -1;
    }
    if (!count) {
        return 0;
    }
    struct bp_cursor table = bp_elf_at_address(dynamic->elf, dynamic->symbols.value);
    if (!dynamic->symbols.present || !bp_cursor_has(&table, 0, count * layout->size)) {
        return bp_fail(err, BP_E_FORMAT, "the symbol table lies outside the file");
    }
    bp_cursor_note(&table, 0, count * layout->size);
    for (uint64_t i = 0; i < count; i++) {
        struct bp_cursor symbol = bp_cursor_part(&table, i * layout->size, layout->size);
        if (is_exported(&symbol, layout)) {
            bp_symbol_wishes_see_at(wishes, &dynamic->names, bp_cursor_u32(&symbol, 0));
        }
    }
    return 0;
}

int bp_elf_exports(const struct bp_elf_dynamic *dynamic, const char *const *names, cJSON *facts,
                   struct bp_err *err) {
    struct bp_symbol_wishes wishes = bp_symbol_wishes_of(names);
    int result = walk_symbols(dynamic, &wishes, err);
    bp_symbol_wishes_put(&wishes, result == 0, facts);
    bp_symbol_wishes_free(&wishes);
    return result;
}
