/* Interpreters that answer, and programs that pretend to be one. */
#include "tests/unit/cmocka_all.h"

#include "probe/python.h"
#include "tests/unit/python_probe.h"

static char *scratch;

static int set_up(void **state) {
    (void)state;
    static const char *const variables[] = {"PATH=/usr/bin:/bin", "HOME=/nonexistent", NULL};
    scratch = scratch_make();
    only_environment(variables);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    scratch_remove(scratch);
    free(scratch);
    return 0;
}

static void says_what_it_is(void **state) {
    (void)state;
    struct gathered seen = gather_python(SYSTEM_PYTHON);
    char *version =
        said_by(SYSTEM_PYTHON " -c 'import platform; print(platform.python_version())'");
    char *bits = said_by(SYSTEM_PYTHON " -c 'import struct; print(8 * struct.calcsize(\"P\"))'");
    char *prefix = said_by(SYSTEM_PYTHON " -c 'import sys; print(sys.prefix)'");
    char *real = said_by("realpath " SYSTEM_PYTHON);
    assert_string_equal(text_at(&seen, FIRST "/version"), version);
    assert_int_equal((int)number_at(&seen, FIRST "/bits"), atol(bits));
    assert_string_equal(text_at(&seen, FIRST "/prefix"), prefix);
    assert_string_equal(text_at(&seen, FIRST "/real_executable"), real);
    assert_string_equal(text_at(&seen, FIRST "/implementation"), "cpython");
    assert_string_equal(text_at(&seen, FIRST "/kind"), "system");
    assert_true(null_at(&seen, FIRST "/error"));
    assert_int_equal(seen.report.status, BP_STATUS_OK);
    free(real);
    free(prefix);
    free(bits);
    free(version);
    gathered_free(&seen);
}

/* Files that would be imported from the current folder or PYTHONPATH leave no trace. */
static void nothing_of_the_persons_is_imported(void **state) {
    (void)state;
    static const char *const names[] = {
        "sys.py",           "site.py",          "os.py",
        "sitecustomize.py", "usercustomize.py", "encodings/__init__.py"};
    char *code = bp_format("open('%s/was-run', 'w')\n", scratch);
    char *mark = bp_join(scratch, "was-run");
    char *before = getcwd(NULL, 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        scratch_write(scratch, names[i], code);
    }
    setenv("PYTHONPATH", scratch, 1);
    setenv("PYTHONSTARTUP", "site.py", 1);
    assert_int_equal(chdir(scratch), 0);
    struct gathered seen = gather_python(SYSTEM_PYTHON);
    assert_non_null(text_at(&seen, FIRST "/version"));
    assert_int_not_equal(access(mark, F_OK), 0);
    gathered_free(&seen);
    assert_int_equal(chdir(before), 0);
    free(before);
    free(mark);
    free(code);
}

static void pretenders(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *error;
    } rows[] = {
        {"#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 0.1; done\n", "time"},
        {"#!/bin/sh\nhead -c 3000 /dev/urandom\n", "did not answer"},
        {"#!/bin/sh\n", "did not answer"},
        {"#!/bin/sh\nyes\n", "printed more than"},
        {"#!/bin/sh\nkill -SEGV $$\n", "signal 11"},
        {"#!/bin/sh\necho no encodings >&2; exit 1\n", "exit code 1 (no encodings)"},
        {"#!/not/there\n", "No such file"},
        {"#!/bin/sh\necho 'bnb-probe python 1'; echo version=3.1; echo path=/x\n",
         "did not answer"},
        {"#!/bin/sh\necho 'bnb-probe python 1'; echo version; echo 'bnb-probe end'\n", "malformed"},
        {"#!/bin/sh\necho 'bnb-probe python 1'; echo version=%zz; echo 'bnb-probe end'\n",
         "malformed"},
        {"#!/bin/sh\necho 'bnb-probe python 1'; echo version=3.9; echo 'bnb-probe end'\n", "lacks"},
    };
    enum { ROWS = sizeof rows / sizeof *rows };
    struct bp_str pythons = BP_STR_EMPTY;
    for (size_t i = 0; i < ROWS; i++) {
        char *name = bp_format("%zu/python", i);
        scratch_write(scratch, name, rows[i].text);
        must("chmod +x %s/%s", scratch, name);
        bp_str_addf(&pythons, "%s/%s|", scratch, name);
        free(name);
    }
    bp_str_add(&pythons, SYSTEM_PYTHON);
    double begun = bp_now_ms();
    struct gathered seen = gather_python_within(NULL, pythons.data, 1000);
    assert_true(bp_now_ms() - begun < 3000);
    for (size_t i = 0; i < ROWS; i++) {
        char *error = bp_format("/python/interpreters/%zu/error", i);
        char *version = bp_format("/python/interpreters/%zu/version", i);
        const char *said = text_at(&seen, error);
        if (!said || !strstr(said, rows[i].error)) {
            fail_msg("row %zu said: %s", i, said ? said : "nothing");
        }
        assert_null(text_at(&seen, version));
        free(version);
        free(error);
    }
    char *last = bp_format("/python/interpreters/%d/version", ROWS);
    assert_non_null(text_at(&seen, last));
    free(last);
    gathered_free(&seen);
    bp_str_free(&pythons);
}

static void odd_folder_names(void **state) {
    (void)state;
    char *folder = bp_format("%s/a b%%41\xc3\xa9=\"'", scratch);
    char *quoted = bp_format("%s/'a b%%41\xc3\xa9=\"'\"'\"''", scratch);
    char *command = bp_format("%s -m venv --without-pip %s", SYSTEM_PYTHON, quoted);
    must("%s", command);
    char *program = bp_join(folder, "bin/python");
    struct gathered seen = gather_python(program);
    assert_string_equal(text_at(&seen, FIRST "/executable"), program);
    assert_string_equal(text_at(&seen, FIRST "/prefix"), folder);
    gathered_free(&seen);
    free(program);
    free(command);
    free(quoted);
    free(folder);
}

/* An image may have no bytecode files; asking must not put any there. */
static void no_bytecode_is_written(void **state) {
    (void)state;
    char *version =
        said_by(SYSTEM_PYTHON " -c 'import sys; print(\"%d.%d\" % sys.version_info[:2])'");
    char *library = said_by(SYSTEM_PYTHON " -c 'import os; print(os.path.dirname(os.__file__))'");
    char *copy = bp_format("%s/copy/lib/python%s", scratch, version);
    char *python = bp_format("%s/copy/bin/python3", scratch);
    char *compiled = bp_join(copy, "encodings/__pycache__");
    must("mkdir -p %s/copy/bin %s/lib-dynload && cp -L %s %s", scratch, copy, SYSTEM_PYTHON,
         python);
    must("cp -r %s/*.py %s/encodings %s && rm -rf %s", library, library, copy, compiled);
    struct gathered seen = gather_python(python);
    assert_non_null(text_at(&seen, FIRST "/version"));
    assert_true(bp_starts_with(text_at(&seen, FIRST "/prefix"), scratch));
    assert_int_not_equal(access(compiled, F_OK), 0);
    gathered_free(&seen);
    free(compiled);
    free(python);
    free(copy);
    free(library);
    free(version);
}

static void answer_behind_other_lines(void **state) {
    (void)state;
    struct bp_interpreters list = {0};
    struct bp_interpreter *interpreter = bp_interpreters_add(&list);
    assert_int_equal(bp_python_read_answer("Welcome!\nbnb-probe python 1\nversion=3.13.0rc2\n"
                                           "abiflags=t\nbase_prefix=/a%20b\npath=/l%c3%a9\n"
                                           "unheard-of=1\nbnb-probe end\nbye\n",
                                           interpreter, NULL),
                     0);
    assert_int_equal(interpreter->major, 3);
    assert_int_equal(interpreter->minor, 13);
    assert_true(interpreter->free_threaded);
    assert_string_equal(interpreter->base_prefix, "/a b");
    assert_string_equal(interpreter->core_path.items[0], "/l\xc3\xa9");
    bp_interpreters_free(&list);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(says_what_it_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_of_the_persons_is_imported, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pretenders, set_up, tear_down),
        cmocka_unit_test_setup_teardown(odd_folder_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_bytecode_is_written, set_up, tear_down),
        cmocka_unit_test_setup_teardown(answer_behind_other_lines, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
