#include <stdlib.h>
#include <string.h>

#include "tests/unit/cmocka_all.h"
#include "base/json.h"
#include "checks/condition.h"
#include "checks/placeholders.h"

static const char snapshot_text[] =
    "{\"host\": {\"libc\": {\"version\": \"2.17\", \"name\": null}, \"wsl\": 2},"
    " \"hardware\": {\"memory\": {\"total_bytes\": 8589934592, \"load\": 0.25}},"
    " \"bitsandbytes\": {\"installed\": false, \"tags\": [\"a\", 1, true], \"none\": [],"
    "   \"native_libraries\": ["
    "     {\"name\": null, \"needed\": [\"libc.so.6\"]},"
    "     {\"name\": \"lib_cpu.so\", \"needed\": []},"
    "     {\"name\": \"lib_cuda.so\", \"needed\": [\"libx.so.11\", \"liby.so\"]}]},"
    " \"environment\": {\"a/b\": \"slash\", \"PYTHON\": \"/opt/my python/bin/it's\","
    "   \"BAD\": \"x\\u001b[31my\\nz\"}}";

struct ground {
    cJSON *snapshot;
    cJSON *loader;
    cJSON *condition;
    struct bp_text text;
    struct bp_view view;
    struct bp_evidence evidence;
};

/* Lays out the facts, and the evidence for `condition` (NULL: none), which must be true. */
static void lay(struct ground *ground, const char *condition) {
    static const char text[] = "OSError: libcusparse.so.11: cannot open";
    *ground = (struct ground){0};
    ground->snapshot = bp_json_parse(snapshot_text, strlen(snapshot_text), NULL);
    ground->loader = cJSON_CreateObject();
    bp_json_set_text(ground->loader, "outcome", "file-missing");
    ground->text = (struct bp_text){.source = "-", .data = text, .length = sizeof text - 1};
    ground->view = (struct bp_view){.snapshot = ground->snapshot,
                                    .loader = ground->loader,
                                    .text = &ground->text,
                                    .regexes = bp_regexes_new()};
    if (condition) {
        ground->condition = bp_json_parse(condition, strlen(condition), NULL);
        assert_int_equal(bp_condition_judge(ground->condition, &ground->view, &ground->evidence),
                         BP_TRUE);
    }
}

static void clear(struct ground *ground) {
    bp_evidence_free(&ground->evidence);
    bp_regexes_free(ground->view.regexes);
    cJSON_Delete(ground->snapshot);
    cJSON_Delete(ground->loader);
    cJSON_Delete(ground->condition);
}

struct row {
    const char *sentence;
    const char *filled;
    bool complete;
};

static void assert_filled(const struct ground *ground, const struct row *rows, size_t count,
                          const struct bp_shell *shell) {
    for (size_t i = 0; i < count; i++) {
        bool complete;
        char *filled = bp_placeholders_fill(rows[i].sentence, &ground->view, &ground->evidence,
                                            shell, &complete);
        assert_string_equal(filled, rows[i].filled);
        assert_int_equal(complete, rows[i].complete);
        free(filled);
    }
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void fills_in_facts(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"", "", true},
        {"no placeholder, {but braces} and $HOME", "no placeholder, {but braces} and $HOME", true},
        {"glibc {/host/libc/version}.", "glibc 2.17.", true},
        {"{/host/wsl}{/host/wsl}", "22", true},
        {"{/hardware/memory/total_bytes} {/hardware/memory/load}", "8589934592 0.25", true},
        {"{/bitsandbytes/installed}", "false", true},
        {"{/bitsandbytes/tags}", "a, 1, true", true},
        {"{/environment/a~1b}", "slash", true},
        {"{/loader/outcome}", "file-missing", true},
        {"{/environment/BAD}", "xy z", true},
        {"glibc {/host/libc/name}.", "glibc unknown.", false},
        {"{/no/such}", "unknown", false},
        {"{/bitsandbytes/none}", "unknown", false},
        {"{/host}", "unknown", false},
        {"{match}", "unknown", false},
        {"{/host/libc/version", "{/host/libc/version", true},
        {"{/host/libc/version|some}", "2.17", true},
        {"{/host/libc/name|some words}, {/no/such|}.", "some words, .", true},
    };
    struct ground ground;
    lay(&ground, NULL);
    assert_filled(&ground, rows, COUNT(rows), NULL);
    clear(&ground);
}

static void leaves_out_parts_without_a_value(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"a[[ on {/host/libc/version}]].", "a on 2.17.", true},
        {"a[[ on {/host/libc/name}]].", "a.", true},
        {"a[[ on {/host/libc/version} {/no/such}]].", "a.", true},
        {"[[{/no/such}]][[{/host/wsl}]]", "2", true},
        {"{/no/such}[[ x {/host/wsl}]]", "unknown x 2", false},
        {"a [[never closed {/host/wsl}", "a [[never closed 2", true},
    };
    struct ground ground;
    lay(&ground, NULL);
    assert_filled(&ground, rows, COUNT(rows), NULL);
    clear(&ground);
}

#define LIBRARIES "/bitsandbytes/native_libraries"

static void takes_the_first_for_a_star(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"{" LIBRARIES "/*/name}", "lib_cpu.so", true},
        {"{" LIBRARIES "/*/needed/*}", "libc.so.6", true},
        {"{/bitsandbytes/none/*}", "unknown", false},
    };
    struct ground ground;
    lay(&ground, NULL);
    assert_filled(&ground, rows, COUNT(rows), NULL);
    clear(&ground);
}

static void takes_what_the_evidence_is_about(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"{" LIBRARIES "/*/name} needs {" LIBRARIES "/*/needed/*}", "lib_cuda.so needs liby.so",
         true},
        {"{" LIBRARIES "/*/needed}", "libx.so.11, liby.so", true},
        {"{/bitsandbytes/tags/*}", "a", true},
    };
    struct ground ground;
    lay(&ground, "{\"all\": [{\"fact\": \"/host/wsl\", \"equals\": 2},"
                 "{\"fact\": \"" LIBRARIES "/*/needed/*\", \"matches\": \"y\"}]}");
    assert_filled(&ground, rows, COUNT(rows), NULL);
    clear(&ground);
}

static void gives_the_text_that_matched(void **state) {
    (void)state;
    static const struct row from_text[] = {{"no {match} here", "no libcusparse.so.11 here", true}};
    static const struct row from_fact[] = {{"{match}", "2.1", true}};
    struct ground ground;
    lay(&ground, "{\"all\": [{\"fact\": \"/host/wsl\", \"equals\": 2},"
                 "{\"text_matches\": \"lib\\\\w+\\\\.so\\\\.\\\\d+\"}]}");
    assert_filled(&ground, from_text, COUNT(from_text), NULL);
    clear(&ground);
    lay(&ground, "{\"fact\": \"/host/libc/version\", \"matches\": \"2\\\\..\"}");
    assert_filled(&ground, from_fact, COUNT(from_fact), NULL);
    clear(&ground);
}

static void quotes_for_a_shell(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"pip install x=={/host/libc/version}", "pip install x==2.17", true},
        {"{/environment/PYTHON} -m pip", "'/opt/my python/bin/it'\\''s' -m pip", true},
        {"pip install {/no/such}", "pip install unknown", false},
    };
    struct ground ground;
    lay(&ground, NULL);
    assert_filled(&ground, rows, COUNT(rows), &(struct bp_shell){0});
    static const struct row windows[] = {
        {"{/environment/PYTHON} -m pip", "'/opt/my python/bin/it''s' -m pip", true},
    };
    assert_filled(&ground, windows, COUNT(windows), &(struct bp_shell){.powershell = true});
    clear(&ground);
}

static void checks_the_form(void **state) {
    (void)state;
    static const char *const fit[] = {
        "plain",
        "{match}[[ and {/a}]]",
        "${HOME} {\"json\": 1} {} f'{x.y}'",
        "a] b[ c",
    };
    static const char *const unfit[] = {
        "{mach}", "{/a", "[[{match}", "]]", "[[x]]", "[[{match}]]]]", "{/a~3}",
    };
    for (size_t i = 0; i < COUNT(fit); i++) {
        struct bp_err err = {0};
        if (bp_placeholders_check(fit[i], NULL, &err) != 0) {
            fail_msg("%s: %s", fit[i], bp_err_text(&err));
        }
    }
    for (size_t i = 0; i < COUNT(unfit); i++) {
        struct bp_err err = {0};
        if (bp_placeholders_check(unfit[i], NULL, &err) == 0) {
            fail_msg("%s was taken", unfit[i]);
        }
        assert_true(*bp_err_text(&err));
        bp_err_clear(&err);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_in_facts),
        cmocka_unit_test(leaves_out_parts_without_a_value),
        cmocka_unit_test(takes_the_first_for_a_star),
        cmocka_unit_test(takes_what_the_evidence_is_about),
        cmocka_unit_test(gives_the_text_that_matched),
        cmocka_unit_test(quotes_for_a_shell),
        cmocka_unit_test(checks_the_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
