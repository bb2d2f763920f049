/* CUDA fat binaries, well made and hostile. */
#include "tests/unit/cmocka_all.h"

#include "base/memory.h"
#include "probe/binary/fatbin.h"
#include "tests/unit/made_gpu_code.h"

static const struct made_entry common_entries[] = {
    {.kind = MADE_CUBIN, .architecture = 75, .stored_size = 40},
    {.kind = MADE_CUBIN, .architecture = 90, .flags = MADE_SPECIFIC, .stored_size = 8},
    {.kind = MADE_CUBIN,
     .architecture = 100,
     .flags = MADE_FAMILY,
     .header_size = 104,
     .stored_size = 16,
     .compressed_size = 13},
    {.kind = MADE_PTX,
     .architecture = 120,
     .header_size = 96,
     .stored_size = 24,
     .compressed_size = 24},
    {.kind = MADE_LTO, .architecture = 89, .header_size = 112, .stored_size = 0},
};
enum { COMMON_COUNT = sizeof common_entries / sizeof *common_entries };
static const char common_rows[] = "cubin sm_75 x1, cubin sm_90a x1, cubin sm_100f x1 z, "
                                  "ptx compute_120 x1 z, lto lto_89 x1";

static void list_section(const struct bp_str *bytes, size_t size, struct bp_gpu_code *code) {
    uint8_t *copy = made_exact(bytes->data, size);
    bp_fatbin_section(bp_cursor_of(copy, size), code);
    free(copy);
}

/* Holds the rows and the error ("": none; otherwise words in it) of a section. */
static void assert_section(const struct bp_str *bytes, const char *rows, const char *error) {
    struct bp_gpu_code code = {0};
    list_section(bytes, bytes->length, &code);
    char *text = made_rows_text(&code);
    assert_string_equal(text, rows);
    const char *told = bp_err_text(&code.err);
    if (*error ? !strstr(told, error) : *told) {
        fail_msg("expected the error \"%s\", got \"%s\"", error, told);
    }
    free(text);
    bp_gpu_code_free(&code);
}

static void test_each_kind_and_suffix(void **state) {
    (void)state;
    struct bp_str bytes = BP_STR_EMPTY;
    made_fatbin(&bytes, common_entries, COMMON_COUNT);
    assert_section(&bytes, common_rows, "");
    bp_str_free(&bytes);
}

static void test_several_fat_binaries_with_padding(void **state) {
    (void)state;
    struct bp_str bytes = BP_STR_EMPTY;
    made_fill(&bytes, 8, 0);
    for (int i = 0; i < 3; i++) {
        const struct made_entry entries[] = {
            {.kind = MADE_CUBIN, .architecture = 80, .stored_size = (uint64_t)i + 1},
            {.kind = MADE_PTX, .architecture = 80, .compressed_size = i == 1}};
        made_fatbin(&bytes, entries, 2);
        made_align(&bytes, i == 1 ? 4096 : 8);
    }
    made_fatbin(&bytes, NULL, 0);
    assert_section(&bytes, "cubin sm_80 x3, ptx compute_80 x2, ptx compute_80 x1 z", "");
    bp_str_free(&bytes);
}

static void test_nothing_to_list(void **state) {
    (void)state;
    struct bp_str bytes = BP_STR_EMPTY;
    assert_section(&bytes, "", "");
    made_fill(&bytes, 100, 0);
    assert_section(&bytes, "", "");
    bp_str_free(&bytes);
}

static void test_foreign_bytes_end_the_list(void **state) {
    (void)state;
    struct bp_str bytes = BP_STR_EMPTY;
    made_fatbin(&bytes, common_entries, 1);
    made_align(&bytes, 8);
    bp_str_add(&bytes, "something else entirely");
    assert_section(&bytes, "cubin sm_75 x1", "no fat binary where one should begin, 120 bytes");
    bp_str_free(&bytes);
}

/* No linker leaves a megabyte of zeros; a file that has it may not make us walk it. */
static void test_zeros_without_end(void **state) {
    (void)state;
    struct bp_str bytes = BP_STR_EMPTY;
    made_fatbin(&bytes, common_entries, 1);
    made_fill(&bytes, 1 << 20, 0);
    assert_section(&bytes, "cubin sm_75 x1", "no fat binary where one should begin");
    bp_str_free(&bytes);
}

static void test_unknown_kind_is_told_and_passed(void **state) {
    (void)state;
    const struct made_entry entries[] = {
        {.kind = 64, .architecture = 130, .stored_size = 8},
        {.kind = MADE_CUBIN, .architecture = 120},
    };
    struct bp_str bytes = BP_STR_EMPTY;
    made_fatbin(&bytes, entries, 2);
    assert_section(&bytes, "cubin sm_120 x1", "a kind that is not known: 64 for architecture 130");
    bp_str_free(&bytes);
}

/* The second entry with one field replaced: the first is still listed. */
static void assert_damaged_entry(size_t field, uint64_t value, unsigned size, const char *rows,
                                 const char *error) {
    const struct made_entry entries[] = {
        {.kind = MADE_CUBIN, .architecture = 75, .stored_size = 16},
        {.kind = MADE_CUBIN, .architecture = 80, .stored_size = 16},
        {.kind = MADE_CUBIN, .architecture = 90, .stored_size = 16},
    };
    struct bp_str bytes = BP_STR_EMPTY;
    made_fatbin(&bytes, entries, 3);
    made_set(&bytes, 16 + 80 + field, value, size);
    assert_section(&bytes, rows, error);
    bp_str_free(&bytes);
}

static void test_sizes_that_lie(void **state) {
    (void)state;
    const char *first = "cubin sm_75 x1";
    const char *both = "cubin sm_75 x1, cubin sm_80 x1";
    assert_damaged_entry(4, 0, 4, first, "unknown format");
    assert_damaged_entry(4, 63, 4, first, "unknown format");
    assert_damaged_entry(2, 0x0201, 2, first, "unknown format");
    assert_damaged_entry(4, UINT32_MAX, 4, both, "reaches beyond its end");
    assert_damaged_entry(8, UINT64_MAX, 8, both, "reaches beyond its end");
    assert_damaged_entry(8, UINT64_MAX - 63, 8, both, "reaches beyond its end");
    assert_damaged_entry(8, 97, 8, both, "reaches beyond its end");
    /* Exactly to the end: what would have been the third is code of the second. */
    assert_damaged_entry(8, 96, 8, both, "");
}

static void test_size_of_a_whole_fat_binary_that_lies(void **state) {
    (void)state;
    const uint64_t sizes[] = {UINT64_MAX, UINT64_MAX - 15, (uint64_t)1 << 40, 0x10000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct bp_str bytes = BP_STR_EMPTY;
        made_fatbin(&bytes, common_entries, COMMON_COUNT);
        made_set(&bytes, 8, sizes[i], 8);
        assert_section(&bytes, common_rows, "cut short");
        bp_str_free(&bytes);
    }
}

static void test_header_beyond_the_section(void **state) {
    (void)state;
    struct bp_str bytes = BP_STR_EMPTY;
    made_fatbin(&bytes, common_entries, 1);
    made_set(&bytes, 6, 0xffff, 2);
    assert_section(&bytes, "", "ends within its header");
    bp_str_free(&bytes);
}

static void test_every_truncation_is_told(void **state) {
    (void)state;
    struct bp_str bytes = BP_STR_EMPTY;
    made_fatbin(&bytes, common_entries, COMMON_COUNT);
    for (size_t size = 8; size < bytes.length; size++) {
        struct bp_gpu_code code = {0};
        list_section(&bytes, size, &code);
        assert_int_not_equal(code.err.code, BP_OK);
        /* All headers that are there whole are listed. */
        size_t expected = 0;
        size_t header = 16;
        for (size_t i = 0; i < COMMON_COUNT && header + 64 <= size; i++) {
            expected++;
            size_t length = common_entries[i].header_size ? common_entries[i].header_size : 64;
            header += length + common_entries[i].stored_size;
        }
        assert_int_equal(code.entry_count, expected);
        bp_gpu_code_free(&code);
    }
    bp_str_free(&bytes);
}

static void test_entries_without_end(void **state) {
    (void)state;
    struct bp_str bytes = BP_STR_EMPTY;
    const struct made_entry entry = {.kind = MADE_PTX, .architecture = 52};
    made_fatbin(&bytes, &entry, 1);
    struct bp_str one = BP_STR_EMPTY;
    made_fatbin_entry(&one, &entry);
    for (size_t i = 0; i < BP_GPU_CODE_ENTRY_LIMIT; i++) {
        bp_str_add_bytes(&bytes, one.data, one.length);
    }
    made_set(&bytes, 8, bytes.length - 16, 8);
    assert_section(&bytes, "ptx compute_52 x262144", "more than 262144 pieces");
    bp_str_free(&one);
    bp_str_free(&bytes);
}

static void test_targets_without_end(void **state) {
    (void)state;
    struct bp_str bytes = BP_STR_EMPTY;
    made_fatbin(&bytes, NULL, 0);
    for (unsigned i = 0; i < 2 * BP_GPU_CODE_TARGET_LIMIT; i++) {
        made_fatbin_entry(&bytes,
                          &(struct made_entry){.kind = MADE_CUBIN, .architecture = UINT32_MAX - i});
    }
    made_set(&bytes, 8, bytes.length - 16, 8);
    struct bp_gpu_code code = {0};
    list_section(&bytes, bytes.length, &code);
    assert_int_equal(code.count, BP_GPU_CODE_TARGET_LIMIT);
    assert_string_equal(code.rows[0].target, "sm_4294967295");
    assert_int_equal(code.err.code, BP_E_LIMIT);
    bp_gpu_code_free(&code);
    bp_str_free(&bytes);
}

int main(void) {
    bp_memory_install();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_kind_and_suffix),
        cmocka_unit_test(test_several_fat_binaries_with_padding),
        cmocka_unit_test(test_nothing_to_list),
        cmocka_unit_test(test_foreign_bytes_end_the_list),
        cmocka_unit_test(test_zeros_without_end),
        cmocka_unit_test(test_unknown_kind_is_told_and_passed),
        cmocka_unit_test(test_sizes_that_lie),
        cmocka_unit_test(test_size_of_a_whole_fat_binary_that_lies),
        cmocka_unit_test(test_header_beyond_the_section),
        cmocka_unit_test(test_every_truncation_is_told),
        cmocka_unit_test(test_entries_without_end),
        cmocka_unit_test(test_targets_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
