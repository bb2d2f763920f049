/* What is said of a command that was run: purely from facts. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/run/run.h"

/* Single quotes stand for double ones, so that the facts can be read. */
static cJSON *parse(const char *text) {
    char *copy = bp_strdup(text);
    for (char *at = copy; *at; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    cJSON *document = bp_json_parse(copy, strlen(copy), NULL);
    assert_non_null(document);
    free(copy);
    return document;
}

struct judged {
    cJSON *snapshot;
    cJSON *loader;
    cJSON *about;
    cJSON *run;
};

static struct judged judge(const char *snapshot, const char *loader, const char *about,
                           const char *text) {
    struct judged judged = {parse(snapshot), parse(loader), parse(about), NULL};
    struct bp_text output = {"the command's output", text, strlen(text)};
    struct bp_view view = {.snapshot = judged.snapshot,
                           .loader = judged.loader,
                           .about = judged.about,
                           .text = &output};
    judged.run = bp_run_judge(&view);
    return judged;
}

static void end(struct judged *judged) {
    cJSON_Delete(judged->snapshot);
    cJSON_Delete(judged->loader);
    cJSON_Delete(judged->about);
    cJSON_Delete(judged->run);
}

static const char *said(const struct judged *judged, const char *pointer) {
    const char *text = bp_json_text_at(judged->run, pointer);
    return text ? text : "";
}

static void test_no_run_says_nothing(void **state) {
    (void)state;
    struct judged judged = judge("{}", "{}", "{}", "");
    assert_null(judged.run);
    assert_false(bp_run_failed(judged.snapshot));
    end(&judged);
}

static void test_endings(void **state) {
    (void)state;
    static const struct {
        const char *run;
        const char *about;
        const char *words;
        bool failed;
    } cases[] = {
        {"{'run':{'exit_code':0,'signal':null,'seconds':1.25}}", "{}",
         "ended with exit code 0 after 1.2 s", false},
        {"{'run':{'exit_code':1,'signal':null,'seconds':2}}",
         "{'error':{'type':'ValueError','message':'no'}}",
         "ended with exit code 1 after 2.0 s: ValueError: no", true},
        {"{'run':{'exit_code':3,'signal':null,'seconds':2}}", "{}",
         "ended with exit code 3 after 2.0 s, without a Python traceback", true},
        {"{'run':{'exit_code':null,'signal':15,'signal_name':'SIGTERM','seconds':0,"
         "'received':['SIGTERM']}}",
         "{}",
         "was ended by SIGTERM (it was asked to end) after 0.0 s, having received SIGTERM, without "
         "a Python traceback",
         true},
        {"{'run':{'exit_code':null,'signal':11,'signal_name':'SIGSEGV','seconds':0}}",
         "{'error':{'type':'E','message':null}}",
         "was ended by SIGSEGV (it touched memory that is not its own) after 0.0 s; the last error "
         "that Python printed was E",
         true},
        {"{'run':{'exit_code':139,'signal':null,'seconds':0}}", "{}",
         "ended with exit code 139 (as shells say of SIGSEGV: it touched memory that is not its "
         "own) after 0.0 s, without a Python traceback",
         true},
        {"{'run':{'exit_code':3221225477,'signal':null,'seconds':0}}", "{}",
         "was ended by exception 0xC0000005 (STATUS_ACCESS_VIOLATION: it touched memory that is "
         "not its own) after 0.0 s, without a Python traceback",
         true},
        {"{'run':{'exit_code':-1073741515,'signal':null,'seconds':0}}", "{}",
         "was ended by exception 0xC0000135 (STATUS_DLL_NOT_FOUND: a DLL that it needs was not "
         "found) after 0.0 s, without a Python traceback",
         true},
        {"{'run':{'exit_code':4294967295,'signal':null,'seconds':0}}", "{}",
         "ended with exit code 4294967295 after 0.0 s, without a Python traceback", true},
        {"{'run':{'exit_code':null,'signal':64,'signal_name':'signal 64','seconds':0}}", "{}",
         "was ended by signal 64 after 0.0 s, without a Python traceback", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct judged judged = judge(cases[i].run, "{}", cases[i].about, "");
        assert_string_equal(said(&judged, "/ended"), cases[i].words);
        assert_int_equal(bp_run_failed(judged.snapshot), cases[i].failed);
        end(&judged);
    }
}

#define PROCESS(libraries)                                                                         \
    "{'python':{'interpreters':[{'real_executable':'/usr/bin/python3.11'}]},"                      \
    "'environment':{'LD_LIBRARY_PATH':'/opt/cuda/lib64'},"                                         \
    "'bitsandbytes':{'native_libraries':[{'name':'libbitsandbytes_cuda124.so',"                    \
    "'path':'/venv/bitsandbytes/libbitsandbytes_cuda124.so',"                                      \
    "'real_path':'/store/libbitsandbytes_cuda124.so'}]},"                                          \
    "'libraries':{'candidates':{'libcudart.so.12':[{'path':'/venv/nvidia/libcudart.so.12',"        \
    "'real_path':'/store/libcudart.so.12.4'}]}},"                                                  \
    "'run':{'exit_code':1,'signal':null,'seconds':1,'subject':0,'processes':[{'pid':7,"            \
    "'executable':'/usr/bin/python3.11','last_seen_ms':990,'libraries':" libraries "}]}}"

static const char loads[] =
    "{'outcome':'loads','chosen':'libbitsandbytes_cuda124.so','files':[{'name':"
    "'libbitsandbytes_cuda124.so','outcome':'loads','needed':[{'library':'libcudart.so.12',"
    "'outcome':'found','path':'/venv/nvidia/libcudart.so.12'}]}]}";

/* A memory map shows where links lead. */
static void test_prediction_holds_through_links(void **state) {
    (void)state;
    struct judged judged = judge(PROCESS("[{'path':'/store/libbitsandbytes_cuda124.so'},"
                                         "{'path':'/store/libcudart.so.12.4'}]"),
                                 loads, "{}", "");
    assert_string_equal(said(&judged, "/agreement"), "agrees");
    assert_true(bp_json_is_true(judged.run, "concerns_bitsandbytes"));
    end(&judged);
}

static void test_needed_library_from_the_folder_of_a_variable(void **state) {
    (void)state;
    struct judged judged = judge(PROCESS("[{'path':'/store/libbitsandbytes_cuda124.so'},"
                                         "{'path':'/opt/cuda/lib64/libcudart.so.12.1'}]"),
                                 loads, "{}", "");
    assert_string_equal(said(&judged, "/agreement"), "differs");
    assert_string_equal(said(&judged, "/differences/0/about"), "needed");
    assert_string_equal(said(&judged, "/differences/0/expected"), "/store/libcudart.so.12.4");
    assert_string_equal(said(&judged, "/differences/0/because"),
                        "LD_LIBRARY_PATH=/opt/cuda/lib64 names it or its folder.");
    end(&judged);
}

static void test_nothing_mapped(void **state) {
    (void)state;
    struct judged judged = judge(PROCESS("[]"), loads, "{}", "ValueError: x");
    assert_string_equal(said(&judged, "/agreement"), "cannot-tell");
    assert_false(bp_json_is_true(judged.run, "concerns_bitsandbytes"));
    end(&judged);
    judged = judge(PROCESS("[]"), loads, "{'packages':['bitsandbytes']}", "in bitsandbytes");
    assert_string_equal(said(&judged, "/agreement"), "differs");
    assert_non_null(strstr(said(&judged, "/agreement_says"), "10 ms before the command's end"));
    end(&judged);
    judged = judge(PROCESS("[]"), "{'outcome':'torch-missing','chosen':null,'files':[]}", "{}", "");
    assert_string_equal(said(&judged, "/agreement"), "agrees");
    end(&judged);
    judged = judge(PROCESS("[]"), "{'outcome':'cannot-tell','files':[]}", "{}", "");
    assert_string_equal(said(&judged, "/agreement"), "cannot-tell");
    end(&judged);
}

static void test_maps_that_could_not_be_seen(void **state) {
    (void)state;
    struct judged judged = judge(PROCESS("null"), loads, "{}", "");
    assert_string_equal(said(&judged, "/agreement"), "cannot-tell");
    end(&judged);
    /* An index that leads nowhere, from a report that somebody wrote. */
    judged = judge("{'run':{'exit_code':1,'subject':9,'processes':[]}}", loads, "{}", "");
    assert_string_equal(said(&judged, "/agreement"), "cannot-tell");
    end(&judged);
    judged =
        judge("{'run':{'subject':0,'processes':'x','received':[1],'output':3}}", "{}", "{}", "");
    assert_string_equal(said(&judged, "/agreement"), "cannot-tell");
    end(&judged);
}

static void test_mapped_against_the_prediction(void **state) {
    (void)state;
    static const char missing[] =
        "{'outcome':'dependency-missing','chosen':'libbitsandbytes_cuda124.so','files':[{'name':"
        "'libbitsandbytes_cuda124.so','outcome':'dependency-missing'}]}";
    struct judged judged =
        judge(PROCESS("[{'path':'/store/libbitsandbytes_cuda124.so'}]"), missing, "{}", "");
    assert_string_equal(said(&judged, "/agreement"), "differs");
    assert_non_null(strstr(said(&judged, "/agreement_says"), "dependency-missing"));
    end(&judged);
}

static void test_native_lines_are_bounded_and_said_once(void **state) {
    (void)state;
    struct bp_str text = BP_STR_EMPTY;
    for (int i = 0; i < 100; i++) {
        bp_str_addf(&text, "fine\nError x at line %d in file /a.cu\nSegmentation fault\n", i / 2);
    }
    struct judged judged = judge("{'run':{'exit_code':1}}", "{}", "{}", text.data);
    const cJSON *native = bp_json_get(judged.run, "native");
    assert_int_equal(cJSON_GetArraySize(native), 8);
    assert_string_equal(said(&judged, "/native/1/excerpt"), "Segmentation fault");
    assert_string_equal(said(&judged, "/native/2/excerpt"), "Error x at line 1 in file /a.cu");
    assert_int_equal((int)bp_json_number(cJSON_GetArrayItem(native, 2), "line", 0), 8);
    end(&judged);
    bp_str_free(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_run_says_nothing),
        cmocka_unit_test(test_endings),
        cmocka_unit_test(test_prediction_holds_through_links),
        cmocka_unit_test(test_needed_library_from_the_folder_of_a_variable),
        cmocka_unit_test(test_nothing_mapped),
        cmocka_unit_test(test_maps_that_could_not_be_seen),
        cmocka_unit_test(test_mapped_against_the_prediction),
        cmocka_unit_test(test_native_lines_are_bounded_and_said_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
