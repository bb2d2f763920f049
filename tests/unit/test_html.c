/* The page for a browser: foreign text in it, and the tree of needed libraries. */
#include "tests/unit/cmocka_all.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/html_markup.h"
#include "report/need_tree.h"
#include "report/render.h"

static void assert_words(const char *text, const char *expected) {
    struct bp_str out = BP_STR_EMPTY;
    bp_html_words(&out, text);
    assert_string_equal(out.data, expected);
    bp_str_free(&out);
}

static void text_is_escaped(void **state) {
    (void)state;
    assert_words("a < b && c > \"d\" 'e'", "a &lt; b &amp;&amp; c &gt; &quot;d&quot; &#39;e&#39;");
    assert_words("&lt;", "&amp;lt;");
    assert_words("one\ntwo\tthree", "one two three");
    assert_words("\x1b[2J", "\xEF\xBF\xBD[2J");
    assert_words("", "");
    assert_words(NULL, "");
    struct bp_str out = BP_STR_EMPTY;
    bp_html_lines(&out, "a\n</pre>");
    assert_string_equal(out.data, "a\n&lt;/pre&gt;");
    bp_str_free(&out);
}

static void assert_link(const char *address, const char *expected) {
    struct bp_str out = BP_STR_EMPTY;
    bp_html_link(&out, address, "here");
    assert_string_equal(out.data, expected);
    bp_str_free(&out);
}

static void links_lead_to_pages_only(void **state) {
    (void)state;
    assert_link(
        "https://x.example/?a=1&b=\"2\"",
        "<a rel=\"noreferrer\" href=\"https://x.example/?a=1&amp;b=&quot;2&quot;\">here</a>");
    assert_link("javascript:alert(1)", "here");
    assert_link(" https://x.example", "here");
    assert_link("data:text/html,x", "here");
    assert_link("", "here");
}

static void add_need(cJSON *list, const char *library, const char *needed_by, const char *outcome) {
    cJSON *need = cJSON_CreateObject();
    bp_json_set_text(need, "library", library);
    bp_json_set_text(need, "outcome", outcome);
    if (needed_by) {
        bp_json_set_text(need, "needed_by", needed_by);
    }
    cJSON_AddItemToArray(list, need);
}

/* A document whose chosen library has these two lists, which it owns afterwards. */
static cJSON *document_needing(cJSON *needed, cJSON *below) {
    cJSON *document = cJSON_Parse("{\"loader\":{\"chosen\":\"b.so\",\"outcome_says\":\"x\","
                                  "\"files\":[{\"name\":\"a.so\"},{\"name\":\"b.so\"}]}}");
    bp_json_put(document, "/loader/files/1/needed", needed);
    bp_json_put(document, "/loader/files/1/needed_below", below);
    return document;
}

static void tree_follows_who_needs_what(void **state) {
    (void)state;
    static const struct {
        const char *library;
        size_t depth;
        size_t parent;
        enum bp_need_state state;
    } rows[] = {
        {"one", 0, SIZE_MAX, BP_STATE_FOUND},   {"three", 1, 0, BP_STATE_MAPPED},
        {"four", 2, 1, BP_STATE_NOT_FOUND},     {"five", 1, 0, BP_STATE_UNUSABLE},
        {"two", 0, SIZE_MAX, BP_STATE_UNKNOWN},
    };
    cJSON *needed = cJSON_CreateArray();
    cJSON *below = cJSON_CreateArray();
    add_need(needed, "one", NULL, "found");
    add_need(needed, "two", NULL, "something else");
    add_need(below, "three", "one", "mapped-by-torch");
    add_need(below, "five", "one", "unusable");
    add_need(below, "four", "three", "not-found");
    cJSON *document = document_needing(needed, below);
    struct bp_need_tree tree = bp_need_tree_of(document);
    assert_int_equal(tree.count, sizeof rows / sizeof *rows);
    for (size_t i = 0; i < tree.count; i++) {
        assert_string_equal(tree.rows[i].library, rows[i].library);
        assert_int_equal(tree.rows[i].depth, rows[i].depth);
        assert_int_equal(tree.rows[i].parent, rows[i].parent);
        assert_int_equal(tree.rows[i].state, rows[i].state);
    }
    char *says = bp_need_tree_says(&tree);
    assert_string_equal(says, "5 needed libraries: 1 found, 1 loaded by torch before, 1 found but "
                              "not usable, 1 not found, 1 not known. four: not found. five: found "
                              "but not usable.");
    free(says);
    bp_need_tree_free(&tree);
    cJSON_Delete(document);
}

static size_t count_of(const char *text, const char *part) {
    size_t count = 0;
    for (const char *at = strstr(text, part); at; at = strstr(at + 1, part)) {
        count++;
    }
    return count;
}

/* A ring, a row without end and a crowd: a document of any origin makes a page. */
static void tree_has_an_end(void **state) {
    (void)state;
    cJSON *needed = cJSON_CreateArray();
    cJSON *below = cJSON_CreateArray();
    add_need(needed, "ring", NULL, "found");
    add_need(below, "ring", "ring", "found");
    add_need(below, "ring", "ring", "found");
    for (int i = 0; i < 5000; i++) {
        char *library = bp_format("lib%d.so", i + 1);
        char *needed_by = i ? bp_format("lib%d.so", i) : bp_strdup("ring");
        add_need(below, library, needed_by, "found");
        add_need(needed, library, NULL, "found");
        free(needed_by);
        free(library);
    }
    cJSON *document = document_needing(needed, below);
    struct bp_str page = BP_STR_EMPTY;
    bp_render_html(document, NULL, true, &page);
    assert_non_null(strstr(page.data, "more, in the table below</text>"));
    assert_int_equal(count_of(page.data, "class=\"branch\""), 150);
    assert_true(count_of(page.data, "<tr>") > 2000);
    bp_str_free(&page);
    cJSON_Delete(document);
}

/* A row of the matrix has a cell for each GPU, whatever the list of its codes is. */
static void matrix_is_as_wide_as_there_are_gpus(void **state) {
    (void)state;
    cJSON *document = cJSON_Parse(
        "{\"loader\":{\"outcome_says\":\"x\",\"devices\":[{\"ordinal\":0},{\"ordinal\":1},"
        "{\"ordinal\":2}],\"files\":[{\"name\":\"a\",\"gpu_code\":[\"native\"]},"
        "{\"name\":\"b\",\"gpu_code\":[\"ptx\",\"none\",\"native\",\"native\",\"native\"]},"
        "{\"name\":\"c\",\"gpu_code\":[1,null,{}]},{\"name\":\"d\"}]}}");
    struct bp_str page = BP_STR_EMPTY;
    bp_render_html(document, NULL, false, &page);
    assert_int_equal(count_of(page.data, "<td class="), 9);
    assert_int_equal(count_of(page.data, "> native</td>"), 2);
    assert_int_equal(count_of(page.data, "> PTX</td>"), 1);
    assert_int_equal(count_of(page.data, "> none</td>"), 1);
    assert_int_equal(count_of(page.data, "> unknown</td>"), 5);
    bp_str_free(&page);
    cJSON_Delete(document);
}

int main(void) {
    bp_memory_install();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_escaped),
        cmocka_unit_test(links_lead_to_pages_only),
        cmocka_unit_test(tree_follows_who_needs_what),
        cmocka_unit_test(tree_has_an_end),
        cmocka_unit_test(matrix_is_as_wide_as_there_are_gpus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
