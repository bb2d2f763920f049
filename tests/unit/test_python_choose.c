/* Which interpreter a person would get. */
#include "tests/unit/cmocka_all.h"

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

/* A link to the system's interpreter at scratch/NAME. The caller frees the path. */
static char *put_python(const char *name) {
    char *path = bp_join(scratch, name);
    char *folder = bp_dir_name(path);
    must("mkdir -p %s && ln -sf %s %s", folder, SYSTEM_PYTHON, path);
    free(folder);
    return path;
}

static void put_script(const char *name, const char *text) {
    scratch_write(scratch, name, text);
    must("chmod +x %s/%s", scratch, name);
}

/* The environment in which @ stands for the scratch folder. */
static void environment(const char *const variables[]) {
    struct bp_strs replaced = {0};
    for (size_t i = 0; variables[i]; i++) {
        struct bp_str text = BP_STR_EMPTY;
        for (const char *at = variables[i]; *at; at++) {
            if (*at == '@') {
                bp_str_add(&text, scratch);
            } else {
                bp_str_add_char(&text, *at);
            }
        }
        bp_strs_add_owned(&replaced, bp_str_detach(&text));
    }
    bp_strs_add_owned(&replaced, NULL);
    only_environment((const char *const *)replaced.items);
    replaced.count--;
    bp_strs_free(&replaced);
}

static void expect(const char *executable, const char *because) {
    struct gathered seen = gather_python(NULL);
    assert_string_equal(text_at(&seen, FIRST "/executable"), executable);
    assert_string_equal(text_at(&seen, FIRST "/chosen_because"), because);
    assert_non_null(text_at(&seen, FIRST "/version"));
    gathered_free(&seen);
}

static void environment_is_active(void **state) {
    (void)state;
    char *venv = put_python("venv/bin/python");
    char *conda = put_python("conda/bin/python");
    char *on_path = put_python("bin/python3");
    environment((const char *const[]){"PATH=@/bin", NULL});
    expect(on_path, "first python on PATH");
    environment((const char *const[]){"PATH=@/venv/bin:@/bin", "VIRTUAL_ENV=@/venv", NULL});
    expect(venv, "active virtual environment");
    environment((const char *const[]){"PATH=@/bin", "CONDA_PREFIX=@/conda", NULL});
    expect(conda, "active conda environment, though not on PATH");
    /* Both: conda's base is often active below; the one that was activated last is first. */
    environment((const char *const[]){"PATH=@/venv/bin:@/conda/bin", "VIRTUAL_ENV=@/venv",
                                      "CONDA_PREFIX=@/conda", NULL});
    expect(venv, "active virtual environment");
    environment((const char *const[]){"PATH=@/conda/bin/:@/venv/bin", "VIRTUAL_ENV=@/venv",
                                      "CONDA_PREFIX=@/conda", NULL});
    expect(conda, "active conda environment");
    /* A deleted one, still named in the shell. */
    environment((const char *const[]){"PATH=@/bin", "VIRTUAL_ENV=@/gone", NULL});
    expect(on_path, "first python on PATH");
    free(on_path);
    free(conda);
    free(venv);
}

static void current_folder_is_not_trusted(void **state) {
    (void)state;
    char *python = put_python("bin/python3");
    put_script("here/python3", "#!/bin/sh\ntouch was-run\n");
    char *here = bp_join(scratch, "here");
    char *before = getcwd(NULL, 0);
    assert_int_equal(chdir(here), 0);
    environment((const char *const[]){"PATH=.::here:@/bin", NULL});
    expect(python, "first python on PATH");
    environment((const char *const[]){"PATH=.", NULL});
    struct gathered seen = gather_python(NULL);
    assert_int_equal(cJSON_GetArraySize(bp_json_at(seen.snapshot, "/python/interpreters")), 0);
    assert_int_equal(seen.report.status, BP_STATUS_ABSENT);
    gathered_free(&seen);
    assert_int_not_equal(access("was-run", F_OK), 0);
    assert_int_equal(chdir(before), 0);
    free(before);
    free(here);
    free(python);
}

static void asked_for(void **state) {
    (void)state;
    char *python = put_python("bin/named");
    char *venv = put_python("venv/bin/python");
    char *before = getcwd(NULL, 0);
    assert_int_equal(chdir(scratch), 0);
    scratch_write(scratch, "plain", "");
    environment((const char *const[]){"PATH=@/bin", NULL});
    struct gathered seen = gather_python("named|./venv/bin/python|venv/|nothing|./plain|./bin");
    assert_string_equal(text_at(&seen, "/python/interpreters/0/executable"), python);
    assert_string_equal(text_at(&seen, "/python/interpreters/0/asked"), "named");
    assert_string_equal(text_at(&seen, "/python/interpreters/1/executable"), venv);
    assert_string_equal(text_at(&seen, "/python/interpreters/2/executable"), venv);
    assert_string_equal(text_at(&seen, "/python/interpreters/3/error"),
                        "there is no program nothing on PATH");
    assert_non_null(strstr(text_at(&seen, "/python/interpreters/4/error"), "may not be executed"));
    assert_non_null(strstr(text_at(&seen, "/python/interpreters/5/error"), "without bin/python"));
    gathered_free(&seen);
    assert_int_equal(chdir(before), 0);
    free(before);
    free(venv);
    free(python);
}

/* A pyenv whose shims would leave a mark if they were run. */
static void put_pyenv(void) {
    free(put_python("pyenv/versions/3.11.4/bin/python3"));
    free(put_python("pyenv/versions/3.11.10/bin/python3"));
    free(put_python("pyenv/versions/3.12.1/bin/python3"));
    must("mkdir -p %s/pyenv/versions/other/bin", scratch);
    char *shim = bp_format("#!/usr/bin/env bash\nset -e\ntouch %s/was-run\n"
                           "exec \"/usr/libexec/pyenv\" exec \"$program\" \"$@\"\n",
                           scratch);
    put_script("pyenv/shims/python3", shim);
    free(shim);
}

static void expect_version(const char *version) {
    char *executable = version ? bp_format("%s/pyenv/versions/%s/bin/python3", scratch, version)
                               : bp_format("%s/bin/python3", scratch);
    char *mark = bp_join(scratch, "was-run");
    char *shim = bp_join(scratch, "pyenv/shims/python3");
    struct gathered seen = gather_python(NULL);
    assert_string_equal(text_at(&seen, FIRST "/executable"), executable);
    assert_string_equal(text_at(&seen, FIRST "/shim"), shim);
    assert_int_not_equal(access(mark, F_OK), 0);
    gathered_free(&seen);
    free(shim);
    free(mark);
    free(executable);
}

static void pyenv_shim_is_resolved(void **state) {
    (void)state;
    const char *const plain[] = {"PATH=@/pyenv/shims:@/bin", NULL};
    char *before = getcwd(NULL, 0);
    put_pyenv();
    free(put_python("bin/python3"));
    must("mkdir -p %s/work/deep", scratch);
    char *deep = bp_join(scratch, "work/deep");
    assert_int_equal(chdir(deep), 0);

    environment(plain);
    expect_version(NULL); /* no version set anywhere: the next on PATH */
    scratch_write(scratch, "pyenv/version", "3.12.1\n");
    expect_version("3.12.1");
    scratch_write(scratch, "work/.python-version", "# ours\nother\n3.11.4\n");
    expect_version("3.11.4"); /* "other" has no python3 */
    scratch_write(scratch, "work/deep/.python-version", "system\n");
    expect_version(NULL);
    scratch_write(scratch, "work/deep/.python-version", "python-3.11");
    expect_version("3.11.10"); /* the newest 3.11, by number and not by letter */
    environment(
        (const char *const[]){"PATH=@/pyenv/shims:@/bin", "PYENV_VERSION=3.12.1:system", NULL});
    expect_version("3.12.1");

    environment((const char *const[]){"PATH=@/pyenv/shims:@/bin", "PYENV_VERSION=../../etc", NULL});
    struct gathered seen = gather_python(NULL);
    const char *error = text_at(&seen, FIRST "/error");
    assert_non_null(strstr(error, "pyenv"));
    assert_non_null(strstr(error, "../../etc, from PYENV_VERSION"));
    assert_null(text_at(&seen, FIRST "/executable"));
    assert_int_equal(seen.report.status, BP_STATUS_ABSENT);
    gathered_free(&seen);
    assert_int_equal(chdir(before), 0);
    free(deep);
    free(before);
}

static void shims_of_asdf_and_mise(void **state) {
    (void)state;
    char *before = getcwd(NULL, 0);
    char *asdf = put_python("asdf/installs/python/3.10.2/bin/python3");
    char *mise = put_python("mise/installs/python/3.12/bin/python3");
    put_script(
        "asdf/shims/python3",
        "#!/usr/bin/env bash\n# asdf-plugin: python 3.10.2\nexec /opt/asdf exec \"python3\"\n");
    put_script("mise/bin/mise", "#!/bin/sh\nexit 1\n");
    must("mkdir -p %s/mise/shims && ln -s %s/mise/bin/mise %s/mise/shims/python3", scratch, scratch,
         scratch);
    must("mkdir -p %s/work", scratch);
    char *work = bp_join(scratch, "work");
    assert_int_equal(chdir(work), 0);

    environment((const char *const[]){"PATH=@/asdf/shims", NULL});
    struct gathered unset = gather_python(NULL);
    assert_non_null(strstr(text_at(&unset, FIRST "/error"), "no version is set"));
    gathered_free(&unset);
    scratch_write(scratch, "work/.tool-versions", "nodejs 20.1.0\npython\t3.10.2 # old\n");
    struct gathered seen = gather_python(NULL);
    assert_string_equal(text_at(&seen, FIRST "/executable"), asdf);
    gathered_free(&seen);

    scratch_write(scratch, "work/mise.toml", "[tools]\nnode = \"20\"\npython = \"3.12\"\n");
    environment((const char *const[]){"PATH=@/mise/shims", NULL});
    seen = gather_python(NULL);
    assert_string_equal(text_at(&seen, FIRST "/executable"), mise);
    gathered_free(&seen);
    assert_int_equal(chdir(before), 0);
    free(work);
    free(mise);
    free(asdf);
    free(before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(environment_is_active, set_up, tear_down),
        cmocka_unit_test_setup_teardown(current_folder_is_not_trusted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(asked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pyenv_shim_is_resolved, set_up, tear_down),
        cmocka_unit_test_setup_teardown(shims_of_asdf_and_mise, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
