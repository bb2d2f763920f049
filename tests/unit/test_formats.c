/* What people read: text, Markdown, the new-issue address, made from one written document. */
#include "tests/unit/cmocka_all.h"

#include <ctype.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "report/facts_view.h"
#include "report/markup.h"
#include "report/plain.h"
#include "report/render.h"

static const char sample[] =
    "{'schema':'bnb-probe/1','tool':{'name':'bnb-probe','version':'0.1.0'},"
    "'collected_at':'2026-01-02T03:04:05Z','verdict':'problem',"
    "'verdict_says':'The libraries need a newer glibc than this system has.',"
    "'findings':[{'pattern':'eol-glibc','title':'The system is too old','status':'confirmed',"
    "'severity':'error','says':'glibc 2.17 is older than 2.24.','explanation':'Wheels are built "
    "for newer systems.','evidence':[{'from':'snapshot','pointer':'/host/libc/version',"
    "'value':'2.17','says':'glibc is 2.17'},{'from':'text','source':'train.log','line':7,"
    "'excerpt':'version `GLIBC_2.34 not found','says':'the loader refuses it'}],"
    "'remedy':[{'says':'Take an older release.','command':'python -m pip install "
    "bitsandbytes==0.42.0 --with-a-very-long-option-that-must-not-be-wrapped-at-the-margin'}],"
    "'disposition':'environment','canonical_issue':1633,'references':['#70'],"
    "'closing_comment':'x','symptoms':[{'pattern':'native-library-load-failure','title':'The "
    "native library did not load','status':'likely','severity':'error','evidence':[{'from':"
    "'text','says':'a NameError follows'}],'explanation':'','remedy':[],'disposition':"
    "'duplicate','references':[],'closing_comment':''}]}],"
    "'ruled_out':['rocm-build'],"
    "'loader':{'outcome':'libc-too-old','outcome_says':'The file asks for GLIBC_2.24.',"
    "'asks_for':'libbitsandbytes_cuda124.so','chosen':null,'because':['It asks for it.'],"
    "'user_sees':'an OSError'},"
    "'snapshot':{'host':{'os':'linux','distribution':{'name':'CentOS Linux 7 (Core)','version':"
    "'7'},'machine':'x86_64','libc':{'name':'glibc','version':'2.17'}},"
    "'bitsandbytes':{'installed':true,'version':'0.45.5','path':'/opt/`v`\\u001b[2J/<b>@bob"
    "</b>','native_libraries':[]},"
    "'cuda':{'driver':{'library':{'status':'not-found'}}},"
    "'collectors':{'host':{'status':'ok','ms':1},'rocm':{'status':'absent','ms':0},"
    "'pci':{'status':'denied','ms':1,'detail':'not readable','unknown':{'/hardware/pci':"
    "'/sys may not be read'}}}}}";

static cJSON *read_sample(void) {
    char *text = bp_strdup(sample);
    for (char *at = text; *at; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    cJSON *document = cJSON_Parse(text);
    assert_non_null(document);
    free(text);
    return document;
}

static char *text_of(const cJSON *document, struct bp_text_style style) {
    struct bp_str out = BP_STR_EMPTY;
    bp_render_text(document, &style, &out);
    return bp_str_detach(&out);
}

static size_t place(const char *text, const char *part) {
    const char *found = strstr(text, part);
    if (!found) {
        fail_msg("'%s' is missing in:\n%s", part, text);
    }
    return (size_t)(found - text);
}

static void text_goes_from_verdict_to_facts(void **state) {
    (void)state;
    cJSON *document = read_sample();
    char *text = text_of(document, (struct bp_text_style){.width = 80});
    static const char *const order[] = {
        "PROBLEM: The libraries need a newer glibc",
        "1. The system is too old [eol-glibc], confirmed",
        "glibc 2.17 is older than 2.24.",
        "What shows it",
        "- glibc is 2.17",
        "/host/libc/version: 2.17",
        "train.log, line 7: version `GLIBC_2.34 not found",
        "What to do",
        "1. Take an older release.",
        ("python -m pip install bitsandbytes==0.42.0 --with-a-very-long-option-that-must-not-be-"
         "wrapped-at-the-margin\n"),
        "It also explains",
        "- The native library did not load: a NameError follows",
        "See https://github.com/bitsandbytes-foundation/bitsandbytes/issues/1633",
        "https://github.com/bitsandbytes-foundation/bitsandbytes/issues/70",
        "Loading bitsandbytes",
        "The file asks for GLIBC_2.24.",
        "System",
        "CentOS Linux 7 (Core), x86_64",
        "glibc 2.17",
        "unknown: /sys may not be read",
        "not found",
        "pci",
        "not allowed: not readable",
        "Not on this machine",
        "rocm",
    };
    size_t last = 0;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        last += place(text + last, order[i]);
    }
    assert_null(strstr(text, "\x1B"));
    assert_null(strstr(text, "It asks for it.")); /* the chain is for --verbose */
    free(text);
    text = text_of(document, (struct bp_text_style){.width = 80, .verbose = true});
    place(text, "It asks for it.");
    free(text);
    cJSON_Delete(document);
}

static void lines_keep_within_the_width(void **state) {
    (void)state;
    cJSON *document = read_sample();
    for (size_t width = 40; width <= 100; width += 20) {
        char *text = text_of(document, (struct bp_text_style){.width = width, .ascii = true});
        for (const char *line = text; *line;) {
            size_t length = strcspn(line, "\n");
            const char *last_blank = NULL;
            for (size_t i = strspn(line, " "); i < length; i++) {
                last_blank = line[i] == ' ' ? line + i : last_blank;
            }
            /* A longer line is a command, an address or a single long word. */
            bool unbroken = !last_blank || strstr(line, "pip install") < line + length ||
                            (size_t)(last_blank - line) <= width;
            if (length > width && !unbroken) {
                fail_msg("%zu columns: %.*s", length, (int)length, line);
            }
            assert_false(length && line[length - 1] == ' ');
            line += length + (line[length] == '\n');
        }
        free(text);
    }
    cJSON_Delete(document);
}

static void colour_only_adds(void **state) {
    (void)state;
    cJSON *document = read_sample();
    char *plain = text_of(document, (struct bp_text_style){.width = 80});
    char *colored = text_of(document, (struct bp_text_style){.width = 80, .color = true});
    struct bp_str stripped = BP_STR_EMPTY;
    place(colored, "\x1B[1;31mPROBLEM\x1B[0m");
    for (const char *at = colored; *at; at++) {
        if (*at == '\x1B') {
            at += strcspn(at, "m");
        } else {
            bp_str_add_char(&stripped, *at);
        }
    }
    assert_string_equal(plain, stripped.data);
    bp_str_free(&stripped);
    free(colored);
    free(plain);
    cJSON_Delete(document);
}

static void ascii_is_ascii(void **state) {
    (void)state;
    cJSON *document = read_sample();
    bp_json_set_text(document, "verdict_says",
                     "caf\xC3\xA9 \xE2\x80\x93 \xE2\x80\x9Cx\xE2\x80\x9D");
    char *text = text_of(document, (struct bp_text_style){.width = 80, .ascii = true});
    place(text, "PROBLEM: caf? - \"x\"\n");
    for (const char *at = text; *at; at++) {
        assert_true(*at > 0);
    }
    free(text);
    cJSON_Delete(document);
}

static void columns_are_those_of_a_terminal(void **state) {
    (void)state;
    assert_int_equal(0, bp_utf8_columns(""));
    assert_int_equal(4, bp_utf8_columns("caf\xC3\xA9"));
    assert_int_equal(2, bp_utf8_columns("a\xFF")); /* a stray byte is shown as one character */
    if (!setlocale(LC_CTYPE, "C.UTF-8")) {
        return; /* the locale knows no wide characters */
    }
    assert_int_equal(6, bp_utf8_columns("\xE8\xA8\x88\xE7\xAE\x97\xE6\xA9\x9F"));
    assert_int_equal(1, bp_utf8_columns("e\xCC\x81"));
    setlocale(LC_CTYPE, "C");
}

static void check_words(const char *before, const char *after) {
    struct bp_str out = BP_STR_EMPTY;
    bp_markup_words(&out, before);
    assert_string_equal(after, out.data);
    bp_str_free(&out);
}

static void check_code(const char *before, const char *after) {
    struct bp_str out = BP_STR_EMPTY;
    bp_markup_code(&out, before);
    assert_string_equal(after, out.data);
    bp_str_free(&out);
}

static void markup_is_disarmed(void **state) {
    (void)state;
    check_words("a *b* `c` _d_ [e](f) <g> | ~h~ &amp; \\", "a \\*b\\* \\`c\\` \\_d\\_ \\[e\\](f) "
                                                           "&lt;g&gt; \\| \\~h\\~ &amp;amp; \\\\");
    check_words("# not a heading\n# nor this", "\\# not a heading # nor this");
    check_words("@torch is no person", "@<!-- -->torch is no person");
    check_code("plain <b> @x", "`plain <b> @x`");
    check_code("a `` b", "``` a `` b ```");
    check_code("", "(empty)");
    struct bp_str out = BP_STR_EMPTY;
    bp_markup_block(&out, "  ", "sh", "a\n````\n\nb\x1B[2J");
    assert_string_equal("  `````sh\n  a\n  ````\n\n  b\xEF\xBF\xBD[2J\n  `````\n", out.data);
    bp_str_free(&out);
}

static void markdown_fits_the_form(void **state) {
    (void)state;
    cJSON *document = read_sample();
    struct bp_str out = BP_STR_EMPTY;
    bp_render_markdown(document, "Traceback\n```\nOSError\n", false, &out);
    static const char *const order[] = {
        "**This is known, and lies in what is installed here",
        "**The system is too old** (confirmed, known pattern `eol-glibc`)",
        "(`/host/libc/version`: `2.17`)",
        "- explains: The native library did not load",
        "```sh\n   python -m pip install",
        "\n### System Info\n",
        "The file asks for GLIBC\\_2.24.",
        "1. It asks for it.",
        "ruled out: `rocm-build`.",
        "- Operating system: `CentOS Linux 7 (Core), x86_64`",
        "- Place: `` /opt/`v`\xEF\xBF\xBD[2J/<b>@bob</b> ``",
        "<details>\n",
        "```json\n{\"schema\":",
        "</details>\n",
        "\n### Reproduction\n\n````\nTraceback\n```\nOSError\n````\n",
        "\n### Expected behavior\n",
    };
    size_t last = 0;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        last += place(out.data + last, order[i]);
    }
    assert_null(strstr(out.data, "\x1B"));
    bp_str_truncate(&out, 0);
    /* A document that is too large is to be attached. */
    char *large = bp_alloc(40001);
    memset(large, 'x', 40000);
    bp_json_put(document, "/snapshot/host/kernel/version", cJSON_CreateString(large));
    bp_render_markdown(document, NULL, false, &out);
    assert_null(strstr(out.data, "<details>"));
    place(out.data, "bnb-probe --format json -o here.json");
    place(out.data, "### Reproduction\n\n<!--");
    free(large);
    bp_str_free(&out);
    cJSON_Delete(document);
}

/* The value of one field of an address, decoded by the rules of RFC 3986. */
static char *field(const char *address, const char *name) {
    struct bp_str value = BP_STR_EMPTY;
    char *key = bp_format("&%s=", name);
    for (const char *at = address + place(address, key) + strlen(key); *at && *at != '&'; at++) {
        if (*at == '%') {
            char digits[3] = {at[1], at[2], '\0'};
            assert_true(isxdigit((unsigned char)at[1]) && isxdigit((unsigned char)at[2]));
            bp_str_add_char(&value, (char)strtol(digits, NULL, 16));
            at += 2;
        } else if (*at == '+') {
            bp_str_add_char(&value, ' ');
        } else if (*at != '\n') {
            assert_true(isalnum((unsigned char)*at) || strchr("-._~/:,", *at));
            bp_str_add_char(&value, *at);
        }
    }
    free(key);
    return bp_str_detach(&value);
}

static void assert_utf8(const char *text) {
    for (size_t at = 0, size; text[at]; at += size) {
        size = bp_utf8_sequence(text + at, strlen(text + at));
        assert_true(size > 0);
    }
}

/* GitHub takes 65,536 characters: first the document stays out, then facts. */
static void markdown_is_cut_to_fit(void **state) {
    (void)state;
    cJSON *document = read_sample();
    struct bp_str out = BP_STR_EMPTY;
    char *log = bp_alloc(20001);
    char *value = bp_alloc(30001);
    memset(log, 'y', 20000);
    memset(value, 'x', 30000);
    bp_json_put(document, "/snapshot/environment/VARIABLE", cJSON_CreateString(value));
    bp_render_markdown(document, NULL, false, &out);
    place(out.data, "<details>"); /* it fits once as a fact and once in the document */
    assert_true(out.length > 60000 && out.length <= 65536);
    bp_str_truncate(&out, 0);
    bp_render_markdown(document, log, false, &out);
    assert_null(strstr(out.data, "<details>"));
    place(out.data, "attach `here.json`");
    for (int i = 0; i < 3; i++) {
        char *pointer = bp_format("/snapshot/environment/VARIABLE_%d", i);
        bp_json_put(document, pointer, cJSON_CreateString(value));
        free(pointer);
    }
    bp_str_truncate(&out, 0);
    bp_render_markdown(document, log, false, &out);
    assert_true(out.length <= 65536);
    place(out.data, "(cut to fit into an issue; ");
    place(out.data, "- C library: `glibc 2.17`");
    place(out.data, "### Expected behavior");
    free(value);
    free(log);
    bp_str_free(&out);
    cJSON_Delete(document);
}

static void the_address_opens_the_form(void **state) {
    (void)state;
    cJSON *document = read_sample();
    struct bp_str out = BP_STR_EMPTY;
    bp_render_url(document, "OSError: \xC3\xA4\n", &out);
    static const char start[] = "https://github.com/bitsandbytes-foundation/bitsandbytes/issues/"
                                "new?template=bug-report.yml&title=";
    assert_int_equal(0, strncmp(out.data, start, strlen(start)));
    char *title = field(out.data, "title");
    assert_string_equal("bitsandbytes 0.45.5: The system is too old", title);
    char *reproduction = field(out.data, "reproduction");
    assert_string_equal("```\nOSError: \xC3\xA4\n```\n", reproduction);
    char *info = field(out.data, "system-info");
    place(info, "The libraries need a newer glibc");
    place(info, "- bitsandbytes: `0.45.5`");
    place(info, "- C library: `glibc 2.17`");
    char *expected = field(out.data, "expected-behavior");
    place(expected, "without this error");
    free(expected);
    free(info);
    free(reproduction);
    free(title);
    bp_str_free(&out);
    cJSON_Delete(document);
}

static void the_address_is_cut_to_fit(void **state) {
    (void)state;
    cJSON *document = read_sample();
    struct bp_str log = BP_STR_EMPTY;
    struct bp_str out = BP_STR_EMPTY;
    for (int i = 0; i < 3000; i++) {
        bp_str_addf(&log, "line %d \xE2\x88\x91\xC3\xA4\xF0\x9F\x98\x80\n", i);
        if (i < 300) {
            char *pointer = bp_format("/snapshot/environment/VARIABLE_%d", i);
            bp_json_put(document, pointer, cJSON_CreateString("\xE2\x88\x91 value"));
            free(pointer);
        }
    }
    bp_json_set_text(cJSON_GetArrayItem(cJSON_GetObjectItem(document, "findings"), 0), "title",
                     log.data);
    bp_render_url(document, log.data, &out);
    assert_true(out.length <= 8001); /* and its line end */
    assert_true(out.length > 7000);
    static const char *const names[] = {"title", "system-info", "reproduction",
                                        "expected-behavior"};
    for (size_t i = 0; i < 4; i++) {
        char *value = field(out.data, names[i]);
        assert_utf8(value);
        free(value);
    }
    char *info = field(out.data, "system-info");
    place(info, "(cut to fit; ");
    place(info, "- bitsandbytes: `0.45.5`");
    free(info);
    char *reproduction = field(out.data, "reproduction");
    place(reproduction, "The last part of what was printed:");
    place(reproduction, "\nline 2999 ");
    assert_true(strcmp(reproduction + strlen(reproduction) - 5, "\n```\n") == 0);
    free(reproduction);
    /* Wide letters make the title shorter, and never its signature. */
    cJSON *finding = cJSON_GetArrayItem(cJSON_GetObjectItem(document, "findings"), 0);
    cJSON_AddItemToObject(finding, "signature", cJSON_Parse("{\"code\":\"bnbsig-1a2b3c4d\"}"));
    bp_str_truncate(&out, 0);
    bp_render_url(document, NULL, &out);
    char *title = field(out.data, "title");
    place(title, "... [bnbsig-1a2b3c4d]");
    free(title);
    /* One endless line is cut within itself. */
    bp_str_truncate(&log, 0);
    bp_str_truncate(&out, 0);
    for (int i = 0; i < 5000; i++) {
        bp_str_add(&log, "\xE2\x88\x91");
    }
    bp_render_url(document, log.data, &out);
    assert_true(out.length <= 8001);
    reproduction = field(out.data, "reproduction");
    assert_utf8(reproduction);
    place(reproduction, "\xE2\x88\x91");
    free(reproduction);
    bp_str_free(&log);
    bp_str_free(&out);
    cJSON_Delete(document);
}

/* Any member may be missing or of another type: nothing falls over. */
static void documents_of_little(void **state) {
    (void)state;
    static const char *const documents[] = {
        "{}",
        "{\"findings\":null,\"snapshot\":null,\"loader\":null}",
        "{\"findings\":[{}],\"snapshot\":{},\"loader\":{}}",
        "{\"findings\":[{\"evidence\":[{}],\"remedy\":[{}],\"symptoms\":[{}],\"references\":[1]}],"
        "\"loader\":{\"because\":[1],\"files\":[{}]},\"snapshot\":{\"host\":1,\"cuda\":[],"
        "\"python\":{\"interpreters\":[{\"packages\":{\"torch\":3},\"shadowing\":[{}]}]},"
        "\"bitsandbytes\":{\"installed\":true,\"native_libraries\":[{}],\"copies\":[{},{}]},"
        "\"tools\":{\"gcc\":null,\"cmake\":7},\"session\":{\"processes\":[{}]},"
        "\"rocm\":{\"installations\":[{}],\"variables\":[{}],\"gpus\":[{}]},"
        "\"environment\":{\"X\":1},\"hardware\":{\"pci\":[{}],\"numa\":[]},"
        "\"collectors\":{\"a\":{},\"b\":1}}}",
    };
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        cJSON *document = cJSON_Parse(documents[i]);
        struct bp_str out = BP_STR_EMPTY;
        assert_non_null(document);
        for (int verbose = 0; verbose < 2; verbose++) {
            struct bp_text_style style = {.width = 60, .verbose = verbose};
            bp_render_text(document, &style, &out);
            bp_render_verdict(document, &style, &out);
            bp_render_markdown(document, NULL, verbose, &out);
            bp_render_url(document, "", &out);
            bp_render_html(document, "", verbose, &out);
        }
        place(out.data, "UNKNOWN: ");
        bp_str_free(&out);
        cJSON_Delete(document);
    }
}

/* A short report leaves its room to the log. */
static void the_log_takes_what_is_left(void **state) {
    (void)state;
    cJSON *document = cJSON_Parse("{\"verdict_says\":\"It is short.\"}");
    struct bp_str log = BP_STR_EMPTY;
    struct bp_str out = BP_STR_EMPTY;
    for (int i = 0; i < 1000; i++) {
        bp_str_addf(&log, "line %d\n", i);
    }
    bp_render_url(document, log.data, &out);
    assert_true(out.length <= 8001);
    char *reproduction = field(out.data, "reproduction");
    assert_true(strlen(reproduction) > 4000);
    place(reproduction, "\nline 999\n");
    free(reproduction);
    bp_str_free(&log);
    bp_str_free(&out);
    cJSON_Delete(document);
}

int main(void) {
    bp_memory_install();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_goes_from_verdict_to_facts),
        cmocka_unit_test(lines_keep_within_the_width),
        cmocka_unit_test(colour_only_adds),
        cmocka_unit_test(ascii_is_ascii),
        cmocka_unit_test(columns_are_those_of_a_terminal),
        cmocka_unit_test(markup_is_disarmed),
        cmocka_unit_test(markdown_fits_the_form),
        cmocka_unit_test(markdown_is_cut_to_fit),
        cmocka_unit_test(the_address_opens_the_form),
        cmocka_unit_test(the_address_is_cut_to_fit),
        cmocka_unit_test(the_log_takes_what_is_left),
        cmocka_unit_test(documents_of_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
