/* The loader cache as a file, against ldconfig's own words. */
#include "tests/unit/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "probe/binary/ld_cache.h"
#include "tests/unit/run_tool.h"
#include "tests/unit/scratch.h"

static struct bp_root live_root(void) {
    struct bp_root root;
    assert_int_equal(bp_root_open(&root, NULL, NULL), 0);
    return root;
}

static void read_cache(struct bp_ld_cache *cache, const char *path) {
    struct bp_root root = live_root();
    struct bp_err err = {0};
    if (bp_ld_cache_read(cache, &root, path, &err) != 0) {
        fail_msg("%s", bp_err_text(&err));
    }
    bp_root_close(&root);
}

/* `ldconfig -p` prints one entry a line: "\tSONAME (ABI...) => PATH". */
static void compare_with_ldconfig(const struct bp_ld_cache *cache, const char *path) {
    char *output = run_tool((const char *[]){"/sbin/ldconfig", "-p", "-C", path, NULL});
    assert_non_null(output);
    struct bp_strs lines = {0};
    bp_strs_split(&lines, output, '\n', false);
    size_t seen = 0;
    for (size_t i = 0; i < lines.count; i++) {
        if (lines.items[i][0] != '\t') {
            continue;
        }
        assert_true(seen < cache->count);
        const struct bp_ld_cache_entry *entry = &cache->entries[seen++];
        char *start = bp_format("\t%s (", entry->soname);
        char *end = bp_format(" => %s", entry->path);
        assert_true(bp_starts_with(lines.items[i], start));
        assert_true(bp_ends_with(lines.items[i], end));
        bool x86_64 = strstr(lines.items[i], "(libc6,x86-64") != NULL;
        assert_int_equal(bp_ld_cache_fits(entry->flags, "x86_64", 64), x86_64);
        free(start);
        free(end);
    }
    assert_int_equal(seen, cache->count);
    bp_strs_free(&lines);
    free(output);
}

static void test_this_machines_cache(void **state) {
    (void)state;
    struct bp_ld_cache cache;
    read_cache(&cache, BP_LD_CACHE_PATH);
    assert_true(cache.count > 0);
    compare_with_ldconfig(&cache, BP_LD_CACHE_PATH);
    bp_ld_cache_close(&cache);
}

static void test_each_form_that_ldconfig_writes(void **state) {
    (void)state;
    static const char *const forms[] = {"old", "compat", "new"};
    char *scratch = scratch_make();
    char *path = bp_join(scratch, "cache");
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        char *output =
            run_tool((const char *[]){"/sbin/ldconfig", "-X", "-c", forms[i], "-C", path, NULL});
        assert_non_null(output);
        free(output);
        struct bp_ld_cache cache;
        read_cache(&cache, path);
        assert_true(cache.count > 0);
        compare_with_ldconfig(&cache, path);
        bp_ld_cache_close(&cache);
    }
    scratch_remove(scratch);
    free(path);
    free(scratch);
}

/* A library in a subfolder for newer processors stands in the cache with that folder's name. */
static void test_libraries_for_newer_processors(void **state) {
    (void)state;
    char *scratch = scratch_make();
    scratch_write(scratch, "libs/glibc-hwcaps/x86-64-v3/empty", "");
    scratch_write(scratch, "made.c", "int made(void) { return 1; }\n");
    char *source = bp_join(scratch, "made.c");
    char *folder = bp_join(scratch, "libs");
    char *plain = bp_join(folder, "libmade.so.1");
    char *newer = bp_join(folder, "glibc-hwcaps/x86-64-v3/libmade.so.1");
    char *path = bp_join(scratch, "cache");
    char *conf = bp_join(scratch, "conf");
    scratch_write(scratch, "conf", "");
    const char *const targets[] = {plain, newer};
    for (size_t i = 0; i < 2; i++) {
        char *output =
            run_tool((const char *[]){"/usr/bin/gcc", "-shared", "-fPIC",
                                      "-Wl,-soname,libmade.so.1", "-o", targets[i], source, NULL});
        assert_non_null(output);
        free(output);
    }
    char *output =
        run_tool((const char *[]){"/sbin/ldconfig", "-X", "-f", conf, "-C", path, folder, NULL});
    assert_non_null(output);
    struct bp_ld_cache cache;
    read_cache(&cache, path);
    compare_with_ldconfig(&cache, path);
    int found = 0;
    for (size_t i = 0; i < cache.count; i++) {
        if (bp_equal(cache.entries[i].path, newer)) {
            assert_string_equal(cache.entries[i].subfolder, "x86-64-v3");
            found |= 1;
        } else if (bp_equal(cache.entries[i].path, plain)) {
            assert_null(cache.entries[i].subfolder);
            found |= 2;
        }
    }
    assert_int_equal(found, 3);
    bp_ld_cache_close(&cache);
    free(output);
    scratch_remove(scratch);
    char *const owned[] = {source, folder, plain, newer, path, conf, scratch};
    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++) {
        free(owned[i]);
    }
}

/* A new-format cache of one entry in big-endian order, with and without the order flag. */
static void test_the_other_byte_order(void **state) {
    (void)state;
    char *scratch = scratch_make();
    char *path = bp_join(scratch, "cache");
    uint8_t bytes[100] = "glibc-ld.so.cache1.1";
    bytes[23] = 1;  /* entries */
    bytes[27] = 28; /* bytes of strings */
    bytes[50] = 0x05;
    bytes[51] = 0x03;
    bytes[55] = 72;
    bytes[59] = 82;
    memcpy(bytes + 72, "libx.so.1\0/l/libx.so.1", 23);
    for (int flag = 0; flag <= 3; flag += 3) {
        bytes[28] = (uint8_t)flag;
        scratch_write_bytes(scratch, "cache", bytes, sizeof bytes);
        struct bp_ld_cache cache;
        read_cache(&cache, path);
        assert_int_equal(cache.count, 1);
        assert_string_equal(cache.entries[0].soname, "libx.so.1");
        assert_string_equal(cache.entries[0].path, "/l/libx.so.1");
        assert_true(bp_ld_cache_fits(cache.entries[0].flags, "ppc64", 64));
        assert_false(bp_ld_cache_fits(cache.entries[0].flags, "x86_64", 64));
        bp_ld_cache_close(&cache);
    }
    scratch_remove(scratch);
    free(path);
    free(scratch);
}

static void test_damaged_caches_are_refused(void **state) {
    (void)state;
    char *scratch = scratch_make();
    struct bp_root root;
    assert_int_equal(bp_root_open(&root, scratch, NULL), 0);
    struct bp_root live = live_root();
    struct bp_map real = {0};
    assert_int_equal(bp_root_map(&live, BP_LD_CACHE_PATH, &real, NULL), 0);
    /* Cut anywhere before the last string: the strings stand last. */
    for (size_t size = 0; size < real.size; size += size < 64 ? 1 : real.size / 61) {
        scratch_write_bytes(scratch, "cache", real.data, size);
        struct bp_ld_cache cache;
        struct bp_err err = {0};
        int result = bp_ld_cache_read(&cache, &root, "/cache", &err);
        if (size < 48) {
            assert_int_equal(result, -1);
        }
        if (result != 0) {
            assert_true(strlen(bp_err_text(&err)) > 0);
        }
        bp_err_clear(&err);
        bp_ld_cache_close(&cache);
    }
    bp_map_close(&real);
    bp_root_close(&live);
    bp_root_close(&root);
    scratch_remove(scratch);
    free(scratch);
}

/* Bytes changed anywhere: an error or other entries, never a read outside the file. */
static void test_random_damage_is_survived(void **state) {
    (void)state;
    char *scratch = scratch_make();
    char *path = bp_join(scratch, "cache");
    struct bp_root root = live_root();
    struct bp_map real = {0};
    assert_int_equal(bp_root_map(&root, BP_LD_CACHE_PATH, &real, NULL), 0);
    uint8_t *mutant = malloc(real.size);
    assert_non_null(mutant);
    uint64_t seed = 7;
    size_t names = 0;
    for (int round = 0; round < 500; round++) {
        memcpy(mutant, real.data, real.size);
        for (int flips = 0; flips < 4; flips++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            /* Half of them in the header, behind the magic words. */
            size_t reach = flips < 2 ? 28 : real.size - 20;
            mutant[20 + (seed >> 33) % reach] = (uint8_t)(seed >> 17);
        }
        scratch_write_bytes(scratch, "cache", mutant, real.size);
        struct bp_ld_cache cache;
        struct bp_err err = {0};
        int result = bp_ld_cache_read(&cache, &root, path, &err);
        assert_int_equal(result != 0, err.code != BP_OK);
        for (size_t i = 0; i < cache.count; i++) {
            names += strlen(cache.entries[i].soname) + strlen(cache.entries[i].path);
            names += cache.entries[i].subfolder ? strlen(cache.entries[i].subfolder) : 0;
        }
        bp_err_clear(&err);
        bp_ld_cache_close(&cache);
    }
    assert_true(names > 0);
    free(mutant);
    bp_map_close(&real);
    bp_root_close(&root);
    scratch_remove(scratch);
    free(path);
    free(scratch);
}

static void test_a_cache_that_is_not_there(void **state) {
    (void)state;
    struct bp_root root = live_root();
    struct bp_ld_cache cache;
    struct bp_err err = {0};
    assert_int_equal(bp_ld_cache_read(&cache, &root, "/no/such/cache", &err), -1);
    assert_int_equal(err.code, BP_E_ABSENT);
    bp_err_clear(&err);
    bp_ld_cache_close(&cache);
    assert_int_equal(bp_ld_cache_read(&cache, &root, "/etc/passwd", &err), -1);
    assert_int_equal(err.code, BP_E_FORMAT);
    bp_err_clear(&err);
    bp_ld_cache_close(&cache);
    bp_root_close(&root);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_this_machines_cache),
        cmocka_unit_test(test_each_form_that_ldconfig_writes),
        cmocka_unit_test(test_libraries_for_newer_processors),
        cmocka_unit_test(test_the_other_byte_order),
        cmocka_unit_test(test_damaged_caches_are_refused),
        cmocka_unit_test(test_random_damage_is_survived),
        cmocka_unit_test(test_a_cache_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
