/* The code of a root cause is the same wherever the cause is the same. */
#include <string.h>

#include "tests/unit/cmocka_all.h"
#include "base/json.h"
#include "checks/signature.h"

static const char loading[] = "{'id':'shared-library-mismatch','shows':[{'status':'confirmed',"
                              "'when':{'fact':'/loader/outcome','equals':'dependency-missing'}}]}";
static const char other[] = "{'id':'question-not-bug','shows':[{'when':{'text':'x'}}]}";

static cJSON *parse(const char *text) {
    char copy[1024];
    assert_true(strlen(text) < sizeof copy);
    for (size_t i = 0; i <= strlen(text); i++) {
        copy[i] = text[i];
        copy[i] = (char)(copy[i] == '\'' ? '"' : copy[i]);
    }
    cJSON *document = bp_json_parse(copy, strlen(copy), NULL);
    assert_non_null(document);
    return document;
}

static cJSON *sign(const char *pattern, const char *snapshot, const char *loader,
                   const char *about) {
    cJSON *documents[] = {parse(pattern), parse(snapshot), parse(loader), parse(about)};
    struct bp_view view = {.snapshot = documents[1], .loader = documents[2], .about = documents[3]};
    cJSON *signature = bp_signature_make(documents[0], &view);
    for (size_t i = 0; i < 4; i++) {
        cJSON_Delete(documents[i]);
    }
    return signature;
}

static void assert_alike(cJSON *left, cJSON *right, bool alike) {
    const char *code = bp_json_text(left, "code");
    assert_int_equal(strcmp(code, bp_json_text(right, "code")) == 0, alike);
    cJSON_Delete(left);
    cJSON_Delete(right);
}

#define LOADER(file, missing)                                                                      \
    "{'era':'native-none-v3','asks_for':'" file "','missing':['" missing "']}"

static void test_machines_with_one_cause(void **state) {
    (void)state;
    assert_alike(sign(loading, "{'host':{'os':'linux'}}",
                      LOADER("libbitsandbytes_cuda118.so", "libcusparse.so.11"), "{}"),
                 sign(loading, "{'bitsandbytes':{'version':'0.45.2'}}",
                      LOADER("libbitsandbytes_cuda117.so", "libcusparse.so.11"), "{}"),
                 true);
}

static void test_a_machine_and_an_issue(void **state) {
    (void)state;
    assert_alike(
        sign(loading, "{}", LOADER("libbitsandbytes_cuda118.so", "libcusparse.so.11"), "{}"),
        sign(loading, "{'bitsandbytes':{'version':'0.45.0'}}", "{'outcome':'cannot-tell'}",
             "{'missing_library':'libcusparse.so.11'}"),
        true);
}

static void test_other_causes(void **state) {
    (void)state;
    const char *first = LOADER("libbitsandbytes_cuda118.so", "libcusparse.so.11");
    assert_alike(sign(loading, "{}", first, "{}"),
                 sign(loading, "{}", LOADER("libbitsandbytes_cuda118.so", "libcublas.so.11"), "{}"),
                 false);
    assert_alike(sign(loading, "{}", first, "{}"), sign(other, "{}", first, "{}"), false);
}

/* What has nothing to do with loading does not depend on which library would be loaded. */
static void test_causes_apart_from_loading(void **state) {
    (void)state;
    assert_alike(sign(other, "{'bitsandbytes':{'version':'0.45.0'}}", "{}", "{}"),
                 sign(other, "{}", LOADER("libbitsandbytes_cuda118.so", "libcublas.so.11"), "{}"),
                 true);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_machines_with_one_cause),
        cmocka_unit_test(test_a_machine_and_an_issue),
        cmocka_unit_test(test_other_causes),
        cmocka_unit_test(test_causes_apart_from_loading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
