/* The bitsandbytes that would be imported, in packages laid out as the releases have them. */
#include "tests/unit/cmocka_all.h"

#include "tests/unit/venv.h"

#define BNB "/bitsandbytes"

static void put_metadata(const char *place, const char *name, const char *version) {
    char *file = bp_format("%s-%s.dist-info/METADATA", name, version);
    char *text = bp_format("Metadata-Version: 2.1\nName: %s\nVersion: %s\n", name, version);
    scratch_write(place, file, text);
    free(text);
    free(file);
}

/* Where the interpreter itself would import bitsandbytes from. */
static char *own_origin(const struct venv *venv) {
    char *command = bp_format("cd / && %s -c \"import importlib.util as u, os; "
                              "print(os.path.dirname(u.find_spec('bitsandbytes').origin))\"",
                              venv->python);
    char *origin = said_by(command);
    free(command);
    return origin;
}

static void expect_path(const struct venv *venv, const struct gathered *seen) {
    char *origin = own_origin(venv);
    assert_string_equal(text_at(seen, BNB "/path"), origin);
    free(origin);
}

static bool is_true(const struct gathered *seen, const char *pointer) {
    return cJSON_IsTrue(bp_json_at(seen->snapshot, pointer));
}

static int length_at(const struct gathered *seen, const char *pointer) {
    return cJSON_GetArraySize(bp_json_at(seen->snapshot, pointer));
}

static void release_of_the_old_line(void **state) {
    const struct venv *venv = *state;
    scratch_write(venv->site, "bitsandbytes/__init__.py", "from . import cuda_setup\n");
    scratch_write(venv->site, "bitsandbytes/cuda_setup/main.py", "");
    scratch_write(venv->site, "bitsandbytes/research/__init__.py", "");
    scratch_write(venv->site, "bitsandbytes/libbitsandbytes_cuda118.so", "no library at all");
    scratch_write(venv->site, "bitsandbytes/libbitsandbytes_stray.so", "");
    scratch_write(venv->site, "bitsandbytes/libother.so", "");
    put_metadata(venv->site, "bitsandbytes", "0.41.3");
    scratch_write(venv->site, "bitsandbytes-0.41.3.dist-info/RECORD",
                  "bitsandbytes/__init__.py,sha256=x,1\n"
                  "bitsandbytes/libbitsandbytes_cuda118.so,sha256=x,1\n");
    scratch_write(venv->site, "bitsandbytes-0.41.3.dist-info/WHEEL", "Tag: py3-none-any\n");
    scratch_write(venv->site, "bitsandbytes-0.41.3.dist-info/INSTALLER", "pip\n");
    struct gathered seen = gather_python(venv->python);
    expect_path(venv, &seen);
    assert_true(is_true(&seen, BNB "/installed"));
    assert_string_equal(text_at(&seen, BNB "/version"), "0.41.3");
    assert_true(bp_ends_with(text_at(&seen, BNB "/version_from"), "bitsandbytes-0.41.3.dist-info"));
    assert_string_equal(text_at(&seen, BNB "/distribution"), "bitsandbytes");
    assert_string_equal(text_at(&seen, BNB "/installer"), "pip");
    assert_string_equal(text_at(&seen, BNB "/wheel_tags/0"), "py3-none-any");
    assert_true(is_true(&seen, BNB "/markers/cuda_setup_main"));
    assert_true(is_true(&seen, BNB "/markers/research"));
    assert_false(is_true(&seen, BNB "/markers/cuda_specs"));
    assert_true(null_at(&seen, BNB "/source_checkout"));
    assert_int_equal(length_at(&seen, BNB "/native_libraries"), 2);
    assert_string_equal(text_at(&seen, BNB "/native_libraries/0/name"),
                        "libbitsandbytes_cuda118.so");
    assert_true(is_true(&seen, BNB "/native_libraries/0/in_record"));
    assert_int_equal((int)number_at(&seen, BNB "/native_libraries/0/size_bytes"), 17);
    assert_non_null(text_at(&seen, BNB "/native_libraries/0/error"));
    assert_true(cJSON_IsFalse(bp_json_at(seen.snapshot, BNB "/native_libraries/1/in_record")));
    gathered_free(&seen);
}

static void files_and_metadata_of_different_releases(void **state) {
    const struct venv *venv = *state;
    scratch_write(venv->site, "bitsandbytes/__init__.py", "__version__ = \"0.45.0\"\n");
    put_metadata(venv->site, "bitsandbytes", "0.44.1");
    put_metadata(venv->site, "bitsandbytes_windows", "0.37.5");
    struct gathered seen = gather_python(venv->python);
    char *from = bp_join(venv->site, "bitsandbytes/__init__.py");
    assert_string_equal(text_at(&seen, BNB "/version"), "0.45.0");
    assert_string_equal(text_at(&seen, BNB "/version_from"), from);
    assert_int_equal(length_at(&seen, BNB "/copies"), 2);
    assert_int_equal(length_at(&seen, BNB "/native_libraries"), 0);
    free(from);
    gathered_free(&seen);

    /* The other distribution's files: it is the one in use. */
    scratch_write(venv->site, "bitsandbytes/__init__.py", "__version__ = '0.37.5'\n");
    scratch_write(venv->site, "bitsandbytes/cuda_setup/libbitsandbytes_cuda116.dll", "MZ");
    seen = gather_python(venv->python);
    assert_string_equal(text_at(&seen, BNB "/distribution"), "bitsandbytes_windows");
    assert_string_equal(text_at(&seen, BNB "/copies/0/version"), "0.37.5");
    assert_string_equal(text_at(&seen, BNB "/copies/1/version"), "0.44.1");
    assert_string_equal(text_at(&seen, BNB "/native_libraries/0/name"),
                        "libbitsandbytes_cuda116.dll");
    gathered_free(&seen);
}

/* Two of one name in two places, and one of another name that comes between them. */
static void copies_in_search_order(void **state) {
    const struct venv *venv = *state;
    char *more = bp_join(venv->scratch, "more");
    scratch_write(venv->site, "more.pth", more);
    scratch_write(venv->site, "bitsandbytes/__init__.py", "__version__ = \"0.44.1\"\n");
    put_metadata(venv->site, "bitsandbytes", "0.44.1");
    put_metadata(venv->site, "bitsandbytes_windows", "0.37.5");
    put_metadata(more, "bitsandbytes", "0.41.3");
    struct gathered seen = gather_python(venv->python);
    assert_int_equal(length_at(&seen, BNB "/copies"), 3);
    assert_string_equal(text_at(&seen, BNB "/copies/0/version"), "0.44.1");
    assert_string_equal(text_at(&seen, BNB "/copies/1/version"), "0.37.5");
    assert_string_equal(text_at(&seen, BNB "/copies/2/version"), "0.41.3");
    free(more);
    gathered_free(&seen);
}

static void distribution_of_another_name(void **state) {
    const struct venv *venv = *state;
    scratch_write(venv->site, "bitsandbytes/__init__.py", "__version__ = \"0.45.0\"\n");
    put_metadata(venv->site, "company_kernels", "3.1");
    scratch_write(venv->site, "company_kernels-3.1.dist-info/RECORD",
                  "company/__init__.py,,\nbitsandbytes/__init__.py,,\n");
    struct gathered seen = gather_python(venv->python);
    assert_string_equal(text_at(&seen, BNB "/distribution"), "company_kernels");
    assert_string_equal(text_at(&seen, BNB "/version"), "0.45.0");
    assert_int_equal(length_at(&seen, BNB "/copies"), 1);
    gathered_free(&seen);
}

static void metadata_without_folder(void **state) {
    const struct venv *venv = *state;
    put_metadata(venv->site, "bitsandbytes", "0.45.0");
    struct gathered seen = gather_python(venv->python);
    assert_true(cJSON_IsFalse(bp_json_at(seen.snapshot, BNB "/installed")));
    assert_true(null_at(&seen, BNB "/path"));
    assert_string_equal(text_at(&seen, BNB "/copies/0/version"), "0.45.0");
    gathered_free(&seen);

    scratch_write(venv->site, "bitsandbytes/libbitsandbytes_cpu.so", "");
    struct gathered leftover = gather_python(venv->python);
    assert_true(cJSON_IsFalse(bp_json_at(leftover.snapshot, BNB "/installed")));
    gathered_free(&leftover);
}

static void folder_without_metadata(void **state) {
    const struct venv *venv = *state;
    scratch_write(venv->site, "bitsandbytes/__init__.py", "import os\n");
    struct gathered seen = gather_python(venv->python);
    expect_path(venv, &seen);
    assert_true(is_true(&seen, BNB "/installed"));
    assert_true(null_at(&seen, BNB "/version"));
    assert_true(null_at(&seen, BNB "/distribution"));
    assert_int_equal(length_at(&seen, BNB "/copies"), 1);
    gathered_free(&seen);
}

/* pip install -e with setuptools' two ways: a folder in a .pth file, and a finder. */
static void editable_install(void **state) {
    const struct venv *venv = *state;
    char *project = bp_join(venv->scratch, "clone");
    char *path = bp_join(project, "bitsandbytes");
    char *url = bp_format("{\"url\": \"file://%s\", \"dir_info\": {\"editable\": true}}", project);
    scratch_write(project, "CMakeLists.txt", "");
    scratch_write(project, "bitsandbytes/__init__.py", "__version__ = \"0.50.2.dev0\"\n");
    scratch_write(project, "bitsandbytes/libbitsandbytes_cpu.so", "");
    put_metadata(venv->site, "bitsandbytes", "0.50.2.dev0");
    scratch_write(venv->site, "bitsandbytes-0.50.2.dev0.dist-info/direct_url.json", url);
    scratch_write(venv->site, "bitsandbytes-0.50.2.dev0.dist-info/RECORD", "");
    scratch_write(venv->site, "__editable__.bitsandbytes-0.50.2.dev0.pth", project);
    struct gathered seen = gather_python(venv->python);
    expect_path(venv, &seen);
    assert_true(is_true(&seen, BNB "/editable"));
    assert_string_equal(text_at(&seen, BNB "/source_checkout"), project);
    assert_int_equal(length_at(&seen, BNB "/copies"), 1);
    assert_true(null_at(&seen, BNB "/native_libraries/0/in_record"));
    gathered_free(&seen);

    char *finder = bp_format("MAPPING: dict[str, str] = {'bitsandbytes': '%s'}\n", path);
    scratch_write(venv->site, "__editable___bitsandbytes_0_50_2_dev0_finder.py", finder);
    scratch_write(venv->site, "__editable__.bitsandbytes-0.50.2.dev0.pth",
                  "import __editable___bitsandbytes_0_50_2_dev0_finder as f\n");
    struct gathered found = gather_python(venv->python);
    assert_string_equal(text_at(&found, BNB "/path"), path);
    assert_true(is_true(&found, BNB "/editable"));
    assert_string_equal(text_at(&found, BNB "/source_checkout"), project);
    assert_null(reason_at(&found, FIRST "/search_path"));
    gathered_free(&found);
    free(finder);
    free(url);
    free(path);
    free(project);
}

static void source_trees_nearby(void **state) {
    const struct venv *venv = *state;
    char *before = getcwd(NULL, 0);
    char *tree = bp_join(venv->scratch, "tree");
    scratch_write(tree, "csrc/ops.cu", "");
    scratch_write(tree, "bitsandbytes/__init__.py", "import torch\n");
    scratch_write(tree, "pyproject.toml",
                  "[project]\nname = \"bitsandbytes\"\nversion = \"0.44.0\"\n");
    scratch_write(tree, "build/CMakeCache.txt", "");
    static const char *const folders[] = {"tree", "tree/build"};
    for (size_t i = 0; i < 2; i++) {
        char *folder = bp_join(venv->scratch, folders[i]);
        assert_int_equal(chdir(folder), 0);
        struct gathered seen = gather_python(venv->python);
        assert_int_equal(length_at(&seen, BNB "/sources"), 1);
        assert_string_equal(text_at(&seen, BNB "/sources/0/path"), tree);
        assert_string_equal(text_at(&seen, BNB "/sources/0/version"), "0.44.0");
        gathered_free(&seen);
        free(folder);
    }
    assert_int_equal(chdir(before), 0);
    free(tree);
    free(before);
}

static void entry_points(void **state) {
    const struct venv *venv = *state;
    scratch_write(venv->site, "bitsandbytes/__init__.py", "");
    put_metadata(venv->site, "other", "1");
    scratch_write(venv->site, "other-1.dist-info/entry_points.txt",
                  "[console_scripts]\nx = y:z\n\n[bitsandbytes.backends]\n# no\n"
                  "other = other.ops:register\n[more]\na = b\n");
    struct gathered without = gather_python(venv->python);
    assert_int_equal(length_at(&without, BNB "/backends"), 0);
    gathered_free(&without);
    scratch_write(venv->site, "bitsandbytes/_ops.py", "");
    struct gathered seen = gather_python(venv->python);
    assert_int_equal(length_at(&seen, BNB "/backends"), 1);
    assert_string_equal(text_at(&seen, BNB "/backends/0"), "other = other.ops:register");
    gathered_free(&seen);
}

static void key_symbols_of_a_real_library(void **state) {
    const struct venv *venv = *state;
    scratch_write(venv->site, "bitsandbytes/__init__.py", "");
    scratch_write(
        venv->scratch, "library.c",
        "int get_context(void) { return 0; } int cadam32bit_grad_fp32(void) { return 0; }\n");
    must("cc -shared -fPIC -o %s/bitsandbytes/libbitsandbytes_cuda121.so %s/library.c", venv->site,
         venv->scratch);
    struct gathered seen = gather_python(venv->python);
    assert_string_equal(text_at(&seen, BNB "/native_libraries/0/format"), "elf");
    assert_true(is_true(&seen, BNB "/native_libraries/0/symbols/get_context"));
    assert_true(is_true(&seen, BNB "/native_libraries/0/symbols/cadam32bit_grad_fp32"));
    assert_true(
        cJSON_IsFalse(bp_json_at(seen.snapshot, BNB "/native_libraries/0/symbols/get_cusparse")));
    gathered_free(&seen);
}

static void no_interpreter(void **state) {
    (void)state;
    struct gathered seen = gather_python("/not/there");
    assert_true(null_at(&seen, BNB "/installed"));
    gathered_free(&seen);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(release_of_the_old_line, venv_set_up, venv_tear_down),
        cmocka_unit_test_setup_teardown(files_and_metadata_of_different_releases, venv_set_up,
                                        venv_tear_down),
        cmocka_unit_test_setup_teardown(copies_in_search_order, venv_set_up, venv_tear_down),
        cmocka_unit_test_setup_teardown(distribution_of_another_name, venv_set_up, venv_tear_down),
        cmocka_unit_test_setup_teardown(metadata_without_folder, venv_set_up, venv_tear_down),
        cmocka_unit_test_setup_teardown(folder_without_metadata, venv_set_up, venv_tear_down),
        cmocka_unit_test_setup_teardown(editable_install, venv_set_up, venv_tear_down),
        cmocka_unit_test_setup_teardown(source_trees_nearby, venv_set_up, venv_tear_down),
        cmocka_unit_test_setup_teardown(entry_points, venv_set_up, venv_tear_down),
        cmocka_unit_test_setup_teardown(key_symbols_of_a_real_library, venv_set_up, venv_tear_down),
        cmocka_unit_test_setup_teardown(no_interpreter, venv_set_up, venv_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
