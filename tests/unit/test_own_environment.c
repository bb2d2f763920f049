/* The environment that the program is in, by the files that uv, pipx and venv really leave. */
#include "tests/unit/cmocka_all.h"

#include "probe/own_environment.h"
#include "tests/unit/python_probe.h"

static char *scratch;

static int set_up(void **state) {
    (void)state;
    scratch = scratch_make();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    scratch_remove(scratch);
    free(scratch);
    return 0;
}

/* NAME/bin/bnb-probe in an environment, with one more file of it (NULL: none). */
static void put_environment(const char *name, const char *file) {
    must("mkdir -p %s/%s/bin && touch %s/%s/bin/bnb-probe", scratch, name, scratch, name);
    must("echo 'home = /usr/bin' > %s/%s/pyvenv.cfg", scratch, name);
    if (file) {
        must("mkdir -p $(dirname %s/%s/%s) && touch %s/%s/%s", scratch, name, file, scratch, name,
             file);
    }
}

static void expect(const char *program, const char *folder, bool for_programs,
                   const char *subject) {
    struct bp_root root;
    struct bp_own_environment own;
    assert_int_equal(bp_root_open(&root, NULL, NULL), 0);
    char *path = bp_join(scratch, program);
    char *expected = folder ? bp_join(scratch, folder) : NULL;
    bp_own_environment_find(&root, path, &own);
    assert_true(bp_equal(own.folder, expected) || (!own.folder && !expected));
    assert_int_equal(own.for_programs, for_programs);
    assert_true(bp_equal(own.subject, subject) || (!own.subject && !subject));
    assert_int_equal(bp_own_environment_is_beside_the_point(&own), for_programs && !subject);
    bp_own_environment_free(&own);
    bp_root_close(&root);
    free(expected);
    free(path);
}

static void kinds(void **state) {
    (void)state;
    put_environment("venv", NULL);
    put_environment("work", "lib/python3.12/site-packages/torch/__init__.py");
    put_environment("tools/bnb-probe", "uv-receipt.toml");
    put_environment("venvs/bnb-probe", "pipx_metadata.json");
    put_environment("uv/archive-v0/AbC", NULL);
    put_environment("archive-versions/AbC", NULL);
    put_environment("uv/archive-v1/with", "lib/python3.9/site-packages/bitsandbytes/__init__.py");
    must("mkdir -p %s/plain/bin %s/conda/bin %s/conda/conda-meta", scratch, scratch, scratch);
    expect("venv/bin/bnb-probe", "venv", false, NULL);
    expect("venv/bin/../bin/bnb-probe", "venv", false, NULL);
    expect("work/bin/bnb-probe", "work", false, "torch");
    expect("tools/bnb-probe/bin/bnb-probe", "tools/bnb-probe", true, NULL);
    expect("venvs/bnb-probe/bin/bnb-probe", "venvs/bnb-probe", true, NULL);
    expect("uv/archive-v0/AbC/bin/bnb-probe", "uv/archive-v0/AbC", true, NULL);
    expect("archive-versions/AbC/bin/bnb-probe", "archive-versions/AbC", false, NULL);
    expect("uv/archive-v1/with/bin/bnb-probe", "uv/archive-v1/with", true, "bitsandbytes");
    expect("conda/bin/bnb-probe", "conda", false, NULL);
    expect("plain/bin/bnb-probe", NULL, false, NULL);
    expect("not/there", NULL, false, NULL);
}

static void links_are_followed_one_by_one(void **state) {
    (void)state;
    put_environment("tools/bnb-probe", "uv-receipt.toml");
    must("mkdir -p %s/local/bin %s/cache", scratch, scratch);
    must("ln -s ../../tools/bnb-probe/bin/bnb-probe %s/local/bin/bnb-probe", scratch);
    /* uv's link mode "symlink": the file itself is outside every environment. */
    must("mv %s/tools/bnb-probe/bin/bnb-probe %s/cache/bnb-probe", scratch, scratch);
    must("ln -s %s/cache/bnb-probe %s/tools/bnb-probe/bin/bnb-probe", scratch, scratch);
    must("ln -s round %s/local/bin/round", scratch);
    expect("local/bin/bnb-probe", "tools/bnb-probe", true, NULL);
    expect("local/bin/round", NULL, false, NULL);
}

/* `text` with the scratch folder in place of each @; NULL for NULL. The caller frees it. */
static char *in_scratch(const char *text) {
    struct bp_str whole = BP_STR_EMPTY;
    for (const char *at = text; at && *at; at++) {
        bp_str_addf(&whole, "%.*s", *at == '@' ? (int)strlen(scratch) : 1,
                    *at == '@' ? scratch : at);
    }
    char *made = text ? bp_str_detach(&whole) : NULL;
    bp_str_free(&whole);
    return made;
}

/* PATH and VIRTUAL_ENV, in which @ stands for the scratch folder, after leaving @/PROGRAM's. */
static void expect_left(const char *program, const char *path, const char *active,
                        const char *path_after, const char *active_after) {
    char *texts[] = {in_scratch(path), in_scratch(active), in_scratch(path_after),
                     in_scratch(active_after), bp_join(scratch, program)};
    setenv("PATH", texts[0], 1);
    setenv("VIRTUAL_ENV", texts[1], 1);
    bp_own_environment_leave(texts[4]);
    const char *found[] = {getenv("PATH"), getenv("VIRTUAL_ENV")};
    for (size_t i = 0; i < 2; i++) {
        if (texts[2 + i]) {
            assert_non_null(found[i]);
            assert_string_equal(found[i], texts[2 + i]);
        } else {
            assert_null(found[i]);
        }
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        free(texts[i]);
    }
}

static void leaving(void **state) {
    (void)state;
    char *before = bp_strdup(getenv("PATH"));
    const char *tool = "uv/archive-v0/AbC/bin/bnb-probe";
    put_environment("uv/archive-v0/AbC", NULL);
    put_environment("venv", NULL);
    must("ln -s archive-v0 %s/uv/also", scratch);
    /* What uvx gives: its own first, the person's after it. Order, doubles and empty parts stay. */
    expect_left(tool, "@/uv/archive-v0/AbC/bin:@/venv/bin::/usr/bin:/usr/bin", "@/venv",
                "@/venv/bin::/usr/bin:/usr/bin", "@/venv");
    expect_left(tool, "/usr/bin:@/uv/also/AbC/bin/", "@/uv/also/AbC", "/usr/bin", NULL);
    expect_left(tool, "@/uv/archive-v0/AbC/bin", "@/venv", NULL, "@/venv");
    expect_left("venv/bin/bnb-probe", "@/venv/bin:/usr/bin", "@/venv", "@/venv/bin:/usr/bin",
                "@/venv");
    unsetenv("VIRTUAL_ENV");
    setenv("PATH", before, 1);
    free(before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(kinds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(links_are_followed_one_by_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(leaving, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
