/* HIP bundles, plain and compressed, well made and hostile. */
#include "tests/unit/cmocka_all.h"

#ifdef BP_HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef BP_HAVE_ZSTD
#include <zstd.h>
#endif

#include "base/memory.h"
#include "probe/binary/hip_bundle.h"
#include "tests/unit/made_gpu_code.h"

static const char *const ids[] = {
    "host-x86_64-unknown-linux",
    "hipv4-amdgcn-amd-amdhsa--gfx90a:sramecc+:xnack-",
    "hipv4-amdgcn-amd-amdhsa--gfx1030",
    "hip-amdgcn-amd-amdhsa-gfx906",           /* before ROCm 4: no environment */
    "hipv4-amdgcn-amd-amdhsa-unknown-gfx942", /* the triple in full */
    "hipv4-amdgcn-amd-amdhsa--gfx9-4-generic",
    "hip-spirv64-amd-amdhsa--amdgcnspirv",
    NULL,
};
static const char all_rows[] = "hip gfx90a:sramecc+:xnack- x1, hip gfx1030 x1, hip gfx906 x1, "
                               "hip gfx942 x1, hip gfx9-4-generic x1, hip amdgcnspirv x1";

static void list_section(const struct bp_str *bytes, size_t size, struct bp_gpu_code *code) {
    uint8_t *copy = made_exact(bytes->data, size);
    bp_hip_bundle_section(bp_cursor_of(copy, size), code);
    free(copy);
}

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

static void test_ids(void **state) {
    (void)state;
    struct bp_str bytes = BP_STR_EMPTY;
    made_hip_bundle(&bytes, ids, 32);
    assert_section(&bytes, all_rows, "");
    bp_str_free(&bytes);
}

static void test_ids_that_name_no_gpu(void **state) {
    (void)state;
    static const char *const odd[] = {
        "",  "hip", "hipv4-amdgcn-amd-amdhsa", "hip-a-b-c-d-", "openmp-amdgcn-amd-amdhsa--gfx90a",
        NULL};
    struct bp_str bytes = BP_STR_EMPTY;
    made_hip_bundle(&bytes, odd, 0);
    assert_section(&bytes, "", "");
    bp_str_free(&bytes);
}

static void test_several_bundles(void **state) {
    (void)state;
    static const char *const one[] = {"hipv4-amdgcn-amd-amdhsa--gfx90a", NULL};
    struct bp_str bytes = BP_STR_EMPTY;
    for (int i = 0; i < 3; i++) {
        made_hip_bundle(&bytes, one, (uint64_t)10 + 1000 * (uint64_t)i);
        made_align(&bytes, 4096);
    }
    assert_section(&bytes, "hip gfx90a x3", "");
    bp_str_add(&bytes, "no bundle at all");
    assert_section(&bytes, "hip gfx90a x3", "no HIP bundle where one should begin");
    bp_str_free(&bytes);
}

static void test_every_truncation_is_told(void **state) {
    (void)state;
    struct bp_str bytes = BP_STR_EMPTY;
    made_hip_bundle(&bytes, ids, 32);
    for (size_t size = 8; size < bytes.length; size++) {
        struct bp_gpu_code code = {0};
        list_section(&bytes, size, &code);
        assert_int_not_equal(code.err.code, BP_OK);
        bp_gpu_code_free(&code);
    }
    bp_str_free(&bytes);
}

static void test_numbers_that_lie(void **state) {
    (void)state;
    static const char *const two[] = {"hip-amdgcn-amd-amdhsa--gfx90a",
                                      "hip-amdgcn-amd-amdhsa--gfx942", NULL};
    const struct lie {
        size_t at;
        uint64_t value;
        const char *rows, *error;
    } lies[] = {
        {24, UINT64_MAX, "", "more than 4096 entries"},
        {24, 3, "hip gfx90a x1, hip gfx942 x1", "ends within its list"},
        {32, UINT64_MAX, "hip gfx90a x1, hip gfx942 x1", "cut short"}, /* offset */
        {40, UINT64_MAX, "", "impossible size"},                       /* size */
        {40, (uint64_t)1 << 40, "hip gfx90a x1, hip gfx942 x1", "cut short"},
        {48, UINT64_MAX, "", "ends within its list"}, /* length of the id */
        {48, 1025, "", "ends within its list"},
    };
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        struct bp_str bytes = BP_STR_EMPTY;
        made_hip_bundle(&bytes, two, 0);
        made_set(&bytes, lies[i].at, lies[i].value, 8);
        assert_section(&bytes, lies[i].rows, lies[i].error);
        bp_str_free(&bytes);
    }
}

static void test_id_that_is_no_text(void **state) {
    (void)state;
    static const char *const odd[] = {"hip-a-b-c--gfx\xff\xfe", NULL};
    struct bp_str bytes = BP_STR_EMPTY;
    made_hip_bundle(&bytes, odd, 0);
    assert_section(&bytes, "hip gfx\xef\xbf\xbd\xef\xbf\xbd x1", "");
    bp_str_free(&bytes);
}

/* --- compressed --- */

enum { ZLIB = 0, ZSTD = 1 };

/* Appends `plain`, compressed; false where this build has no such library. */
static bool add_packed(struct bp_str *bytes, unsigned method, const struct bp_str *plain) {
    size_t room = plain->length + 1024;
    void *out = malloc(room);
    size_t length = 0;
    assert_non_null(out);
#ifdef BP_HAVE_ZLIB
    if (method == ZLIB) {
        uLongf packed = (uLongf)room;
        assert_int_equal(compress2(out, &packed, (const Bytef *)plain->data, plain->length, 6),
                         Z_OK);
        length = packed;
    }
#endif
#ifdef BP_HAVE_ZSTD
    if (method == ZSTD) {
        length = ZSTD_compress(out, room, plain->data, plain->length, 3);
        assert_false(ZSTD_isError(length));
    }
#endif
    bp_str_add_bytes(bytes, out, length);
    free(out);
    return length > 0;
}

/* Appends a compressed bundle of the plain bytes; false as above. */
static bool made_packed(struct bp_str *bytes, unsigned version, unsigned method,
                        const struct bp_str *plain) {
    size_t start = bytes->length;
    bp_str_add(bytes, "CCOB");
    made_add(bytes, version, 2);
    made_add(bytes, method, 2);
    unsigned word = version == 3 ? 8 : 4;
    if (version > 1) {
        made_add(bytes, 0, word);
    }
    made_add(bytes, plain->length, word);
    made_add(bytes, 0x0123456789abcdef, 8);
    if (!add_packed(bytes, method, plain)) {
        return false;
    }
    if (version > 1) {
        made_set(bytes, start + 8, bytes->length - start, word);
    }
    return true;
}

static const char packed_rows[] =
    "hip gfx90a:sramecc+:xnack- x2 z, hip gfx1030 x2 z, hip gfx906 x2 z, hip gfx942 x2 z, "
    "hip gfx9-4-generic x2 z, hip amdgcnspirv x2 z";

static void test_every_version_and_method(void **state) {
    (void)state;
    struct bp_str plain = BP_STR_EMPTY;
    made_hip_bundle(&plain, ids, 300000);
    for (unsigned version = 1; version <= 3; version++) {
        for (unsigned method = ZLIB; method <= ZSTD; method++) {
            struct bp_str bytes = BP_STR_EMPTY;
            if (made_packed(&bytes, version, method, &plain)) {
                made_align(&bytes, 4096);
                made_packed(&bytes, version, method, &plain);
                assert_section(&bytes, packed_rows, "");
            } else {
                assert_section(&bytes, "", "this program was built without");
            }
            bp_str_free(&bytes);
        }
    }
    bp_str_free(&plain);
}

/* More ids than fit into what is unpacked: those that do are listed, and it is said. */
static void test_list_longer_than_what_is_unpacked(void **state) {
    (void)state;
    enum { COUNT = 400 };
    static const char *many[COUNT + 1];
    for (size_t i = 0; i < COUNT; i++) {
        many[i] = "hipv4-amdgcn-amd-amdhsa--gfx1100";
    }
    struct bp_str plain = BP_STR_EMPTY;
    made_hip_bundle(&plain, many, 0);
    struct bp_str bytes = BP_STR_EMPTY;
    if (made_packed(&bytes, 2, ZSTD, &plain)) {
        /* 16 KiB less 32 bytes, by entries of 24 + 32. */
        assert_section(&bytes, "hip gfx1100 x292 z", "ends within its list");
    }
    bp_str_free(&bytes);
    bp_str_free(&plain);
}

static void test_compressed_something_else(void **state) {
    (void)state;
    struct bp_str plain = BP_STR_EMPTY;
    bp_str_add(&plain, "not a bundle");
    for (unsigned method = ZLIB; method <= ZSTD; method++) {
        struct bp_str bytes = BP_STR_EMPTY;
        if (made_packed(&bytes, 2, method, &plain)) {
            assert_section(&bytes, "", "holds no bundle");
        }
        bp_str_free(&bytes);
    }
    bp_str_free(&plain);
}

static void test_unknown_version_and_method(void **state) {
    (void)state;
    const unsigned odd[][2] = {{0, 1}, {4, 1}, {0xffff, 0}, {2, 2}, {3, 0xffff}};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        struct bp_str bytes = BP_STR_EMPTY;
        bp_str_add(&bytes, "CCOB");
        made_add(&bytes, odd[i][0], 2);
        made_add(&bytes, odd[i][1], 2);
        made_fill(&bytes, 64, 1);
        assert_section(&bytes, "", "of an unknown format: version");
        bp_str_free(&bytes);
    }
}

static void test_compressed_sizes_that_lie(void **state) {
    (void)state;
    const uint64_t sizes[] = {1, 23, 1 << 20, UINT32_MAX, UINT64_MAX, UINT64_MAX - 4096};
    struct bp_str plain = BP_STR_EMPTY;
    made_hip_bundle(&plain, ids, 100);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct bp_str bytes = BP_STR_EMPTY;
        if (made_packed(&bytes, 3, ZSTD, &plain)) {
            made_set(&bytes, 8, sizes[i], 8);
            assert_section(&bytes,
                           "hip gfx90a:sramecc+:xnack- x1 z, hip gfx1030 x1 z, "
                           "hip gfx906 x1 z, hip gfx942 x1 z, hip gfx9-4-generic x1 z, "
                           "hip amdgcnspirv x1 z",
                           "cut short");
        }
        bp_str_free(&bytes);
    }
    bp_str_free(&plain);
}

static void test_compressed_truncations(void **state) {
    (void)state;
    struct bp_str plain = BP_STR_EMPTY;
    made_hip_bundle(&plain, ids, 100);
    for (unsigned method = ZLIB; method <= ZSTD; method++) {
        struct bp_str bytes = BP_STR_EMPTY;
        made_packed(&bytes, 2, method, &plain);
        for (size_t size = 8; size < bytes.length; size++) {
            struct bp_gpu_code code = {0};
            list_section(&bytes, size, &code);
            assert_int_not_equal(code.err.code, BP_OK);
            bp_gpu_code_free(&code);
        }
        bp_str_free(&bytes);
    }
    bp_str_free(&plain);
}

static void test_mutations(void **state) {
    (void)state;
    struct bp_str plain = BP_STR_EMPTY;
    made_hip_bundle(&plain, ids, 64);
    uint64_t seed = 11;
    for (unsigned round = 0; round < 6000; round++) {
        struct bp_str content = BP_STR_EMPTY;
        if (round % 4 == 0 || !made_packed(&content, 1 + round % 3, round % 2, &plain)) {
            bp_str_truncate(&content, 0);
            made_hip_bundle(&content, ids, 64);
        }
        struct bp_str file = BP_STR_EMPTY;
        made_elf_around(&file, &content, round % 5 ? ".hip_fatbin" : NULL);
        for (uint32_t flips = 1 + made_random(&seed) % 6; flips > 0; flips--) {
            file.data[4096 + made_random(&seed) % content.length] = (char)made_random(&seed);
        }
        uint8_t *copy = made_exact(file.data, file.length);
        struct bp_gpu_code code = {0};
        bp_gpu_code_list(bp_cursor_of(copy, file.length), &code);
        assert_true(code.entry_count <= 700);
        bp_gpu_code_free(&code);
        free(copy);
        bp_str_free(&file);
        bp_str_free(&content);
    }
    bp_str_free(&plain);
}

int main(void) {
    bp_memory_install();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_ids_that_name_no_gpu),
        cmocka_unit_test(test_several_bundles),
        cmocka_unit_test(test_every_truncation_is_told),
        cmocka_unit_test(test_numbers_that_lie),
        cmocka_unit_test(test_id_that_is_no_text),
        cmocka_unit_test(test_every_version_and_method),
        cmocka_unit_test(test_list_longer_than_what_is_unpacked),
        cmocka_unit_test(test_compressed_something_else),
        cmocka_unit_test(test_unknown_version_and_method),
        cmocka_unit_test(test_compressed_sizes_that_lie),
        cmocka_unit_test(test_compressed_truncations),
        cmocka_unit_test(test_mutations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
