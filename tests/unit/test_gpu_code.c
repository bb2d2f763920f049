/* GPU code in files of each format, whole, stripped, cut off and hostile. */
#include "tests/unit/cmocka_all.h"

#include "base/json.h"
#include "base/memory.h"
#include "probe/binary/gpu_code.h"
#include "tests/unit/made_gpu_code.h"

static const struct made_entry entries[] = {
    {.kind = MADE_CUBIN, .architecture = 75, .stored_size = 40},
    {.kind = MADE_CUBIN, .architecture = 90, .flags = MADE_SPECIFIC, .stored_size = 8},
};

static void assert_facts(const void *file, size_t size, const char *expected) {
    uint8_t *copy = made_exact(file, size);
    cJSON *facts = cJSON_CreateObject();
    bp_gpu_code_facts(bp_cursor_of(copy, size), facts);
    char *text = bp_json_print(facts, false);
    assert_string_equal(text, expected);
    free(text);
    free(copy);
    cJSON_Delete(facts);
}

static const char elf_facts[] =
    "{\"gpu_code\":[{\"kind\":\"cubin\",\"target\":\"sm_75\",\"compressed\":false,\"count\":1},"
    "{\"kind\":\"cubin\",\"target\":\"sm_90a\",\"compressed\":false,\"count\":1}]}";

static void test_elf_with_and_without_sections(void **state) {
    (void)state;
    static const char *const names[] = {".nv_fatbin", "__nv_relfatbin", NULL};
    struct bp_str content = BP_STR_EMPTY;
    made_fatbin(&content, entries, 2);
    made_align(&content, 8);
    for (size_t i = 0; i < 3; i++) {
        struct bp_str file = BP_STR_EMPTY;
        made_elf_around(&file, &content, names[i]);
        assert_facts(file.data, file.length, elf_facts);
        bp_str_free(&file);
    }
    struct bp_str file = BP_STR_EMPTY;
    made_elf_around(&file, &content, ".rodata");
    assert_facts(file.data, file.length, "{\"gpu_code\":[]}");
    bp_str_free(&file);
    bp_str_free(&content);
}

/* Cut before its section headers, which stand last: what is left is looked through. */
static void test_elf_cut_off(void **state) {
    (void)state;
    struct bp_str content = BP_STR_EMPTY;
    made_fatbin(&content, entries, 2);
    struct bp_str file = BP_STR_EMPTY;
    made_elf_around(&file, &content, ".nv_fatbin");
    assert_facts(file.data, file.length - 1, elf_facts);
    assert_facts(file.data, 4096 + 16 + 64,
                 "{\"gpu_code\":[{\"kind\":\"cubin\",\"target\":\"sm_75\",\"compressed\":false,"
                 "\"count\":1}],\"gpu_code_error\":\"a fat binary is cut short: an entry reaches "
                 "beyond its end\"}");
    bp_str_free(&file);
    bp_str_free(&content);
}

static void test_section_outside_the_file(void **state) {
    (void)state;
    struct bp_str content = BP_STR_EMPTY;
    made_fatbin(&content, entries, 2);
    struct bp_str file = BP_STR_EMPTY;
    made_elf_around(&file, &content, ".nv_fatbin");
    made_set(&file, file.length - 2 * 64 + 32, UINT64_MAX - 4095, 8); /* sh_size */
    assert_facts(file.data, file.length,
                 "{\"gpu_code\":null,"
                 "\"gpu_code_error\":\"section .nv_fatbin lies outside the file\"}");
    bp_str_free(&file);
    bp_str_free(&content);
}

/* A DLL has its name cut to 8 letters and its section padded with zeros. */
static void test_pe(void **state) {
    (void)state;
    enum { SIGNATURE = 64, OPTIONAL_SIZE = 240, CONTENT = 1024 };
    struct bp_str file = BP_STR_EMPTY;
    bp_str_add(&file, "MZ");
    made_fill(&file, 0x3c - 2, 0);
    made_add(&file, SIGNATURE, 4);
    bp_str_add_bytes(&file, "PE\0\0", 4);
    made_add(&file, 0x8664 | 1 << 16, 4); /* machine, one section */
    made_fill(&file, 12, 0);
    made_add(&file, OPTIONAL_SIZE, 2);
    made_add(&file, 0x2022, 2);
    made_add(&file, 0x20b, 2);
    made_fill(&file, OPTIONAL_SIZE - 2, 0);
    struct bp_str content = BP_STR_EMPTY;
    made_fatbin(&content, entries, 2);
    bp_str_add(&file, ".nv_fatb");
    const uint64_t section[] = {content.length, 4096, 512, CONTENT, 0, 0, 0x40000040};
    for (size_t i = 0; i < 7; i++) {
        made_add(&file, section[i], i == 6 ? 4 : i == 4 ? 8 : 4);
    }
    made_align(&file, CONTENT);
    bp_str_add_bytes(&file, content.data, content.length);
    made_align(&file, 512);
    assert_facts(file.data, file.length, elf_facts);
    for (size_t size = 2; size < file.length; size++) {
        struct bp_gpu_code code = {0};
        uint8_t *copy = made_exact(file.data, size);
        bp_gpu_code_list(bp_cursor_of(copy, size), &code);
        assert_int_not_equal(code.err.code, BP_OK);
        bp_gpu_code_free(&code);
        free(copy);
    }
    bp_str_free(&content);
    bp_str_free(&file);
}

/* An Intel Mac's library: one segment with one section. */
static void test_macho(void **state) {
    (void)state;
    enum { CONTENT = 512, COMMAND_SIZE = 72 + 80 };
    struct bp_str content = BP_STR_EMPTY;
    made_fatbin(&content, entries, 2);
    struct bp_str file = BP_STR_EMPTY;
    const uint64_t header[] = {0xfeedfacf, 0x01000007, 3, 6, 1, COMMAND_SIZE, 0, 0};
    for (size_t i = 0; i < 8; i++) {
        made_add(&file, header[i], 4);
    }
    made_add(&file, 0x19 | (uint64_t)COMMAND_SIZE << 32, 8);
    bp_str_add_bytes(&file, "__NV_CUDA\0\0\0\0\0\0\0", 16);
    const uint64_t segment[] = {0, 4096, 0, 4096, 0, 1}; /* the last: one section, no flags */
    for (size_t i = 0; i < 6; i++) {
        made_add(&file, segment[i], 8);
    }
    bp_str_add_bytes(&file, "__nv_fatbin\0\0\0\0\0__NV_CUDA\0\0\0\0\0\0\0", 32);
    made_add(&file, 0, 8);
    made_add(&file, content.length, 8);
    made_add(&file, CONTENT, 8);
    made_align(&file, CONTENT);
    bp_str_add_bytes(&file, content.data, content.length);
    assert_facts(file.data, file.length, elf_facts);
    for (size_t size = 4; size < file.length; size++) {
        struct bp_gpu_code code = {0};
        uint8_t *copy = made_exact(file.data, size);
        bp_gpu_code_list(bp_cursor_of(copy, size), &code);
        /* Between header and the end of the section's own entry nothing says that it is there. */
        assert_true(size < 32 + COMMAND_SIZE || code.err.code != BP_OK);
        bp_gpu_code_free(&code);
        free(copy);
    }
    bp_str_free(&content);
    bp_str_free(&file);
}

static void test_mutations(void **state) {
    (void)state;
    struct bp_str content = BP_STR_EMPTY;
    for (int i = 0; i < 4; i++) {
        made_fatbin(&content, entries, 2);
        made_align(&content, 64);
    }
    uint64_t seed = 3;
    static const char *const names[] = {".nv_fatbin", NULL};
    for (int round = 0; round < 6000; round++) {
        struct bp_str file = BP_STR_EMPTY;
        made_elf_around(&file, &content, names[round % 2]);
        for (uint32_t flips = 1 + made_random(&seed) % 8; flips > 0; flips--) {
            /* In the fat binaries, the section headers or the file header. */
            size_t at = made_random(&seed) % (file.length - 4096 + 128);
            at = at < 128 ? at : 4096 + at - 128;
            file.data[at] = (char)made_random(&seed);
        }
        uint8_t *copy = made_exact(file.data, file.length);
        struct bp_gpu_code code = {0};
        bp_gpu_code_list(bp_cursor_of(copy, file.length), &code);
        assert_true(code.entry_count <= file.length / 64);
        bp_gpu_code_free(&code);
        free(copy);
        bp_str_free(&file);
    }
    bp_str_free(&content);
}

int main(void) {
    bp_memory_install();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_elf_with_and_without_sections),
        cmocka_unit_test(test_elf_cut_off),
        cmocka_unit_test(test_section_outside_the_file),
        cmocka_unit_test(test_pe),
        cmocka_unit_test(test_macho),
        cmocka_unit_test(test_mutations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
