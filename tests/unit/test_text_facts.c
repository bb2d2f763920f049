/* What texts in the manner of real reports say about the machine they come from. */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/cmocka_all.h"
#include "base/json.h"
#include "base/memory.h"
#include "checks/text/clean.h"
#include "checks/text/facts.h"

#define PYTHON "/python/interpreters/0"

static cJSON *read(const char *text) {
    struct bp_issue issue = bp_issue_of_text(text, strlen(text));
    return bp_text_facts(&issue);
}

/* A fact that the text states; NULL: it must not be known. */
static void assert_fact(const char *text, const char *pointer, const char *expected) {
    cJSON *facts = read(text);
    bool about = strncmp(pointer, "/text/", 6) == 0;
    const char *found = bp_json_text_at(about ? facts : bp_json_get(facts, "snapshot"), pointer);
    if (!bp_equal(found, expected) && (found || expected)) {
        fail_msg("%s is %s, not %s, in: %s", pointer, found ? found : "unknown",
                 expected ? expected : "unknown", text);
    }
    cJSON_Delete(facts);
}

static void test_versions_of_packages(void **state) {
    (void)state;
    static const char pointer[] = "/bitsandbytes/version";
    assert_fact("bitsandbytes==0.41.1", pointer, "0.41.1");
    assert_fact("bitsandbytes              0.43.2", pointer, "0.43.2");
    assert_fact("- `bitsandbytes` version: 0.44.0", pointer, "0.44.0");
    assert_fact("Name: bitsandbytes\nVersion: 0.39.1\nSummary: x", pointer, "0.39.1");
    assert_fact("in /venv/bitsandbytes-0.38.1-py3.9.egg/x", pointer, "0.38.1");
    assert_fact("bitsandbytes \xEF\xBC\x9A 0.37.0", pointer, "0.37.0");
    assert_fact("bitsandbytes -> 0.45.5", pointer, "0.45.5");
    assert_fact("bnb version 0.39.0", pointer, "0.39.0");
    assert_fact("bitsandbytes.__version__ == 0.49.2", pointer, "0.49.2");
    assert_fact("    bitsandbytes - 0.43.1", pointer, "0.43.1");
    assert_fact("requires bitsandbytes>=0.43.3", pointer, NULL);
    assert_fact("pip install bitsandbytes", pointer, NULL);
    assert_fact("my-bitsandbytes==0.1.2", pointer, NULL);
}

/* What is stated in a listing is surer than what a path or a sentence mentions. */
static void test_plainer_stands(void **state) {
    (void)state;
    assert_fact("bitsandbytes-0.38.1-py3.9.egg\npip list:\nbitsandbytes==0.41.0",
                "/bitsandbytes/version", "0.41.0");
    assert_fact("bitsandbytes==0.41.0 and before I had bitsandbytes 0.37.0",
                "/bitsandbytes/version", "0.41.0");
}

static void test_torch(void **state) {
    (void)state;
    assert_fact("PyTorch version: 2.1.0+cu118", PYTHON "/torch/version", "2.1.0+cu118");
    assert_fact("PyTorch version: 2.1.0+cu118", PYTHON "/torch/cuda", "11.8");
    assert_fact("- PyTorch version (GPU?): 2.0.1 (True)", PYTHON "/torch/version", "2.0.1");
    assert_fact("torch 2.4.0+rocm6.1", PYTHON "/torch/hip", "6.1");
    assert_fact("torch 2.4.0+cpu", "/text/torch_build", "cpu");
    assert_fact("FROM nvcr.io/nvidia/pytorch:24.07-py3", PYTHON "/torch/version", NULL);
    assert_fact("CUDA used to build PyTorch: 12.1", PYTHON "/torch/cuda", "12.1");
    assert_fact("CUDA SETUP: PyTorch settings found: CUDA_VERSION=121, Highest",
                PYTHON "/torch/cuda", "12.1");
}

static void test_other_packages(void **state) {
    (void)state;
    assert_fact("- `transformers` version: 4.38.1", PYTHON "/packages/transformers/0/version",
                "4.38.1");
    assert_fact("accelerate                0.27.2   pypi_0    pypi",
                PYTHON "/packages/accelerate/0/version", "0.27.2");
    assert_fact("peft @ git+https://x", PYTHON "/packages/peft/0/version", NULL);
}

static void test_python(void **state) {
    (void)state;
    assert_fact("- Python version: 3.10.12", PYTHON "/version", "3.10.12");
    assert_fact("/usr/lib/python3.11/site-packages/x", PYTHON "/version", "3.11");
    assert_fact("Python 3.11\nPython 3.11.9", PYTHON "/version", "3.11.9");
    assert_fact("C:\\Programs\\Python\\Python310\\lib\\x.py", PYTHON "/version", "3.10");
}

static void test_platform(void **state) {
    (void)state;
    assert_fact("- Platform: Linux-5.15.0-x86_64-with-glibc2.35", "/host/os", "linux");
    assert_fact("- Platform: Linux-5.15.0-x86_64-with-glibc2.35", "/host/libc/version", "2.35");
    assert_fact("- Platform: Linux-5.15.0-x86_64-with-glibc2.35", "/host/machine", "x86_64");
    /* conda's Python was built with that; the system's is another matter. */
    assert_fact("- Platform: Linux-5.15.0-x86_64-with-glibc2.17", "/host/libc/version", NULL);
    assert_fact("ldd (GNU libc) 2.17", "/host/libc/version", "2.17");
    assert_fact("ldd (Ubuntu GLIBC 2.31-0ubuntu9) 2.31", "/host/libc/version", "2.31");
    assert_fact("File \"C:\\tools\\venv\\x.py\"", "/host/os", "windows");
    assert_fact("OS: Ubuntu 22.04.3 LTS", "/host/distribution/version", "22.04.3");
    assert_fact("on CentOS 7 it fails", "/host/distribution/id", "centos");
    assert_fact("Linux box 5.10 aarch64 GNU/Linux", "/host/machine", "aarch64");
    assert_fact("x-manylinux_2_24_aarch64.whl", "/host/machine", NULL);
    assert_fact("run in Google Colab", "/session/notebook", "colab");
    assert_fact("D:\\apps\\ComfyUI\\main.py", PYTHON "/application", "ComfyUI");
}

static void test_gpu(void **state) {
    (void)state;
    assert_fact("| NVIDIA-SMI 535.54.03  Driver Version: 535.54.03  CUDA Version: 12.2 |",
                "/cuda/driver/version", "12.2");
    assert_fact("| NVIDIA-SMI 535.54.03  Driver Version: 535.54.03  CUDA Version: 12.2 |",
                "/cuda/kernel_module/version", "535.54.03");
    assert_fact("Highest compute capability among GPUs detected: 8.7",
                "/cuda/driver/devices/0/compute_capability", "8.7");
    assert_fact("on an RTX 3090 Ti", "/cuda/driver/devices/0/name", "RTX 3090 Ti");
    assert_fact("on an RTX 3090", "/cuda/driver/devices/0/compute_capability", "8.6");
    assert_fact("Cuda compilation tools, release 11.8, V11.8.89", "/tools/nvcc/version", "11.8");
    assert_fact("CUDA SETUP: Detected CUDA version 118", "/text/cuda_version", "11.8");
}

static void test_missing_library(void **state) {
    (void)state;
    assert_fact("OSError: libcusparse.so.11: cannot open shared object file: No such file",
                "/text/missing_library", "libcusparse.so.11");
    assert_fact("Could not find module 'C:\\x\\libbitsandbytes_cuda121.dll' (or one of its",
                "/text/missing_library", "libbitsandbytes_cuda121.dll");
    assert_fact("CUDA SETUP: Required library version not found: libbitsandbytes_cuda121.so. Maybe",
                "/text/missing_library", "libbitsandbytes_cuda121.so");
    assert_fact(
        "Could not find the bitsandbytes CUDA binary at WindowsPath('C:/a b/libx_cuda126.dll')",
        "/text/missing_library", "libx_cuda126.dll");
}

static void test_version_from_line_numbers(void **state) {
    (void)state;
    assert_fact("x/bitsandbytes/cuda_setup/main.py:166: UserWarning",
                "/text/bitsandbytes_line/at_most", "0.41.3.post2");
    assert_fact("File \"/x/bitsandbytes/cextension.py\", line 85, in <module>",
                "/text/bitsandbytes_line/at_least", "0.45.0");
    assert_fact("File \"/x/bitsandbytes/cextension.py\", line 5, in <module>",
                "/text/bitsandbytes_line/at_least", NULL);
}

static void test_lines_are_named(void **state) {
    (void)state;
    cJSON *facts = read("one\ntwo bitsandbytes==0.41.1\nthree torch==2.1.0\n");
    const cJSON *learned = bp_json_get(facts, "learned");
    assert_int_equal((int)bp_json_number(cJSON_GetArrayItem(learned, 0), "line", 0), 2);
    assert_int_equal((int)bp_json_number(cJSON_GetArrayItem(learned, 1), "line", 0), 3);
    cJSON_Delete(facts);
}

static void test_kind_of_text(void **state) {
    (void)state;
    static const char text[] = "How does it work?\n\n### System Info\n\n_No response_\n\n"
                               "### Reproduction\n\n```\nimport bitsandbytes\n```\n";
    struct bp_issue issue = {
        .data = text, .length = strlen(text), .post_length = strlen(text), .title_length = 17};
    cJSON *facts = bp_text_facts(&issue);
    const cJSON *about = bp_json_get(facts, "text");
    assert_string_equal(bp_json_text(about, "title"), "How does it work?");
    assert_true(bp_json_is_true(about, "title_asks"));
    assert_true(bp_json_is_true(about, "has_code"));
    assert_false(bp_json_is_true(about, "has_traceback"));
    cJSON_Delete(facts);
}

static void assert_asks(const char *text, bool expected) {
    cJSON *facts = read(text);
    if (bp_json_is_true(bp_json_at(facts, "/text"), "asks_question") != expected) {
        fail_msg("asks %s: %s", expected ? "nothing" : "something", text);
    }
    cJSON_Delete(facts);
}

static void test_what_asks(void **state) {
    (void)state;
    assert_asks("can it be saved? thanks", true);
    assert_asks("so the blocks are rows, is that right ?", true);
    assert_asks("# Is it NF4\n\nor FP4?", true);
    assert_asks("\xE4\xBD\xA0\xE5\xA5\xBD\xEF\xBC\x9F", true); /* the full-width mark */
    assert_asks("see https://example.org/page?number=3 for more", false);
    assert_asks("- PyTorch version (GPU?): 2.3.1", false);
    assert_asks("- Using distributed or parallel set-up in script?: yes", false);
    assert_asks("```\nhow does it work?\n```", false);
}

static int count_of(const cJSON *facts, const char *pointer) {
    return cJSON_GetArraySize(bp_json_at(facts, pointer));
}

static void test_applications(void **state) {
    (void)state;
    cJSON *facts = read("# ComfyUI does not start\n\nkohya is on this machine, too\n");
    assert_int_equal(count_of(facts, "/text/applications"), 2);
    assert_int_equal(count_of(facts, "/text/title_applications"), 1);
    assert_int_equal(count_of(facts, "/text/application_paths"), 0);
    cJSON_Delete(facts);
    facts = read("Launching Web UI with arguments: --xformers\n");
    assert_int_equal(count_of(facts, "/text/application_paths"), 1);
    cJSON_Delete(facts);
}

static void assert_unwrapped(const char *text, const char *expected) {
    char *copy = bp_strdup(text);
    size_t length = bp_text_unwrap(copy, strlen(copy));
    assert_string_equal(copy, expected);
    assert_int_equal(length, strlen(expected));
    free(copy);
}

static void test_wrapping_goes(void **state) {
    (void)state;
    assert_unwrapped("a &lt;b&gt; &amp; &#39;c&#x27;", "a <b> & 'c'");
    assert_unwrapped("<details>\n<summary>log</summary>\nx\n</details>", "\nlog\nx\n");
    assert_unwrapped("in <module> and <stdin> &c; & <", "in <module> and <stdin> &c; & <");
    assert_unwrapped("&#0; &#7; &#99999999999;", "&#0; &#7; &#99999999999;");
    assert_unwrapped("", "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_versions_of_packages),
        cmocka_unit_test(test_plainer_stands),
        cmocka_unit_test(test_torch),
        cmocka_unit_test(test_other_packages),
        cmocka_unit_test(test_python),
        cmocka_unit_test(test_platform),
        cmocka_unit_test(test_gpu),
        cmocka_unit_test(test_missing_library),
        cmocka_unit_test(test_version_from_line_numbers),
        cmocka_unit_test(test_lines_are_named),
        cmocka_unit_test(test_kind_of_text),
        cmocka_unit_test(test_what_asks),
        cmocka_unit_test(test_applications),
        cmocka_unit_test(test_wrapping_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
