/* Children with a deadline, tried on real processes that misbehave. */
#include "tests/unit/cmocka_all.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "probe/os/child.h"

static void start_shell(struct bp_child *child, const char *script, double deadline_ms) {
    const char *const arguments[] = {"sh", "-c", script, NULL};
    child->deadline_ms = bp_now_ms() + deadline_ms;
    child->grace_ms = 100;
    assert_int_equal(0, bp_child_start_program(child, "/bin/sh", arguments, NULL, NULL, NULL));
}

static void test_output_and_exit_code(void **state) {
    (void)state;
    struct bp_child child = {0};
    start_shell(&child, "echo out; echo err >&2; exit 7", 5000);
    bp_children_wait(&child, 1, NULL, NULL);
    assert_int_equal(BP_CHILD_EXITED, child.state);
    assert_int_equal(7, child.exit_code);
    assert_string_equal("out\n", child.output.data);
    assert_string_equal("err\n", child.noise.data);
    bp_child_free(&child);
}

static void test_no_standard_input(void **state) {
    (void)state;
    struct bp_child child = {0};
    start_shell(&child, "read line || echo end of input", 5000);
    bp_children_wait(&child, 1, NULL, NULL);
    assert_string_equal("end of input\n", child.output.data);
    bp_child_free(&child);
}

static void test_program_that_is_not_there(void **state) {
    (void)state;
    struct bp_child child = {0};
    const char *const arguments[] = {"nothing", NULL};
    child.deadline_ms = bp_now_ms() + 5000;
    assert_int_equal(
        0, bp_child_start_program(&child, "/nonexistent/nothing", arguments, NULL, NULL, NULL));
    bp_children_wait(&child, 1, NULL, NULL);
    assert_int_equal(BP_CHILD_EXITED, child.state);
    assert_int_equal(127, child.exit_code);
    assert_non_null(strstr(child.noise.data, "No such file"));
    bp_child_free(&child);
}

/*
 * Whether nobody of a process group is left, within two seconds. Orphans come to this process
 * (see main), which reaps them: the init of a container need not do so.
 */
static bool group_is_gone(pid_t group) {
    for (int i = 0; i < 200 && kill(-group, 0) == 0; i++) {
        if (waitpid(-group, NULL, WNOHANG) <= 0) {
            usleep(10000);
        }
    }
    return kill(-group, 0) == -1 && errno == ESRCH;
}

/* Runs `script` past a deadline of 200 ms and expects it ended within the graces. */
static void expect_ended(const char *script) {
    struct bp_child child = {0};
    start_shell(&child, script, 200);
    pid_t pid = child.pid;
    double deadline = child.deadline_ms;
    bp_children_wait(&child, 1, NULL, NULL);
    assert_int_equal(BP_CHILD_TIMED_OUT, child.state);
    assert_true(child.ended_ms >= deadline);
    assert_true(child.ended_ms < deadline + 30000);
    assert_true(group_is_gone(pid));
    bp_child_free(&child);
}

static void test_hanging(void **state) {
    (void)state;
    expect_ended("sleep 60");
}

static void test_deaf_to_term(void **state) {
    (void)state;
    expect_ended("trap '' TERM; while :; do sleep 1; done");
}

static void test_stopped(void **state) {
    (void)state;
    expect_ended("kill -STOP $$");
}

static void test_background_process_goes_too(void **state) {
    (void)state;
    expect_ended("sleep 60 & sleep 60");
}

static void test_printing_slowly_is_no_progress(void **state) {
    (void)state;
    expect_ended("while :; do echo still here; sleep 0.05; done");
}

static void test_what_it_leaves_behind_goes_too(void **state) {
    (void)state;
    struct bp_child child = {0};
    start_shell(&child, "sleep 60 & echo done", 5000);
    pid_t pid = child.pid;
    bp_children_wait(&child, 1, NULL, NULL);
    assert_int_equal(BP_CHILD_EXITED, child.state);
    assert_string_equal("done\n", child.output.data);
    assert_true(group_is_gone(pid));
    bp_child_free(&child);
}

static void test_endless_output(void **state) {
    (void)state;
    struct bp_child child = {0};
    child.output_limit = 100000;
    start_shell(&child, "yes", 5000);
    bp_children_wait(&child, 1, NULL, NULL);
    assert_int_equal(BP_CHILD_FLOODED, child.state);
    assert_int_equal(100000, child.output.length);
    bp_child_free(&child);
}

static void test_endless_noise_is_cut_not_ended(void **state) {
    (void)state;
    struct bp_child child = {0};
    start_shell(&child, "yes | head -c 3000000 >&2; echo fine", 10000);
    bp_children_wait(&child, 1, NULL, NULL);
    assert_int_equal(BP_CHILD_EXITED, child.state);
    assert_string_equal("fine\n", child.output.data);
    assert_int_equal(4096, child.noise.length);
    bp_child_free(&child);
}

static int crash(void *context, int output_fd) {
    (void)context;
    (void)!write(output_fd, "before", 6);
    signal(SIGSEGV, SIG_DFL); /* a sanitizer's handler would turn it into an exit */
    raise(SIGSEGV);
    return 0;
}

static void test_crash_keeps_what_was_said(void **state) {
    (void)state;
    struct bp_child child = {0};
    child.deadline_ms = bp_now_ms() + 5000;
    assert_int_equal(0, bp_child_start_function(&child, crash, NULL, NULL));
    bp_children_wait(&child, 1, NULL, NULL);
    assert_int_equal(BP_CHILD_SIGNALLED, child.state);
    assert_int_equal(SIGSEGV, child.signal);
    assert_string_equal("before", child.output.data);
    char *words = bp_child_describe(&child);
    assert_non_null(strstr(words, "signal 11"));
    free(words);
    bp_child_free(&child);
}

struct pair {
    struct bp_child children[2];
    int ended;
};

static void start_second(void *context, struct bp_child *child) {
    struct pair *pair = context;
    pair->ended++;
    if (child == &pair->children[0]) {
        start_shell(&pair->children[1], "echo second", 5000);
    }
}

static void test_one_may_start_another(void **state) {
    (void)state;
    struct pair pair = {0};
    start_shell(&pair.children[0], "echo first", 5000);
    bp_children_wait(pair.children, 2, start_second, &pair);
    assert_int_equal(2, pair.ended);
    assert_string_equal("second\n", pair.children[1].output.data);
    bp_child_free(&pair.children[0]);
    bp_child_free(&pair.children[1]);
}

/* Lines of a child that has not ended, counted as they come. */
static void count_lines(void *context, struct bp_child *child) {
    int *said = context;
    assert_int_equal(BP_CHILD_RUNNING, child->state);
    assert_true(bp_starts_with(child->output.data, "first\n"));
    (*said)++;
}

static void test_what_a_child_says_is_told_at_once(void **state) {
    (void)state;
    int said = 0;
    struct bp_child child = {.said = count_lines};
    start_shell(&child, "echo first; sleep 0.3; echo second; sleep 0.3", 5000);
    bp_children_wait(&child, 1, NULL, &said);
    assert_int_equal(2, said);
    assert_string_equal("first\nsecond\n", child.output.data);
    bp_child_free(&child);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_output_and_exit_code),
        cmocka_unit_test(test_what_a_child_says_is_told_at_once),
        cmocka_unit_test(test_no_standard_input),
        cmocka_unit_test(test_program_that_is_not_there),
        cmocka_unit_test(test_hanging),
        cmocka_unit_test(test_deaf_to_term),
        cmocka_unit_test(test_stopped),
        cmocka_unit_test(test_background_process_goes_too),
        cmocka_unit_test(test_printing_slowly_is_no_progress),
        cmocka_unit_test(test_what_it_leaves_behind_goes_too),
        cmocka_unit_test(test_endless_output),
        cmocka_unit_test(test_endless_noise_is_cut_not_ended),
        cmocka_unit_test(test_crash_keeps_what_was_said),
        cmocka_unit_test(test_one_may_start_another),
    };
    if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
