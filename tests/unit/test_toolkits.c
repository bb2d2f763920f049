/* CUDA toolkits and the NVIDIA kernel module, laid out as installers leave them. */
#include "tests/unit/cmocka_all.h"

#include "tests/unit/gather.h"

static int set_up(void **state) {
    unsetenv("CUDA_HOME");
    unsetenv("CUDA_PATH");
    unsetenv("CONDA_PREFIX");
    *state = scratch_make();
    return 0;
}

static int tear_down(void **state) {
    scratch_remove(*state);
    free(*state);
    return 0;
}

static void expect_text(const struct gathered *gathered, const char *pointer, const char *text) {
    assert_non_null(text_at(gathered, pointer));
    assert_string_equal(text, text_at(gathered, pointer));
}

static void link_to(const char *scratch, const char *target, const char *name) {
    char *path = bp_join(scratch, name);
    assert_int_equal(0, symlink(target, path));
    free(path);
}

static int count_of(const struct gathered *gathered) {
    return cJSON_GetArraySize(bp_json_at(gathered->snapshot, "/cuda/toolkits"));
}

static void test_versions_by_file(void **state) {
    scratch_write(*state, "usr/local/cuda-12.4/version.json",
                  "{\"cuda\": {\"name\": \"CUDA SDK\", \"version\": \"12.4.1\"}}");
    scratch_write(*state, "usr/local/cuda-12.4/include/cuda.h", "#define CUDA_VERSION 12040\n");
    scratch_write(*state, "usr/local/cuda-12.4/bin/nvcc", "");
    scratch_write(*state, "usr/local/cuda-10.2/version.txt", "CUDA Version 10.2.89\n");
    scratch_write(*state, "usr/local/cuda-11.8/include/cuda.h",
                  "/* */\n#define CUDA_VERSION 11080\n");
    scratch_write(*state, "usr/local/cuda-13.0/bin/nvcc", "");
    scratch_write(*state, "usr/local/cuda-empty/README", "");
    link_to(*state, "/usr/local/cuda-12.4", "usr/local/cuda");
    link_to(*state, "cuda-12.4", "usr/local/cuda-12");
    struct gathered gathered = gather(bp_collect_cuda_toolkits, *state);
    assert_int_equal(4, count_of(&gathered)); /* links lead to one that is listed */
    expect_text(&gathered, "/cuda/toolkits/0/path", "/usr/local/cuda-12.4");
    expect_text(&gathered, "/cuda/toolkits/0/version", "12.4.1");
    expect_text(&gathered, "/cuda/toolkits/0/from", "version.json");
    expect_text(&gathered, "/cuda/toolkits/0/nvcc", "/usr/local/cuda-12.4/bin/nvcc");
    expect_text(&gathered, "/cuda/toolkits/1/version", "10.2.89");
    assert_true(null_at(&gathered, "/cuda/toolkits/1/nvcc"));
    expect_text(&gathered, "/cuda/toolkits/2/version", "11.8");
    expect_text(&gathered, "/cuda/toolkits/2/from", "include/cuda.h");
    assert_true(null_at(&gathered, "/cuda/toolkits/3/version"));
    gathered_free(&gathered);
}

static void test_damaged_version_file(void **state) {
    scratch_write(*state, "opt/cuda/version.json", "{\"cuda\": {\"version\": ");
    scratch_write(*state, "opt/cuda/include/cuda.h", "#define CUDA_VERSION 12060\n");
    struct gathered gathered = gather(bp_collect_cuda_toolkits, *state);
    expect_text(&gathered, "/cuda/toolkits/0/version", "12.6");
    gathered_free(&gathered);
}

static void test_none(void **state) {
    struct gathered gathered = gather(bp_collect_cuda_toolkits, *state);
    assert_int_equal(0, count_of(&gathered));
    assert_int_equal(BP_STATUS_ABSENT, gathered.report.status);
    gathered_free(&gathered);
}

/* On this machine: the variable first, then the nvcc on PATH, be it a link or a wrapper. */
static void test_live_search(void **state) {
    const char *scratch = *state;
    scratch_write(scratch, "one/version.txt", "CUDA Version 10.1.243");
    scratch_write(scratch, "two/version.txt", "CUDA Version 10.0.130");
    scratch_write(scratch, "two/bin/nvcc", "\177ELF");
    scratch_write(scratch, "three/version.txt", "CUDA Version 9.2.148");
    scratch_write(scratch, "three/bin/nvcc", "\177ELF");
    char *script = bp_format("#!/bin/sh\nexec \"%s/three/bin/nvcc\" \"$@\"\n", scratch);
    scratch_write(scratch, "wrapper/nvcc", script);
    free(script);
    char *old_path = bp_strdup(getenv("PATH"));
    char *one = bp_join(scratch, "one");
    char *two = bp_join(scratch, "two");
    char *three = bp_join(scratch, "three");
    char *linked = bp_join(scratch, "linked");
    char *wrapper = bp_join(scratch, "wrapper");
    char *command = bp_format("cd %s && chmod +x */nvcc */bin/nvcc && mkdir linked && "
                              "ln -s ../two/bin/nvcc linked/nvcc",
                              scratch);
    free(said_by(command));
    setenv("CUDA_HOME", one, 1);
    setenv("PATH", linked, 1);
    struct gathered gathered = gather(bp_collect_cuda_toolkits, NULL);
    expect_text(&gathered, "/cuda/toolkits/0/path", one);
    expect_text(&gathered, "/cuda/toolkits/0/found_from", "CUDA_HOME");
    expect_text(&gathered, "/cuda/toolkits/1/path", two);
    expect_text(&gathered, "/cuda/toolkits/1/found_from", "PATH");
    gathered_free(&gathered);
    setenv("PATH", wrapper, 1);
    gathered = gather(bp_collect_cuda_toolkits, NULL);
    expect_text(&gathered, "/cuda/toolkits/1/path", three);
    gathered_free(&gathered);
    setenv("PATH", old_path, 1);
    unsetenv("CUDA_HOME");
    free(command);
    free(wrapper);
    free(linked);
    free(three);
    free(two);
    free(one);
    free(old_path);
}

static void expect_module(const char *scratch, const char *text, const char *version, bool open) {
    scratch_write(scratch, "proc/driver/nvidia/version", text);
    struct gathered gathered = gather(bp_collect_cuda_kernel, scratch);
    const cJSON *module = bp_json_at(gathered.snapshot, "/cuda/kernel_module");
    assert_true(bp_json_is_true(module, "loaded"));
    assert_string_equal(version, bp_json_text(module, "version"));
    assert_int_equal(open, bp_json_is_true(module, "open"));
    gathered_free(&gathered);
}

static void test_kernel_module(void **state) {
    expect_module(*state,
                  "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 01:44:30 "
                  "UTC 2024\nGCC version:  gcc version 12.2.0 (Debian 12.2.0-14)\n",
                  "550.54.14", false);
    expect_module(*state,
                  "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  560.35.03  Release "
                  "Build  (dvs-builder@U16)  Fri Aug 16 21:22:33 UTC 2024\n",
                  "560.35.03", true);
    expect_module(*state, "NVRM version: NVIDIA UNIX x86_64 Kernel Module  390.157  Wed\n",
                  "390.157", false);
}

static void test_module_not_loaded_or_not_known(void **state) {
    struct gathered gathered = gather(bp_collect_cuda_kernel, *state);
    assert_true(null_at(&gathered, "/cuda/kernel_module/loaded"));
    assert_non_null(reason_at(&gathered, "/cuda/kernel_module/loaded"));
    gathered_free(&gathered);
    scratch_write(*state, "sys/module/loop/refcnt", "0");
    gathered = gather(bp_collect_cuda_kernel, *state);
    assert_true(cJSON_IsFalse(bp_json_at(gathered.snapshot, "/cuda/kernel_module/loaded")));
    gathered_free(&gathered);
    scratch_write(*state, "sys/module/nvidia/version", "535.183.01\n");
    gathered = gather(bp_collect_cuda_kernel, *state);
    assert_true(cJSON_IsTrue(bp_json_at(gathered.snapshot, "/cuda/kernel_module/loaded")));
    expect_text(&gathered, "/cuda/kernel_module/version", "535.183.01");
    gathered_free(&gathered);
    scratch_write(*state, "sys/module/nvidia/version", "");
    gathered = gather(bp_collect_cuda_kernel, *state);
    assert_true(null_at(&gathered, "/cuda/kernel_module/version"));
    gathered_free(&gathered);
}

static void test_wsl_has_no_module(void **state) {
    scratch_write(*state, "sys/module/loop/refcnt", "0");
    scratch_write(*state, "dev/dxg", "");
    scratch_write(*state, "dev/null", "");
    struct gathered gathered = gather(bp_collect_cuda_kernel, *state);
    assert_true(null_at(&gathered, "/cuda/kernel_module/loaded"));
    assert_non_null(strstr(reason_at(&gathered, "/cuda/kernel_module/loaded"), "WSL"));
    expect_text(&gathered, "/cuda/device_nodes/0/path", "/dev/dxg");
    assert_null(bp_json_at(gathered.snapshot, "/cuda/device_nodes/1"));
    gathered_free(&gathered);
}

static void test_device_nodes(void **state) {
    scratch_write(*state, "dev/nvidia0", "");
    scratch_write(*state, "dev/nvidia10", "");
    scratch_write(*state, "dev/nvidiactl", "");
    scratch_write(*state, "dev/nvidia-uvm", "");
    scratch_write(*state, "dev/nvidia-modeset", "");
    scratch_write(*state, "dev/nvidia", "");
    struct gathered gathered = gather(bp_collect_cuda_kernel, *state);
    assert_int_equal(4, cJSON_GetArraySize(bp_json_at(gathered.snapshot, "/cuda/device_nodes")));
    assert_true(null_at(&gathered, "/cuda/device_nodes/0/may_use")); /* another root's */
    gathered_free(&gathered);
}

/* Its GPUs stand in proc/driver/nvidia/gpus, but its version file was not recorded. */
static void test_recorded_module(void **state) {
    (void)state;
    char *folder = recorded_machine("nvidiagpunumanodes");
    if (!folder) {
        skip();
    }
    struct gathered gathered = gather(bp_collect_cuda_kernel, folder);
    assert_true(cJSON_IsTrue(bp_json_at(gathered.snapshot, "/cuda/kernel_module/loaded")));
    assert_true(null_at(&gathered, "/cuda/kernel_module/version"));
    gathered_free(&gathered);
    free(folder);
}

#define ON_SCRATCH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_SCRATCH(test_versions_by_file),
        ON_SCRATCH(test_damaged_version_file),
        ON_SCRATCH(test_none),
        ON_SCRATCH(test_live_search),
        ON_SCRATCH(test_kernel_module),
        ON_SCRATCH(test_module_not_loaded_or_not_known),
        ON_SCRATCH(test_wsl_has_no_module),
        ON_SCRATCH(test_device_nodes),
        cmocka_unit_test(test_recorded_module),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
