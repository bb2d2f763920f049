/* The search path that is worked out, beside the one that the interpreter itself has. */
#include "tests/unit/cmocka_all.h"

#include <dirent.h>

#include "tests/unit/python_probe.h"

/* sys.path of `python` in the environment that is set, without the folder of its program. */
static char *own_search_path(const char *python, const char *folder) {
    char *command =
        bp_format("cd %s && %s -c 'import sys; print(\":\".join(sys.path[1:]))'", folder, python);
    char *said = said_by(command);
    free(command);
    return said;
}

static void assert_agrees(const char *python, const char *folder) {
    char *here = getcwd(NULL, 0);
    assert_int_equal(chdir(folder), 0);
    struct gathered seen = gather_python(python);
    char *worked_out = joined_at(&seen, FIRST "/search_path");
    char *own = own_search_path(python, folder);
    assert_string_not_equal(own, "");
    assert_string_equal(worked_out, own);
    assert_int_equal(chdir(here), 0);
    free(own);
    free(worked_out);
    free(here);
    gathered_free(&seen);
}

/* The interpreters on this machine: the system's, and all that pyenv has put here. */
static void find_interpreters(struct bp_strs *found) {
    const char *home = getenv("HOME");
    char *versions = bp_format("%s/.pyenv/versions", home ? home : "/root");
    bp_strs_add(found, SYSTEM_PYTHON);
    DIR *folder = opendir(versions);
    struct dirent *entry;
    while (folder && (entry = readdir(folder))) {
        if (bp_starts_with(entry->d_name, "3.")) {
            bp_strs_add_owned(found, bp_format("%s/%s/bin/python", versions, entry->d_name));
        }
    }
    if (folder) {
        closedir(folder);
    }
    bp_strs_sort(found);
    free(versions);
}

struct world {
    char *scratch;
    struct bp_strs interpreters;
};

static int set_up(void **state) {
    struct world *world = bp_alloc(sizeof *world);
    world->scratch = scratch_make();
    find_interpreters(&world->interpreters);
    *state = world;
    return 0;
}

static int tear_down(void **state) {
    struct world *world = *state;
    scratch_remove(world->scratch);
    bp_strs_free(&world->interpreters);
    free(world->scratch);
    free(world);
    return 0;
}

static void set_environment(const struct world *world, const char *more) {
    char *home = bp_format("HOME=%s/home", world->scratch);
    const char *const variables[] = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", home, more, NULL};
    only_environment(variables);
    free(home);
}

static void every_interpreter_here(void **state) {
    const struct world *world = *state;
    set_environment(world, NULL);
    for (size_t i = 0; i < world->interpreters.count; i++) {
        assert_agrees(world->interpreters.items[i], "/");
    }
}

static void virtual_environments(void **state) {
    const struct world *world = *state;
    set_environment(world, NULL);
    for (size_t i = 0; i < world->interpreters.count; i++) {
        const char *python = world->interpreters.items[i];
        for (int system_site = 0; system_site < 2; system_site++) {
            char *folder = bp_format("%s/venv-%zu-%d", world->scratch, i, system_site);
            char *program = bp_join(folder, "bin/python");
            must("%s -m venv --without-pip %s %s", python,
                 system_site ? "--system-site-packages" : "", folder);
            assert_agrees(program, "/");
            free(program);
            free(folder);
        }
    }
}

static void python_path(void **state) {
    const struct world *world = *state;
    static const char *const values[] = {
        "PYTHONPATH=/nowhere:relative:/usr/../tmp//", "PYTHONPATH=:/nowhere",
        "PYTHONPATH=/nowhere::", "PYTHONPATH=", "PYTHONPATH=/usr/lib/python3/dist-packages"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        set_environment(world, values[i]);
        assert_agrees(SYSTEM_PYTHON, "/var/tmp");
    }
}

static void user_site(void **state) {
    const struct world *world = *state;
    char *version =
        said_by(SYSTEM_PYTHON " -c 'import sys; print(\"%d.%d\" % sys.version_info[:2])'");
    char *site = bp_format("%s/home/.local/lib/python%s/site-packages", world->scratch, version);
    must("mkdir -p %s", site);
    set_environment(world, NULL);
    assert_agrees(SYSTEM_PYTHON, "/");
    struct gathered on = gather_python(SYSTEM_PYTHON);
    assert_string_equal(text_at(&on, FIRST "/user_site/path"), site);
    assert_true(bp_json_is_true(bp_json_at(on.snapshot, FIRST "/user_site"), "enabled"));
    gathered_free(&on);

    set_environment(world, "PYTHONNOUSERSITE=1");
    assert_agrees(SYSTEM_PYTHON, "/");
    struct gathered off = gather_python(SYSTEM_PYTHON);
    assert_false(bp_json_is_true(bp_json_at(off.snapshot, FIRST "/user_site"), "enabled"));
    gathered_free(&off);
    free(site);
    free(version);
}

static void user_base(void **state) {
    const struct world *world = *state;
    char *version =
        said_by(SYSTEM_PYTHON " -c 'import sys; print(\"%d.%d\" % sys.version_info[:2])'");
    char *variable = bp_format("PYTHONUSERBASE=%s/base", world->scratch);
    must("mkdir -p %s/base/lib/python%s/site-packages", world->scratch, version);
    set_environment(world, variable);
    assert_agrees(SYSTEM_PYTHON, "/");
    free(variable);
    free(version);
}

/* The site-packages folder of the virtual environment `folder`. The caller frees it. */
static char *site_of(const char *folder) {
    char *command = bp_format("echo %s/lib/python3*/site-packages", folder);
    char *site = said_by(command);
    free(command);
    return site;
}

static void write_pth_files(const char *scratch, const char *site) {
    char *text = bp_format("# a comment\n%s/one   \n\n/not/there\n%s/two/../two/three\n%s/one\n"
                           "import os; os.path\n",
                           scratch, scratch, scratch);
    scratch_write(site, "b.pth", text);
    scratch_write(site, "a.pth", "\xef\xbb\xbf/var\n/usr/share\r\nrelative\n");
    scratch_write(site, "z.pth", "no newline at the end");
    must("mkdir -p %s/relative %s/one %s/two/three", site, scratch, scratch);
    free(text);
}

static void pth_files(void **state) {
    const struct world *world = *state;
    set_environment(world, NULL);
    for (size_t i = 0; i < world->interpreters.count; i++) {
        char *folder = bp_format("%s/with-pth-%zu", world->scratch, i);
        char *program = bp_join(folder, "bin/python");
        must("%s -m venv --without-pip %s", world->interpreters.items[i], folder);
        char *site = site_of(folder);
        write_pth_files(world->scratch, site);
        assert_agrees(program, "/");
        struct gathered seen = gather_python(program);
        const char *reason = reason_at(&seen, FIRST "/search_path");
        assert_non_null(strstr(reason, "b.pth runs code"));
        assert_null(strstr(reason, "a.pth"));
        gathered_free(&seen);
        free(site);
        free(program);
        free(folder);
    }
}

/* What `uv run --with` writes, of today and of before: the folders' own .pth files count, too. */
static void overlays_of_uv(void **state) {
    const struct world *world = *state;
    set_environment(world, NULL);
    char *folder = bp_join(world->scratch, "overlay");
    char *program = bp_join(folder, "bin/python");
    must("%s -m venv --without-pip %s", SYSTEM_PYTHON, folder);
    must("mkdir -p %s/first %s/second %s/third", world->scratch, world->scratch, world->scratch);
    char *site = site_of(folder);
    char *text = bp_format("import site; "
                           "site.addsitedir(__import__(\"os\").fsdecode(b\"%s/first\")); "
                           "site.addsitedir(\"%s/second\");",
                           world->scratch, world->scratch);
    char *named = bp_format("%s/third\n", world->scratch);
    char *first = bp_join(world->scratch, "first");
    scratch_write(site, "_uv_ephemeral_overlay.pth", text);
    scratch_write(first, "more.pth", named);
    assert_agrees(program, "/");
    struct gathered seen = gather_python(program);
    assert_null(reason_at(&seen, FIRST "/search_path"));
    gathered_free(&seen);
    scratch_write(site, "_uv_ephemeral_overlay.pth",
                  "import site; site.addsitedir(__import__(\"os\").fsdecode(b\"/t\\xc3\\xb6\"))");
    seen = gather_python(program);
    assert_non_null(
        strstr(reason_at(&seen, FIRST "/search_path"), "_uv_ephemeral_overlay.pth runs"));
    gathered_free(&seen);
    free(first);
    free(named);
    free(text);
    free(site);
    free(program);
    free(folder);
}

static void home_that_moves_the_library_is_said(void **state) {
    set_environment(*state, "PYTHONHOME=/usr");
    struct gathered seen = gather_python(SYSTEM_PYTHON);
    assert_non_null(strstr(reason_at(&seen, FIRST "/search_path"), "PYTHONHOME"));
    gathered_free(&seen);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_interpreter_here),
        cmocka_unit_test(virtual_environments),
        cmocka_unit_test(python_path),
        cmocka_unit_test(user_site),
        cmocka_unit_test(user_base),
        cmocka_unit_test(pth_files),
        cmocka_unit_test(overlays_of_uv),
        cmocka_unit_test(home_that_moves_the_library_is_said),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
