/* Packages laid out on disk as installers leave them, and as they get damaged. */
#include "tests/unit/cmocka_all.h"

#include <utime.h>

#include "probe/packages.h"
#include "tests/unit/venv.h"

#define PACKAGES FIRST "/packages"

static int copies_at(const struct gathered *seen, const char *pointer) {
    return cJSON_GetArraySize(bp_json_at(seen->snapshot, pointer));
}

static void names(void **state) {
    (void)state;
    static const struct {
        const char *file;
        const char *name;
        const char *version;
    } rows[] = {
        {"torch-2.5.1+cu124.dist-info", "torch", "2.5.1+cu124"},
        {"nvidia_cublas_cu12-12.4.5.8.dist-info", "nvidia_cublas_cu12", "12.4.5.8"},
        {"flash-attn-2.6.3.dist-info", "flash-attn", "2.6.3"},
        {"PyYAML-6.0-py3.11.egg-info", "PyYAML", "6.0"},
        {"cryptography.egg-info", "cryptography", NULL},
        {"bitsandbytes-0.35.0-py3.8.egg", "bitsandbytes", "0.35.0"},
        {"bitsandbytes-0.37.0-py3.10-linux-x86_64.egg", "bitsandbytes", "0.37.0"},
        {"bitsandbytes.egg-link", "bitsandbytes", NULL},
        {"pytorch-cuda-12.1-ha16c6d3_6.json", "pytorch-cuda", "12.1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bp_metadata_name read;
        assert_true(bp_metadata_name_read(rows[i].file, &read));
        assert_string_equal(read.name, rows[i].name);
        if (rows[i].version) {
            assert_string_equal(read.version, rows[i].version);
        } else {
            assert_null(read.version);
        }
        bp_metadata_name_free(&read);
    }
    static const char *const others[] = {"torch", ".dist-info", "history", "x.json", "torch.py"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct bp_metadata_name read;
        assert_false(bp_metadata_name_read(others[i], &read));
        bp_metadata_name_free(&read);
    }
    char *normal = bp_package_normal_name("Intel_Extension.for-_PyTorch");
    assert_string_equal(normal, "intel-extension-for-pytorch");
    free(normal);
}

static void wheel_install(void **state) {
    const struct venv *venv = *state;
    scratch_write(venv->site, "bitsandbytes-0.45.5.dist-info/METADATA",
                  "Metadata-Version: 2.4\r\nName: bitsandbytes\r\nVersion: 0.45.5\r\n"
                  "Requires-Dist: torch<3,>=2.0\r\nRequires-Dist: scipy; extra == \"test\"\r\n"
                  "Requires-Dist: numpy>=1.17; python_version >= \"3.8\"\r\n\r\n"
                  "Name: not-this\r\nRequires-Dist: nor-this\r\n");
    scratch_write(venv->site, "bitsandbytes-0.45.5.dist-info/INSTALLER", "uv\n");
    scratch_write(venv->site, "bitsandbytes-0.45.5.dist-info/WHEEL",
                  "Wheel-Version: 1.0\nTag: py3-none-manylinux_2_24_x86_64\n"
                  "Tag: py3-none-manylinux_2_28_x86_64\n");
    scratch_write(venv->site, "NumPy-2.1.0.dist-info/METADATA", "Name: NumPy\nVersion: 2.1.0\n");
    scratch_write(venv->site, "nvidia_cublas_cu12-12.4.5.8.dist-info/METADATA",
                  "Name: nvidia-cublas-cu12\nVersion: 12.4.5.8\n");
    scratch_write(venv->site, "unrelated-1.0.dist-info/METADATA", "Name: unrelated\nVersion: 1\n");
    char *folder = bp_join(venv->site, "bitsandbytes-0.45.5.dist-info");
    assert_int_equal(utime(folder, &(struct utimbuf){0, 951827696}), 0); /* 2000-02-29 */
    struct gathered seen = gather_python(venv->python);

    assert_int_equal(copies_at(&seen, PACKAGES "/bitsandbytes"), 1);
    assert_string_equal(text_at(&seen, PACKAGES "/bitsandbytes/0/name"), "bitsandbytes");
    assert_string_equal(text_at(&seen, PACKAGES "/bitsandbytes/0/version"), "0.45.5");
    assert_string_equal(text_at(&seen, PACKAGES "/bitsandbytes/0/place"), venv->site);
    assert_string_equal(text_at(&seen, PACKAGES "/bitsandbytes/0/metadata"), folder);
    assert_string_equal(text_at(&seen, PACKAGES "/bitsandbytes/0/installer"), "uv");
    assert_string_equal(text_at(&seen, PACKAGES "/bitsandbytes/0/installed_at"),
                        "2000-02-29T12:34:56Z");
    char *tags = joined_at(&seen, PACKAGES "/bitsandbytes/0/wheel_tags");
    char *requires = joined_at(&seen, PACKAGES "/bitsandbytes/0/requires");
    assert_string_equal(tags, "py3-none-manylinux_2_24_x86_64:py3-none-manylinux_2_28_x86_64");
    assert_string_equal(requires, "torch<3,>=2.0:numpy>=1.17; python_version >= \"3.8\"");
    assert_string_equal(text_at(&seen, PACKAGES "/numpy/0/version"), "2.1.0");
    assert_string_equal(text_at(&seen, PACKAGES "/nvidia-cublas-cu12/0/version"), "12.4.5.8");
    assert_null(bp_json_at(seen.snapshot, PACKAGES "/unrelated"));
    assert_int_equal(copies_at(&seen, PACKAGES "/torch"), 0);
    assert_non_null(bp_json_at(seen.snapshot, PACKAGES "/torch"));
    free(requires);
    free(tags);
    free(folder);
    gathered_free(&seen);
}

static void damaged_metadata_costs_only_itself(void **state) {
    const struct venv *venv = *state;
    must("mkdir -p %s/bitsandbytes-0.46.0.dist-info %s/torch-2.6.0.dist-info/METADATA", venv->site,
         venv->site);
    scratch_write(venv->site, "transformers.egg-info", "nothing that is a header\n");
    scratch_write(venv->site, "peft-1.0.dist-info/METADATA", "Name: peft\nVersion: \xff\xfe\n");
    scratch_write(venv->site, "peft-1.0.dist-info/direct_url.json", "{\"url\": ");
    scratch_write(venv->site, "accelerate-1.0.dist-info/METADATA",
                  "Name: accelerate\nVersion: 1.0\n");
    struct gathered seen = gather_python(venv->python);
    assert_string_equal(text_at(&seen, PACKAGES "/bitsandbytes/0/version"), "0.46.0");
    assert_non_null(strstr(reason_at(&seen, PACKAGES "/bitsandbytes/0/requires"), "METADATA"));
    assert_string_equal(text_at(&seen, PACKAGES "/torch/0/version"), "2.6.0");
    assert_non_null(strstr(reason_at(&seen, PACKAGES "/torch/0/requires"), "not a regular file"));
    assert_true(null_at(&seen, PACKAGES "/transformers/0/version"));
    assert_non_null(reason_at(&seen, PACKAGES "/transformers/0/version"));
    assert_string_equal(text_at(&seen, PACKAGES "/peft/0/version"), "\xef\xbf\xbd\xef\xbf\xbd");
    assert_true(null_at(&seen, PACKAGES "/peft/0/editable"));
    assert_non_null(reason_at(&seen, PACKAGES "/peft/0/editable"));
    assert_string_equal(text_at(&seen, PACKAGES "/accelerate/0/version"), "1.0");
    gathered_free(&seen);
}

static void duplicates_in_search_order(void **state) {
    const struct venv *venv = *state;
    char *first = bp_join(venv->scratch, "first");
    scratch_write(first, "transformers-4.30.0.dist-info/METADATA",
                  "Name: transformers\nVersion: 4.30.0\n");
    scratch_write(venv->site, "transformers-4.40.0.dist-info/METADATA",
                  "Name: transformers\nVersion: 4.40.0\n");
    scratch_write(venv->site, "transformers-4.41.0-py3.11.egg-info/PKG-INFO",
                  "Name: transformers\nVersion: 4.41.0\n");
    must("ln -s %s %s/again", venv->site, venv->scratch);
    char *again = bp_format("%s:%s/again", first, venv->scratch);
    setenv("PYTHONPATH", again, 1);
    struct gathered seen = gather_python(venv->python);
    /* The link is the same folder: what it holds is told of once, where it is found first. */
    assert_int_equal(copies_at(&seen, PACKAGES "/transformers"), 3);
    assert_string_equal(text_at(&seen, PACKAGES "/transformers/0/version"), "4.30.0");
    assert_string_equal(text_at(&seen, PACKAGES "/transformers/0/place"), first);
    assert_string_equal(text_at(&seen, PACKAGES "/transformers/1/version"), "4.40.0");
    assert_string_equal(text_at(&seen, PACKAGES "/transformers/2/version"), "4.41.0");
    free(again);
    free(first);
    gathered_free(&seen);
}

static void bare_folder(void **state) {
    const struct venv *venv = *state;
    scratch_write(venv->site, "transformers/__init__.py", "import os\n__version__ = \"4.50.0\"\n");
    scratch_write(venv->site, "peft/__init__.py", "__version__ = compute()\n");
    scratch_write(venv->site, "accelerate/readme.txt", "no package\n");
    scratch_write(venv->site, "torch/__init__.py", "");
    scratch_write(venv->site, "torch-2.0.dist-info/METADATA", "Name: torch\nVersion: 2.0\n");
    struct gathered seen = gather_python(venv->python);
    assert_string_equal(text_at(&seen, PACKAGES "/transformers/0/version"), "4.50.0");
    assert_true(null_at(&seen, PACKAGES "/transformers/0/metadata"));
    assert_int_equal(copies_at(&seen, PACKAGES "/peft"), 1);
    assert_true(null_at(&seen, PACKAGES "/peft/0/version"));
    assert_int_equal(copies_at(&seen, PACKAGES "/accelerate"), 0);
    assert_int_equal(copies_at(&seen, PACKAGES "/torch"), 1);
    gathered_free(&seen);
}

static void editable_installs(void **state) {
    const struct venv *venv = *state;
    char *project = bp_join(venv->scratch, "pro ject");
    char *url = bp_format(
        "{\"url\": \"file://%s/pro%%20ject\", \"dir_info\": {\"editable\": true}}", venv->scratch);
    scratch_write(project, "peft/__init__.py", "");
    scratch_write(project, "peft.egg-info/PKG-INFO", "Name: peft\nVersion: 0.9\n");
    scratch_write(venv->site, "peft-0.9.dist-info/METADATA", "Name: peft\nVersion: 0.9\n");
    scratch_write(venv->site, "peft-0.9.dist-info/direct_url.json", url);
    scratch_write(venv->site, "__editable__.peft-0.9.pth", project);
    char *old = bp_join(venv->scratch, "old");
    char *link = bp_format("%s\n.", old);
    scratch_write(old, "trl.egg-info/PKG-INFO", "Name: trl\nVersion: 0.7\n");
    scratch_write(venv->site, "trl.egg-link", link);
    scratch_write(venv->site, "easy-install.pth", old);
    struct gathered seen = gather_python(venv->python);
    assert_int_equal(copies_at(&seen, PACKAGES "/peft"), 1);
    assert_true(bp_json_is_true(bp_json_at(seen.snapshot, PACKAGES "/peft/0"), "editable"));
    assert_int_equal(copies_at(&seen, PACKAGES "/trl"), 1);
    assert_true(bp_json_is_true(bp_json_at(seen.snapshot, PACKAGES "/trl/0"), "editable"));
    assert_string_equal(text_at(&seen, PACKAGES "/trl/0/source"), old);
    assert_string_equal(text_at(&seen, PACKAGES "/trl/0/version"), "0.7");
    free(link);
    free(old);
    free(url);
    free(project);
    gathered_free(&seen);
}

static void conda_records(void **state) {
    const struct venv *venv = *state;
    scratch_write(venv->scratch, "venv/conda-meta/pytorch-2.3.0-py3.11_cuda12.1_0.json", "{}");
    scratch_write(venv->scratch, "venv/conda-meta/bitsandbytes-0.49.1-cuda129_py311_0.json", "{}");
    scratch_write(venv->scratch, "venv/conda-meta/scipy-1.13.0-py311_0.json", "{}");
    scratch_write(venv->site, "torch-2.3.0-py3.11.egg-info/PKG-INFO",
                  "Name: torch\nVersion: 2.3.0\n");
    scratch_write(venv->site, "bitsandbytes-0.50.0.dist-info/METADATA",
                  "Name: bitsandbytes\nVersion: 0.50.0\n");
    scratch_write(venv->site, "bitsandbytes-0.50.0.dist-info/INSTALLER", "pip\n");
    struct gathered seen = gather_python(venv->python);
    assert_int_equal(copies_at(&seen, PACKAGES "/torch"), 1);
    assert_string_equal(text_at(&seen, PACKAGES "/torch/0/installer"), "conda");
    assert_string_equal(text_at(&seen, PACKAGES "/scipy/0/installer"), "conda");
    assert_string_equal(text_at(&seen, PACKAGES "/scipy/0/version"), "1.13.0");
    /* pip installed over conda's: conda still has a record of the other release. */
    assert_int_equal(copies_at(&seen, PACKAGES "/bitsandbytes"), 2);
    assert_string_equal(text_at(&seen, PACKAGES "/bitsandbytes/0/installer"), "pip");
    assert_string_equal(text_at(&seen, PACKAGES "/bitsandbytes/1/version"), "0.49.1");
    gathered_free(&seen);
}

static void torch_build(void **state) {
    const struct venv *venv = *state;
    scratch_write(venv->site, "torch/__init__.py", "");
    scratch_write(venv->site, "torch/version.py",
                  "from typing import Optional\n\n"
                  "__all__ = ['__version__', 'debug', 'cuda', 'git_version', 'hip', 'xpu']\n"
                  "__version__ = '2.6.0+cu124'\ndebug = False\ncuda: Optional[str] = '12.4'\n"
                  "git_version = '1eba9b3aa3c43f86f4a2c807ac8e12c4a7767340'\n"
                  "hip: Optional[str] = None\nxpu: Optional[str] = None\n");
    struct gathered seen = gather_python(venv->python);
    assert_string_equal(text_at(&seen, FIRST "/torch/version"), "2.6.0+cu124");
    assert_string_equal(text_at(&seen, FIRST "/torch/cuda"), "12.4");
    assert_true(null_at(&seen, FIRST "/torch/hip"));
    assert_true(bp_json_is_true(bp_json_at(seen.snapshot, FIRST "/torch"), "build_known"));
    assert_true(cJSON_IsFalse(bp_json_at(seen.snapshot, FIRST "/torch/debug")));
    gathered_free(&seen);

    scratch_write(venv->site, "torch/version.py", "__version__ = '2.1.0'\ncuda = get_cuda()\n");
    seen = gather_python(venv->python);
    assert_true(cJSON_IsFalse(bp_json_at(seen.snapshot, FIRST "/torch/build_known")));
    gathered_free(&seen);

    must("rm %s/torch/version.py", venv->site);
    seen = gather_python(venv->python);
    assert_true(cJSON_IsFalse(bp_json_at(seen.snapshot, FIRST "/torch/build_known")));
    gathered_free(&seen);
    must("rm -r %s/torch", venv->site);
    seen = gather_python(venv->python);
    assert_true(null_at(&seen, FIRST "/torch"));
    gathered_free(&seen);
}

/* What the interpreter itself would import as NAME in `folder`. */
static char *own_origin(const struct venv *venv, const char *folder, const char *name) {
    char *command = bp_format("cd %s && %s -c \"import importlib.util as u; s = u.find_spec('%s'); "
                              "print(s.origin or list(s.submodule_search_locations)[0])\"",
                              folder, venv->python, name);
    char *origin = said_by(command);
    free(command);
    return origin;
}

static void expect_shadow(const struct venv *venv, const char *folder, const char *name,
                          const char *kind) {
    char *before = getcwd(NULL, 0);
    assert_int_equal(chdir(folder), 0);
    struct gathered seen = gather_python(venv->python);
    char *origin = own_origin(venv, folder, name);
    if (kind) {
        const char *path = text_at(&seen, FIRST "/shadowing/0/path");
        assert_string_equal(text_at(&seen, FIRST "/shadowing/0/package"), name);
        assert_string_equal(text_at(&seen, FIRST "/shadowing/0/kind"), kind);
        assert_true(bp_starts_with(origin, path));
    } else {
        assert_int_equal(copies_at(&seen, FIRST "/shadowing"), 0);
        assert_true(bp_starts_with(origin, venv->site));
    }
    assert_int_equal(chdir(before), 0);
    free(origin);
    free(before);
    gathered_free(&seen);
}

static void shadowing(void **state) {
    const struct venv *venv = *state;
    char *folder = bp_join(venv->scratch, "here");
    scratch_write(venv->site, "bitsandbytes/__init__.py", "");
    scratch_write(folder, "bitsandbytes/data.txt", "");
    expect_shadow(venv, folder, "bitsandbytes", NULL); /* a regular package elsewhere wins */
    scratch_write(folder, "bitsandbytes.py", "");
    expect_shadow(venv, folder, "bitsandbytes", "module");
    scratch_write(folder, "bitsandbytes/__init__.py", "");
    expect_shadow(venv, folder, "bitsandbytes", "package");
    scratch_write(folder, "CMakeLists.txt", "");
    expect_shadow(venv, folder, "bitsandbytes", "source-checkout");
    must("rm -r %s/bitsandbytes* %s/bitsandbytes", folder, venv->site);
    scratch_write(folder, "bitsandbytes/setup.py", "");
    expect_shadow(venv, folder, "bitsandbytes", "namespace-folder");
    free(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test_setup_teardown(wheel_install, venv_set_up, venv_tear_down),
        cmocka_unit_test_setup_teardown(damaged_metadata_costs_only_itself, venv_set_up,
                                        venv_tear_down),
        cmocka_unit_test_setup_teardown(duplicates_in_search_order, venv_set_up, venv_tear_down),
        cmocka_unit_test_setup_teardown(bare_folder, venv_set_up, venv_tear_down),
        cmocka_unit_test_setup_teardown(editable_installs, venv_set_up, venv_tear_down),
        cmocka_unit_test_setup_teardown(conda_records, venv_set_up, venv_tear_down),
        cmocka_unit_test_setup_teardown(torch_build, venv_set_up, venv_tear_down),
        cmocka_unit_test_setup_teardown(shadowing, venv_set_up, venv_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
