/* The gate: what is understood as a requirement, and how each kind comes out on which facts. */
#include "tests/unit/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/gate.h"

/* A healthy machine with one GPU. Written with ' in place of ". */
static const char healthy[] =
    "{'verdict':'ok','verdict_says':'It loads.','assumed':null,'findings':[],"
    "'loader':{'outcome':'loads','chosen':'libbitsandbytes_cuda124.so','outcome_says':'It loads.',"
    "'devices':[{'ordinal':0,'target':'9.0','code':'native','says':'native code'}],"
    "'advice':{'newest_working':'0.50.2'}},"
    "'snapshot':{'host':{'os':'linux','libc':{'name':'glibc','version':'2.36'},"
    "'libstdcxx':{'glibcxx':'3.4.30'}},"
    "'bitsandbytes':{'installed':true,'version':'0.49.2','interpreter':1},"
    "'python':{'interpreters':[{'version':'2.7.18'},{'version':'3.11.7','executable':'/v/python',"
    "'packages':{'bitsandbytes':[{'version':'0.49.2'}],'pip':[{'version':'24.0'}],"
    "'torch':[{'version':'2.6.0+cu124'}],'transformers':[],'triton':[{'version':'3.2.0'}]},"
    "'torch':{'build_known':true,'version':'2.6.0+cu124','cuda':'12.4','hip':null}}]},"
    "'cuda':{'kernel_module':{'loaded':true,'version':'550.54.15'},"
    "'driver':{'version':'12.4','library':{'status':'loaded'},'init':{'code':0},"
    "'device_count':1,'devices':[{'ordinal':0,'name':'H100','compute_capability':'9.0'}]}},"
    "'tools':{'nvcc':{'path':'/x/nvcc','version':'12.4.131'},'cmake':{'path':null}},"
    "'collectors':{'host':{'status':'ok'},'rocm':{'status':'absent'}}}}";

static cJSON *read_document(const char *text) {
    char *copy = bp_strdup(text);
    for (char *at = copy; *at; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    cJSON *document = cJSON_Parse(copy);
    assert_non_null(document);
    free(copy);
    return document;
}

/* The healthy machine with the fact at `pointer` of the document replaced; NULL: as it is. */
static cJSON *machine(const char *pointer, const char *value) {
    cJSON *document = read_document(healthy);
    if (pointer) {
        cJSON *fact = read_document(value);
        assert_int_equal(0, bp_json_put(document, pointer, fact));
    }
    return document;
}

static cJSON *judge(const cJSON *document, const char *requirement, enum bp_severity fail_on) {
    struct bp_strs list = {0};
    if (requirement) {
        bp_strs_add(&list, requirement);
        struct bp_err err = {0};
        if (bp_gate_understands(&list, &err) != 0) {
            fail_msg("%s", bp_err_text(&err));
        }
    }
    cJSON *answer = bp_gate_judge(document, &list, fail_on);
    bp_strs_free(&list);
    return answer;
}

/* How one requirement came out, and that its sentence says `says`. */
static void expect(const char *pointer, const char *value, const char *requirement,
                   const char *result, const char *says) {
    cJSON *document = machine(pointer, value);
    cJSON *answer = judge(document, requirement, BP_ERROR);
    const cJSON *check = NULL;
    cJSON_ArrayForEach(check, bp_json_get(answer, "checks")) {
        if (bp_equal(bp_json_text(check, "kind"), "requirement")) {
            break;
        }
    }
    assert_non_null(check);
    if (!bp_equal(result, bp_json_text(check, "result")) ||
        !strstr(bp_json_text(check, "says"), says)) {
        fail_msg("%s with %s %s: %s, \"%s\"", requirement, pointer ? pointer : "",
                 value ? value : "", bp_json_text(check, "result"), bp_json_text(check, "says"));
    }
    assert_string_equal(requirement, bp_json_text(check, "name"));
    assert_non_null(bp_json_at(check, "/evidence/0/pointer"));
    cJSON_Delete(answer);
    cJSON_Delete(document);
}

static void packages_and_versions(void **state) {
    (void)state;
    expect(NULL, NULL, "bitsandbytes>=0.45", "pass", "0.49.2, which is >=0.45");
    expect(NULL, NULL, "bitsandbytes>=0.45,<0.49", "fail", "0.49.2, which is not >=0.45,<0.49");
    expect(NULL, NULL, "torch==2.6.*", "pass", "2.6.0+cu124");
    expect(NULL, NULL, "torch>=2.6.0", "pass", "2.6.0+cu124");
    expect(NULL, NULL, "Torch ~= 2.5", "pass", "torch is 2.6.0+cu124");
    expect(NULL, NULL, "triton<3", "fail", "3.2.0");
    expect(NULL, NULL, "transformers", "fail", "not installed");
    expect(NULL, NULL, "flash_attn", "fail", "flash-attn is not installed");
    expect(NULL, NULL, "pip", "pass", "24.0");
    /* The interpreter that bitsandbytes belongs to, not the first. */
    expect(NULL, NULL, "python>=3.9", "pass", "3.11.7");
    expect(NULL, NULL, "cuda==12.*", "pass", "12.4");
    expect(NULL, NULL, "torch-cuda>=12.6", "fail", "12.4");
    expect(NULL, NULL, "rocm>=6", "fail", "built without ROCm");
    expect(NULL, NULL, "nvidia-cublas-cu12", "fail", "not installed");
}

static void what_is_not_known_is_neither(void **state) {
    (void)state;
    expect("/snapshot/bitsandbytes", "{}", "bitsandbytes>=0.45", "unknown", "cannot be told");
    expect("/snapshot/bitsandbytes", "{'installed':false}", "bitsandbytes", "fail",
           "not installed");
    expect("/snapshot/bitsandbytes", "{'installed':true,'interpreter':1,'version':'of today'}",
           "bitsandbytes>=0.45", "unknown", "no version that can be compared");
    expect("/snapshot/python", "{}", "torch>=2", "unknown", "cannot be told");
    expect("/snapshot/python", "{}", "python>=3", "unknown", "cannot be told");
    expect("/snapshot/python", "{}", "cuda>=12", "unknown", "cannot be told");
    expect("/snapshot/collectors/host", "{'unknown':{'/host/libc':'no program names it'}}",
           "glibc>=2.28", "pass", "2.36");
    expect("/snapshot/host", "{}", "glibc>=2.28", "unknown", "cannot be told");
    expect("/snapshot/cuda", "{}", "driver>=550", "unknown", "cannot be told");
    expect("/snapshot/tools", "{}", "nvcc>=12", "unknown", "cannot be told");
}

static void the_reason_is_given(void **state) {
    (void)state;
    cJSON *document = machine("/snapshot/cuda", "{}");
    bp_json_put(document, "/snapshot/collectors",
                read_document("{'cuda_driver':{'status':'absent','detail':'nothing is run'},"
                              "'cuda_kernel':{'status':'ok','unknown':{'/cuda/kernel_module':"
                              "'/proc cannot be seen'}}}"));
    cJSON *answer = judge(document, "gpu-count>=1", BP_ERROR);
    assert_string_equal("It cannot be told which GPUs are visible: nothing is run.",
                        bp_json_text_at(answer, "/checks/1/says"));
    cJSON_Delete(answer);
    answer = judge(document, "driver", BP_ERROR);
    assert_non_null(strstr(bp_json_text_at(answer, "/checks/1/says"), "/proc cannot be seen"));
    cJSON_Delete(answer);
    cJSON_Delete(document);
}

static void the_system(void **state) {
    (void)state;
    expect(NULL, NULL, "glibc>=2.28", "pass", "2.36");
    expect(NULL, NULL, "glibc>=2.38", "fail", "2.36");
    expect(NULL, NULL, "musl", "fail", "glibc, not musl");
    expect("/snapshot/host", "{'os':'windows'}", "glibc", "fail", "windows");
    expect(NULL, NULL, "glibcxx>=3.4.29", "pass", "3.4.30");
    expect(NULL, NULL, "driver>=550.54", "pass", "550.54.15");
    expect(NULL, NULL, "driver>=570", "fail", "550.54.15");
    expect("/snapshot/cuda/kernel_module", "{'loaded':false}", "driver>=550", "fail", "No NVIDIA");
    expect(NULL, NULL, "driver-cuda>=12.4", "pass", "12.4");
    expect("/snapshot/cuda/driver", "{'library':{'status':'not-found'}}", "driver-cuda", "fail",
           "not there");
    expect(NULL, NULL, "nvcc==12.4.*", "pass", "12.4.131");
    expect(NULL, NULL, "cmake", "fail", "not installed");
}

/* Under WSL there is no kernel module, which says nothing of the driver. */
static void the_driver_under_wsl(void **state) {
    (void)state;
    cJSON *document = machine("/snapshot/cuda/kernel_module", "{'loaded':false}");
    bp_json_put(document, "/snapshot/host/wsl", cJSON_CreateNumber(2));
    cJSON *answer = judge(document, "driver>=550", BP_ERROR);
    assert_string_equal("unknown", bp_json_text(answer, "result"));
    cJSON_Delete(answer);
    cJSON_Delete(document);
}

#define DEVICES "/snapshot/cuda/driver/devices"
#define DRIVER "/snapshot/cuda/driver"

static void every_gpu(void **state) {
    (void)state;
    expect(NULL, NULL, "gpu>=8.0", "pass", "GPU 0, H100 is 9.0");
    expect(NULL, NULL, "gpu>=sm_90,<10.0", "pass", "9.0");
    expect(NULL, NULL, "gpu=8.9,9.0", "pass", "9.0");
    expect(NULL, NULL, "gpu!=9.0", "fail", "9.0");
    expect(DRIVER,
           "{'devices':[{'ordinal':0,'compute_capability':'9.0'},"
           "{'ordinal':1,'compute_capability':'7.5'}]}",
           "gpu>=8.0", "fail", "GPU 1 is 7.5");
    expect(DRIVER, "{'devices':[{'ordinal':0,'compute_capability':'9.0'},{'ordinal':1}]}",
           "gpu>=8.0", "unknown", "GPU 1 is of a kind that is not known");
    /* One that does not suit decides, whatever another is. */
    expect(DRIVER, "{'devices':[{'ordinal':0},{'ordinal':1,'compute_capability':'7.5'}]}",
           "gpu>=8.0", "fail", "GPU 1 is 7.5");
    /* 10.0 is more than 9.0, and 12.0 more than 8.9. */
    expect(DRIVER, "{'devices':[{'ordinal':0,'compute_capability':'10.0'}]}", "gpu>=9.0", "pass",
           "10.0");
    expect(DRIVER, "{'devices':[]}", "gpu>=8.0", "fail", "No GPU is visible");
    expect(DRIVER, "{'library':{'status':'not-found'}}", "gpu>=8.0", "fail", "No GPU is visible");
    expect(DRIVER, "{'library':{'status':'loaded'},'init':{'code':100}}", "gpu>=8.0", "fail",
           "No GPU is visible");
    expect(DRIVER, "{'library':{'status':'loaded'}}", "gpu>=8.0", "unknown", "cannot be told");
    expect(DRIVER, "{}", "gpu>=8.0", "unknown", "cannot be told");
    expect("/snapshot/rocm", "{'gpus':[{'gfx':'gfx942'},{'gfx':'gfx942'}]}", "gpu=gfx942,gfx950",
           "pass", "gfx942");
    expect("/snapshot/rocm", "{'gpus':[{'gfx':'gfx906'}]}", "gpu=gfx942", "fail", "gfx906");
    expect("/snapshot/rocm", "{'kfd':{'present':false}}", "gpu=gfx942", "fail", "No GPU");
    expect("/snapshot/rocm", "{}", "gpu=gfx942", "unknown", "cannot be told");
}

static void number_of_gpus(void **state) {
    (void)state;
    expect(NULL, NULL, "gpu-count==1", "pass", "1 GPU is visible");
    expect(NULL, NULL, "gpu-count>=2", "fail", "1 GPU is visible");
    expect(DRIVER, "{'devices':[]}", "gpu-count", "fail", "0 GPUs are visible");
    expect(DRIVER, "{'devices':[]}", "gpu-count==0", "pass", "0 GPUs are visible");
    expect(DRIVER, "{'library':{'status':'not-found'}}", "gpu-count<1", "pass", "0 GPUs");
    expect(DRIVER, "{}", "gpu-count==0", "unknown", "cannot be told");
}

#define LOADER "/loader"

static void what_importing_comes_to(void **state) {
    (void)state;
    expect(NULL, NULL, "backend=cuda", "pass", "libbitsandbytes_cuda124.so");
    expect(NULL, NULL, "backend==rocm", "fail", "libbitsandbytes_cuda124.so");
    expect(NULL, NULL, "backend!=cpu", "pass", "libbitsandbytes_cuda124.so");
    expect(LOADER, "{'outcome':'cpu-only','chosen':'libbitsandbytes_cpu.so'}", "backend=cuda",
           "fail", "libbitsandbytes_cpu.so");
    expect(LOADER, "{'outcome':'loads','chosen':'libbitsandbytes_hip.so'}", "backend=rocm", "pass",
           "hip");
    /* Chosen is not loaded. */
    expect(LOADER, "{'outcome':'dependency-missing','chosen':'libbitsandbytes_cuda124.so'}",
           "backend=cuda", "fail", "No library of bitsandbytes works");
    expect(LOADER, "{'outcome':'cannot-tell'}", "backend=cuda", "unknown", "cannot be told");
    expect(LOADER, "{'outcome':'cannot-tell'}", "backend!=cuda", "unknown", "cannot be told");
    expect(LOADER, "{}", "backend=cuda", "unknown", "cannot be told");
    expect(NULL, NULL, "outcome=loads", "pass", "The outcome is loads");
    expect(NULL, NULL, "outcome=jit-from-ptx,loads", "pass", "loads");
    expect(NULL, NULL, "outcome=cpu-only", "fail", "loads");
    expect(LOADER, "{'outcome':'cannot-tell'}", "outcome!=loads", "unknown", "cannot be told");
    expect(NULL, NULL, "code=native", "pass", "native code");
    expect(LOADER, "{'outcome':'jit-from-ptx','devices':[{'code':'native'},{'code':'ptx'}]}",
           "code=native", "fail", "ptx");
    expect(LOADER, "{'outcome':'jit-from-ptx','devices':[{'code':'native'},{'code':'ptx'}]}",
           "code=native,ptx", "pass", "ptx");
    expect(LOADER, "{'outcome':'loads','devices':[{'code':'unknown'}]}", "code=native", "unknown",
           "unknown");
    expect(LOADER, "{'outcome':'file-missing','devices':[{'code':'unknown'}]}", "code=native",
           "fail", "unknown");
    expect(NULL, NULL, "verdict=ok", "pass", "The verdict is ok");
}

/* --- what the whole comes to --- */

static void expect_whole(const cJSON *document, const char *requirement, enum bp_severity fail_on,
                         const char *result, const char *says) {
    cJSON *answer = judge(document, requirement, fail_on);
    assert_string_equal(result, bp_json_text(answer, "result"));
    assert_string_equal(says, bp_json_text(answer, "says"));
    cJSON_Delete(answer);
}

static void the_verdict_is_the_first_check(void **state) {
    (void)state;
    cJSON *document = machine(NULL, NULL);
    expect_whole(document, NULL, BP_ERROR, "pass", "1 of 1 check passed.");
    expect_whole(document, "glibc", BP_ERROR, "pass", "2 of 2 checks passed.");
    expect_whole(document, "glibc>=9", BP_ERROR, "fail", "1 of 2 checks failed.");
    bp_json_set_text(document, "verdict", NULL);
    cJSON_DeleteItemFromObject(document, "verdict");
    expect_whole(document, NULL, BP_ERROR, "unknown", "1 of 1 check could not be told.");
    expect_whole(document, "glibc", BP_ERROR, "unknown", "1 of 2 checks could not be told.");
    expect_whole(document, "glibc>=9", BP_ERROR, "fail",
                 "1 of 2 checks failed, and 1 could not be told.");
    cJSON_Delete(document);
    document = read_document("{}");
    expect_whole(document, "torch>=2", BP_WARNING, "unknown", "2 of 2 checks could not be told.");
    cJSON_Delete(document);
}

/* A finding of a severity and status, with a symptom where one is named. */
static cJSON *with_finding(const char *verdict, const char *severity, const char *status,
                           const char *symptom) {
    cJSON *document = machine(NULL, NULL);
    char *finding = bp_format(
        "[{'pattern':'eol-glibc','title':'Old','says':'It is old.','severity':'%s','status':'%s',"
        "'evidence':[],'remedy':[{'says':'Renew it.','command':null}],'symptoms':[%s]}]",
        severity, status, symptom);
    cJSON_ReplaceItemInObject(document, "findings", read_document(finding));
    cJSON_ReplaceItemInObject(document, "verdict", cJSON_CreateString(verdict));
    free(finding);
    return document;
}

static void findings_count_from_fail_on(void **state) {
    (void)state;
    static const struct {
        const char *severity;
        const char *status;
        const char *symptom;
        const char *on_error;
        const char *on_warning;
    } cases[] = {
        {"error", "confirmed", "", "fail", "fail"},
        {"error", "likely", "", "fail", "fail"},
        {"error", "possible", "", "pass", "pass"},
        {"warning", "confirmed", "", "pass", "fail"},
        {"warning", "possible", "", "pass", "pass"},
        {"info", "confirmed", "", "pass", "pass"},
        {"warning", "likely", "{'severity':'error','status':'confirmed'}", "fail", "fail"},
        {"info", "likely", "{'severity':'error','status':'possible'}", "pass", "pass"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cJSON *document = with_finding("ok", cases[i].severity, cases[i].status, cases[i].symptom);
        cJSON *answer = judge(document, NULL, BP_ERROR);
        assert_string_equal(cases[i].on_error, bp_json_text(answer, "result"));
        cJSON_Delete(answer);
        answer = judge(document, NULL, BP_WARNING);
        assert_string_equal(cases[i].on_warning, bp_json_text(answer, "result"));
        assert_string_equal("eol-glibc", bp_json_text_at(answer, "/checks/1/id"));
        assert_string_equal("Renew it.", bp_json_text_at(answer, "/checks/1/remedy/0/says"));
        cJSON_Delete(answer);
        cJSON_Delete(document);
    }
}

static void a_verdict_names_the_finding_behind_it(void **state) {
    (void)state;
    cJSON *document = with_finding("problem", "error", "confirmed", "");
    cJSON *answer = judge(document, NULL, BP_ERROR);
    assert_string_equal("eol-glibc", bp_json_text_at(answer, "/checks/0/explained_by"));
    assert_string_equal("2 of 2 checks failed.", bp_json_text(answer, "says"));
    cJSON_Delete(answer);
    cJSON_Delete(document);
    document = with_finding("problem", "warning", "confirmed", "");
    answer = judge(document, NULL, BP_ERROR);
    assert_null(bp_json_text_at(answer, "/checks/0/explained_by"));
    assert_string_equal("fail", bp_json_text(answer, "result"));
    cJSON_Delete(answer);
    cJSON_Delete(document);
}

static void a_collector_that_failed_is_no_pass(void **state) {
    (void)state;
    static const struct {
        const char *collectors;
        const char *assumed;
        const char *driver;
        const char *result;
    } cases[] = {
        {"{'session':{'status':'crashed','detail':'signal 11'}}", "[]", "{}", "unknown"},
        {"{'build_tools':{'status':'timeout'}}", "[]", "{}", "unknown"},
        {"{'cuda_driver':{'status':'timeout'}}", "[]", "{}", "unknown"},
        {"{'cuda_driver':{'status':'timeout'}}", "['gpu=9.0']", "{}", "pass"},
        {"{'cuda_driver':{'status':'timeout'}}", "['torch=2.6']", "{}", "unknown"},
        {"{'rocm':{'status':'absent'},'host':{'status':'ok'}}", "[]", "{}", "pass"},
        /* The driver answered: it does not start. */
        {"{'cuda_driver':{'status':'error'}}", "[]", "{'init':{'code':100}}", "pass"},
        {"{'cuda_driver':{'status':'error'}}", "[]", "{'library':{'status':'unloadable'}}", "pass"},
        {"{'cuda_driver':{'status':'error'}}", "[]", "{}", "unknown"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cJSON *document = machine("/snapshot/collectors", cases[i].collectors);
        bp_json_put(document, "/assumed", read_document(cases[i].assumed));
        bp_json_put(document, "/snapshot/cuda/driver", read_document(cases[i].driver));
        cJSON *answer = judge(document, NULL, BP_ERROR);
        if (!bp_equal(cases[i].result, bp_json_text(answer, "result"))) {
            fail_msg("%s: %s", cases[i].collectors, bp_json_text(answer, "result"));
        }
        cJSON_Delete(answer);
        cJSON_Delete(document);
    }
}

static void a_release_is_advised_that_works(void **state) {
    (void)state;
    cJSON *document = machine(NULL, NULL);
    cJSON *answer = judge(document, "bitsandbytes>=0.50", BP_ERROR);
    assert_non_null(
        strstr(bp_json_text_at(answer, "/checks/1/remedy/0/command"), "bitsandbytes==0.50.2"));
    cJSON_Delete(answer);
    /* None that works is so new. */
    answer = judge(document, "bitsandbytes>=0.60", BP_ERROR);
    assert_null(bp_json_at(answer, "/checks/1/remedy/0"));
    cJSON_Delete(answer);
    answer = judge(document, "transformers>=4.40", BP_ERROR);
    assert_string_equal("/v/python -m pip install 'transformers>=4.40'",
                        bp_json_text_at(answer, "/checks/1/remedy/0/command"));
    cJSON_Delete(answer);
    /* Another PyTorch may take another library: not advised untried. */
    answer = judge(document, "torch>=2.9", BP_ERROR);
    assert_null(bp_json_at(answer, "/checks/1/remedy/0"));
    cJSON_Delete(answer);
    cJSON_Delete(document);
}

static void what_is_not_understood(void **state) {
    (void)state;
    static const struct {
        const char *requirement;
        const char *says;
    } cases[] = {
        {"bitsandbites>=1", "did you mean bitsandbytes?"},
        {"gpus>=8", "did you mean gpu?"},
        {"zzzzzzzz", "bnb-probe help check"},
        {">=1", "a name and what it should be"},
        {"", "a name and what it should be"},
        {"python=3.11", "python==3.11.*"},
        {"torch>=", "version specifier"},
        {"torch 2.6", "version specifier"},
        {"torch[cuda]>=2", "version specifier"},
        {"torch>=2;python_version>'3'", "version specifier"},
        {"backend", "one of cuda, rocm, xpu, cpu, mps"},
        {"backend=", "one of cuda"},
        {"backend=cudaa", "did you mean backend=cuda?"},
        {"backend>=cuda", "one of cuda"},
        {"backend!cuda", "one of cuda"},
        {"backend=cuda,", "one of cuda"},
        {"outcome=cannot-tell", "outcome"},
        {"gpu", "gpu>=8.0"},
        {"gpu=", "gpu>=8.0"},
        {"gpu>=gfx90a", "gpu>=8.0"},
        {"gpu>=fast", "gpu>=8.0"},
        {"gpu>=8.0,", "gpu>=8.0"},
        {"gpu>=12", "gpu>=8.0"},
        {"gpu=90", "gpu>=8.0"},
        {"gpu-count=1", "gpu-count==1"},
        {"driver>=x", "version specifier"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bp_strs list = {0};
        struct bp_err err = {0};
        bp_strs_add(&list, "torch>=2");
        bp_strs_add(&list, cases[i].requirement);
        if (bp_gate_understands(&list, &err) == 0 || !strstr(bp_err_text(&err), cases[i].says)) {
            fail_msg("'%s': %s", cases[i].requirement, bp_err_text(&err));
        }
        assert_null(strchr(bp_err_text(&err), '\n'));
        bp_err_clear(&err);
        bp_strs_free(&list);
    }
}

/* Whatever stands in place of a fact, nothing falls over and nothing passes by it. */
static void facts_of_other_types(void **state) {
    (void)state;
    static const char *const facts[] = {"1", "[]", "[1]", "{'version':[],'installed':'x'}", "null"};
    static const char *const places[] = {
        "/snapshot",
        "/snapshot/python",
        "/snapshot/python/interpreters",
        "/snapshot/bitsandbytes",
        "/snapshot/cuda",
        "/snapshot/cuda/driver",
        DEVICES,
        "/snapshot/host",
        "/snapshot/tools",
        "/snapshot/collectors",
        "/loader",
        "/loader/devices",
        "/findings",
        "/assumed",
    };
    static const char *const requirements[] = {
        "bitsandbytes>=9", "torch>=9",     "python>=9", "cuda>=99",    "driver>=999", "glibc>=9",
        "gpu>=99.0",       "gpu-count>=9", "code=none", "backend=mps", "nvcc>=99",    "glibcxx>=9"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        for (size_t j = 0; j < sizeof facts / sizeof *facts; j++) {
            for (size_t k = 0; k < sizeof requirements / sizeof *requirements; k++) {
                cJSON *document = machine(places[i], facts[j]);
                cJSON *answer = judge(document, requirements[k], BP_WARNING);
                assert_string_not_equal("pass", bp_json_text(answer, "result"));
                cJSON_Delete(answer);
                cJSON_Delete(document);
            }
        }
    }
}

int main(void) {
    bp_memory_install();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packages_and_versions),
        cmocka_unit_test(what_is_not_known_is_neither),
        cmocka_unit_test(the_reason_is_given),
        cmocka_unit_test(the_system),
        cmocka_unit_test(the_driver_under_wsl),
        cmocka_unit_test(every_gpu),
        cmocka_unit_test(number_of_gpus),
        cmocka_unit_test(what_importing_comes_to),
        cmocka_unit_test(the_verdict_is_the_first_check),
        cmocka_unit_test(findings_count_from_fail_on),
        cmocka_unit_test(a_verdict_names_the_finding_behind_it),
        cmocka_unit_test(a_collector_that_failed_is_no_pass),
        cmocka_unit_test(a_release_is_advised_that_works),
        cmocka_unit_test(what_is_not_understood),
        cmocka_unit_test(facts_of_other_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
