/* The Mach-O reader, on libraries made command by command, whole and damaged. */
#include "tests/unit/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/binary/binary.h"
#include "probe/binary/macho.h"
#include "probe/binary/macho_exports.h"
#include "tests/unit/made_macho.h"
#include "tests/unit/mutate.h"

static const char *const symbols[] = {"made_function",  "made_thing",     "local",
                                      "from_elsewhere", "_made_function", NULL};

static cJSON *facts_for(const uint8_t *bytes, size_t size, const char *machine) {
    const struct bp_binary_wishes wishes = {.symbols = symbols, .machine = machine};
    /* In a block of their exact size, so that the sanitizer sees each read beyond. */
    uint8_t *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    cJSON *facts = cJSON_CreateObject();
    bp_macho_facts(bp_cursor_of(copy, size), &wishes, facts);
    free(copy);
    return facts;
}

static cJSON *facts_of_bytes(const uint8_t *bytes, size_t size) {
    return facts_for(bytes, size, NULL);
}

static cJSON *facts_of(const struct made_macho *made) {
    return facts_of_bytes(made->bytes, sizeof made->bytes);
}

static struct made_macho made_of(unsigned bits, bool big_endian, uint32_t cpu,
                                 enum made_macho_exports exports) {
    struct made_macho made = {.bits = bits, .big_endian = big_endian, .cpu = cpu};
    made_macho_make(&made, exports);
    return made;
}

static struct made_macho made_arm64(void) {
    return made_of(64, false, CPU_ARM64, MADE_TRIE);
}

static void assert_list(const cJSON *facts, const char *key, const char *expected) {
    struct bp_str list = BP_STR_EMPTY;
    const cJSON *item;
    assert_true(cJSON_IsArray(bp_json_get(facts, key)));
    cJSON_ArrayForEach(item, bp_json_get(facts, key)) {
        bp_str_addf(&list, "%s%s", list.length ? " " : "", item->valuestring);
    }
    assert_string_equal(list.data, expected);
    bp_str_free(&list);
}

/* --- whole files --- */

static void check_whole(const struct made_macho *made, const char *machine, const char *oldest) {
    cJSON *facts = facts_of(made);
    assert_null(bp_json_text(facts, "error"));
    assert_string_equal(bp_json_text(facts, "format"), "mach-o");
    assert_string_equal(bp_json_text(facts, "machine"), machine);
    assert_int_equal((int)bp_json_number(facts, "bits", 0), (int)made->bits);
    assert_int_equal(bp_json_is_true(facts, "big_endian"), made->big_endian);
    assert_list(facts, "needed",
                "/usr/lib/libSystem.B.dylib @rpath/libweak.dylib @loader_path/libagain.dylib");
    assert_list(facts, "rpath", "@loader_path/../lib /opt/lib");
    assert_string_equal(bp_json_text(facts, "soname"), "@rpath/libmade.dylib");
    assert_string_equal(bp_json_text(facts, "build_id"), "00112233445566778899aabbccddeeff");
    assert_string_equal(bp_json_text_at(facts, "/requires/macOS"), oldest);
    assert_int_equal((int)bp_json_number(facts, "exported_count", -1), 2);
    const cJSON *found = bp_json_get(facts, "symbols");
    assert_true(bp_json_is_true(found, "made_function"));
    assert_true(bp_json_is_true(found, "made_thing"));
    assert_true(cJSON_IsFalse(bp_json_get(found, "local")));
    assert_true(cJSON_IsFalse(bp_json_get(found, "from_elsewhere")));
    assert_true(cJSON_IsFalse(bp_json_get(found, "_made_function")));
    cJSON_Delete(facts);
}

static void test_each_way_to_list_exports(void **state) {
    (void)state;
    struct made_macho made = made_of(64, false, CPU_ARM64, MADE_TRIE);
    check_whole(&made, "arm64", "14.0");
    made = made_of(64, false, CPU_X86_64, MADE_DYLD_INFO);
    check_whole(&made, "x86_64", "10.13.6");
    made = made_of(64, false, CPU_X86_64, MADE_SYMBOLS_ALONE);
    check_whole(&made, "x86_64", "14.0");
}

static void test_other_words_and_byte_orders(void **state) {
    (void)state;
    struct made_macho made = made_of(32, true, CPU_POWERPC, MADE_SYMBOLS_ALONE);
    check_whole(&made, "ppc", "14.0");
    made = made_of(32, false, CPU_I386, MADE_DYLD_INFO);
    check_whole(&made, "i386", "10.13.6");
    made = made_of(64, true, CPU_POWERPC | 0x01000000u, MADE_TRIE);
    check_whole(&made, "ppc64", "14.0");
}

static void test_variant_and_unknown_machine(void **state) {
    (void)state;
    struct made_macho made = {.bits = 64, .cpu = CPU_ARM64, .subtype = 0x80000002};
    made_macho_make(&made, MADE_TRIE);
    check_whole(&made, "arm64e", "14.0");
    made_macho_put(&made, 4, 99, 4);
    cJSON *facts = facts_of(&made);
    assert_true(cJSON_IsNull(bp_json_get(facts, "machine")));
    assert_null(bp_json_text(facts, "error"));
    cJSON_Delete(facts);
}

static void test_bare_header(void **state) {
    (void)state;
    struct made_macho made = {.bits = 64, .cpu = CPU_ARM64};
    made.end = made_macho_commands(&made);
    made_macho_header(&made, 0);
    cJSON *facts = facts_of_bytes(made.bytes, 32);
    assert_null(bp_json_text(facts, "error"));
    assert_list(facts, "needed", "");
    assert_list(facts, "rpath", "");
    assert_true(cJSON_IsNull(bp_json_get(facts, "soname")));
    assert_true(cJSON_IsNull(bp_json_get(facts, "build_id")));
    assert_int_equal((int)bp_json_number(facts, "exported_count", -1), 0);
    cJSON_Delete(facts);
}

/* A trie that is there and empty: nothing is exported, whatever the symbol table holds. */
static void test_empty_trie(void **state) {
    (void)state;
    struct made_macho made = made_of(64, false, CPU_ARM64, MADE_SYMBOLS_ALONE);
    made_macho_add(&made, 0x80000033, (const uint32_t[]){0, 0}, 2);
    made_macho_header(&made, 11);
    cJSON *facts = facts_of(&made);
    assert_null(bp_json_text(facts, "error"));
    assert_int_equal((int)bp_json_number(facts, "exported_count", -1), 0);
    cJSON_Delete(facts);
}

/* A library for macOS and Catalyst says both. */
static void test_two_systems(void **state) {
    (void)state;
    struct made_macho made = made_arm64();
    made_macho_add(&made, 0x32, (const uint32_t[]){6, 0x000d0100, 0, 0}, 4);
    made_macho_header(&made, 12);
    cJSON *facts = facts_of(&made);
    assert_string_equal(bp_json_text_at(facts, "/requires/macOS"), "14.0");
    assert_string_equal(bp_json_text_at(facts, "/requires/Mac Catalyst"), "13.1");
    cJSON_Delete(facts);
}

/* --- universal files --- */

enum { FIRST_SLICE = 256, SECOND_SLICE = FIRST_SLICE + MADE_MACHO_SIZE, UNIVERSAL = 3 * 2048 };

static void put_big(uint8_t *bytes, size_t offset, uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; i++) {
        bytes[offset + i] = (uint8_t)(value >> (8 * (size - 1 - i)));
    }
}

static void put_slice(uint8_t *bytes, bool wide, unsigned index, uint32_t cpu, size_t offset) {
    unsigned word = wide ? 8 : 4;
    size_t at = 8 + (wide ? 32u : 20u) * index;
    put_big(bytes, at, cpu, 4);
    put_big(bytes, at + 8, offset, word);
    put_big(bytes, at + 8 + word, MADE_MACHO_SIZE, word);
}

/* x86_64 before arm64. */
static void make_universal(uint8_t bytes[UNIVERSAL], bool wide) {
    struct made_macho intel = made_of(64, false, CPU_X86_64, MADE_DYLD_INFO);
    struct made_macho arm = made_arm64();
    memset(bytes, 0, UNIVERSAL);
    put_big(bytes, 0, wide ? 0xcafebabf : 0xcafebabe, 4);
    put_big(bytes, 4, 2, 4);
    put_slice(bytes, wide, 0, CPU_X86_64, FIRST_SLICE);
    put_slice(bytes, wide, 1, CPU_ARM64, SECOND_SLICE);
    memcpy(bytes + FIRST_SLICE, intel.bytes, sizeof intel.bytes);
    memcpy(bytes + SECOND_SLICE, arm.bytes, sizeof arm.bytes);
}

static void check_slice(const uint8_t *bytes, const char *wanted, const char *machine,
                        const char *oldest) {
    cJSON *facts = facts_for(bytes, UNIVERSAL, wanted);
    assert_null(bp_json_text(facts, "error"));
    assert_string_equal(bp_json_text(facts, "machine"), machine);
    assert_string_equal(bp_json_text_at(facts, "/requires/macOS"), oldest);
    assert_int_equal((int)bp_json_number(facts, "exported_count", -1), 2);
    cJSON_Delete(facts);
}

static void test_slice_for_the_machine(void **state) {
    (void)state;
    for (int wide = 0; wide < 2; wide++) {
        uint8_t bytes[UNIVERSAL];
        make_universal(bytes, wide);
        check_slice(bytes, NULL, "x86_64", "10.13.6");
        check_slice(bytes, "x86_64", "x86_64", "10.13.6");
        check_slice(bytes, "arm64", "arm64", "14.0");
        check_slice(bytes, "aarch64", "arm64", "14.0");
        check_slice(bytes, "riscv64", "x86_64", "10.13.6"); /* none for it: the first */
    }
}

static void test_slice_outside_the_file(void **state) {
    (void)state;
    uint8_t bytes[UNIVERSAL];
    make_universal(bytes, false);
    put_big(bytes, 16, UNIVERSAL, 4);
    cJSON *facts = facts_of_bytes(bytes, UNIVERSAL);
    assert_error(facts, "ends before its Mach-O header");
    cJSON_Delete(facts);
    make_universal(bytes, true);
    put_big(bytes, 16, UINT64_MAX, 8);
    put_big(bytes, 24, UINT64_MAX, 8);
    facts = facts_of_bytes(bytes, UNIVERSAL);
    assert_error(facts, "ends before its Mach-O header");
    cJSON_Delete(facts);
}

/* A universal file that holds itself is not followed round and round. */
static void test_universal_file_in_itself(void **state) {
    (void)state;
    uint8_t bytes[UNIVERSAL];
    make_universal(bytes, false);
    put_big(bytes, 16, 0, 4);
    put_big(bytes, 20, UNIVERSAL, 4);
    cJSON *facts = facts_of_bytes(bytes, UNIVERSAL);
    assert_error(facts, "Mach-O header");
    cJSON_Delete(facts);
}

/* --- damage --- */

static void test_every_truncation_is_told(void **state) {
    (void)state;
    static const enum made_macho_exports ways[] = {MADE_DYLD_INFO, MADE_TRIE, MADE_SYMBOLS_ALONE};
    for (size_t way = 0; way < 3; way++) {
        struct made_macho made = made_of(way == 2 ? 32 : 64, way == 2, CPU_ARM64, ways[way]);
        for (size_t size = 4; size < MADE_MACHO_END; size++) {
            cJSON *facts = facts_of_bytes(made.bytes, size);
            assert_non_null(bp_json_text(facts, "error"));
            cJSON_Delete(facts);
        }
        cJSON *facts = facts_of_bytes(made.bytes, MADE_MACHO_END);
        assert_null(bp_json_text(facts, "error"));
        cJSON_Delete(facts);
    }
}

static void test_cut_short_still_tells_what_is_there(void **state) {
    (void)state;
    struct made_macho made = made_arm64();
    cJSON *facts = facts_of_bytes(made.bytes, MADE_MACHO_SYMBOLS);
    assert_error(facts, "cut short");
    assert_string_equal(bp_json_text(facts, "soname"), "@rpath/libmade.dylib");
    assert_int_equal((int)bp_json_number(facts, "exported_count", -1), 2);
    cJSON_Delete(facts);

    facts = facts_of_bytes(made.bytes, 110); /* within the first command after the segment */
    assert_non_null(bp_json_text(facts, "error"));
    assert_string_equal(bp_json_text(facts, "machine"), "arm64");
    assert_null(bp_json_get(facts, "needed")); /* unknown, not empty */
    assert_true(cJSON_IsNull(bp_json_get(facts, "exported_count")));
    cJSON_Delete(facts);
}

static void test_random_damage_is_survived(void **state) {
    (void)state;
    static const enum made_macho_exports ways[] = {MADE_DYLD_INFO, MADE_TRIE, MADE_SYMBOLS_ALONE};
    for (uint64_t way = 0; way < 3; way++) {
        struct made_macho made = made_of(way == 2 ? 32 : 64, way == 2, CPU_ARM64, ways[way]);
        mutate_and_read(made.bytes, sizeof made.bytes, 3000, 11 + way, facts_of_bytes);
        /* The trie alone, which is small: a hit there is rare otherwise. */
        mutate_and_read(made.bytes, MADE_MACHO_TRIE + sizeof made_macho_trie, 500, 21 + way,
                        facts_of_bytes);
    }
    uint8_t bytes[UNIVERSAL];
    make_universal(bytes, false);
    mutate_and_read(bytes, sizeof bytes, 3000, 31, facts_of_bytes);
}

static cJSON *facts_with_trie(const uint8_t *trie, size_t size) {
    struct made_macho made = made_arm64();
    memset(made.bytes + MADE_MACHO_TRIE, 0, sizeof made_macho_trie);
    memcpy(made.bytes + MADE_MACHO_TRIE, trie, size);
    return facts_of(&made);
}

static void assert_damaged_trie(const uint8_t *trie, size_t size) {
    cJSON *facts = facts_with_trie(trie, size);
    assert_error(facts, "exported names is damaged");
    assert_true(cJSON_IsNull(bp_json_get(facts, "symbols")));
    assert_string_equal(bp_json_text(facts, "soname"), "@rpath/libmade.dylib");
    cJSON_Delete(facts);
}

static void test_damaged_tries(void **state) {
    (void)state;
    static const uint8_t circle[] = {0, 1, 'a', 0, 0};           /* the root is its own child */
    static const uint8_t silent_circle[] = {0, 2, 0, 0, 0, 0};   /* the same without a letter */
    static const uint8_t outside[] = {0, 1, 'a', 0, 0xff, 0x7f}; /* a child beyond the end */
    static const uint8_t endless_number[] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
                                             0x80, 0x80, 0x80, 0x80, 0x80, 0x80};
    static const uint8_t large_symbol[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f};
    assert_damaged_trie(circle, sizeof circle);
    assert_damaged_trie(silent_circle, sizeof silent_circle);
    assert_damaged_trie(outside, sizeof outside);
    assert_damaged_trie(endless_number, sizeof endless_number);
    assert_damaged_trie(large_symbol, sizeof large_symbol);
}

/* A trie of 8 MiB that is one chain, and one of which every node names the same long tail. */
static void test_large_tries_are_bounded(void **state) {
    (void)state;
    const size_t size = (size_t)8 << 20;
    const size_t trie = 4096;
    struct made_macho made = made_arm64();
    uint8_t *bytes = bp_alloc(size);
    double started = bp_now_ms();
    memcpy(bytes, made.bytes, MADE_MACHO_TRIE);
    memset(bytes + trie, 'n', size - trie);
    size_t command = made.end - 16;
    for (unsigned i = 0; i < 4; i++) {
        bytes[command + 8 + i] = (uint8_t)(trie >> (8 * i));
        bytes[command + 12 + i] = (uint8_t)((size - trie) >> (8 * i));
    }
    bytes[trie] = 0;
    bytes[trie + 1] = 255;
    bytes[size - 2] = 0; /* the edge's end, and its child: the root */
    bytes[size - 1] = 0;
    cJSON *facts = facts_of_bytes(bytes, size);
    assert_error(facts, "exported name");
    cJSON_Delete(facts);

    /* A chain of nodes of one letter, each the child of the one before. */
    for (size_t at = 0; at + 7 < size - trie; at += 7) {
        uint64_t next = at + 7;
        const uint8_t node[7] = {0,
                                 1,
                                 'c',
                                 0,
                                 (uint8_t)(0x80 | (next & 0x7f)),
                                 (uint8_t)(0x80 | (next >> 7 & 0x7f)),
                                 (uint8_t)(next >> 14 & 0x7f)};
        memcpy(bytes + trie + at, node, sizeof node);
    }
    facts = facts_of_bytes(bytes, size);
    assert_error(facts, "exported name of more than");
    cJSON_Delete(facts);
    assert_true(bp_now_ms() - started < 2000);
    free(bytes);
}

static void test_damaged_commands_are_named(void **state) {
    (void)state;
    struct made_macho made = made_arm64();
    made_macho_put(&made, 16, UINT32_MAX, 4);
    cJSON *facts = facts_of(&made);
    assert_error(facts, "load commands");
    cJSON_Delete(facts);

    made = made_arm64();
    made_macho_put(&made, 16, 12, 4); /* one more than there are */
    facts = facts_of(&made);
    assert_error(facts, "run over their end");
    assert_string_equal(bp_json_text(facts, "soname"), "@rpath/libmade.dylib");
    assert_list(facts, "rpath", "@loader_path/../lib /opt/lib");
    cJSON_Delete(facts);

    made = made_arm64();
    made_macho_put(&made, 32 + 4, 4, 4); /* a command shorter than its own header */
    facts = facts_of(&made);
    assert_error(facts, "run over their end");
    cJSON_Delete(facts);

    made = made_arm64();
    made_macho_put(&made, 32 + 72 + 8, 4000, 4); /* the own name far outside its command */
    facts = facts_of(&made);
    assert_error(facts, "name runs over the end");
    cJSON_Delete(facts);

    made = made_of(64, false, CPU_X86_64, MADE_SYMBOLS_ALONE);
    made_macho_add(&made, 0x02, (const uint32_t[]){0, 0x0fffffff, 0, 0}, 4);
    made_macho_header(&made, 11);
    facts = facts_of(&made);
    assert_error(facts, "symbol table lies outside");
    cJSON_Delete(facts);
}

/* Thousands of needed libraries, of which more is not of use. */
static void test_many_libraries_are_bounded(void **state) {
    (void)state;
    const size_t size = (size_t)1 << 20;
    uint8_t *bytes = bp_alloc(size);
    struct made_macho made = {.bits = 64, .cpu = CPU_ARM64};
    made.end = size;
    made_macho_header(&made, 20000);
    memcpy(bytes, made.bytes, 32);
    for (size_t at = 32; at + 32 <= size; at += 32) {
        memcpy(bytes + at, (const uint8_t[]){0x0c, 0, 0, 0, 32, 0, 0, 0, 24}, 9);
        memcpy(bytes + at + 24, "needed", 7);
    }
    cJSON *facts = facts_of_bytes(bytes, size);
    assert_error(facts, "more than 1024 needed libraries");
    assert_int_equal(cJSON_GetArraySize(bp_json_get(facts, "needed")), BP_MACHO_NAME_LIMIT);
    cJSON_Delete(facts);
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_way_to_list_exports),
        cmocka_unit_test(test_other_words_and_byte_orders),
        cmocka_unit_test(test_variant_and_unknown_machine),
        cmocka_unit_test(test_bare_header),
        cmocka_unit_test(test_empty_trie),
        cmocka_unit_test(test_two_systems),
        cmocka_unit_test(test_slice_for_the_machine),
        cmocka_unit_test(test_slice_outside_the_file),
        cmocka_unit_test(test_universal_file_in_itself),
        cmocka_unit_test(test_every_truncation_is_told),
        cmocka_unit_test(test_cut_short_still_tells_what_is_there),
        cmocka_unit_test(test_random_damage_is_survived),
        cmocka_unit_test(test_damaged_tries),
        cmocka_unit_test(test_large_tries_are_bounded),
        cmocka_unit_test(test_damaged_commands_are_named),
        cmocka_unit_test(test_many_libraries_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
