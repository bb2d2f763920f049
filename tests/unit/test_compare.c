/* What differs between reports: what counts, what is noise, who is alike. */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/cmocka_all.h"
#include "base/json.h"
#include "base/memory.h"
#include "checks/compare.h"
#include "checks/compare/shorten.h"

static cJSON *parse(const char *text) {
    char *copy = bp_strdup(text);
    for (char *at = strchr(copy, '\''); at; at = strchr(at, '\'')) {
        *at = '"';
    }
    cJSON *document = bp_json_parse(copy, strlen(copy), NULL);
    assert_non_null(document);
    free(copy);
    return document;
}

static void add(struct bp_fleet *fleet, const char *name, const char *text) {
    cJSON *document = parse(text);
    bp_fleet_add(fleet, name, document);
    cJSON_Delete(document);
}

static cJSON *compare(struct bp_fleet *fleet) {
    cJSON *result = bp_fleet_compare(fleet);
    bp_fleet_free(fleet);
    return result;
}

static cJSON *compare_two(const char *left, const char *right) {
    struct bp_fleet *fleet = bp_fleet_new();
    add(fleet, "left", left);
    add(fleet, "right", right);
    return compare(fleet);
}

static const cJSON *difference(const cJSON *result, const char *fact) {
    const cJSON *one;
    cJSON_ArrayForEach(one, bp_json_get(result, "differences")) {
        if (bp_equal(bp_json_text(one, "fact"), fact)) {
            return one;
        }
    }
    return NULL;
}

/* The two reports differ in the fact, and have these values; NULL: none. */
static void assert_differ(const char *left, const char *right, const char *fact, const char *value,
                          const char *other) {
    cJSON *result = compare_two(left, right);
    const cJSON *values = bp_json_get(difference(result, fact), "values");
    assert_int_equal(2, cJSON_GetArraySize(values));
    const cJSON *clusters = bp_json_get(result, "clusters");
    assert_int_equal(2, cJSON_GetArraySize(clusters));
    for (int i = 0; i < 2; i++) {
        const cJSON *which = cJSON_GetArrayItem(values, i);
        int cluster = cJSON_GetArrayItem(bp_json_get(which, "clusters"), 0)->valueint;
        const char *name =
            cJSON_GetArrayItem(bp_json_get(cJSON_GetArrayItem(clusters, cluster), "names"), 0)
                ->valuestring;
        const char *expected = bp_equal(name, "left") ? value : other;
        const char *found = bp_json_text(which, "value");
        assert_true(expected ? bp_equal(found, expected) : !found);
    }
    cJSON_Delete(result);
}

static void assert_alike(const char *left, const char *right) {
    cJSON *result = compare_two(left, right);
    char *differences = bp_json_print(bp_json_get(result, "differences"), false);
    assert_string_equal("[]", differences);
    assert_true(bp_json_is_true(result, "alike"));
    free(differences);
    cJSON_Delete(result);
}

#define SNAPSHOT(text) "{'schema':'bnb-probe/1','snapshot':{" text "}}"

static void what_counts(void **state) {
    (void)state;
    assert_differ(SNAPSHOT("'cuda':{'kernel_module':{'version':'550.54'}}"),
                  SNAPSHOT("'cuda':{'kernel_module':{'version':'470.82'}}"),
                  "/snapshot/cuda/kernel_module/version", "550.54", "470.82");
    assert_differ(SNAPSHOT("'environment':{'BNB_CUDA_VERSION':'118'}"),
                  SNAPSHOT("'environment':{}"), "/snapshot/environment/BNB_CUDA_VERSION", "118",
                  NULL);
    assert_differ(SNAPSHOT("'environment':{'LD_PRELOAD':''}"), SNAPSHOT("'environment':{}"),
                  "/snapshot/environment/LD_PRELOAD", "(empty)", NULL);
    assert_differ(SNAPSHOT("'host':{'wsl':0}"), SNAPSHOT("'host':{'wsl':2}"), "/snapshot/host/wsl",
                  "0", "2");
    assert_differ("{'findings':[{'pattern':'eol-glibc','status':'confirmed'}],'snapshot':{}}",
                  "{'findings':[],'snapshot':{}}", "/findings", "eol-glibc confirmed", NULL);
}

#define PYTHON(version, more)                                                                      \
    SNAPSHOT("'python':{'interpreters':[{'version':'3.11.7'},{'version':'" version "'" more        \
             "}]},'bitsandbytes':{'interpreter':1}")

static void the_interpreter_in_use_counts(void **state) {
    (void)state;
    assert_differ(PYTHON("3.10.1", ""), PYTHON("3.12.2", ""),
                  "/snapshot/python/interpreters/@/version", "3.10.1", "3.12.2");
    assert_differ(
        PYTHON("3.10.1", ",'packages':{'triton':[{'version':'3.0.0'},{'version':'2.1.0'}]}"),
        PYTHON("3.10.1", ",'packages':{'triton':[{'version':'2.1.0'}]}"),
        "/snapshot/python/interpreters/@/packages/triton", "3.0.0, before 2.1.0", "2.1.0");
}

static void what_is_noise(void **state) {
    (void)state;
    assert_alike(SNAPSHOT("'collectors':{'host':{'status':'ok','ms':1.5}}"),
                 SNAPSHOT("'collectors':{'host':{'status':'ok','ms':99}}"));
    assert_alike("{'collected_at':'2026-01-01T00:00:00Z','snapshot':{}}",
                 "{'collected_at':'2026-02-02T00:00:00Z','snapshot':{}}");
    assert_alike(
        SNAPSHOT("'hardware':{'memory':{'total_bytes':540431955968,'available_bytes':1}}"),
        SNAPSHOT("'hardware':{'memory':{'total_bytes':540100000000,'available_bytes':9}}"));
    assert_alike(SNAPSHOT("'session':{'processes':[{'pid':12}]}"),
                 SNAPSHOT("'session':{'processes':[{'pid':13}]}"));
    assert_alike(SNAPSHOT("'environment':{'LD_LIBRARY_PATH':'/tmp/job.1/lib:/home/ann/lib'}"),
                 SNAPSHOT("'environment':{'LD_LIBRARY_PATH':'/tmp/job.2/lib:/home/bob/lib'}"));
    assert_alike(SNAPSHOT("'environment':{'CUDA_VISIBLE_DEVICES':'0,1'}"),
                 SNAPSHOT("'environment':{'CUDA_VISIBLE_DEVICES':'2,3'}"));
    assert_alike(SNAPSHOT("'hardware':{'cpu':{'flags':['avx','avx2']}}"),
                 SNAPSHOT("'hardware':{'cpu':{'flags':['avx2','avx']}}"));
    assert_alike(SNAPSHOT("'cuda':{'driver':{'devices':[{'ordinal':0,'name':'A'},{'ordinal':1,"
                          "'name':'B'}]}}"),
                 SNAPSHOT("'cuda':{'driver':{'devices':[{'ordinal':0,'name':'B'},{'ordinal':1,"
                          "'name':'A'}]}}"));
}

static void noise_does_not_hide_what_counts(void **state) {
    (void)state;
    assert_differ(SNAPSHOT("'environment':{'CUDA_VISIBLE_DEVICES':'0,1'}"),
                  SNAPSHOT("'environment':{'CUDA_VISIBLE_DEVICES':'-1'}"),
                  "/snapshot/environment/CUDA_VISIBLE_DEVICES", "2 devices", "no device");
    assert_differ(SNAPSHOT("'hardware':{'memory':{'total_bytes':540431955968}}"),
                  SNAPSHOT("'hardware':{'memory':{'total_bytes':270000000000}}"),
                  "/snapshot/hardware/memory/total_bytes", "512 GiB", "256 GiB");
    assert_differ(SNAPSHOT("'cuda':{'driver':{'devices':[{'name':'A'},{'name':'A'}]}}"),
                  SNAPSHOT("'cuda':{'driver':{'devices':[{'name':'A'}]}}"),
                  "/snapshot/cuda/driver/devices", "2 x A", "A");
    assert_differ(SNAPSHOT("'collectors':{'host':{'status':'timeout','ms':1.5}}"),
                  SNAPSHOT("'collectors':{'host':{'status':'ok','ms':99}}"),
                  "/snapshot/collectors/host", "timeout", NULL);
    assert_differ(SNAPSHOT("'cuda':{'device_nodes':[{'path':'/dev/nvidia0','may_use':false}]}"),
                  SNAPSHOT("'cuda':{'device_nodes':[{'path':'/dev/nvidia0','may_use':true}]}"),
                  "/snapshot/cuda/device_nodes", "/dev/nvidia0", NULL);
}

#define OPENS(file, place)                                                                         \
    "{'loader':{'chosen':'" file "','files':[{'name':'" file "','needed':[{'library':"             \
    "'libcudart.so.12','outcome':'found','path':'" place "'}]}]},'snapshot':{}}"

static void what_the_library_needs_counts_where_it_is_the_same(void **state) {
    (void)state;
    assert_differ(OPENS("a.so", "/usr/local/cuda-12.4/libcudart.so.12"),
                  OPENS("a.so", "/opt/conda/lib/libcudart.so.12"), "/loader/files/libcudart.so.12",
                  "found: /usr/local/cuda-12.4/libcudart.so.12",
                  "found: /opt/conda/lib/libcudart.so.12");
    cJSON *result = compare_two(OPENS("a.so", "/x/libcudart.so.12"),
                                "{'loader':{'chosen':'cpu.so','files':[]},'snapshot':{}}");
    assert_non_null(difference(result, "/loader/chosen"));
    assert_null(difference(result, "/loader/files/libcudart.so.12"));
    cJSON_Delete(result);
}

static void unknown_is_not_none(void **state) {
    (void)state;
    cJSON *result =
        compare_two(SNAPSHOT("'host':{'libc':{'version':'2.36'}}"),
                    SNAPSHOT("'host':{'libc':null},'collectors':{'host':{'status':'ok','unknown':"
                             "{'/host/libc':'no file says it'}}}"));
    const cJSON *values = bp_json_get(difference(result, "/snapshot/host/libc/version"), "values");
    const cJSON *one;
    int unknown = 0;
    cJSON_ArrayForEach(one, values) {
        unknown += cJSON_IsFalse(bp_json_get(one, "known"));
    }
    assert_int_equal(2, cJSON_GetArraySize(values));
    assert_int_equal(1, unknown);
    cJSON_Delete(result);
}

#define MACHINE(driver, outcome, more)                                                             \
    "{'verdict':'x','loader':{'outcome':'" outcome "'},'snapshot':{'cuda':{'kernel_module':"       \
    "{'version':'" driver "'}},'environment':{" more "}}}"

static void the_odd_one_out_is_named(void **state) {
    (void)state;
    struct bp_fleet *fleet = bp_fleet_new();
    add(fleet, "one", MACHINE("550.54", "loads", ""));
    add(fleet, "two", MACHINE("470.82", "driver-too-old", ""));
    add(fleet, "three", MACHINE("550.54", "loads", ""));
    cJSON *result = compare(fleet);
    assert_string_equal("two", bp_json_text(result, "odd_one_out"));
    const cJSON *driver = difference(result, "/snapshot/cuda/kernel_module/version");
    assert_true(bp_json_is_true(driver, "goes_with_outcome"));
    assert_int_equal(0, (int)bp_json_number(driver, "majority", -1));
    assert_string_equal("550.54", bp_json_text_at(driver, "/values/0/value"));
    assert_int_equal(2, (int)bp_json_number(bp_json_at(driver, "/values/0"), "count", 0));
    cJSON_Delete(result);
}

static void what_goes_across_the_outcomes_explains_nothing(void **state) {
    (void)state;
    struct bp_fleet *fleet = bp_fleet_new();
    add(fleet, "one", MACHINE("550.54", "loads", "'CUDA_HOME':'/a'"));
    add(fleet, "two", MACHINE("470.82", "driver-too-old", "'CUDA_HOME':'/b'"));
    add(fleet, "three", MACHINE("550.54", "loads", "'CUDA_HOME':'/b'"));
    cJSON *result = compare(fleet);
    assert_false(bp_json_is_true(difference(result, "/snapshot/environment/CUDA_HOME"),
                                 "goes_with_outcome"));
    assert_null(bp_json_text(result, "odd_one_out"));
    cJSON_Delete(result);
}

/* A variable that is another one on each host makes no clusters of one. */
static void a_fact_of_each_host_makes_no_clusters(void **state) {
    (void)state;
    struct bp_fleet *fleet = bp_fleet_new();
    for (int i = 0; i < 3000; i++) {
        char *name = bp_format("node%d", i);
        char *text = bp_format(MACHINE("%s", "loads", "'CUDA_HOME':'/scratch/of-node-%d'"),
                               i % 1000 == 5 ? "470.82" : "550.54", i);
        add(fleet, name, text);
        free(text);
        free(name);
    }
    cJSON *result = compare(fleet);
    const cJSON *clusters = bp_json_get(result, "clusters");
    assert_int_equal(2, cJSON_GetArraySize(clusters));
    assert_int_equal(2997, (int)bp_json_number(clusters->child, "count", 0));
    assert_int_equal(BP_FLEET_NAMES, cJSON_GetArraySize(bp_json_get(clusters->child, "names")));
    assert_string_equal("node5", bp_json_text_at(result, "/clusters/1/names/0"));
    assert_string_equal("/snapshot/environment/CUDA_HOME",
                        bp_json_text_at(result, "/scattered/0/fact"));
    assert_null(difference(result, "/snapshot/environment/CUDA_HOME"));
    cJSON_Delete(result);
}

static void assert_shortened(const char *text, const char *prefix, const char *expected) {
    char *found = bp_shorten(text, prefix);
    assert_string_equal(expected, found);
    free(found);
}

static void paths_are_shortened(void **state) {
    (void)state;
    assert_shortened("/home/ann/a:/home/bob", NULL, "~/a:~");
    assert_shortened("C:\\Users\\ann\\x", NULL, "~\\x");
    assert_shortened("/root/x:/rootless", NULL, "~/x:/rootless");
    assert_shortened("/tmp/pip-1/lib:/tmp", NULL, "/tmp/*/lib:/tmp");
    assert_shortened("/scratch/4312345/env/lib64", NULL, "/scratch/*/env/lib64");
    assert_shortened("/opt/venv/lib:/opt/venv2", "/opt/venv", "$PREFIX/lib:/opt/venv2");
    assert_shortened("/usr/lib/x", "/usr", "/usr/lib/x");
    assert_shortened("/data/home/ann/x", NULL, "/data/home/ann/x");
    assert_shortened("", NULL, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_counts),
        cmocka_unit_test(the_interpreter_in_use_counts),
        cmocka_unit_test(what_is_noise),
        cmocka_unit_test(noise_does_not_hide_what_counts),
        cmocka_unit_test(what_the_library_needs_counts_where_it_is_the_same),
        cmocka_unit_test(unknown_is_not_none),
        cmocka_unit_test(the_odd_one_out_is_named),
        cmocka_unit_test(what_goes_across_the_outcomes_explains_nothing),
        cmocka_unit_test(a_fact_of_each_host_makes_no_clusters),
        cmocka_unit_test(paths_are_shortened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
