/* Plain assignments, read without running anything. */
#include "tests/unit/cmocka_all.h"

#include <stdlib.h>

#include "probe/python_source.h"

static void text_literals(void **state) {
    (void)state;
    static const char *const sources[] = {
        "__version__ = '1.2'\n",
        "__version__='1.2'",
        "x = 1\n__version__: str = \"1.2\"  # the version\n",
        "__version__ = __old__ = 3\n__version__\t=\t'1.2'\r\n",
        "__version__ : Optional[str] = '1.2'; x = 2\n",
        "__version__ = '0.9'\nif x:\n    __version__ = 'dev'\n__version__ = '1.2'\n",
    };
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        struct bp_literal literal = bp_python_assignment(sources[i], "__version__");
        assert_int_equal(literal.kind, BP_LITERAL_TEXT);
        assert_string_equal(literal.text, "1.2");
        free(literal.text);
    }
}

static void other_values(void **state) {
    (void)state;
    static const struct {
        const char *source;
        enum bp_literal_kind kind;
    } rows[] = {
        {"", BP_LITERAL_MISSING},
        {"cuda_version = '1'\n", BP_LITERAL_MISSING},
        {"    cuda = '1'\n", BP_LITERAL_MISSING},
        {"cuda == '1'\n", BP_LITERAL_MISSING},
        {"cuda: str\nx = '1'\n", BP_LITERAL_MISSING},
        {"# cuda = '1'\n", BP_LITERAL_MISSING},
        {"cuda = None\n", BP_LITERAL_NONE},
        {"cuda: Optional[str] = None", BP_LITERAL_NONE},
        {"cuda = True\n", BP_LITERAL_BOOL},
        {"cuda = Nonesuch\n", BP_LITERAL_OTHER},
        {"cuda = '1' + '2'\n", BP_LITERAL_OTHER},
        {"cuda = 'unended\n", BP_LITERAL_OTHER},
        {"cuda = f'{x}'\n", BP_LITERAL_OTHER},
        {"cuda = 'a\\n'\n", BP_LITERAL_OTHER},
        {"cuda = ", BP_LITERAL_OTHER},
        {"cuda = '1'\ncuda = get()\n", BP_LITERAL_OTHER},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bp_literal literal = bp_python_assignment(rows[i].source, "cuda");
        assert_int_equal(literal.kind, rows[i].kind);
        assert_null(literal.text);
    }
}

static void dictionary_entries(void **state) {
    (void)state;
    char *value =
        bp_python_entry("M: dict = {'bits': '/a', 'bitsandbytes': '/b c'}", "bitsandbytes");
    assert_string_equal(value, "/b c");
    free(value);
    value = bp_python_entry("x = {\"bitsandbytes\" : \"/d\"}", "bitsandbytes");
    assert_string_equal(value, "/d");
    free(value);
    assert_null(bp_python_entry("{'bitsandbytes.nn': '/x', bitsandbytes: '/y'}", "bitsandbytes"));
    assert_null(bp_python_entry("'bitsandbytes'", "bitsandbytes"));
    assert_null(bp_python_entry("'bitsandbytes':", "bitsandbytes"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_literals),
        cmocka_unit_test(other_values),
        cmocka_unit_test(dictionary_entries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
