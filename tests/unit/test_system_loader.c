/* What the dynamic loader of this machine says of itself, and what is read from its file. */
#include "tests/unit/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "probe/system_loader.h"
#include "tests/unit/run_tool.h"
#include "tests/unit/scratch.h"

static void test_default_folders_are_the_loaders_own(void **state) {
    (void)state;
    struct bp_root root;
    struct bp_system_loader loader;
    assert_int_equal(bp_root_open(&root, NULL, NULL), 0);
    bp_system_loader_find(&loader, &root, "/bin/sh");
    assert_non_null(loader.path);
    /* Loaders from glibc 2.33 on tell their folders when asked. */
    char *help = run_tool((const char *[]){loader.path, "--help", NULL});
    struct bp_strs told = {0};
    if (help) {
        pick_between(help, "  /", " (system search path)", &told);
    }
    size_t told_count = told.count;
    if (told_count) {
        assert_int_equal(loader.default_folders.count, told_count);
    }
    for (size_t i = 0; i < told_count; i++) {
        assert_string_equal(loader.default_folders.items[i] + 1, told.items[i]);
    }
    bp_strs_free(&told);
    free(help);
    bp_system_loader_free(&loader);
    bp_root_close(&root);
    if (!told_count) {
        skip();
    }
}

static void test_folders_in_a_loaders_bytes(void **state) {
    (void)state;
    static const char bytes[] =
        "junk\0/var/tmp/\0/no/slash\0/lib/\1/\0/lib64/\0/usr/lib64/\0\0/lib/x/";
    struct bp_strs folders = {0};
    bp_system_loader_folders_in(bytes, sizeof bytes - 1, &folders);
    assert_int_equal(folders.count, 2);
    assert_string_equal(folders.items[0], "/lib64");
    assert_string_equal(folders.items[1], "/usr/lib64");
    bp_strs_free(&folders);
    bp_system_loader_folders_in("/lib/", 5, &folders); /* not ended in these bytes */
    assert_int_equal(folders.count, 0);
    bp_system_loader_folders_in("", 0, &folders);
    assert_int_equal(folders.count, 0);
    bp_strs_free(&folders);
}

static void test_tokens_are_replaced(void **state) {
    (void)state;
    char library[] = "lib64";
    char platform[] = "x86_64";
    const struct bp_system_loader loader = {.library = library, .platform = platform};
    static const char *const cases[][2] = {
        {"$ORIGIN/../lib", "/opt/app/../lib"},        {"${ORIGIN}", "/opt/app"},
        {"/usr/$LIB/$PLATFORM", "/usr/lib64/x86_64"}, {"/usr/${LIB}x", "/usr/lib64x"},
        {"/odd/$OTHER/${LIB", "/odd/$OTHER/${LIB"},   {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *expanded = bp_system_loader_expand(&loader, cases[i][0], "/opt/app");
        assert_string_equal(expanded, cases[i][1]);
        free(expanded);
    }
}

static void test_a_root_without_a_loader(void **state) {
    (void)state;
    char *scratch = scratch_make();
    struct bp_root root;
    struct bp_system_loader loader;
    assert_int_equal(bp_root_open(&root, scratch, NULL), 0);
    bp_system_loader_find(&loader, &root, NULL);
    assert_null(loader.path);
    assert_null(loader.machine);
    assert_true(bp_strs_has(&loader.default_folders, "/usr/lib"));
    bp_system_loader_free(&loader);
    bp_root_close(&root);
    scratch_remove(scratch);
    free(scratch);
}

/* An Alpine-like root: the program at musl's usual place is told by its name alone. */
static void test_musl(void **state) {
    (void)state;
    char *scratch = scratch_make();
    char *target = bp_join(scratch, "lib/ld-musl-x86_64.so.1");
    scratch_write(scratch, "lib/empty.c", "int nothing;\n");
    char *source = bp_join(scratch, "lib/empty.c");
    char *output = run_tool((const char *[]){"/usr/bin/gcc", "-shared", "-fPIC", "-nostdlib", "-o",
                                             target, source, NULL});
    assert_non_null(output);
    struct bp_root root;
    struct bp_system_loader loader;
    assert_int_equal(bp_root_open(&root, scratch, NULL), 0);
    bp_system_loader_find(&loader, &root, NULL);
    char *machine = run_tool((const char *[]){"/bin/uname", "-m", NULL});
    assert_string_equal(loader.machine, bp_trim(machine));
    assert_true(loader.musl);
    assert_int_equal(loader.default_folders.count, 3);
    assert_string_equal(loader.default_folders.items[0], "/lib");
    bp_system_loader_free(&loader);
    scratch_write(scratch, "etc/ld-musl-x86_64.path", "/own/lib\n/second:/third\n");
    bp_system_loader_find(&loader, &root, NULL);
    assert_int_equal(loader.default_folders.count, 3);
    assert_string_equal(loader.default_folders.items[2], "/third");
    bp_system_loader_free(&loader);
    bp_root_close(&root);
    scratch_remove(scratch);
    free(machine);
    free(output);
    free(source);
    free(target);
    free(scratch);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_default_folders_are_the_loaders_own),
        cmocka_unit_test(test_folders_in_a_loaders_bytes),
        cmocka_unit_test(test_tokens_are_replaced),
        cmocka_unit_test(test_a_root_without_a_loader),
        cmocka_unit_test(test_musl),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
