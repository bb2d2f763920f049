/* Damaged and hostile files: whatever the bytes, an answer in bounded time. */
#include "tests/unit/cmocka_all.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/binary/binary.h"
#include "probe/binary/elf.h"
#include "probe/binary/elf_dynamic.h"
#include "probe/binary/elf_symbols.h"
#include "probe/binary/elf_versions.h"
#include "tests/unit/made_elf.h"
#include "tests/unit/mutate.h"
#include "tests/unit/run_tool.h"
#include "tests/unit/scratch.h"

static const char *const symbols[] = {"made_function", "shown", NULL};
static const struct bp_binary_wishes all_wishes = {.symbols = symbols, .version_definitions = true};

/* Facts of bytes in a block of their exact size, so that the sanitizer sees each read beyond. */
static cJSON *facts_of_bytes(const uint8_t *bytes, size_t size) {
    uint8_t *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    cJSON *facts = cJSON_CreateObject();
    bp_elf_facts(bp_cursor_of(copy, size), &all_wishes, facts);
    free(copy);
    return facts;
}

static struct made_elf made_64(void) {
    struct made_elf made = {.bits = 64, .machine = EM_X86_64};
    made_elf_make(&made);
    return made;
}

static void test_every_truncation_is_told(void **state) {
    (void)state;
    for (unsigned bits = 32; bits <= 64; bits += 32) {
        struct made_elf made = {.bits = bits, .big_endian = bits == 32, .machine = EM_PPC64};
        made_elf_make(&made);
        for (size_t size = 4; size < sizeof made.bytes; size++) {
            cJSON *facts = facts_of_bytes(made.bytes, size);
            assert_non_null(bp_json_text(facts, "error"));
            cJSON_Delete(facts);
        }
        cJSON *facts = facts_of_bytes(made.bytes, sizeof made.bytes);
        assert_null(bp_json_text(facts, "error"));
        cJSON_Delete(facts);
    }
}

static void test_random_damage_is_survived(void **state) {
    (void)state;
    for (uint64_t kind = 0; kind < 4; kind++) {
        struct made_elf made = {
            .bits = kind & 1 ? 64 : 32, .big_endian = (kind & 2) != 0, .machine = EM_PPC64};
        made_elf_make(&made);
        mutate_and_read(made.bytes, sizeof made.bytes, 3000, 1 + kind, facts_of_bytes);
    }
}

static void test_random_damage_to_a_linked_library_is_survived(void **state) {
    (void)state;
    char *scratch = scratch_make();
    scratch_write(scratch, "made.c", "int shown(int x) { return x; }\n");
    scratch_write(scratch, "made.map", "MADE_1 { global: shown; local: *; }; MADE_2 {} MADE_1;\n");
    char *source = bp_join(scratch, "made.c");
    char *target = bp_join(scratch, "made.so");
    char *map = bp_join(scratch, "made.map");
    char *script = bp_format("-Wl,--hash-style=gnu,--version-script=%s", map);
    char *output = run_tool((const char *[]){"/usr/bin/gcc", "-shared", "-fPIC", "-o", target,
                                             source, "-Wl,-z,noseparate-code", "-s", script, NULL});
    assert_non_null(output);
    struct bp_root root;
    struct bp_map file = {0};
    assert_int_equal(bp_root_open(&root, NULL, NULL), 0);
    assert_int_equal(bp_root_map(&root, target, &file, NULL), 0);
    mutate_and_read(file.data, file.size, 3000, 99, facts_of_bytes);
    bp_map_close(&file);
    bp_root_close(&root);
    scratch_remove(scratch);
    free(output);
    free(script);
    free(map);
    free(target);
    free(source);
    free(scratch);
}

/* Overwrites the dynamic entry with `tag`. */
static void set_dynamic(struct made_elf *made, uint64_t tag, uint64_t new_tag, uint64_t value) {
    unsigned word = made->bits / 8;
    for (size_t at = MADE_ELF_DYNAMIC; at < MADE_ELF_NAMES; at += 2 * word) {
        if (!made->big_endian && made->bytes[at] == (tag & 0xff) &&
            made->bytes[at + 3] == (tag >> 24 & 0xff)) {
            made_elf_put(made, at, new_tag, word);
            made_elf_put(made, at + word, value, word);
            return;
        }
    }
    fail_msg("no dynamic entry with tag %llu", (unsigned long long)tag);
}

static void test_damage_is_named(void **state) {
    (void)state;
    struct made_elf made = made_64();
    set_dynamic(&made, DT_STRTAB, DT_STRTAB, 0x999999);
    cJSON *facts = facts_of_bytes(made.bytes, sizeof made.bytes);
    assert_error(facts, "string table lies outside");
    assert_null(bp_json_get(facts, "needed")); /* unknown, not empty */
    assert_string_equal(bp_json_text(facts, "machine"), "x86_64");
    cJSON_Delete(facts);

    made = made_64();
    set_dynamic(&made, DT_NEEDED, DT_NEEDED, 5000);
    facts = facts_of_bytes(made.bytes, sizeof made.bytes);
    assert_error(facts, "outside the string table");
    assert_string_equal(bp_json_text(facts, "soname"), "libmade.so.1");
    cJSON_Delete(facts);

    made = made_64();
    made_elf_put(&made, MADE_ELF_VERSIONS + 16 + 12, 0x7fffffff, 4);
    facts = facts_of_bytes(made.bytes, sizeof made.bytes);
    assert_error(facts, "version table runs over");
    assert_string_equal(bp_json_text_at(facts, "/needed/0"), "libneeded.so.6");
    cJSON_Delete(facts);

    made = made_64();
    made_elf_put(&made, MADE_ELF_HASH + 4, 0xffffffff, 4);
    facts = facts_of_bytes(made.bytes, sizeof made.bytes);
    assert_error(facts, "symbols");
    assert_true(cJSON_IsNull(bp_json_get(facts, "exported_count")));
    cJSON_Delete(facts);

    made = made_64();
    made_elf_put(&made, 56, 0xffff, 2); /* e_phnum */
    facts = facts_of_bytes(made.bytes, sizeof made.bytes);
    assert_error(facts, "program headers");
    cJSON_Delete(facts);
}

/* A file of `size` bytes that maps itself whole, its dynamic section at 4096. */
static uint8_t *big_file(struct made_elf *head, size_t size) {
    *head = made_64();
    uint8_t *bytes = bp_alloc(size);
    made_elf_segment(head, 0, PT_LOAD, 0, size);
    made_elf_segment(head, 1, PT_DYNAMIC, 4096, size - 4096);
    memcpy(bytes, head->bytes, sizeof head->bytes);
    return bytes;
}

static void put_word(uint8_t *bytes, size_t offset, uint64_t value) {
    for (unsigned i = 0; i < 8; i++) {
        bytes[offset + i] = (uint8_t)(value >> (8 * i));
    }
}

/* Thousands of needed libraries that all share one very long name. */
static void test_many_long_names_are_bounded(void **state) {
    (void)state;
    const size_t size = (size_t)8 << 20;
    const size_t names = (size_t)1 << 20;
    struct made_elf head;
    uint8_t *bytes = big_file(&head, size);
    memset(bytes + names, 'n', size - names - 1);
    for (size_t i = 0; i < 1000; i++) {
        put_word(bytes, 4096 + 16 * i, DT_NEEDED);
        put_word(bytes, 4096 + 16 * i + 8, size - names - 1 - 600000);
    }
    put_word(bytes, 4096 + 16000, DT_STRTAB);
    put_word(bytes, 4096 + 16008, MADE_ELF_ADDRESS + names);
    double started = bp_now_ms();
    cJSON *facts = facts_of_bytes(bytes, size);
    assert_error(facts, "names of more than");
    assert_true(cJSON_GetArraySize(bp_json_get(facts, "needed")) < 3);
    assert_true(bp_now_ms() - started < 1000);
    cJSON_Delete(facts);
    free(bytes);
}

static void test_endless_dynamic_section_is_bounded(void **state) {
    (void)state;
    const size_t size = (size_t)8 << 20;
    struct made_elf head;
    uint8_t *bytes = big_file(&head, size);
    for (size_t i = 4096; i + 16 <= size; i += 16) {
        put_word(bytes, i, DT_DEBUG);
    }
    cJSON *facts = facts_of_bytes(bytes, size);
    assert_error(facts, "dynamic entries");
    cJSON_Delete(facts);
    for (size_t i = 4096; i + 16 <= size; i += 16) {
        put_word(bytes, i, DT_NEEDED);
    }
    facts = facts_of_bytes(bytes, size);
    assert_error(facts, "needed libraries");
    cJSON_Delete(facts);
    free(bytes);
}

/* A table in which each entry leads one byte further, all with other family names. */
static void test_endless_version_table_is_bounded(void **state) {
    (void)state;
    const size_t size = (size_t)1 << 20;
    struct made_elf head;
    uint8_t *bytes = big_file(&head, size);
    const size_t table = 8192;
    const size_t names = (size_t)512 << 10;
    const uint64_t dynamic[] = {DT_STRTAB,    MADE_ELF_ADDRESS + names,
                                DT_VERDEF,    MADE_ELF_ADDRESS + table,
                                DT_VERDEFNUM, UINT64_MAX,
                                DT_NULL,      0};
    for (size_t i = 0; i < 8; i++) {
        put_word(bytes, 4096 + 8 * i, dynamic[i]);
    }
    const size_t count = (names - table) / 32;
    for (size_t i = 0; i < count; i++) {
        size_t at = table + 32 * i;
        bytes[at + 12] = 20; /* vd_aux */
        bytes[at + 16] = 32; /* vd_next */
        put_word(bytes, at + 20, 16 * i);
        snprintf((char *)bytes + names + 16 * i, 16, "F%zu_1", i);
    }
    double started = bp_now_ms();
    cJSON *facts = facts_of_bytes(bytes, size);
    assert_error(facts, "symbol versions");
    assert_int_equal(cJSON_GetArraySize(bp_json_get(facts, "version_definitions")),
                     BP_ELF_VERSION_LIMIT);
    assert_true(bp_now_ms() - started < 3000);
    cJSON_Delete(facts);
    free(bytes);
}

static void test_endless_hash_chain_is_bounded(void **state) {
    (void)state;
    const size_t size = (size_t)16 << 20;
    struct made_elf head;
    uint8_t *bytes = big_file(&head, size);
    const size_t table = 8192;
    const uint64_t dynamic[] = {DT_STRTAB,   MADE_ELF_ADDRESS + MADE_ELF_NAMES,
                                DT_SYMTAB,   MADE_ELF_ADDRESS + MADE_ELF_SYMBOLS,
                                DT_GNU_HASH, MADE_ELF_ADDRESS + table,
                                DT_NULL,     0};
    for (size_t i = 0; i < 8; i++) {
        put_word(bytes, 4096 + 8 * i, dynamic[i]);
    }
    bytes[table] = 1;      /* one bucket */
    bytes[table + 8] = 1;  /* one filter word */
    bytes[table + 24] = 1; /* the bucket: symbol 1; the chain of zeros never ends */
    cJSON *facts = facts_of_bytes(bytes, size);
    assert_error(facts, "more than 1048576 symbols");
    cJSON_Delete(facts);
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_truncation_is_told),
        cmocka_unit_test(test_random_damage_is_survived),
        cmocka_unit_test(test_random_damage_to_a_linked_library_is_survived),
        cmocka_unit_test(test_damage_is_named),
        cmocka_unit_test(test_many_long_names_are_bounded),
        cmocka_unit_test(test_endless_dynamic_section_is_bounded),
        cmocka_unit_test(test_endless_version_table_is_bounded),
        cmocka_unit_test(test_endless_hash_chain_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
