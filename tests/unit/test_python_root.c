/* Interpreters of another root, where nothing may be run. */
#include "tests/unit/cmocka_all.h"

#include <dirent.h>

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

static void assert_same(const struct gathered *left, const struct gathered *right,
                        const char *pointer) {
    char *first = bp_json_print(bp_json_at(left->snapshot, pointer), false);
    char *second = bp_json_print(bp_json_at(right->snapshot, pointer), false);
    assert_string_equal(first, second);
    free(first);
    free(second);
}

/* What is read from the files of `python`, beside what it says when it is asked. */
static void assert_files_agree(const char *python) {
    static const char *const pointers[] = {FIRST "/version",     FIRST "/implementation",
                                           FIRST "/prefix",      FIRST "/base_prefix",
                                           FIRST "/search_path", FIRST "/site_folders",
                                           FIRST "/bits",        FIRST "/machine",
                                           FIRST "/packages",    FIRST "/kind"};
    struct gathered asked = gather_python(python);
    struct gathered read = gather_python_within("/", python, 1000);
    assert_non_null(text_at(&asked, FIRST "/version"));
    for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++) {
        assert_same(&asked, &read, pointers[i]);
    }
    gathered_free(&read);
    gathered_free(&asked);
}

/* What pyenv installed for the person who runs the tests, if it did. */
static void add_own_pythons(struct bp_strs *pythons) {
    const char *pyenv = getenv("PYENV_ROOT");
    char *versions = pyenv ? bp_join(pyenv, "versions") : NULL;
    DIR *folder = versions ? opendir(versions) : NULL;
    struct dirent *entry;
    while (folder && (entry = readdir(folder))) {
        if (bp_starts_with(entry->d_name, "3.")) {
            bp_strs_add_owned(pythons, bp_format("%s/%s/bin/python", versions, entry->d_name));
        }
    }
    if (folder) {
        closedir(folder);
    }
    free(versions);
}

static void files_agree_with_the_interpreter(void **state) {
    (void)state;
    static const char *const variables[] = {"PATH=/usr/bin:/bin", NULL};
    struct bp_strs pythons = {0};
    add_own_pythons(&pythons);
    only_environment(variables);
    must("%s -m venv --without-pip --system-site-packages %s/venv", SYSTEM_PYTHON, scratch);
    bp_strs_add_owned(&pythons, bp_join(scratch, "venv/bin/python3"));
    for (size_t i = 0; i < pythons.count; i++) {
        assert_files_agree(pythons.items[i]);
    }
    bp_strs_free(&pythons);
}

/* A program that leaves a mark when it is run. */
static void put_program(const char *name) {
    char *text = bp_format("#!/bin/sh\ntouch %s/was-run\n", scratch);
    scratch_write(scratch, name, text);
    must("chmod +x %s/%s", scratch, name);
    free(text);
}

static void put_library(const char *prefix, const char *version) {
    char *module = bp_format("%s/lib/python%s/os.py", prefix, version);
    char *site = bp_format("%s/lib/python%s/site-packages/pip/__init__.py", prefix, version);
    scratch_write(scratch, module, "");
    scratch_write(scratch, site, "");
    free(site);
    free(module);
}

static const cJSON *interpreter_at(const struct gathered *seen, const char *executable) {
    const cJSON *interpreter = NULL;
    cJSON_ArrayForEach(interpreter, bp_json_at(seen->snapshot, "/python/interpreters")) {
        if (bp_equal(bp_json_text(interpreter, "executable"), executable)) {
            return interpreter;
        }
    }
    fail_msg("%s was not found", executable);
    return NULL;
}

static void image(void **state) {
    (void)state;
    put_program("usr/bin/python3.11");
    put_program("usr/bin/python3.11-config");
    must("ln -s python3.11 %s/usr/bin/python3; ln -s usr/bin %s/bin", scratch, scratch);
    put_library("usr", "3.11");
    scratch_write(scratch, "usr/include/python3.11/patchlevel.h",
                  "#define PY_MAJOR_VERSION 3\n#define PY_VERSION_HEX \"no\"\n"
                  "#define PY_VERSION      \t\"3.11.9\"\n");
    put_program("opt/conda/bin/python3.10");
    must("ln -s python3.10 %s/opt/conda/bin/python3", scratch);
    put_library("opt/conda", "3.10");
    scratch_write(scratch, "opt/conda/conda-meta/python-3.10.14-h955ad1f_1.json", "{}");
    scratch_write(scratch, "home/ann/work/venv/pyvenv.cfg",
                  "home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11.9\n");
    must("mkdir %s/home/ann/work/venv/bin; ln -s /usr/bin/python3.11 "
         "%s/home/ann/work/venv/bin/python3",
         scratch, scratch);
    scratch_write(scratch,
                  "home/ann/work/venv/lib/python3.11/site-packages/bitsandbytes/__init__.py",
                  "__version__ = \"0.46.0\"\n");
    struct gathered seen = gather_python_within(scratch, NULL, 1000);
    char *mark = bp_join(scratch, "was-run");
    assert_int_not_equal(access(mark, F_OK), 0);
    free(mark);
    assert_int_equal(cJSON_GetArraySize(bp_json_at(seen.snapshot, "/python/interpreters")), 3);
    assert_true(null_at(&seen, "/python/working_folder"));

    const cJSON *system = interpreter_at(&seen, "/usr/bin/python3");
    assert_string_equal(bp_json_text(system, "version"), "3.11.9");
    assert_string_equal(bp_json_text(system, "kind"), "system");
    const cJSON *conda = interpreter_at(&seen, "/opt/conda/bin/python3");
    assert_string_equal(bp_json_text(conda, "version"), "3.10.14");
    assert_string_equal(bp_json_text(conda, "kind"), "conda");
    /* The one with bitsandbytes is the one that is asked about. */
    assert_string_equal(text_at(&seen, FIRST "/executable"), "/home/ann/work/venv/bin/python3");
    assert_string_equal(text_at(&seen, FIRST "/chosen_because"), "found in the root");
    assert_string_equal(text_at(&seen, FIRST "/kind"), "venv");
    assert_string_equal(text_at(&seen, FIRST "/base_prefix"), "/usr");
    assert_string_equal(text_at(&seen, "/bitsandbytes/path"),
                        "/home/ann/work/venv/lib/python3.11/site-packages/bitsandbytes");
    assert_string_equal(text_at(&seen, "/bitsandbytes/version"), "0.46.0");
    gathered_free(&seen);
}

/* Fedora's layout: the standard library in lib64, packages in both, /usr/local before. */
static void fedora(void **state) {
    (void)state;
    put_program("usr/bin/python3.12");
    must("ln -s python3.12 %s/usr/bin/python3", scratch);
    scratch_write(scratch, "usr/lib64/python3.12/os.py", "");
    scratch_write(scratch, "usr/lib64/python3.12/site.py",
                  "if ENABLE_USER_SITE and 'RPM_BUILD_ROOT' not in os.environ:\n"
                  "    PREFIXES.insert(0, \"/usr/local\")\n");
    must("mkdir -p %s/usr/lib64/python3.12/site-packages %s/usr/lib/python3.12/site-packages "
         "%s/usr/local/lib/python3.12/site-packages",
         scratch, scratch, scratch);
    struct gathered seen = gather_python_within(scratch, NULL, 1000);
    char *path = joined_at(&seen, FIRST "/search_path");
    assert_string_equal(path, "/usr/lib64/python312.zip:/usr/lib64/python3.12:"
                              "/usr/lib64/python3.12/lib-dynload:"
                              "/usr/local/lib/python3.12/site-packages:"
                              "/usr/lib64/python3.12/site-packages:"
                              "/usr/lib/python3.12/site-packages");
    free(path);
    gathered_free(&seen);
}

static void environment_of_an_application(void **state) {
    (void)state;
    static const struct {
        const char *markers[2];
        const char *venv;
        const char *application;
    } rows[] = {
        {{"webui.py", "modules/shared.py"}, "venv", "stable-diffusion-webui"},
        {{"webui.py", "modules_forge/a.py"}, "venv", "forge"},
        {{"kohya_gui.py", "setup.py"}, "venv", "kohya_ss"},
        {{"execution.py", "comfy/model.py"}, ".venv", "comfyui"},
        {{"server.py", "modules/text_generation.py"},
         "installer_files/env",
         "text-generation-webui"},
        {{"main.py", "model.py"}, "venv", NULL},
    };
    put_program("usr/bin/python3.11");
    put_library("usr", "3.11");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *config = bp_format("srv/%zu/%s/pyvenv.cfg", i, rows[i].venv);
        char *python = bp_format("/srv/%zu/%s/bin/python3", i, rows[i].venv);
        scratch_write(scratch, config, "home = /usr/bin\nversion = 3.11.2\n");
        put_program(python + 1);
        for (size_t m = 0; m < 2; m++) {
            char *marker = bp_format("srv/%zu/%s", i, rows[i].markers[m]);
            scratch_write(scratch, marker, "");
            free(marker);
        }
        struct gathered seen = gather_python_within(scratch, python, 1000);
        const char *application = text_at(&seen, FIRST "/application");
        assert_string_equal(text_at(&seen, FIRST "/kind"),
                            rows[i].application ? "app-embedded" : "venv");
        assert_string_equal(application ? application : "none",
                            rows[i].application ? rows[i].application : "none");
        gathered_free(&seen);
        free(python);
        free(config);
    }
}

static void links_stay_inside(void **state) {
    (void)state;
    must("mkdir -p %s/usr/bin && ln -s /usr/bin/python3 %s/usr/bin/python3", scratch, scratch);
    scratch_write(scratch, "venv/pyvenv.cfg", "home = /../../../usr/bin\nversion = 3\n");
    struct gathered seen = gather_python_within(scratch, NULL, 1000);
    assert_null(text_at(&seen, FIRST "/version"));
    gathered_free(&seen);
}

static void empty(void **state) {
    (void)state;
    struct gathered seen = gather_python_within(scratch, NULL, 1000);
    assert_int_equal(cJSON_GetArraySize(bp_json_at(seen.snapshot, "/python/interpreters")), 0);
    assert_int_equal(seen.report.status, BP_STATUS_ABSENT);
    gathered_free(&seen);
    struct gathered asked = gather_python_within(scratch, "/opt/python", 1000);
    assert_non_null(strstr(text_at(&asked, FIRST "/error"), "/opt/python"));
    gathered_free(&asked);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_agree_with_the_interpreter, set_up, tear_down),
        cmocka_unit_test_setup_teardown(image, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fedora, set_up, tear_down),
        cmocka_unit_test_setup_teardown(environment_of_an_application, set_up, tear_down),
        cmocka_unit_test_setup_teardown(links_stay_inside, set_up, tear_down),
        cmocka_unit_test_setup_teardown(empty, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
