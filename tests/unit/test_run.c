/* Collectors that hang, crash, print and lie, run beside ones that do their work. */
#include "tests/unit/cmocka_all.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/os/child.h"
#include "probe/run.h"

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

static cJSON *run(const struct bp_collector *table, size_t count, double timeout_ms,
                  double *took_ms) {
    cJSON *snapshot = cJSON_CreateObject();
    struct bp_probe probe = {.snapshot = snapshot};
    double started = bp_now_ms();
    struct bp_run_options options = {.deadline_ms = started + timeout_ms, .grace_ms = 500};
    bp_run_collectors(table, count, &probe, snapshot, &options);
    *took_ms = bp_now_ms() - started;
    return snapshot;
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
        {"hang", hang, NULL, false, false},
        {"crash", crash, NULL, false, false},
        {"leave", leave, NULL, false, false},
        {"chatter", chatter, NULL, false, false},
        {"good", good, NULL, false, false},
        {"needs", needs_good, "good", false, false},
        {"after", second_good, "crash", false, false},
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
        {"good", good, NULL, false, false},          {"hang", hang, NULL, true, false},
        {"chatter", chatter, NULL, true, false},     {"crash", crash, NULL, true, false},
        {"leave", leave, NULL, true, false},         {"second", second_good, NULL, true, false},
        {"needs", needs_good, "good", false, false},
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
        {"one", hang, NULL, false, false},
        {"two", hang, NULL, true, false},
        {"three", hang, NULL, true, false},
    };
    double took;
    cJSON *snapshot = run(table, sizeof table / sizeof *table, 900, &took);
    assert_true(took < 60000);
    expect(snapshot, "one", "timeout", NULL);
    expect(snapshot, "two", "timeout", NULL);
    expect(snapshot, "three", "timeout", NULL);
    cJSON_Delete(snapshot);
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
