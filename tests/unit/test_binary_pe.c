/* The PE reader, on DLLs made byte by byte, whole and damaged. */
#include "tests/unit/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/binary/binary.h"
#include "probe/binary/pe.h"
#include "probe/binary/pe_imports.h"
#include "tests/unit/made_pe.h"
#include "tests/unit/mutate.h"

#define AMD64 0x8664
#define ARM64 0xaa64
#define I386 0x014c

static const char *const symbols[] = {"made_function", "led_on", "made_", "FIRST.dll", NULL};
static const struct bp_binary_wishes wishes = {.symbols = symbols};

/* Facts of bytes in a block of their exact size, so that the sanitizer sees each read beyond. */
static cJSON *facts_of_bytes(const uint8_t *bytes, size_t size) {
    uint8_t *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    cJSON *facts = cJSON_CreateObject();
    bp_pe_facts(bp_cursor_of(copy, size), &wishes, facts);
    free(copy);
    return facts;
}

static cJSON *facts_of(const struct made_pe *made) {
    return facts_of_bytes(made->bytes, sizeof made->bytes);
}

static struct made_pe made_of(unsigned bits, uint16_t machine) {
    struct made_pe made = {.bits = bits, .machine = machine};
    made_pe_make(&made);
    return made;
}

static struct made_pe made_64(void) {
    return made_of(64, AMD64);
}

/* The array's strings with a blank between them. */
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

static void assert_null_fact(const cJSON *facts, const char *key) {
    assert_true(cJSON_IsNull(bp_json_get(facts, key)));
}

/* --- whole files --- */

static void check_whole(unsigned bits, uint16_t machine, const char *name) {
    struct made_pe made = made_of(bits, machine);
    cJSON *facts = facts_of(&made);
    assert_null(bp_json_text(facts, "error"));
    assert_string_equal(bp_json_text(facts, "format"), "pe");
    assert_string_equal(bp_json_text(facts, "machine"), name);
    assert_int_equal((int)bp_json_number(facts, "bits", 0), (int)bits);
    assert_list(facts, "needed", "FIRST.dll second.dll");
    assert_list(facts, "delay_needed", "later.dll");
    assert_string_equal(bp_json_text(facts, "soname"), "made.dll");
    assert_int_equal((int)bp_json_number(facts, "exported_count", -1), 2);
    const cJSON *found = bp_json_get(facts, "symbols");
    assert_true(bp_json_is_true(found, "made_function"));
    assert_true(bp_json_is_true(found, "led_on"));
    assert_true(cJSON_IsFalse(bp_json_get(found, "made_"))); /* the start of a name is none */
    assert_true(cJSON_IsFalse(bp_json_get(found, "FIRST.dll")));
    cJSON_Delete(facts);
}

static void test_whole_files(void **state) {
    (void)state;
    check_whole(64, AMD64, "x86_64");
    check_whole(64, ARM64, "aarch64");
    check_whole(32, I386, "i686");
    check_whole(32, 0x01c4, "arm");
}

static void test_unknown_machine_is_null(void **state) {
    (void)state;
    struct made_pe made = made_of(64, 0x5064); /* RISC-V */
    cJSON *facts = facts_of(&made);
    assert_null(bp_json_text(facts, "error"));
    assert_null_fact(facts, "machine");
    cJSON_Delete(facts);
}

/* ARM64EC: the header says x64, the load configuration has metadata of the Arm code. */
static void test_hybrid_is_for_arm(void **state) {
    (void)state;
    struct made_pe made = made_64();
    made_pe_put(&made, made_pe_directory(&made, 10), MADE_PE_ADDRESS + MADE_PE_CONFIG, 4);
    made_pe_data(&made, MADE_PE_CONFIG, 208);
    cJSON *facts = facts_of(&made);
    assert_string_equal(bp_json_text(facts, "machine"), "x86_64"); /* no metadata in it */
    cJSON_Delete(facts);

    made_pe_data(&made, MADE_PE_CONFIG + 200, 0x80001234);
    facts = facts_of(&made);
    assert_string_equal(bp_json_text(facts, "machine"), "aarch64");
    cJSON_Delete(facts);

    made_pe_data(&made, MADE_PE_CONFIG, 200); /* too short to have the field */
    facts = facts_of(&made);
    assert_string_equal(bp_json_text(facts, "machine"), "x86_64");
    cJSON_Delete(facts);
}

static void test_no_tables_at_all(void **state) {
    (void)state;
    struct made_pe made = made_64();
    made_pe_put(&made, MADE_PE_OPTIONAL + 108, 0, 4); /* data directories */
    cJSON *facts = facts_of(&made);
    assert_null(bp_json_text(facts, "error"));
    assert_list(facts, "needed", "");
    assert_list(facts, "delay_needed", "");
    assert_null_fact(facts, "soname");
    assert_int_equal((int)bp_json_number(facts, "exported_count", -1), 0);
    assert_true(cJSON_IsFalse(bp_json_at(facts, "/symbols/made_function")));
    cJSON_Delete(facts);
}

static void test_few_directories(void **state) {
    (void)state;
    struct made_pe made = made_64();
    made_pe_put(&made, MADE_PE_OPTIONAL + 108, 13, 4); /* one short of the delayed imports */
    cJSON *facts = facts_of(&made);
    assert_null(bp_json_text(facts, "error"));
    assert_list(facts, "needed", "FIRST.dll second.dll");
    assert_list(facts, "delay_needed", "");
    cJSON_Delete(facts);
}

/* Visual C++ 6 wrote addresses with the image base in them. */
static void test_delayed_imports_with_absolute_addresses(void **state) {
    (void)state;
    struct made_pe made = made_of(32, I386);
    made_pe_data(&made, MADE_PE_DELAYED, 0);
    made_pe_data(&made, MADE_PE_DELAYED + 4, MADE_PE_IMAGE_BASE + MADE_PE_ADDRESS + MADE_PE_TEXTS);
    cJSON *facts = facts_of(&made);
    assert_null(bp_json_text(facts, "error"));
    assert_list(facts, "delay_needed", "FIRST.dll");
    cJSON_Delete(facts);
}

/* The loader ends at an entry without a place for addresses, whatever its name. */
static void test_import_table_ends_without_addresses(void **state) {
    (void)state;
    struct made_pe made = made_64();
    made_pe_data(&made, MADE_PE_IMPORTS + 20 + 16, 0);
    cJSON *facts = facts_of(&made);
    assert_list(facts, "needed", "FIRST.dll");
    cJSON_Delete(facts);
}

static void test_name_without_function_is_not_exported(void **state) {
    (void)state;
    struct made_pe made = made_64();
    made_pe_data(&made, MADE_PE_FUNCTIONS + 8, 0); /* of led_on */
    cJSON *facts = facts_of(&made);
    assert_int_equal((int)bp_json_number(facts, "exported_count", -1), 1);
    assert_true(cJSON_IsFalse(bp_json_at(facts, "/symbols/led_on")));
    cJSON_Delete(facts);

    made_pe_put(&made, MADE_PE_READ_ONLY + MADE_PE_ORDINALS, 3, 2); /* one too far */
    facts = facts_of(&made);
    assert_int_equal((int)bp_json_number(facts, "exported_count", -1), 1);
    cJSON_Delete(facts);
}

/* The headers are mapped, too: small programs keep tables in them. */
static void test_tables_in_the_headers(void **state) {
    (void)state;
    struct made_pe made = made_64();
    made_pe_put(&made, made_pe_directory(&made, 1), 4, 4);
    made_pe_put(&made, 4 + 12, 0x30, 4);
    made_pe_put(&made, 4 + 16, 1, 4);
    memcpy(made.bytes + 0x30, "A.dll", 6);
    cJSON *facts = facts_of(&made);
    assert_list(facts, "needed", "A.dll");
    cJSON_Delete(facts);
}

/* A section's place in the file counts in sectors: the loader cuts the rest off. */
static void test_place_is_rounded_to_sectors(void **state) {
    (void)state;
    struct made_pe made = made_64();
    made_pe_put(&made, made_pe_section(&made, 0) + 20, MADE_PE_READ_ONLY + 0x1ff, 4);
    cJSON *facts = facts_of(&made);
    assert_null(bp_json_text(facts, "error"));
    assert_list(facts, "needed", "FIRST.dll second.dll");
    cJSON_Delete(facts);

    made_pe_put(&made, MADE_PE_OPTIONAL + 32, 0x20, 4); /* but not where memory follows the file */
    facts = facts_of(&made);
    assert_list(facts, "needed", "");
    cJSON_Delete(facts);
}

static void assert_section(const struct bp_pe *pe, const char *name, size_t size,
                           const char *start) {
    struct bp_cursor section = bp_pe_section(pe, name);
    assert_false(section.failed);
    assert_int_equal((int)section.size, (int)size);
    assert_memory_equal(section.data, start, strlen(start));
}

static void test_sections_by_name(void **state) {
    (void)state;
    struct made_pe made = made_64();
    struct bp_pe pe;
    assert_int_equal(bp_pe_open(&pe, bp_cursor_of(made.bytes, sizeof made.bytes), NULL), 0);
    assert_section(&pe, ".nv_fatb", 0x10, "fat binary");
    assert_section(&pe, ".hip_fatbin", 0x20, "bundle");
    assert_section(&pe, ".rdata", MADE_PE_READ_ONLY_SIZE, "\x34\x12");
    assert_true(bp_pe_section(&pe, ".rdat").failed);
    assert_true(bp_pe_section(&pe, ".nv_fatbin").failed);
    assert_true(bp_pe_section(&pe, ".hip_fatbi").failed);
    assert_int_equal((int)bp_pe_section(&pe, "").size, 0);
    bp_pe_close(&pe);
}

/* --- damage --- */

static void test_every_truncation_is_told(void **state) {
    (void)state;
    for (unsigned bits = 32; bits <= 64; bits += 32) {
        struct made_pe made = made_of(bits, bits == 64 ? AMD64 : I386);
        for (size_t size = 2; size < MADE_PE_STRINGS; size++) {
            cJSON *facts = facts_of_bytes(made.bytes, size);
            assert_non_null(bp_json_text(facts, "error"));
            cJSON_Delete(facts);
        }
        cJSON *facts = facts_of_bytes(made.bytes, MADE_PE_STRINGS);
        assert_null(bp_json_text(facts, "error"));
        cJSON_Delete(facts);
    }
}

static void test_cut_short_still_tells_what_is_there(void **state) {
    (void)state;
    struct made_pe made = made_64();
    cJSON *facts = facts_of_bytes(made.bytes, MADE_PE_FATBIN);
    assert_error(facts, "cut short");
    assert_list(facts, "needed", "FIRST.dll second.dll");
    assert_int_equal((int)bp_json_number(facts, "exported_count", -1), 2);
    cJSON_Delete(facts);

    facts = facts_of_bytes(made.bytes, MADE_PE_READ_ONLY);
    assert_error(facts, "cut short");
    assert_string_equal(bp_json_text(facts, "machine"), "x86_64");
    assert_null_fact(facts, "needed"); /* unknown, not empty */
    assert_null_fact(facts, "exported_count");
    cJSON_Delete(facts);
}

static void test_random_damage_is_survived(void **state) {
    (void)state;
    static const uint16_t machines[] = {AMD64, ARM64, I386};
    for (uint64_t kind = 0; kind < 3; kind++) {
        struct made_pe made = made_of(kind == 2 ? 32 : 64, machines[kind]);
        mutate_and_read(made.bytes, sizeof made.bytes, 4000, 1 + kind, facts_of_bytes);
    }
}

/* One 32-bit field of .rdata changed, and the words that tell of it. */
static cJSON *facts_with(size_t into, uint32_t value, const char *words) {
    struct made_pe made = made_64();
    made_pe_data(&made, into, value);
    cJSON *facts = facts_of(&made);
    assert_error(facts, words);
    return facts;
}

static void test_damage_is_named(void **state) {
    (void)state;
    cJSON *facts = facts_with(MADE_PE_IMPORTS + 20 + 12, 0x9000, "needed DLL 2: a name lies");
    assert_list(facts, "needed", "FIRST.dll");
    assert_string_equal(bp_json_text(facts, "soname"), "made.dll");
    cJSON_Delete(facts);

    facts = facts_with(MADE_PE_DELAYED + 4, 0xffffffff, "needed DLL 1");
    assert_null_fact(facts, "delay_needed");
    cJSON_Delete(facts);

    facts = facts_with(MADE_PE_EXPORTS + 24, 0xffffffff, "exported names");
    assert_null_fact(facts, "exported_count");
    cJSON_Delete(facts);

    facts = facts_with(MADE_PE_EXPORTS + 24, 60000, "an exported name lies outside");
    cJSON_Delete(facts);

    facts = facts_with(MADE_PE_EXPORTS + 32, 0x9000, "runs out of the file");
    cJSON_Delete(facts);

    facts = facts_with(MADE_PE_EXPORTS + 12, 0x9000, "the DLL's own name");
    assert_null_fact(facts, "soname");
    assert_int_equal((int)bp_json_number(facts, "exported_count", -1), 2);
    cJSON_Delete(facts);

    struct made_pe made = made_64();
    made_pe_put(&made, made_pe_directory(&made, 0), 0x9000, 4);
    facts = facts_of(&made);
    assert_error(facts, "exports lies outside");
    cJSON_Delete(facts);
}

static void test_damaged_headers_are_named(void **state) {
    (void)state;
    struct made_pe made = made_64();
    made_pe_put(&made, MADE_PE_OPTIONAL, 0x107, 2); /* a ROM image */
    cJSON *facts = facts_of(&made);
    assert_string_equal(bp_json_text(facts, "format"), "pe");
    assert_error(facts, "neither a 32-bit nor a 64-bit");
    cJSON_Delete(facts);

    made = made_64();
    made_pe_put(&made, MADE_PE_COFF + 16, 64, 2);
    facts = facts_of(&made);
    assert_error(facts, "too short for its kind");
    cJSON_Delete(facts);

    made = made_64();
    made_pe_put(&made, MADE_PE_COFF + 2, 0xffff, 2);
    facts = facts_of(&made);
    assert_error(facts, "table of sections");
    assert_int_equal((int)bp_json_number(facts, "bits", 0), 64);
    cJSON_Delete(facts);
}

/* An import table that is its own name, and exports that are the export directory. */
static void test_tables_that_lie_over_each_other(void **state) {
    (void)state;
    struct made_pe made = made_64();
    for (size_t i = 0; i < MADE_PE_READ_ONLY_SIZE; i += 4) {
        made_pe_data(&made, i, 0x10101010); /* points nowhere */
    }
    cJSON *facts = facts_of(&made);
    assert_non_null(bp_json_text(facts, "error"));
    cJSON_Delete(facts);
    for (size_t i = 0; i < MADE_PE_READ_ONLY_SIZE; i += 4) {
        made_pe_data(&made, i, MADE_PE_ADDRESS);
    }
    facts = facts_of(&made);
    assert_error(facts, "runs out of the file");
    assert_int_equal(cJSON_GetArraySize(bp_json_get(facts, "needed")), 0x400 / 20);
    cJSON_Delete(facts);
}

/* A file of 8 MiB whose only section is filled with one import entry again and again. */
static uint8_t *big_file(size_t size, uint32_t name) {
    struct made_pe made = made_64();
    made_pe_put(&made, MADE_PE_COFF + 2, 1, 2);
    made_pe_put(&made, made_pe_section(&made, 0) + 8, size - 0x200, 4);
    made_pe_put(&made, made_pe_section(&made, 0) + 16, size - 0x200, 4);
    uint8_t *bytes = bp_alloc(size);
    memcpy(bytes, made.bytes, 0x200);
    for (size_t at = 0x200; at + 20 <= size; at += 20) {
        for (unsigned i = 0; i < 4; i++) {
            bytes[at + 12 + i] = (uint8_t)(name >> (8 * i));
        }
        bytes[at + 16] = 1;
    }
    return bytes;
}

static void test_endless_imports_are_bounded(void **state) {
    (void)state;
    const size_t size = (size_t)8 << 20;
    double started = bp_now_ms();
    uint8_t *bytes = big_file(size, MADE_PE_ADDRESS + 16);
    cJSON *facts = facts_of_bytes(bytes, size);
    assert_error(facts, "more than 1024 needed DLLs");
    assert_int_equal(cJSON_GetArraySize(bp_json_get(facts, "needed")), BP_PE_IMPORT_LIMIT);
    cJSON_Delete(facts);

    /* All with one name of hundreds of thousands of bytes. */
    const size_t name = (size_t)4 << 20;
    memset(bytes + 0x200 + name, 'n', 700000);
    for (size_t at = 0x200; at + 20 <= name; at += 20) {
        bytes[at + 12] = (uint8_t)((MADE_PE_ADDRESS + name) & 0xff);
        bytes[at + 13] = (uint8_t)((MADE_PE_ADDRESS + name) >> 8);
        bytes[at + 14] = (uint8_t)((MADE_PE_ADDRESS + name) >> 16);
    }
    facts = facts_of_bytes(bytes, size);
    assert_error(facts, "names of more than");
    assert_int_equal(cJSON_GetArraySize(bp_json_get(facts, "needed")), 1);
    cJSON_Delete(facts);
    assert_true(bp_now_ms() - started < 2000);
    free(bytes);
}

static void test_many_sections_are_bounded(void **state) {
    (void)state;
    const size_t size = (size_t)4 << 20;
    struct made_pe made = made_64();
    uint8_t *bytes = bp_alloc(size);
    made_pe_put(&made, MADE_PE_COFF + 2, 0xffff, 2);
    memcpy(bytes, made.bytes, sizeof made.bytes);
    cJSON *facts = facts_of_bytes(bytes, size);
    assert_error(facts, "more than 1024 sections");
    cJSON_Delete(facts);
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_files),
        cmocka_unit_test(test_unknown_machine_is_null),
        cmocka_unit_test(test_hybrid_is_for_arm),
        cmocka_unit_test(test_no_tables_at_all),
        cmocka_unit_test(test_few_directories),
        cmocka_unit_test(test_delayed_imports_with_absolute_addresses),
        cmocka_unit_test(test_import_table_ends_without_addresses),
        cmocka_unit_test(test_name_without_function_is_not_exported),
        cmocka_unit_test(test_tables_in_the_headers),
        cmocka_unit_test(test_place_is_rounded_to_sectors),
        cmocka_unit_test(test_sections_by_name),
        cmocka_unit_test(test_every_truncation_is_told),
        cmocka_unit_test(test_cut_short_still_tells_what_is_there),
        cmocka_unit_test(test_random_damage_is_survived),
        cmocka_unit_test(test_damage_is_named),
        cmocka_unit_test(test_damaged_headers_are_named),
        cmocka_unit_test(test_tables_that_lie_over_each_other),
        cmocka_unit_test(test_endless_imports_are_bounded),
        cmocka_unit_test(test_many_sections_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
