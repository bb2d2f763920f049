/* How a process ends that has no memory left. */
#include "tests/unit/cmocka_all.h"

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "probe/os/child.h"

static void say(void *context) {
    (void)!write(*(const int *)context, "undone", 6);
}

static void use_up(void) {
    free(bp_realloc_array(NULL, SIZE_MAX, 2)); /* more than there can be */
}

static int plainly(void *context, int output_fd) {
    (void)context;
    (void)output_fd;
    use_up();
    return 0;
}

static int with_words(void *context, int output_fd) {
    (void)context;
    bp_memory_set_exit_code(42);
    bp_memory_set_undo(say, &output_fd);
    use_up();
    return 0;
}

static int after_taking_back(void *context, int output_fd) {
    (void)context;
    bp_memory_set_undo(say, &output_fd);
    bp_memory_set_undo(NULL, NULL);
    use_up();
    return 0;
}

/* Starts a further child, which is to know nothing of what this one had set. */
static int of_the_parent(void *context, int output_fd) {
    struct bp_child child = {.deadline_ms = bp_now_ms() + 5000};
    (void)context;
    bp_memory_set_exit_code(42);
    bp_memory_set_undo(say, &output_fd);
    if (bp_child_start_function(&child, plainly, NULL, NULL) != 0) {
        return 1;
    }
    bp_children_wait(&child, 1, NULL, NULL);
    int code = child.exit_code;
    bp_child_free(&child);
    return code;
}

static void expect(bp_child_fn *function, int code, const char *output) {
    struct bp_child child = {.deadline_ms = bp_now_ms() + 10000};
    assert_int_equal(0, bp_child_start_function(&child, function, NULL, NULL));
    bp_children_wait(&child, 1, NULL, NULL);
    assert_int_equal(BP_CHILD_EXITED, child.state);
    assert_int_equal(code, child.exit_code);
    assert_string_equal(output, child.output.data);
    bp_child_free(&child);
}

static void test_exit_code(void **state) {
    (void)state;
    expect(plainly, BP_EXIT_NO_MEMORY, "");
}

static void test_what_was_set(void **state) {
    (void)state;
    expect(with_words, 42, "undone");
    expect(after_taking_back, BP_EXIT_NO_MEMORY, "");
}

static void test_a_child_is_not_its_parent(void **state) {
    (void)state;
    expect(of_the_parent, BP_EXIT_NO_MEMORY, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exit_code),
        cmocka_unit_test(test_what_was_set),
        cmocka_unit_test(test_a_child_is_not_its_parent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
