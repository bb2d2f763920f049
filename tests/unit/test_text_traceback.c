/* Python's tracebacks in the forms in which people paste them. */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/cmocka_all.h"
#include "base/json.h"
#include "checks/text/frames.h"
#include "checks/text/traceback.h"

#define SITE "/opt/venv/lib/python3.11/site-packages/"

/* The error that is last in the text. */
static void assert_last(const char *text, const char *type, const char *package,
                        const char *function) {
    cJSON *packages = cJSON_CreateArray();
    cJSON *errors = bp_traceback_read(text, strlen(text), packages);
    int count = cJSON_GetArraySize(errors);
    if (count == 0) {
        fail_msg("no error is found in: %s", text);
    }
    const cJSON *last = cJSON_GetArrayItem(errors, count - 1);
    assert_string_equal(bp_json_text(last, "type"), type);
    if (package) {
        assert_non_null(bp_json_text(last, "package"));
        assert_string_equal(bp_json_text(last, "package"), package);
    } else {
        assert_null(bp_json_text(last, "package"));
    }
    if (function) {
        assert_string_equal(bp_json_text(last, "function"), function);
    }
    cJSON_Delete(errors);
    cJSON_Delete(packages);
}

static void test_plain(void **state) {
    (void)state;
    assert_last("Traceback (most recent call last):\n"
                "  File \"/home/me/run.py\", line 3, in <module>\n    import x\n"
                "  File \"" SITE "bitsandbytes/cextension.py\", line 20, in <module>\n"
                "    raise RuntimeError()\nRuntimeError: \n        CUDA Setup failed\n",
                "RuntimeError", "bitsandbytes", "<module>");
}

/* The standard library's frames are not whose fault it is. */
static void test_innermost_that_is_not_pythons(void **state) {
    (void)state;
    assert_last("Traceback (most recent call last):\n"
                "  File \"" SITE "torch/x.py\", line 3, in load\n"
                "  File \"/usr/lib/python3.11/ctypes/__init__.py\", line 376, in __init__\n"
                "OSError: libx.so: cannot open shared object file\n",
                "OSError", "torch", "load");
}

static void test_message_on_the_next_line(void **state) {
    (void)state;
    static const char text[] =
        "Traceback (most recent call last):\n"
        "  File \"" SITE "bitsandbytes/cextension.py\", line 20, in f\n"
        "RuntimeError:\n        CUDA Setup failed despite it all.\n   more\n";
    cJSON *packages = cJSON_CreateArray();
    cJSON *errors = bp_traceback_read(text, strlen(text), packages);
    assert_string_equal(bp_json_text(cJSON_GetArrayItem(errors, 0), "message"),
                        "CUDA Setup failed despite it all.");
    cJSON_Delete(errors);
    cJSON_Delete(packages);
}

static void test_chained(void **state) {
    (void)state;
    static const char text[] =
        "Traceback (most recent call last):\n  File \"" SITE "peft/a.py\", line 1, in f\n"
        "KeyError: 'x'\n\nThe above exception was the direct cause of the following exception:\n\n"
        "Traceback (most recent call last):\n  File \"" SITE "transformers/b.py\", line 2, in g\n"
        "ImportError: needs accelerate\n";
    assert_last(text, "ImportError", "transformers", "g");
    cJSON *packages = cJSON_CreateArray();
    cJSON *errors = bp_traceback_read(text, strlen(text), packages);
    assert_int_equal(cJSON_GetArraySize(errors), 2);
    assert_true(bp_json_is_true(cJSON_GetArrayItem(errors, 0), "chain"));
    assert_int_equal(cJSON_GetArraySize(packages), 2);
    cJSON_Delete(errors);
    cJSON_Delete(packages);
}

static void test_quoted_and_ranked(void **state) {
    (void)state;
    assert_last("> Traceback (most recent call last):\n"
                ">   File \"" SITE "bitsandbytes/nn/modules.py\", line 9, in forward\n"
                "> ValueError: no\n",
                "ValueError", "bitsandbytes", "forward");
    assert_last("[rank0]: Traceback (most recent call last):\n"
                "[rank0]:   File \"" SITE "torch/nn/x.py\", line 9, in run\n"
                "[rank0]: torch.OutOfMemoryError: CUDA out of memory\n",
                "OutOfMemoryError", "torch", "run");
}

static void test_notebook(void **state) {
    (void)state;
    assert_last("----> 1 import bitsandbytes\n\n"
                "/usr/local/lib/python3.10/dist-packages/bitsandbytes/__init__.py in <module>\n"
                "      4 # x\n----> 5 from . import y\n\nNameError: name 'y' is not defined\n",
                "NameError", "bitsandbytes", "<module>");
    assert_last("File " SITE "transformers/modeling.py:2847, in load(cls, x)\n"
                "   2846 if y:\n-> 2847     raise ImportError(\n\nImportError: needs it\n",
                "ImportError", "transformers", "load");
}

static void test_rich_box(void **state) {
    (void)state;
    assert_last(
        "\xE2\x95\xAD\xE2\x94\x80 Traceback (most recent call last) \xE2\x94\x80\xE2\x95\xAE\n"
        "\xE2\x94\x82 " SITE "diffusers/p.py:12 in g        \xE2\x94\x82\n"
        "\xE2\x94\x82 \xE2\x9D\xB1 12     x()                  \xE2\x94\x82\n"
        "\xE2\x95\xB0\xE2\x94\x80\xE2\x95\xAF\nAttributeError: no attribute 'q'\n",
        "AttributeError", "diffusers", "g");
}

static void test_windows(void **state) {
    (void)state;
    assert_last(
        "Traceback (most recent call last):\n"
        "  File \"C:\\a\\venv\\Lib\\site-packages\\bitsandbytes\\cextension.py\", line 7, in f\n"
        "  File \"C:\\Python310\\lib\\ctypes\\__init__.py\", line 364, in __init__\n"
        "TypeError: argument of type 'WindowsPath' is not iterable\n",
        "TypeError", "bitsandbytes", "f");
}

static void test_bare_line(void **state) {
    (void)state;
    assert_last("it says\nRuntimeError: no kernel image\nwhat now", "RuntimeError", NULL, NULL);
    cJSON *packages = cJSON_CreateArray();
    static const char prose[] = "There is an Error: see below.\nNote: no\nAn Exception\n";
    cJSON *errors = bp_traceback_read(prose, strlen(prose), packages);
    assert_int_equal(cJSON_GetArraySize(errors), 0);
    cJSON_Delete(errors);
    cJSON_Delete(packages);
}

static void assert_package(const char *path, const char *expected) {
    char *package = bp_frame_package(path, strlen(path));
    assert_string_equal(package, expected);
    free(package);
}

static void test_whose_file(void **state) {
    (void)state;
    assert_package("/x/site-packages/bitsandbytes-0.38.1-py3.9.egg/bitsandbytes/a.py",
                   "bitsandbytes");
    assert_package("/x/site-packages/six.py", "six");
    assert_package("/home/me/src/bitsandbytes/bitsandbytes/nn/modules.py", "bitsandbytes");
    assert_package("/usr/lib/python3.10/runpy.py", "python");
    assert_package("<frozen importlib._bootstrap>", "python");
    assert_package("<ipython-input-3>", "user");
    assert_package("/home/me/train.py", "user");
    assert_package("", "user");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_innermost_that_is_not_pythons),
        cmocka_unit_test(test_message_on_the_next_line),
        cmocka_unit_test(test_chained),
        cmocka_unit_test(test_quoted_and_ranked),
        cmocka_unit_test(test_notebook),
        cmocka_unit_test(test_rich_box),
        cmocka_unit_test(test_windows),
        cmocka_unit_test(test_bare_line),
        cmocka_unit_test(test_whose_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
