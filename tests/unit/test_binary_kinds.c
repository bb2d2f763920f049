/* Telling the formats apart: PE, Mach-O and what is no native file at all. */
#include "tests/unit/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "probe/binary/binary.h"
#include "tests/unit/made_pe.h"
#include "tests/unit/scratch.h"

static cJSON *facts_of_bytes(const void *bytes, size_t size) {
    char *scratch = scratch_make();
    scratch_write_bytes(scratch, "file", bytes, size);
    struct bp_root root;
    assert_int_equal(bp_root_open(&root, scratch, NULL), 0);
    cJSON *facts = bp_binary_facts(&root, "/file", NULL, NULL);
    assert_non_null(facts);
    char *machine = bp_binary_machine(&root, "/file");
    const char *in_facts = bp_json_text(facts, "machine");
    assert_int_equal(machine != NULL, in_facts != NULL);
    if (machine) {
        assert_string_equal(machine, in_facts);
    }
    free(machine);
    bp_root_close(&root);
    scratch_remove(scratch);
    free(scratch);
    return facts;
}

static void check(const void *bytes, size_t size, const char *format, const char *machine, int bits,
                  bool big_endian) {
    cJSON *facts = facts_of_bytes(bytes, size);
    assert_string_equal(bp_json_text(facts, "format"), format);
    assert_null(bp_json_text(facts, "error"));
    assert_string_equal(bp_json_text(facts, "machine"), machine);
    assert_int_equal((int)bp_json_number(facts, "bits", 0), bits);
    assert_int_equal(bp_json_is_true(facts, "big_endian"), big_endian);
    cJSON_Delete(facts);
}

static void check_error(const void *bytes, size_t size, const char *format, const char *words) {
    cJSON *facts = facts_of_bytes(bytes, size);
    assert_string_equal(bp_json_text(facts, "format"), format);
    assert_non_null(strstr(bp_json_text(facts, "error"), words));
    cJSON_Delete(facts);
}

static void check_pe(unsigned bits, uint16_t machine, const char *name) {
    struct made_pe made = {.bits = bits, .machine = machine};
    made_pe_make(&made);
    check(made.bytes, sizeof made.bytes, "pe", name, (int)bits, false);
}

static void test_windows_libraries(void **state) {
    (void)state;
    check_pe(64, 0x8664, "x86_64");
    check_pe(64, 0xaa64, "aarch64");
    check_pe(32, 0x014c, "i686");
    struct made_pe made = {.bits = 64, .machine = 0x8664};
    made_pe_make(&made);
    check_error(made.bytes, 60, "unknown", "ends before its PE header");
    check_error(made.bytes, 70, "unknown", "ends before its PE header");
    made_pe_put(&made, 0x3c, 0xff0000ff, 4);
    check_error(made.bytes, sizeof made.bytes, "unknown", "ends before its PE header");
    made_pe_put(&made, 0x3c, 0x20, 4);
    check_error(made.bytes, sizeof made.bytes, "unknown", "DOS");
}

static void test_mac_libraries(void **state) {
    (void)state;
    static const uint8_t arm64[32] = {0xcf, 0xfa, 0xed, 0xfe, 0x0c, 0, 0, 1};
    static const uint8_t x86_64[32] = {0xcf, 0xfa, 0xed, 0xfe, 0x07, 0, 0, 1};
    static const uint8_t powerpc[32] = {0xfe, 0xed, 0xfa, 0xce, 0, 0, 0, 18};
    check(arm64, sizeof arm64, "mach-o", "arm64", 64, false);
    check(x86_64, sizeof x86_64, "mach-o", "x86_64", 64, false);
    check(powerpc, sizeof powerpc, "mach-o", "ppc", 32, true);
    check_error(arm64, 6, "mach-o", "ends before");
}

static void test_universal_mac_library_shows_its_first_slice(void **state) {
    (void)state;
    uint8_t bytes[128] = {0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2};
    bytes[19] = 64; /* offset of the first slice */
    bytes[23] = 64; /* its size */
    memcpy(bytes + 64, (const uint8_t[]){0xcf, 0xfa, 0xed, 0xfe, 0x0c, 0, 0, 1}, 8);
    check(bytes, sizeof bytes, "mach-o", "arm64", 64, false);
    bytes[16] = 0xff; /* far outside */
    check_error(bytes, sizeof bytes, "mach-o", "ends before");
}

static void test_what_is_no_library(void **state) {
    (void)state;
    static const uint8_t java[16] = {0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 52};
    static const char pointer[] = "version https://git-lfs.github.com/spec/v1\noid sha256:0\n";
    static const char script[] = "/* GNU ld script */\nINPUT(-lncurses)\n";
    check_error(java, sizeof java, "unknown", "neither");
    check_error(pointer, strlen(pointer), "unknown", "Git LFS");
    check_error(script, strlen(script), "unknown", "linker script");
    check_error("", 0, "unknown", "empty");
    check_error("\177EL", 3, "unknown", "neither");
    check_error("\177ELF", 4, "elf", "ends within");
}

static void test_a_file_that_cannot_be_opened(void **state) {
    (void)state;
    struct bp_root root;
    struct bp_err err = {0};
    assert_int_equal(bp_root_open(&root, NULL, NULL), 0);
    assert_null(bp_binary_facts(&root, "/no/such/library.so", NULL, &err));
    assert_int_equal(err.code, BP_E_ABSENT);
    assert_non_null(strstr(bp_err_text(&err), "/no/such/library.so"));
    bp_err_clear(&err);
    bp_root_close(&root);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_windows_libraries),
        cmocka_unit_test(test_mac_libraries),
        cmocka_unit_test(test_universal_mac_library_shows_its_first_slice),
        cmocka_unit_test(test_what_is_no_library),
        cmocka_unit_test(test_a_file_that_cannot_be_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
