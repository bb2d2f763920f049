/* Collectors that hang, crash, print and lie, run beside ones that do their work. */
#include "tests/unit/cmocka_all.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/os/child.h"
#include "probe/run.h"
#include "tests/unit/scratch.h"

static void good(const struct bp_probe *probe, struct bp_facts *facts) {
    (void)probe;
    bp_facts_put_text(facts, "/good", "fact");
}

static void second_good(const struct bp_probe *probe, struct bp_facts *facts) {
    (void)probe;
    bp_facts_put_text(facts, "/second_good", "fact");
}

static void needs_good(const struct bp_probe *probe, struct bp_facts *facts) {
    bp_facts_put_text(facts, "/heard", bp_json_text_at(probe->snapshot, "/good"));
}

static void hang(const struct bp_probe *probe, struct bp_facts *facts) {
    (void)probe;
    bp_facts_put_text(facts, "/before_hang", "fact");
    signal(SIGTERM, SIG_IGN);
    for (;;) {
        pause();
    }
}

static void crash(const struct bp_probe *probe, struct bp_facts *facts) {
    (void)probe;
    bp_facts_put_text(facts, "/before_crash", "fact");
    fprintf(stderr, "about to go\n");
    fflush(stderr);
    signal(SIGSEGV, SIG_DFL); /* a sanitizer's handler would turn it into an exit */
    raise(SIGSEGV);
}

static void leave(const struct bp_probe *probe, struct bp_facts *facts) {
    (void)probe;
    (void)facts;
    _exit(0);
}

static void chatter(const struct bp_probe *probe, struct bp_facts *facts) {
    (void)probe;
    printf("hello\n{\"at\":\"/forged\",\"value\":1}\n");
    fflush(stdout);
    bp_facts_put_text(facts, "/chatter", "fact");
}

static void flood(const struct bp_probe *probe, struct bp_facts *facts) {
    (void)probe;
    char text[60001];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (;;) {
        bp_facts_put_text(facts, "/flood", text);
    }
}

/* --- files that are the end of who reads them --- */

/* Reads the files of /libraries; one that says so is taken over by, and does as the file says. */
static void read_libraries(const struct bp_probe *probe, struct bp_facts *facts) {
    static const char *const paths[] = {"/libraries/a", "/libraries/b", "/libraries/c"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct bp_str text = BP_STR_EMPTY;
        struct bp_err err = {0};
        if (bp_root_read(probe->root, paths[i], 0, &text, &err) != 0) {
            bp_str_add(&text, err.code == BP_E_UNSAFE ? "left out" : bp_err_text(&err));
        }
        if (bp_equal(text.data, "socket")) {
            (void)!socket(AF_INET, SOCK_STREAM, 0);
        } else if (bp_equal(text.data, "segv")) {
            signal(SIGSEGV, SIG_DFL);
            raise(SIGSEGV);
        } else if (bp_equal(text.data, "memory")) {
            _exit(BP_EXIT_NO_MEMORY);
        }
        bp_facts_put(facts, "/read/-", cJSON_CreateString(text.data));
        bp_err_clear(&err);
        bp_str_free(&text);
    }
}

static cJSON *run_in(const char *folder, const struct bp_collector *table, size_t count,
                     double timeout_ms, double *took_ms) {
    cJSON *snapshot = cJSON_CreateObject();
    struct bp_root root;
    assert_int_equal(0, bp_root_open(&root, folder, NULL));
    struct bp_probe probe = {.root = &root, .snapshot = snapshot};
    double started = bp_now_ms();
    struct bp_run_options options = {.deadline_ms = started + timeout_ms, .grace_ms = 500};
    bp_run_collectors(table, count, &probe, snapshot, &options);
    *took_ms = bp_now_ms() - started;
    bp_root_close(&root);
    return snapshot;
}

static cJSON *run(const struct bp_collector *table, size_t count, double timeout_ms,
                  double *took_ms) {
    return run_in("/", table, count, timeout_ms, took_ms);
}

static void expect(const cJSON *snapshot, const char *name, const char *status,
                   const char *detail) {
    char *pointer = bp_format("/collectors/%s", name);
    const cJSON *entry = bp_json_at(snapshot, pointer);
    assert_string_equal(status, bp_json_text(entry, "status"));
    if (detail) {
        assert_non_null(strstr(bp_json_text(entry, "detail"), detail));
    }
    assert_true(bp_json_number(entry, "ms", -1) >= 0);
    free(pointer);
}

static void test_each_costs_only_itself(void **state) {
    (void)state;
    static const struct bp_collector table[] = {
        {.name = "hang", .collect = hang},
        {.name = "crash", .collect = crash},
        {.name = "leave", .collect = leave},
        {.name = "chatter", .collect = chatter},
        {.name = "good", .collect = good},
        {.name = "needs", .collect = needs_good, .after = "good"},
        {.name = "after", .collect = second_good, .after = "crash"},
    };
    double took;
    cJSON *snapshot = run(table, sizeof table / sizeof *table, 5000, &took);
    assert_true(took >= 4900 && took < 60000);
    expect(snapshot, "hang", "timeout", "did not end in time");
    expect(snapshot, "crash", "crashed", "signal 11");
    expect(snapshot, "crash", "crashed", "about to go");
    expect(snapshot, "leave", "crashed", "before it had reported everything");
    expect(snapshot, "chatter", "ok", NULL);
    expect(snapshot, "good", "ok", NULL);
    expect(snapshot, "needs", "ok", NULL);
    expect(snapshot, "after", "ok", NULL);
    assert_string_equal("fact", bp_json_text(snapshot, "before_hang"));
    assert_string_equal("fact", bp_json_text(snapshot, "before_crash"));
    assert_string_equal("fact", bp_json_text(snapshot, "chatter"));
    assert_string_equal("fact", bp_json_text(snapshot, "heard"));
    assert_null(bp_json_get(snapshot, "forged"));
    cJSON_Delete(snapshot);
}

/* Ends it as soon as the limit is passed, long before the time is up. */
static void test_endless_facts(void **state) {
    (void)state;
    static const struct bp_collector table[] = {
        {.name = "flood", .collect = flood},
        {.name = "good", .collect = good},
    };
    double took;
    cJSON *snapshot = run(table, sizeof table / sizeof *table, 50000, &took);
    assert_true(took < 45000);
    expect(snapshot, "flood", "error", "printed more than");
    expect(snapshot, "good", "ok", NULL);
    cJSON_Delete(snapshot);
}

/* Of those that share a child only the one to blame loses its facts. */
static void test_sharing_a_child(void **state) {
    (void)state;
    static const struct bp_collector table[] = {
        {.name = "good", .collect = good},
        {.name = "hang", .collect = hang, .with_previous = true},
        {.name = "chatter", .collect = chatter, .with_previous = true},
        {.name = "crash", .collect = crash, .with_previous = true},
        {.name = "leave", .collect = leave, .with_previous = true},
        {.name = "second", .collect = second_good, .with_previous = true},
        {.name = "needs", .collect = needs_good, .after = "good"},
    };
    double took;
    cJSON *snapshot = run(table, sizeof table / sizeof *table, 8000, &took);
    assert_true(took < 60000);
    expect(snapshot, "good", "ok", NULL);
    expect(snapshot, "hang", "timeout", NULL);
    expect(snapshot, "chatter", "ok", NULL);
    expect(snapshot, "crash", "crashed", "signal 11");
    expect(snapshot, "leave", "crashed", NULL);
    expect(snapshot, "second", "ok", NULL);
    expect(snapshot, "needs", "ok", NULL);
    assert_string_equal("fact", bp_json_text(snapshot, "second_good"));
    assert_string_equal("fact", bp_json_text(snapshot, "heard"));
    cJSON_Delete(snapshot);
}

static void tell_when(const struct bp_probe *probe, struct bp_facts *facts) {
    (void)probe;
    bp_facts_put_number(facts, "/dependent_at", bp_now_ms());
}

static void take_long(const struct bp_probe *probe, struct bp_facts *facts) {
    bp_facts_put_text(facts, "/heard", bp_json_text_at(probe->snapshot, "/good"));
    struct timespec wait = {.tv_sec = 2};
    nanosleep(&wait, NULL);
    bp_facts_put_number(facts, "/long_until", bp_now_ms());
}

/* What comes after a collector does not wait for those that share its child. */
static void test_dependents_start_while_the_child_goes_on(void **state) {
    (void)state;
    static const struct bp_collector table[] = {
        {.name = "good", .collect = good},
        {.name = "long", .collect = take_long, .after = "good", .with_previous = true},
        {.name = "dependent", .collect = tell_when, .after = "good"},
    };
    double took;
    cJSON *snapshot = run(table, sizeof table / sizeof *table, 20000, &took);
    expect(snapshot, "good", "ok", NULL);
    expect(snapshot, "long", "ok", NULL);
    expect(snapshot, "dependent", "ok", NULL);
    assert_string_equal("fact", bp_json_text(snapshot, "heard"));
    assert_true(bp_json_number(snapshot, "dependent_at", 1e300) <
                bp_json_number(snapshot, "long_until", 0));
    cJSON_Delete(snapshot);
}

static void need_a_third(const struct bp_probe *probe, struct bp_facts *facts) {
    (void)probe;
    struct timespec wait = {.tv_sec = 3};
    nanosleep(&wait, NULL);
    bp_facts_put_text(facts, "/slow", "fact");
}

/*
 * The first may take all of the time, since those behind it come after it; of them each leaves
 * the next its part.
 */
static void test_time_of_those_that_come_after(void **state) {
    (void)state;
    static const struct bp_collector table[] = {
        {.name = "slow", .collect = need_a_third},
        {.name = "hang", .collect = hang, .after = "slow", .with_previous = true},
        {.name = "last", .collect = second_good, .after = "slow", .with_previous = true},
    };
    double took;
    cJSON *snapshot = run(table, sizeof table / sizeof *table, 9000, &took);
    expect(snapshot, "slow", "ok", NULL);
    expect(snapshot, "hang", "timeout", NULL);
    expect(snapshot, "last", "ok", NULL);
    assert_string_equal("fact", bp_json_text(snapshot, "slow"));
    assert_string_equal("fact", bp_json_text(snapshot, "before_hang"));
    assert_string_equal("fact", bp_json_text(snapshot, "second_good"));
    cJSON_Delete(snapshot);
}

static void test_all_of_a_child_hang(void **state) {
    (void)state;
    static const struct bp_collector table[] = {
        {.name = "one", .collect = hang},
        {.name = "two", .collect = hang, .with_previous = true},
        {.name = "three", .collect = hang, .with_previous = true},
    };
    double took;
    cJSON *snapshot = run(table, sizeof table / sizeof *table, 900, &took);
    assert_true(took < 60000);
    expect(snapshot, "one", "timeout", NULL);
    expect(snapshot, "two", "timeout", NULL);
    expect(snapshot, "three", "timeout", NULL);
    cJSON_Delete(snapshot);
}

static void write_libraries(const char *scratch, const char *a, const char *b, const char *c) {
    scratch_write(scratch, "libraries/a", a);
    scratch_write(scratch, "libraries/b", b);
    scratch_write(scratch, "libraries/c", c);
}

static void expect_read(const cJSON *snapshot, const char *a, const char *b, const char *c) {
    const char *const expected[] = {a, b, c};
    assert_int_equal(3, cJSON_GetArraySize(bp_json_get(snapshot, "read")));
    for (int i = 0; i < 3; i++) {
        assert_string_equal(expected[i], cJSON_GetStringValue(
                                             cJSON_GetArrayItem(bp_json_get(snapshot, "read"), i)));
    }
}

/* The others are read all the same, once, and the report names the one that was not. */
static void test_one_file_costs_itself(void **state) {
    static const struct bp_collector table[] = {
        {.name = "good", .collect = good, .fence = BP_FENCE_READER},
        {.name = "libraries",
         .collect = read_libraries,
         .with_previous = true,
         .fence = BP_FENCE_READER},
        {.name = "second", .collect = second_good, .with_previous = true, .fence = BP_FENCE_READER},
        {.name = "needs", .collect = needs_good, .after = "libraries"},
    };
    double took;
    write_libraries(*state, "fine", "segv", "also fine");
    cJSON *snapshot = run_in(*state, table, 4, 20000, &took);
    assert_true(took < 15000);
    expect_read(snapshot, "fine", "left out", "also fine");
    expect(snapshot, "good", "ok", NULL);
    expect(snapshot, "libraries", "error", "/libraries/b was left out");
    expect(snapshot, "libraries", "error", "signal 11");
    expect(snapshot, "second", "ok", NULL);
    assert_string_equal("fact", bp_json_text(snapshot, "second_good"));
    assert_string_equal("fact", bp_json_text(snapshot, "heard"));
    cJSON_Delete(snapshot);

    write_libraries(*state, "memory", "fine", "segv");
    snapshot = run_in(*state, table, 4, 20000, &took);
    expect_read(snapshot, "left out", "fine", "left out");
    expect(snapshot, "libraries", "error", "/libraries/a was left out");
    expect(snapshot, "libraries", "error", "/libraries/c was left out");
    cJSON_Delete(snapshot);
}

static void test_a_reader_that_leaves_its_fence(void **state) {
    static const struct bp_collector table[] = {
        {.name = "libraries", .collect = read_libraries, .fence = BP_FENCE_READER},
        {.name = "again",
         .collect = read_libraries,
         .after = "libraries",
         .fence = BP_FENCE_READER},
    };
    double took;
    write_libraries(*state, "fine", "socket", "also fine");
    cJSON *snapshot = run_in(*state, table, 1, 20000, &took);
    const cJSON *fence = bp_json_at(snapshot, "/collectors/libraries/fence");
    assert_non_null(fence);
    bool filtered = false;
    const cJSON *part;
    cJSON_ArrayForEach(part, fence) {
        filtered |= bp_equal(cJSON_GetStringValue(part), "system_calls");
    }
    if (filtered) {
        expect_read(snapshot, "fine", "left out", "also fine");
        expect(snapshot, "libraries", "error", "/libraries/b was left out");
        expect(snapshot, "libraries", "error", "Bad system call");
    }
    cJSON_Delete(snapshot);

    /* Who comes later leaves it out, too, without a second death. */
    snapshot = run_in(*state, table, 2, 20000, &took);
    expect(snapshot, "again", "ok", NULL);
    assert_null(bp_json_at(snapshot, "/collectors/again/detail"));
    cJSON_Delete(snapshot);
}

/* A folder full of such files ends it, with what was learned before. */
static void read_many(const struct bp_probe *probe, struct bp_facts *facts) {
    for (int i = 0; i < 100; i++) {
        char *path = bp_format("/many/%d", i);
        struct bp_str text = BP_STR_EMPTY;
        if (bp_root_read(probe->root, path, 0, &text, NULL) == 0) {
            signal(SIGSEGV, SIG_DFL);
            raise(SIGSEGV);
        }
        bp_facts_put(facts, "/read/-", cJSON_CreateString(path));
        bp_str_free(&text);
        free(path);
    }
}

static void test_not_without_end(void **state) {
    static const struct bp_collector table[] = {
        {.name = "many", .collect = read_many, .fence = BP_FENCE_READER}};
    for (int i = 0; i < 100; i++) {
        char *path = bp_format("many/%d", i);
        scratch_write(*state, path, "x");
        free(path);
    }
    double took;
    cJSON *snapshot = run_in(*state, table, 1, 30000, &took);
    expect(snapshot, "many", "crashed", "signal 11");
    assert_int_equal(BP_RUN_LEFT_OUT_LIMIT, cJSON_GetArraySize(bp_json_get(snapshot, "read")));
    cJSON_Delete(snapshot);
}

static int set_up(void **state) {
    *state = scratch_make();
    return 0;
}

static int tear_down(void **state) {
    scratch_remove(*state);
    free(*state);
    return 0;
}

int main(void) {
    bp_memory_install();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_costs_only_itself),
        cmocka_unit_test(test_endless_facts),
        cmocka_unit_test(test_sharing_a_child),
        cmocka_unit_test(test_dependents_start_while_the_child_goes_on),
        cmocka_unit_test(test_time_of_those_that_come_after),
        cmocka_unit_test(test_all_of_a_child_hang),
        cmocka_unit_test_setup_teardown(test_one_file_costs_itself, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_reader_that_leaves_its_fence, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_not_without_end, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
