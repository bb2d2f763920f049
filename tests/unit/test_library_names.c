/* What library file names and wheel metadata names say. */
#include "tests/unit/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "probe/library_names.h"

static void test_families(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"libcudart.so", "cudart"},
        {"libcudart.so.12.4.127", "cudart"},
        {"libcudart-d0da41ae.so.11.0", "cudart"},
        {"libcublas.so.12", "cublas"},
        {"libcublasLt.so.12", "cublasLt"},
        {"libnvJitLink-2a1b3c4d.so.12", "nvJitLink"},
        {"libnvrtc.so.12", "nvrtc"},
        {"libamdhip64.so.6", "amdhip64"},
        {"libhsa-runtime64.so.1", "hsa-runtime64"},
        {"libnvrtc-builtins.so.12.4", NULL},
        {"libcusparseLt.so.0", NULL},
        {"libcudart_static.a", NULL},
        {"libcudart.sol", NULL},
        {"cudart.so.12", NULL},
        {".so", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *family = bp_library_family(cases[i][0]);
        if (cases[i][1]) {
            assert_non_null(family);
            assert_string_equal(family, cases[i][1]);
        } else {
            assert_null(family);
        }
    }
    assert_true(bp_library_is_cuda("nvrtc"));
    assert_false(bp_library_is_cuda("amdhip64"));
    assert_false(bp_library_is_cuda(NULL));
}

static void assert_version(const char *real_name, const char *soname, const char *expected) {
    char *version = bp_library_version(real_name, soname);
    assert_int_equal(version != NULL, expected != NULL);
    if (expected) {
        assert_string_equal(version, expected);
    }
    free(version);
}

static void test_versions_in_file_names(void **state) {
    (void)state;
    assert_version("libcudart.so.12.4.127", "libcudart.so.12", "12.4.127");
    assert_version("libstdc++.so.6.0.30", "libstdc++.so.6", "6.0.30");
    assert_version("libcudart.so.11.0", "libcudart.so.11.0", NULL); /* only the soname */
    assert_version("libcublas.so.12", "libcublas.so.12", NULL);
    assert_version("libcudart.so", "libcudart.so.12", NULL);
    assert_version("libother.so.1.2.3", "libcudart.so.12", NULL);
    assert_version("libcudart.so.12.4.127.bak", "libcudart.so.12", NULL);
}

static void assert_wheel(const char *family, const char *folder, const char *soname,
                         const char *name, const char *version) {
    struct bp_strs metadata = {0};
    bp_strs_split(&metadata,
                  "numpy-1.26.4.dist-info nvidia_cublas_cu12-12.4.5.8.dist-info "
                  "nvidia_cuda_runtime_cu11-11.8.89.dist-info "
                  "nvidia_cuda_runtime_cu12-12.4.127.dist-info nvidia-nvjitlink-cu12 "
                  "nvidia_curand_cu11-10.3.0.86.dist-info nvidia_curand_cu12-10.3.5.147.dist-info "
                  "nvidia_cublas-13.0.2.14.dist-info nvidia_cusparselt_cu12-0.6.2.dist-info",
                  ' ', false);
    char *found_version = NULL;
    char *found = bp_library_wheel(&metadata, family, folder, soname, &found_version);
    assert_int_equal(found != NULL, name != NULL);
    if (name) {
        assert_string_equal(found, name);
        assert_string_equal(found_version, version);
    } else {
        assert_null(found_version);
    }
    free(found);
    free(found_version);
    bp_strs_free(&metadata);
}

static void test_wheels_are_told_apart(void **state) {
    (void)state;
    assert_wheel("cudart", "cuda_runtime", "libcudart.so.12", "nvidia_cuda_runtime_cu12",
                 "12.4.127");
    assert_wheel("cudart", "cuda_runtime", "libcudart.so.11.0", "nvidia_cuda_runtime_cu11",
                 "11.8.89");
    assert_wheel("cublasLt", "cublas", "libcublasLt.so.12", "nvidia_cublas_cu12", "12.4.5.8");
    assert_wheel("cublas", "cu13", "libcublas.so.13", "nvidia_cublas", "13.0.2.14");
    assert_wheel("curand", "curand", "libcurand.so.10", NULL, NULL); /* either of two */
    assert_wheel("cusparse", "cusparse", "libcusparse.so.12", NULL, NULL);
    assert_wheel("nvJitLink", "nvjitlink", "libnvJitLink.so.12", NULL, NULL);
    assert_wheel(NULL, "cublas", NULL, NULL, NULL);
}

static void test_stems(void **state) {
    (void)state;
    assert_true(bp_library_same_stem("libamdhip64.so", "libamdhip64.so.6"));
    assert_true(bp_library_same_stem("libgomp-a34b3233.so.1", "libgomp.so.1"));
    assert_false(bp_library_same_stem("libcublas.so.12", "libcublasLt.so.12"));
    assert_false(bp_library_same_stem("README", "README"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_families),
        cmocka_unit_test(test_versions_in_file_names),
        cmocka_unit_test(test_wheels_are_told_apart),
        cmocka_unit_test(test_stems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
