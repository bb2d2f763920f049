/* Redaction: what goes, what stays, and that nothing gets past it into any format. */
#include "tests/unit/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/receipt.h"
#include "report/redact.h"
#include "report/render.h"
#include "report/rooted_paths.h"

static const struct bp_identity alice = {.user = (char[]){"alice"},
                                         .host = (char[]){"gpu07.lab.example.net"},
                                         .home = (char[]){"/home/alice"}};

static void check(const struct bp_identity *identity, const char *before, const char *after) {
    struct bp_redactor *redactor = bp_redactor_new(identity);
    char *once = bp_redact_text(redactor, before);
    char *twice = bp_redact_text(redactor, once);
    assert_string_equal(after, once);
    assert_string_equal(once, twice);
    free(twice);
    free(once);
    bp_redactor_free(redactor);
}

static void goes(const char *before, const char *after) {
    check(&alice, before, after);
}

static void stays(const char *text) {
    check(&alice, text, text);
}

static void home_folders(void **state) {
    (void)state;
    goes("File \"/home/alice/train.py\", line 3", "File \"$HOME/train.py\", line 3");
    goes("/home/bob /home/carol /home/bob/x", "/home/user /home/user2 /home/user/x");
    goes("/mnt/c/Users/Bob/x", "/mnt/c/Users/user/x");
    goes("/Users/carol/venv:/Users/dave/venv", "/Users/user/venv:/Users/user2/venv");
    goes("C:\\Users\\John Smith\\venv\\x.dll", "C:\\Users\\user\\venv\\x.dll");
    goes("C:\\\\Users\\\\bob\\\\venv", "C:\\\\Users\\\\user\\\\venv");
    goes("c:/users/bob/venv", "c:/users/user/venv");
    goes("/nfs/home/alice/x", "/nfs/home/user/x");
    stays("/root/venv/lib");
    stays("/home/user/x /home/user2/y");
    stays("/usr/lib/python3/dist-packages/homework/x");
    stays("C:\\Users\\Public\\x");
    stays("/home/linuxbrew/.linuxbrew/bin");
    stays("/home/$USER/x");
}

static void own_home_elsewhere(void **state) {
    (void)state;
    struct bp_identity carol = {.user = (char[]){"c00123"},
                                .home = (char[]){"/data/people/c00123x"}};
    check(&carol, "/data/people/c00123x/v", "$HOME/v");
    check(&carol, "/data/people/c00123xy/v", "/data/people/c00123xy/v");
    struct bp_identity root = {.user = (char[]){"root"}, .home = (char[]){"/root"}};
    check(&root, "/root/x of root", "$HOME/x of root");
}

static void names(void **state) {
    (void)state;
    goes("alice on gpu07", "user on host");
    goes("/data/alice/x on gpu07.lab.example.net", "/data/user/x on host");
    goes("GPU07:", "host:");
    goes("node3.lab.example.net", "node3.domain");
    goes("runs_alice-1", "runs_user-1");
    stays("malice and alicea");
    struct bp_identity common = {.user = (char[]){"ubuntu"}, .host = (char[]){"localhost"}};
    check(&common, "ubuntu at localhost", "ubuntu at localhost");
    struct bp_identity short_names = {.user = (char[]){"al"}, .host = (char[]){"ml"}};
    check(&short_names, "al at ml", "al at ml");
    struct bp_identity none = {0};
    check(&none, "nobody here", "nobody here");
}

static void secrets(void **state) {
    (void)state;
    goes("login hf_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789.", "login <token>.");
    goes("ghp_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789", "<token>");
    goes("github_pat_11ABCDEFG0aBcDeFgHiJk_xyz", "<token>");
    goes("sk-proj-aBcD1234efgh5678IJKL", "<token>");
    goes("key AKIAIOSFODNN7EXAMPLE", "key <token>");
    goes("xoxb-1234567890-abcdefghij", "<token>");
    goes("glpat-aBcD1234efgh5678IJKL", "<token>");
    goes("pypi-AgEIcHlwaS5vcmcCJGFiY2RlZg", "<token>");
    goes("Authorization: Bearer abc.def-123456", "Authorization: Bearer <token>");
    goes("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-def_123", "<token>");
    goes("\xE4\xBB\xA4\xE7\x89\x8Chf_aBcDeFgH0123456789", "\xE4\xBB\xA4\xE7\x89\x8C<token>");
    goes("HF_TOKEN=whatever1", "HF_TOKEN=<secret>");
    goes("WANDB_API_KEY: 0123abc", "WANDB_API_KEY: <secret>");
    goes("{\"password\": \"hunter2\"}", "{\"password\": \"<secret>\"}");
    goes("--token abc123 --x", "--token <secret> --x");
    goes("https://bob:pass@pkg.example.org/simple", "https://<secret>@pkg.example.org/simple");
    goes("https://0123456789abcdef@pkg.example.org/", "https://<secret>@pkg.example.org/");
    goes("https://x.org/?a=1&token=abc&b=2.", "https://x.org/?<query>.");
    goes("GET /x?a=1&token=abc&b=2", "GET /x?a=1&token=<secret>&b=2");
    goes("(https://x.org/a?b#c)", "(https://x.org/a?<query>#c)");
    goes("Authorization: Token 9944b09199c62bcf", "Authorization: Token <token>");
    goes("'Authorization': 'secret words'", "'Authorization': '<token>'");
    goes("Cookie: a=b; c=d\nx", "Cookie: <token>\nx");
    goes("machine api.wandb.ai\n  login user\n  password 0123abc",
         "machine api.wandb.ai\n  login <secret>\n  password <secret>");
    goes("wandb login 0123456789abcdef0123456789abcdef01234567", "wandb login <secret>");
    goes("AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "<token> <secret>");
    goes("aws: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "aws: <secret>");
    goes("{\"username\":\"x\",\"key\":\"0123456789abcdef0123456789abcdef\"}",
         "{\"username\":\"x\",\"key\":\"<secret>\"}");
    goes("AccountKey=abc/def+123==;x", "AccountKey=<secret>;x");
    goes("https://conda.example.org/t/ab-12345678-cdef/main",
         "https://conda.example.org/t/<secret>/main");
    goes("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nx", "<secret>\nx");
}

static void words_that_look_like_secrets(void **state) {
    (void)state;
    stays("pip install hf_transfer sk-learn hf_quantizer");
    stays("pad_token_id=0 eos_token: </s> max_new_tokens=128 tokenizer=x");
    stays("token=True use_auth_token=None");
    stays("SyntaxError: unexpected token: foo");
    stays("task-0001-of-0002 mask-generation-pipeline");
    stays("git+ssh://git@github.com/x/y.git");
    stays("PWD=/opt/x");
    stays("KeyError: 'bitsandbytes'");
    stays("std::basic_string<char>");
    stays("KeyError: 'model.layers.10.self_attn.k_proj.weight'");
    stays("commit 0123456789abcdef0123456789abcdef01234567");
    stays("{\"key\": \"model.layers.10.self_attn\"}");
    stays("the machine asks for a login and a password");
}

static void addresses(void **state) {
    (void)state;
    goes("connect to 203.0.113.77:29500", "connect to <address>:29500");
    goes("MASTER_ADDR=10.1.2.3", "MASTER_ADDR=<address>");
    goes("http://192.168.1.20/x", "http://<address>/x");
    goes("inet6 fe80::1ff:fe23:4567:890a%eth0", "inet6 <address>");
    goes("[2001:db8::8:800]:443", "[<address>]:443");
    goes("ip-10-0-0-5.ec2.internal", "<address>.ec2.internal");
    goes("ether 02:42:ac:11:00:02", "ether <mac>");
    goes("02-42-AC-11-00-02", "<mac>");
    goes("write to bob.b+x@mail.example.org now", "write to <email> now");
    goes("bob@dgx3:~/x$ python", "user@host:~/x$ python");
    goes("GPU-12345678-abcd-ef01-2345-6789abcdef01", "GPU-<uuid>");
    goes("MIG-GPU-12345678-abcd-ef01-2345-6789abcdef01/1/0", "MIG-GPU-<uuid>/1/0");
    goes("MIG-12345678-abcd-ef01-2345-6789abcdef01", "MIG-<uuid>");
}

static void identifiers(void **state) {
    (void)state;
    goes("Serial Number                         : 1321020022261",
         "Serial Number                         : <serial>");
    goes("serial=PF2ABC34", "serial=<serial>");
    goes("Device Serial Number 48-b0-2d-ff-ff-a1-c2-d3", "Device Serial Number <serial>");
    goes("GPU PDI : 0x1a2b3c4d5e6f7081", "GPU PDI : <serial>");
    goes("/kubepods/burstable/pod12345678-abcd-ef01-2345-6789abcdef01/x",
         "/kubepods/burstable/pod<uuid>/x");
    goes("kubepods-pod12345678_abcd_ef01_2345_6789abcdef01.slice", "kubepods-pod<uuid>.slice");
    goes("/docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
         "/docker/<id>");
    goes("S-1-5-21-1004336348-1177238915-682003330-512", "S-1-5-21-<id>");
    stays("sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    stays("serial port, serialized 12345, a serial: no");
}

static void what_looks_like_addresses(void **state) {
    (void)state;
    stays("127.0.0.1 0.0.0.0 ::1 [::1]:80");
    stays("nvidia-cublas-cu12==12.8.4.1");
    stays("nvidia-curand-cu12        10.3.5.147");
    stays("Requires-Dist: nvidia-curand-cu12 (==10.3.5.147)");
    stays("/v/nvidia_cublas_cu12-12.8.4.1.dist-info/RECORD");
    stays("libcublas.so.12.8.4.1");
    stays("cublas version is 12.8.4.1");
    stays("opencv-python 4.9.0.80");
    stays("bitsandbytes 0.45.5.1 and 0.45.5.2");
    stays("0.45.5.1+cu121");
    stays("12.34.56.789 1.2.3.4.5");
    stays("0000:01:00.0 at 12:34:56");
    stays("at::native::add c10::cuda::x std::bad_alloc a::b ::add");
    stays("memcpy@GLIBC_2.14 torch@v2");
}

/* A report with the snapshot. */
static cJSON *report_of(const char *snapshot) {
    char *text =
        bp_format("{\"schema\":\"bnb-probe/1\",\"snapshot\":%s,\"findings\":[]}", snapshot);
    cJSON *document = cJSON_Parse(text);
    assert_non_null(document);
    free(text);
    return document;
}

static void assert_text(const cJSON *document, const char *pointer, const char *text) {
    const char *found = bp_json_text_at(document, pointer);
    assert_non_null(found);
    assert_string_equal(text, found);
}

static cJSON *redacted(const struct bp_identity *identity, cJSON *document) {
    struct bp_redactor *redactor = bp_redactor_new(identity);
    bp_redact_document(redactor, document);
    bp_redactor_sign(redactor, document);
    bp_redactor_free(redactor);
    return document;
}

static void typed_versions(void **state) {
    (void)state;
    cJSON *document =
        redacted(&alice, report_of("{\"tools\":{\"nvcc\":{\"version\":\"10.3.5.147\",\"output\":"
                                   "\"is 10.3.5.147 or 10.3.5.148\"},\"gcc\":{\"version\":"
                                   "\"at 10.3.5.149\"}}}"));
    assert_text(document, "/snapshot/tools/nvcc/version", "10.3.5.147");
    assert_text(document, "/snapshot/tools/nvcc/output", "is 10.3.5.147 or <address>");
    assert_text(document, "/snapshot/tools/gcc/version", "at <address>");
    cJSON_Delete(document);
}

/* What the schema does not know, and what is not of its type, is free text. */
static void untyped_strings(void **state) {
    (void)state;
    cJSON *document =
        redacted(&alice, report_of("{\"new\":[\"alice\",{\"alice\":\"10.1.2.3\"}],"
                                   "\"host\":{\"machine\":\"alice's own\",\"os\":\"alice\"},"
                                   "\"bitsandbytes\":{\"version\":\"hf_aBcDeFgH0123456789\"}}"));
    assert_text(document, "/snapshot/new/0", "user");
    assert_text(document, "/snapshot/new/1/user", "<address>");
    assert_text(document, "/snapshot/host/machine", "user's own");
    assert_text(document, "/snapshot/host/os", "user");
    assert_text(document, "/snapshot/bitsandbytes/version", "<token>");
    cJSON_Delete(document);
}

/* The value of an evidence is of the type of the fact that it was taken from. */
static void evidence_has_the_type_of_its_fact(void **state) {
    (void)state;
    cJSON *document = report_of("{}");
    bp_json_put(
        document, "/findings/-",
        cJSON_Parse(
            "{\"evidence\":[{\"pointer\":\"/cuda/toolkits/0/version\",\"value\":\"10.1.2.3\"},"
            "{\"pointer\":\"/environment/LD_PRELOAD\",\"value\":\"10.1.2.4\"},"
            "{\"pointer\":\"/loader/outcome_says\",\"value\":\"it will do\"}]}"));
    struct bp_identity will = {.user = (char[]){"will"}};
    redacted(&will, document);
    assert_text(document, "/findings/0/evidence/0/value", "10.1.2.3");
    assert_text(document, "/findings/0/evidence/1/value", "<address>");
    assert_text(document, "/findings/0/evidence/2/value", "it will do");
    cJSON_Delete(document);
}

/* A user may be called Will, or conda: words of the program and of the field stay. */
static void sentences_keep_their_words(void **state) {
    (void)state;
    struct bp_identity will = {.user = (char[]){"will"}, .host = (char[]){"wheelhouse"}};
    cJSON *document = report_of("{\"host\":{\"libc\":{\"path\":\"/x will\"},"
                                "\"container\":{\"kind\":\"will\"}}}");
    bp_json_set_text(document, "verdict_says", "it will fail in /data/will/x");
    redacted(&will, document);
    assert_text(document, "/verdict_says", "it will fail in /data/user/x");
    assert_text(document, "/snapshot/host/libc/path", "/x user");
    assert_text(document, "/snapshot/host/container/kind", "will");
    cJSON_Delete(document);
}

/* A command can still be typed: a shell puts the home folder in its place. */
static void commands(void **state) {
    (void)state;
    static const struct {
        const char *before;
        const char *after;
    } all[] = {
        {"/home/alice/v/bin/python -m pip install x", "$HOME/v/bin/python -m pip install x"},
        {"\"/home/alice/my v/bin/python\" -V", "\"$HOME/my v/bin/python\" -V"},
        {"'/home/alice/my v/bin/python' -V", "\"$HOME\"'/my v/bin/python' -V"},
        {"X=/home/alice/v cmake", "X=$HOME/v cmake"},
        {"/home/bob/v/bin/python -V", "/home/user/v/bin/python -V"},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        cJSON *document = report_of("{\"python\":{\"interpreters\":[{\"kind\":\"venv\","
                                    "\"prefix\":\"/home/alice/v\"}]}}");
        cJSON *step = cJSON_CreateObject();
        bp_json_set_text(step, "command", all[i].before);
        bp_json_put(document, "/loader/remedy/-", step);
        redacted(&alice, document);
        assert_text(document, "/loader/remedy/0/command", all[i].after);
        cJSON_Delete(document);
    }
}

static const char environments[] =
    "{\"python\":{\"working_folder\":\"/home/alice\",\"interpreters\":["
    "{\"kind\":\"venv\",\"prefix\":\"/home/alice/p/venv\","
    "\"executable\":\"/home/alice/p/venv/bin/python\","
    "\"search_path\":[\"/home/alice/p/venv2/x\",\"/home/bob/x\",\"/home/carol/x\"]},"
    "{\"kind\":\"venv\",\"prefix\":\"/srv/venv\",\"executable\":\"/srv/venv/bin/python\"},"
    "{\"kind\":\"conda\",\"prefix\":\"/opt/conda\",\"executable\":\"/opt/conda/bin/python\"},"
    "{\"kind\":\"system\",\"prefix\":\"/usr\",\"executable\":\"/usr/bin/python3\"}]},"
    "\"environment\":{\"LD_LIBRARY_PATH\":\"/home/alice/p/venv/lib:/opt/conda/lib\"}}";

/* Paths start with the names of the folders that they lie in, and can be told apart as before. */
static void rooted_paths(void **state) {
    (void)state;
    cJSON *document = redacted(&alice, report_of(environments));
    const cJSON *python = bp_json_at(document, "/snapshot/python");
    assert_text(python, "/working_folder", "$HOME");
    assert_text(python, "/interpreters/0/executable", "$VENV/bin/python");
    assert_text(python, "/interpreters/0/search_path/0", "$HOME/p/venv2/x");
    assert_text(python, "/interpreters/0/search_path/1", "/home/user/x");
    assert_text(python, "/interpreters/0/search_path/2", "/home/user2/x");
    assert_text(python, "/interpreters/1/executable", "$VENV2/bin/python");
    assert_text(python, "/interpreters/2/executable", "$CONDA/bin/python");
    assert_text(python, "/interpreters/3/executable", "/usr/bin/python3");
    /* What a variable holds is text: the folder is not hidden behind a name of ours. */
    assert_text(document, "/snapshot/environment/LD_LIBRARY_PATH",
                "$HOME/p/venv/lib:/opt/conda/lib");
    assert_text(document, "/paths/$VENV", "$HOME/p/venv");
    assert_text(document, "/paths/$VENV2", "/srv/venv");
    assert_text(document, "/paths/$CONDA", "/opt/conda");
    assert_true(cJSON_IsNull(bp_json_at(document, "/paths/$HOME")));
    cJSON_Delete(document);
}

/* Read again, paths are whole; redacted again, the report is as it was. */
static void rooted_paths_come_back(void **state) {
    (void)state;
    struct bp_identity maintainer = {.user = (char[]){"mary"}, .home = (char[]){"/home/mary"}};
    cJSON *first = redacted(&alice, report_of(environments));
    cJSON *again = cJSON_Duplicate(first, true);
    cJSON_DeleteItemFromObject(again, "withheld");
    cJSON *paths = cJSON_DetachItemFromObject(again, "paths");
    bp_rooted_paths_expand(cJSON_GetObjectItem(again, "snapshot"), paths);
    assert_text(again, "/snapshot/python/interpreters/0/executable", "/home/me/p/venv/bin/python");
    assert_text(again, "/snapshot/python/interpreters/1/executable", "/srv/venv/bin/python");
    redacted(&maintainer, again);
    assert_true(
        cJSON_Compare(bp_json_get(first, "snapshot"), bp_json_get(again, "snapshot"), true));
    assert_true(cJSON_Compare(bp_json_get(first, "paths"), bp_json_get(again, "paths"), true));
    assert_int_equal(0, cJSON_GetArraySize(bp_json_get(again, "withheld")));
    cJSON_Delete(paths);
    cJSON_Delete(again);
    cJSON_Delete(first);
}

/* Names of folders that nobody is meant by, and folders that lead round in a circle. */
static void paths_of_strangers(void **state) {
    (void)state;
    cJSON *snapshot = cJSON_Parse("[\"$HOME/x\",\"$VENV/x $VENVX $VEN $A$B\",\"$\"]");
    cJSON *paths = cJSON_Parse("{\"$HOME\":\"/etc\",\"$VENV\":\"$VENV/$HOME\",\"\":\"/y\","
                               "\"$A\":7,\"$B\":\"$A$A\",\"x\":\"/z\"}");
    bp_rooted_paths_expand(snapshot, paths);
    assert_text(snapshot, "/0", "/home/me/x");
    assert_text(snapshot, "/1", "$VENV//home/me/x $VENVX $VEN $A$A$A");
    assert_text(snapshot, "/2", "$");
    bp_rooted_paths_expand(snapshot, NULL);
    cJSON_Delete(paths);
    cJSON_Delete(snapshot);
}

static size_t count_of(const cJSON *document, const char *kind) {
    const cJSON *line;
    cJSON_ArrayForEach(line, bp_json_get(document, "withheld")) {
        if (bp_equal(kind, bp_json_text(line, "kind"))) {
            return (size_t)bp_json_number(line, "count", 0);
        }
    }
    return 0;
}

static void the_receipt_counts(void **state) {
    (void)state;
    cJSON *document = redacted(
        &alice, report_of("{\"environment\":{\"A\":\"/home/alice:/home/bob:/opt/alice\","
                          "\"B\":\"gpu07 10.1.2.3 hf_aBcDeFgH0123456789\",\"C\":\"/opt/x\"}}"));
    assert_int_equal(2, count_of(document, "home-folder"));
    assert_int_equal(1, count_of(document, "user-name"));
    assert_int_equal(1, count_of(document, "host-name"));
    assert_int_equal(1, count_of(document, "network-address"));
    assert_int_equal(1, count_of(document, "token"));
    assert_int_equal(5, cJSON_GetArraySize(bp_json_get(document, "withheld")));
    char *says = bp_receipt_withheld(bp_json_get(document, "withheld"));
    assert_string_equal(
        "Withheld from this report: 1 user name, 1 host name, 2 home folders' names, "
        "1 token, 1 network address.",
        says);
    free(says);
    cJSON_Delete(document);
}

/* A folder that says nothing about anyone is named, and is nothing that was withheld. */
static void roots_home_is_no_secret(void **state) {
    (void)state;
    struct bp_identity root = {.user = (char[]){"root"}, .home = (char[]){"/root"}};
    cJSON *document = redacted(&root, report_of("{\"host\":{\"libc\":{\"path\":\"/root/x\"}}}"));
    assert_text(document, "/snapshot/host/libc/path", "$HOME/x");
    assert_int_equal(0, cJSON_GetArraySize(bp_json_get(document, "withheld")));
    cJSON_Delete(document);
}

/* None of these may be in any output. */
static const char *const canaries[] = {
    "alice",     "gpu07",       "lab.example.net",         "hf_aBcDeFgH0123",
    "hunter2xx", "203.0.113.9", "fe80::1:2:3:4",           "02:42:ac:11:00:02",
    "bob@corp",  "bobby",       "12345678-abcd-ef01-2345", "s3cr3tvalue",
};

#define PLANT                                                                                      \
    "/home/alice/x gpu07 lab.example.net hf_aBcDeFgH0123456789 https://bob:hunter2xx@a.org/ "      \
    "203.0.113.9 fe80::1:2:3:4 02:42:ac:11:00:02 bob@corp.org /Users/bobby/x "                     \
    "GPU-12345678-abcd-ef01-2345-6789abcdef01 MY_API_KEY=s3cr3tvalue /data/alice/x"

static cJSON *planted(void) {
    static const char *const places[] = {
        "/snapshot/host/distribution/name",
        "/snapshot/host/kernel/release",
        "/snapshot/host/container/kind",
        "/snapshot/host/container/evidence",
        "/snapshot/hardware/cpu/model",
        "/snapshot/cuda/driver/library/error",
        "/snapshot/cuda/driver/visible_devices",
        "/snapshot/cuda/kernel_module/version",
        "/snapshot/environment/LD_LIBRARY_PATH",
        "/snapshot/bitsandbytes/path",
        "/snapshot/bitsandbytes/version",
        "/snapshot/tools/gcc/version",
        "/snapshot/tools/gcc/path",
        "/snapshot/session/notebook",
        "/snapshot/collectors/python/detail",
        "/snapshot/collectors/python/unknown/~1host~1libc~1version",
        "/loader/outcome_says",
        "/loader/user_sees",
        "/loader/asks_for",
        "/loader/chosen",
        "/verdict_says",
    };
    static const char *const lists[] = {"/snapshot/cuda/toolkits", "/snapshot/cuda/libraries",
                                        "/snapshot/python/interpreters",
                                        "/snapshot/bitsandbytes/native_libraries"};
    cJSON *document = cJSON_Parse(
        "{\"schema\":\"bnb-probe/1\",\"tool\":{\"name\":\"bnb-probe\",\"version\":\"0.1.0\"},"
        "\"collected_at\":null,\"verdict\":\"problem\",\"findings\":[{\"pattern\":\"p\","
        "\"severity\":\"error\",\"status\":\"likely\",\"disposition\":\"upgrade\"}],"
        "\"snapshot\":{\"bitsandbytes\":{\"installed\":true},\"collectors\":{\"python\":"
        "{\"status\":\"error\",\"ms\":1}}}}");
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        assert_int_equal(0, bp_json_put(document, places[i], cJSON_CreateString(PLANT)));
    }
    bp_json_put(document, "/snapshot/cuda/driver/library/status", cJSON_CreateString("unloadable"));
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        cJSON *item = cJSON_CreateObject();
        static const char *const members[] = {"version",    "path",    "found_from",
                                              "family",     "error",   "name",
                                              "executable", "machine", "kind"};
        for (size_t j = 0; j < sizeof members / sizeof *members; j++) {
            bp_json_set_text(item, members[j], PLANT);
        }
        char *pointer = bp_format("%s/-", lists[i]);
        bp_json_put(document, pointer, item);
        free(pointer);
    }
    bp_json_put(document, "/loader/because/-", cJSON_CreateString(PLANT));
    cJSON *finding = cJSON_GetArrayItem(cJSON_GetObjectItem(document, "findings"), 0);
    bp_json_set_text(finding, "title", PLANT);
    bp_json_set_text(finding, "explanation", PLANT);
    bp_json_set_text(finding, "closing_comment", PLANT);
    bp_json_put(finding, "/references/-", cJSON_CreateString(PLANT));
    bp_json_put(finding, "/remedy/-/x", cJSON_CreateNull());
    cJSON *step = cJSON_CreateObject();
    bp_json_set_text(step, "says", PLANT);
    bp_json_set_text(step, "command", PLANT);
    bp_json_put(finding, "/remedy/-", step);
    cJSON *evidence = cJSON_CreateObject();
    bp_json_set_text(evidence, "from", "text");
    bp_json_set_text(evidence, "source", "/home/alice/run.log");
    bp_json_set_text(evidence, "excerpt", PLANT);
    bp_json_set_text(evidence, "value", PLANT);
    bp_json_set_text(evidence, "says", PLANT);
    bp_json_put(finding, "/evidence/-", evidence);
    return document;
}

static void assert_clean(const char *shown) {
    for (size_t i = 0; i < sizeof canaries / sizeof *canaries; i++) {
        const char *found = strcasestr(shown, canaries[i]);
        if (found) {
            fail_msg("%s shows: %.80s", canaries[i], found);
        }
    }
}

/* Percent-decoding, so that a secret cannot hide behind it. */
static char *decode(const char *address) {
    struct bp_str text = BP_STR_EMPTY;
    for (const char *at = address; *at; at++) {
        char hex[3] = {at[0] == '%' ? at[1] : '\0', at[0] == '%' ? at[2] : '\0', '\0'};
        bp_str_add_char(&text, hex[0] ? (char)strtol(hex, NULL, 16) : *at);
        at += hex[0] ? 2 : 0;
    }
    return bp_str_detach(&text);
}

static void nothing_planted_shows(void **state) {
    (void)state;
    struct bp_text_style style = {.verbose = true, .width = 4000};
    struct bp_str out = BP_STR_EMPTY;
    cJSON *document = planted();
    struct bp_redactor *redactor = bp_redactor_new(&alice);
    bp_redact_document(redactor, document);
    char *log = bp_redact_text(redactor, PLANT "\n" PLANT "\n");

    bp_render_text(document, &style, &out);
    assert_clean(out.data);
    assert_non_null(strstr(out.data, "$HOME/x"));
    bp_str_truncate(&out, 0);
    style.verbose = false;
    bp_render_text(document, &style, &out);
    bp_render_verdict(document, &style, &out);
    assert_clean(out.data);
    bp_str_truncate(&out, 0);
    bp_render_json(document, &out);
    assert_clean(out.data);
    bp_str_truncate(&out, 0);
    bp_render_markdown(document, log, true, &out);
    assert_clean(out.data);
    bp_str_truncate(&out, 0);
    bp_render_url(document, log, &out);
    char *decoded = decode(out.data);
    assert_clean(decoded);
    free(decoded);

    char *once = bp_json_print(document, false);
    bp_redact_document(redactor, document);
    char *twice = bp_json_print(document, false);
    assert_string_equal(once, twice);
    free(twice);
    free(once);
    free(log);
    bp_str_free(&out);
    bp_redactor_free(redactor);
    cJSON_Delete(document);
}

int main(void) {
    bp_memory_install();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(home_folders),
        cmocka_unit_test(own_home_elsewhere),
        cmocka_unit_test(names),
        cmocka_unit_test(secrets),
        cmocka_unit_test(words_that_look_like_secrets),
        cmocka_unit_test(addresses),
        cmocka_unit_test(identifiers),
        cmocka_unit_test(what_looks_like_addresses),
        cmocka_unit_test(typed_versions),
        cmocka_unit_test(untyped_strings),
        cmocka_unit_test(evidence_has_the_type_of_its_fact),
        cmocka_unit_test(sentences_keep_their_words),
        cmocka_unit_test(commands),
        cmocka_unit_test(rooted_paths),
        cmocka_unit_test(rooted_paths_come_back),
        cmocka_unit_test(paths_of_strangers),
        cmocka_unit_test(the_receipt_counts),
        cmocka_unit_test(roots_home_is_no_secret),
        cmocka_unit_test(nothing_planted_shows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
