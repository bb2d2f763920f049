/* The command line: what is taken, and the one line that a wrong one gets. */
#include "tests/unit/cmocka_all.h"

#include <string.h>

#include "base/memory.h"
#include "report/options.h"

enum { MOST = 12 };

static int parse(struct bp_options *options, struct bp_err *err, const char *const words[]) {
    char *arguments[MOST] = {(char[]){"bnb-probe"}};
    int count = 1;
    for (; words[count - 1]; count++) {
        memcpy(&arguments[count], &words[count - 1], sizeof arguments[count]);
    }
    return bp_options_parse(options, count, arguments, err);
}

#define PARSE(options, err, ...) parse(options, err, (const char *const[]){__VA_ARGS__, NULL})

static void refuse(const char *says, const char *const words[]) {
    struct bp_options options = {0};
    struct bp_err err = {0};
    assert_int_equal(-1, parse(&options, &err, words));
    if (!strstr(bp_err_text(&err), says)) {
        fail_msg("'%s' is not in '%s'", says, bp_err_text(&err));
    }
    assert_null(strchr(bp_err_text(&err), '\n'));
    bp_err_clear(&err);
    bp_options_free(&options);
}

#define REFUSE(says, ...) refuse(says, (const char *const[]){__VA_ARGS__, NULL})

static void nothing_is_a_report(void **state) {
    (void)state;
    struct bp_options options = {0};
    assert_int_equal(0, parse(&options, NULL, (const char *const[]){NULL}));
    assert_int_equal(BP_COMMAND_REPORT, options.command);
    assert_int_equal(BP_FORMAT_TEXT, options.format);
    assert_true(options.timeout_ms == 10000);
    bp_options_free(&options);
}

static void every_option_of_report(void **state) {
    (void)state;
    struct bp_options options = {0};
    assert_int_equal(0, PARSE(&options, NULL, "--format=markdown", "-ofile", "--log", "-",
                              "--python", "a", "--python=b", "--timeout", "0.25", "report"));
    assert_int_equal(BP_FORMAT_MARKDOWN, options.format);
    assert_string_equal("file", options.output);
    assert_string_equal("-", options.log);
    assert_int_equal(2, options.pythons.count);
    assert_string_equal("b", options.pythons.items[1]);
    assert_true(options.timeout_ms > 249.9 && options.timeout_ms < 250.1);
    bp_options_free(&options);
    assert_int_equal(0, PARSE(&options, NULL, "--no-redact", "--verbose", "--timing", "--color",
                              "never", "--root", "/x", "--patterns", "d"));
    assert_true(options.no_redact && options.verbose && options.timing && !options.quiet);
    assert_int_equal(BP_COLOR_NEVER, options.color);
    bp_options_free(&options);
    assert_int_equal(0, PARSE(&options, NULL, "--from", "x", "--from", "y"));
    assert_string_equal("y", options.from);
    bp_options_free(&options);
}

static void patterns_and_folders(void **state) {
    (void)state;
    struct bp_options options = {0};
    assert_int_equal(0, PARSE(&options, NULL, "patterns", "--lint", "a", "b"));
    assert_true(options.lint);
    assert_int_equal(2, options.arguments.count);
    bp_options_free(&options);
    assert_int_equal(0, PARSE(&options, NULL, "patterns", "--", "--odd"));
    assert_string_equal("--odd", options.arguments.items[0]);
    bp_options_free(&options);
}

static void slips_get_a_hint(void **state) {
    (void)state;
    REFUSE("unknown option '--formt'; did you mean --format?", "--formt", "json");
    REFUSE("did you mean --verbose?", "--verbsoe");
    REFUSE("did you mean --no-redact?", "--noredact");
    REFUSE("unknown option '--form'", "--form", "json"); /* no abbreviations */
    REFUSE("unknown option '--xyzzyx'; bnb-probe --help", "--xyzzyx");
    REFUSE("unknown option '-z'", "-z");
    REFUSE("unknown command 'patern'; did you mean patterns?", "patern");
    REFUSE("unknown command 'frobnicate'", "frobnicate");
}

static void wrong_values(void **state) {
    (void)state;
    REFUSE("--format is text, json, markdown, ", "--format", "rtf");
    REFUSE("not 'jsn'; did you mean json?", "--format", "jsn");
    REFUSE("--format needs its FORMAT", "--format");
    REFUSE("--log needs its FILE, which is empty", "--log=");
    REFUSE("--verbose takes no value", "--verbose=1");
    REFUSE("--color is one of", "--color", "sometimes");
    const char *const times[] = {"0.05", "3601", "nan", "-1", "1e3", "0x10", "", ".", "1,5", " 1"};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        REFUSE("--timeout", "--timeout", times[i]);
    }
    struct bp_options options = {0};
    assert_int_equal(0, PARSE(&options, NULL, "--timeout", "0.1"));
    bp_options_free(&options);
    assert_int_equal(0, PARSE(&options, NULL, "--timeout", "3600"));
    bp_options_free(&options);
}

static void what_does_not_go_together(void **state) {
    (void)state;
    REFUSE("--root cannot go with it", "--from", "a", "--root", "/");
    REFUSE("--python cannot go with it", "--from", "a", "--python", "p");
    REFUSE("both be standard input", "--from", "-", "--log", "-");
    REFUSE("the key 'gpus' is none that can be assumed", "--assume", "gpus=9.0");
    REFUSE("gpu is assumed twice", "--assume", "gpu=9.0", "--assume", "gpu=8.0");
    REFUSE("--quiet goes with --format text only", "--quiet", "--format", "json");
    REFUSE("--lint belongs to 'bnb-probe patterns'", "--lint");
    REFUSE("--format belongs to 'bnb-probe report', not to 'patterns'", "patterns", "--format",
           "json");
    REFUSE("schema writes json or markdown, not url", "schema", "--format", "url");
    REFUSE("'surplus' is one argument too many", "schema", "surplus");
    REFUSE("'b' is one argument too many", "patterns", "a", "b");
}

/* Help names every option of the command, and none of another. */
static void help_names_what_exists(void **state) {
    (void)state;
    struct bp_str text = BP_STR_EMPTY;
    bp_options_describe(BP_COMMAND_REPORT, &text);
    assert_non_null(strstr(text.data, "-o, --output FILE"));
    assert_non_null(strstr(text.data, "--no-redact"));
    assert_null(strstr(text.data, "--lint"));
    assert_non_null(strstr(text.data, "--assume KEY=VALUE"));
    bp_str_free(&text);
}

int main(void) {
    bp_memory_install();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_a_report),    cmocka_unit_test(every_option_of_report),
        cmocka_unit_test(patterns_and_folders),   cmocka_unit_test(slips_get_a_hint),
        cmocka_unit_test(wrong_values),           cmocka_unit_test(what_does_not_go_together),
        cmocka_unit_test(help_names_what_exists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
