/* The ELF reader against readelf and nm, on this machine's libraries and on ones built here. */
#include "tests/unit/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "probe/binary/binary.h"
#include "tests/unit/made_elf.h"
#include "tests/unit/run_tool.h"
#include "tests/unit/scratch.h"

struct state {
    struct bp_root root;
    char *scratch;
};

static int set_up(void **state) {
    static struct state it;
    assert_int_equal(bp_root_open(&it.root, NULL, NULL), 0);
    it.scratch = scratch_make();
    *state = &it;
    return 0;
}

static int tear_down(void **state) {
    struct state *it = *state;
    scratch_remove(it->scratch);
    free(it->scratch);
    bp_root_close(&it->root);
    return 0;
}

static cJSON *facts_of(struct state *it, const char *path, const char *const *symbols) {
    const struct bp_binary_wishes wishes = {.symbols = symbols, .version_definitions = true};
    struct bp_err err = {0};
    cJSON *facts = bp_binary_facts(&it->root, path, &wishes, &err);
    if (!facts) {
        fail_msg("%s", bp_err_text(&err));
    }
    return facts;
}

static char *tool_output(const char *tool, const char *option, const char *path) {
    char *output = run_tool((const char *[]){tool, option, path, NULL});
    if (!output) {
        fail_msg("%s %s %s could not be run", tool, option, path);
    }
    return output;
}

static void assert_list(const cJSON *array, const struct bp_strs *expected) {
    assert_int_equal(cJSON_GetArraySize(array), expected->count);
    const cJSON *item = NULL;
    size_t i = 0;
    cJSON_ArrayForEach(item, array) {
        assert_string_equal(item->valuestring, expected->items[i++]);
    }
}

static void assert_picked(const cJSON *array, const char *output, const char *before,
                          const char *after) {
    struct bp_strs expected = {0};
    pick_between(output, before, after, &expected);
    assert_list(array, &expected);
    bp_strs_free(&expected);
}

/* One part of what `readelf -V` prints, from `title` to the next section. */
static char *version_part(const char *output, const char *title) {
    const char *start = strstr(output, title);
    if (!start) {
        return bp_strdup("");
    }
    const char *end = strstr(start + strlen(title), "section '");
    return end ? bp_strndup(start, (size_t)(end - start)) : bp_strdup(start);
}

static void compare_versions(const cJSON *facts, const char *path) {
    char *output = tool_output("/usr/bin/readelf", "-VW", path);
    char *needs = version_part(output, "Version needs section");
    char *definitions = version_part(output, "Version definition section");
    cJSON *libraries = cJSON_CreateArray();
    cJSON *asked = cJSON_CreateArray();
    const cJSON *need = NULL;
    cJSON_ArrayForEach(need, bp_json_get(facts, "version_needs")) {
        cJSON_AddItemToArray(libraries, cJSON_CreateString(bp_json_text(need, "library")));
        const cJSON *version = NULL;
        cJSON_ArrayForEach(version, bp_json_get(need, "versions")) {
            cJSON_AddItemToArray(asked, cJSON_CreateString(version->valuestring));
        }
    }
    assert_picked(libraries, needs, "File: ", "  Cnt");
    assert_picked(asked, needs, "Name: ", "  Flags: none");

    struct bp_strs defined = {0};
    struct bp_strs lines = {0};
    bp_strs_split(&lines, definitions, '\n', false);
    for (size_t i = 0; i < lines.count; i++) {
        const char *name = strstr(lines.items[i], "Name: ");
        if (name && !strstr(lines.items[i], "BASE")) {
            bp_strs_add(&defined, name + strlen("Name: "));
        }
    }
    assert_list(bp_json_get(facts, "version_definitions"), &defined);
    bp_strs_free(&defined);
    bp_strs_free(&lines);
    cJSON_Delete(libraries);
    cJSON_Delete(asked);
    free(needs);
    free(definitions);
    free(output);
}

static void compare_dynamic(const cJSON *facts, const char *path) {
    char *output = tool_output("/usr/bin/readelf", "-dW", path);
    struct bp_strs found = {0};
    assert_picked(bp_json_get(facts, "needed"), output, "Shared library: [", "]");
    pick_between(output, "Library soname: [", "]", &found);
    if (found.count) {
        assert_string_equal(bp_json_text(facts, "soname"), found.items[0]);
    } else {
        assert_true(cJSON_IsNull(bp_json_get(facts, "soname")));
    }
    bp_strs_free(&found);
    const char *const titles[][2] = {{"rpath", "Library rpath: ["},
                                     {"runpath", "Library runpath: ["}};
    for (size_t i = 0; i < 2; i++) {
        struct bp_strs folders = {0};
        pick_between(output, titles[i][1], "]", &found);
        if (found.count) {
            bp_strs_split(&folders, found.items[0], ':', true);
        }
        assert_list(bp_json_get(facts, titles[i][0]), &folders);
        bp_strs_free(&folders);
        bp_strs_free(&found);
    }
    free(output);
}

static void compare_build_id(const cJSON *facts, const char *path) {
    char *output = tool_output("/usr/bin/readelf", "-nW", path);
    struct bp_strs found = {0};
    char *ended = bp_format("%s\n", output);
    struct bp_strs lines = {0};
    bp_strs_split(&lines, ended, '\n', false);
    for (size_t i = 0; i < lines.count; i++) {
        const char *id = strstr(lines.items[i], "Build ID: ");
        if (id) {
            bp_strs_add(&found, id + strlen("Build ID: "));
        }
    }
    assert_int_equal(found.count != 0, bp_json_text(facts, "build_id") != NULL);
    if (found.count) {
        assert_string_equal(bp_json_text(facts, "build_id"), found.items[0]);
    }
    bp_strs_free(&lines);
    bp_strs_free(&found);
    free(ended);
    free(output);
}

/* `nm` lists the exported symbols one a line; a capital type letter or u, v, w, i. */
static void compare_symbols(const cJSON *facts, const char *path) {
    char *output = run_tool(
        (const char *[]){"/usr/bin/nm", "-D", "--defined-only", "--extern-only", path, NULL});
    assert_non_null(output);
    struct bp_strs lines = {0};
    bp_strs_split(&lines, output, '\n', false);
    assert_int_equal((size_t)bp_json_number(facts, "exported_count", -1), lines.count);
    bp_strs_free(&lines);
    free(output);
}

static void compare(struct state *it, const char *path) {
    static const char *const symbols[] = {"no_such_function", NULL};
    cJSON *facts = facts_of(it, path, symbols);
    assert_null(bp_json_text(facts, "error"));
    assert_string_equal(bp_json_text(facts, "format"), "elf");
    compare_dynamic(facts, path);
    compare_versions(facts, path);
    compare_build_id(facts, path);
    compare_symbols(facts, path);
    assert_true(cJSON_IsFalse(bp_json_at(facts, "/symbols/no_such_function")));
    cJSON_Delete(facts);
}

/* The file that the compiler would link `name` to, links followed. */
static char *system_library(struct state *it, const char *name) {
    char *option = bp_format("-print-file-name=%s", name);
    char *output = run_tool((const char *[]){"/usr/bin/gcc", option, NULL});
    assert_non_null(output);
    char *path = bp_root_resolve(&it->root, bp_trim(output), NULL);
    assert_non_null(path);
    free(option);
    free(output);
    return path;
}

static void test_this_machines_libraries_read_as_readelf_says(void **state) {
    static const char *const names[] = {"libc.so.6", "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1",
                                        "libcjson.so.1"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *path = system_library(*state, names[i]);
        compare(*state, path);
        free(path);
    }
    compare(*state, "/bin/sh");
    compare(*state, "/usr/bin/gcc");
}

static void test_highest_versions_are_compared_as_numbers(void **state) {
    char *path = system_library(*state, "libstdc++.so.6");
    cJSON *facts = facts_of(*state, path, NULL);
    /* `sort -V` knows that 3.4.30 comes after 3.4.9. */
    char *command = bp_format("readelf -VW %s | sed -n 's/.*Name: GLIBCXX_\\([0-9.]*\\)$/\\1/p' | "
                              "sort -V | tail -n 1",
                              path);
    char *highest = run_tool((const char *[]){"/bin/sh", "-c", command, NULL});
    assert_non_null(highest);
    assert_string_equal(bp_json_text(bp_json_get(facts, "provides"), "GLIBCXX"), bp_trim(highest));
    assert_null(bp_json_get(bp_json_get(facts, "provides"), "GLIBCXX_LDBL"));
    assert_non_null(bp_json_text(bp_json_get(facts, "requires"), "GLIBC"));
    free(command);
    free(highest);
    cJSON_Delete(facts);
    free(path);
}

static void test_private_versions_are_no_family(void **state) {
    char *path = system_library(*state, "libc.so.6");
    cJSON *facts = facts_of(*state, path, NULL);
    const cJSON *provides = bp_json_get(facts, "provides");
    assert_int_equal(cJSON_GetArraySize(provides), 1);
    assert_non_null(bp_json_text(provides, "GLIBC"));
    cJSON_Delete(facts);
    free(path);
}

/* Builds a library from tests' own source with further linker options. */
static char *build(struct state *it, const char *name, const char *const options[]) {
    scratch_write(it->scratch, "made.c",
                  "double pow(double, double);\nint printf(const char *, ...);\n"
                  "int shown(double x) { return printf(\"%f\", pow(x, 0.5)); }\n"
                  "__attribute__((visibility(\"hidden\"))) int hidden(void) { return 1; }\n"
                  "int calls_hidden(void) { return hidden(); }\n"
                  "__attribute__((weak)) int weak(void) { return 2; }\n");
    scratch_write(it->scratch, "made.map",
                  "MADE_1.9 { global: shown; };\n"
                  "MADE_1.10 { global: calls_hidden; weak; local: *; } MADE_1.9;\n");
    char *source = bp_join(it->scratch, "made.c");
    char *target = bp_join(it->scratch, name);
    const char *arguments[32] = {"/usr/bin/gcc", "-shared", "-fPIC", "-o", target, source};
    size_t count = 6;
    for (size_t i = 0; options[i] && count < 31; i++) {
        arguments[count++] = options[i];
    }
    char *output = run_tool(arguments);
    free(source);
    if (!output) {
        free(target);
        return NULL;
    }
    free(output);
    return target;
}

static void compare_built(struct state *it, const char *name, const char *const options[]) {
    char *path = build(it, name, options);
    assert_non_null(path);
    compare(it, path);
    free(path);
}

static void test_what_the_linker_was_told_is_read(void **state) {
    struct state *it = *state;
    char *map = bp_join(it->scratch, "made.map");
    char *script = bp_format("-Wl,--version-script=%s", map);
    compare_built(it, "plain.so", (const char *[]){"-lm", NULL});
    compare_built(it, "sysv.so", (const char *[]){"-lm", "-Wl,--hash-style=sysv", NULL});
    compare_built(it, "gnu.so", (const char *[]){"-lm", "-Wl,--hash-style=gnu", NULL});
    compare_built(it, "both.so", (const char *[]){"-lm", "-Wl,--hash-style=both", "-s", NULL});
    compare_built(
        it, "rpath.so",
        (const char *[]){"-lm", "-Wl,--disable-new-dtags,-rpath,$ORIGIN/../lib:/opt/x", NULL});
    compare_built(it, "runpath.so",
                  (const char *[]){"-lm",
                                   "-Wl,--enable-new-dtags,-rpath,$ORIGIN:/usr/local/cuda/lib64",
                                   "-Wl,-soname,libmade.so.3", NULL});
    compare_built(it, "versions.so", (const char *[]){"-lm", script, "-Wl,--build-id=none", NULL});
    compare_built(it, "alone.so", (const char *[]){"-nostdlib", "-Wl,-z,noseparate-code", NULL});
    free(script);
    free(map);
}

static void test_exported_symbols_are_found_by_name(void **state) {
    static const char *const names[] = {"shown", "hidden", "weak", "pow", "show", "shown2", NULL};
    struct state *it = *state;
    for (int i = 0; i < 2; i++) {
        char *path =
            build(it, "named.so",
                  (const char *[]){i ? "-Wl,--hash-style=gnu" : "-Wl,--hash-style=sysv", NULL});
        assert_non_null(path);
        cJSON *facts = facts_of(it, path, names);
        assert_true(cJSON_IsTrue(bp_json_at(facts, "/symbols/shown")));
        assert_true(cJSON_IsTrue(bp_json_at(facts, "/symbols/weak")));
        assert_true(cJSON_IsFalse(bp_json_at(facts, "/symbols/hidden")));
        assert_true(cJSON_IsFalse(bp_json_at(facts, "/symbols/pow"))); /* used, not defined */
        assert_true(cJSON_IsFalse(bp_json_at(facts, "/symbols/show")));
        assert_true(cJSON_IsFalse(bp_json_at(facts, "/symbols/shown2")));
        cJSON_Delete(facts);
        free(path);
    }
}

static void test_sections_are_not_needed(void **state) {
    struct state *it = *state;
    char *path = build(it, "sectionless.so", (const char *[]){NULL});
    assert_non_null(path);
    cJSON *before = facts_of(it, path, NULL);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    static const char zeros[8] = {0};
    assert_int_equal(fseek(file, 40, SEEK_SET), 0); /* e_shoff */
    assert_int_equal(fwrite(zeros, 1, 8, file), 8);
    assert_int_equal(fseek(file, 58, SEEK_SET), 0); /* e_shentsize, e_shnum, e_shstrndx */
    assert_int_equal(fwrite(zeros, 1, 6, file), 6);
    assert_int_equal(fclose(file), 0);
    cJSON *after = facts_of(it, path, NULL);
    assert_true(cJSON_Compare(before, after, true));
    cJSON_Delete(before);
    cJSON_Delete(after);
    free(path);
}

static void test_32_bit_library_of_the_compiler(void **state) {
    struct state *it = *state;
    char *path = build(it, "small.so",
                       (const char *[]){"-m32", "-nostdlib", "-Wl,-rpath,/opt/small",
                                        "-Wl,--unresolved-symbols=ignore-all", NULL});
    if (!path) {
        skip();
    }
    compare(it, path);
    char *machine = bp_binary_machine(&it->root, path);
    assert_string_equal(machine, "i686");
    free(machine);
    free(path);
}

static void check_made(struct state *it, unsigned bits, bool big_endian, uint16_t number,
                       const char *machine) {
    static const char *const names[] = {"made_function", "libmade.so.1", NULL};
    struct made_elf made = {.bits = bits, .big_endian = big_endian, .machine = number};
    made_elf_make(&made);
    scratch_write_bytes(it->scratch, "made.so", made.bytes, sizeof made.bytes);
    char *path = bp_join(it->scratch, "made.so");
    cJSON *facts = facts_of(it, path, names);
    assert_null(bp_json_text(facts, "error"));
    assert_int_equal((int)bp_json_number(facts, "bits", 0), bits);
    assert_int_equal(bp_json_is_true(facts, "big_endian"), big_endian);
    assert_string_equal(bp_json_text(facts, "machine"), machine);
    assert_string_equal(bp_json_text_at(facts, "/runpath/1"), "/opt/lib");
    assert_string_equal(bp_json_text_at(facts, "/version_needs/0/versions/1"), "NEED_2.9");
    assert_null(bp_json_at(facts, "/version_needs/0/versions/2")); /* a weak one */
    assert_string_equal(bp_json_text_at(facts, "/requires/NEED"), "2.10");
    assert_string_equal(bp_json_text(facts, "build_id"), "deadbeef");
    assert_true(cJSON_IsTrue(bp_json_at(facts, "/symbols/made_function")));
    assert_true(cJSON_IsFalse(bp_json_at(facts, "/symbols/libmade.so.1"))); /* undefined */
    assert_int_equal((int)bp_json_number(facts, "exported_count", -1), 1);
    compare_dynamic(facts, path); /* readelf reads any machine's files */
    cJSON_Delete(facts);
    free(path);
}

static void test_both_word_sizes_and_byte_orders(void **state) {
    check_made(*state, 64, false, EM_X86_64, "x86_64");
    check_made(*state, 64, false, EM_AARCH64, "aarch64");
    check_made(*state, 64, false, EM_PPC64, "ppc64le");
    check_made(*state, 64, true, EM_PPC64, "ppc64");
    check_made(*state, 64, false, EM_RISCV, "riscv64");
    check_made(*state, 32, false, EM_386, "i686");
    check_made(*state, 32, true, EM_PPC, "ppc");
}

static void test_machine_is_as_uname_says(void **state) {
    struct state *it = *state;
    char *machine = bp_binary_machine(&it->root, "/bin/sh");
    char *expected = run_tool((const char *[]){"/bin/uname", "-m", NULL});
    assert_non_null(expected);
    assert_string_equal(machine, bp_trim(expected));
    assert_null(bp_binary_machine(&it->root, "/etc/passwd"));
    assert_null(bp_binary_machine(&it->root, "/no/such/file"));
    free(machine);
    free(expected);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_this_machines_libraries_read_as_readelf_says),
        cmocka_unit_test(test_highest_versions_are_compared_as_numbers),
        cmocka_unit_test(test_private_versions_are_no_family),
        cmocka_unit_test(test_what_the_linker_was_told_is_read),
        cmocka_unit_test(test_exported_symbols_are_found_by_name),
        cmocka_unit_test(test_sections_are_not_needed),
        cmocka_unit_test(test_32_bit_library_of_the_compiler),
        cmocka_unit_test(test_both_word_sizes_and_byte_orders),
        cmocka_unit_test(test_machine_is_as_uname_says),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
