/* Notebooks, and a real Python process that maps a library which is then replaced under it. */
#include "tests/unit/cmocka_all.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/unit/gather.h"

#define LIBRARY "bitsandbytes/libbitsandbytes_cpu.so"

/* Loads the library, gives itself a name that is hard to parse, says so and waits. */
static const char script[] = "import ctypes, sys, time\n"
                             "ctypes.CDLL(sys.argv[1])\n"
                             "open('/proc/self/comm', 'w').write('a) R 1 (b c')\n"
                             "print('ready', flush=True)\n"
                             "time.sleep(60)\n";

struct fixture {
    char *scratch;
    char *library;
    char *python;
    pid_t pid;
    double started; /* seconds since 1970 */
};

/* A shared library of this machine that is certainly there: the one these tests use. */
static void copy_library(const struct fixture *fixture) {
    char *command =
        bp_format("mkdir -p %s/bitsandbytes && cp \"$(sed -n 's/.* \\(\\/.*libcmocka.*\\)/"
                  "\\1/p' /proc/%d/maps | head -n 1)\" %s && echo done",
                  fixture->scratch, (int)getpid(), fixture->library);
    char *said = said_by(command);
    assert_string_equal("done", said);
    free(said);
    free(command);
}

static void start_python(struct fixture *fixture) {
    int fds[2];
    char ready[6] = "";
    assert_int_equal(0, pipe(fds));
    fixture->started = (double)time(NULL);
    fixture->pid = fork();
    if (fixture->pid == 0) {
        dup2(fds[1], STDOUT_FILENO);
        close(fds[0]);
        execl(fixture->python, "python3", "-I", "-S", "-c", script, fixture->library, (char *)NULL);
        _exit(127);
    }
    close(fds[1]);
    assert_int_equal(5, read(fds[0], ready, 5));
    assert_string_equal("ready", ready);
    close(fds[0]);
}

static int set_up(void **state) {
    struct fixture *fixture = bp_alloc(sizeof *fixture);
    fixture->scratch = scratch_make();
    fixture->library = bp_join(fixture->scratch, LIBRARY);
    fixture->python =
        said_by("python3 -c 'import os, sys; print(os.path.realpath(sys.executable))'");
    *state = fixture;
    if (*fixture->python) {
        copy_library(fixture);
        start_python(fixture);
    }
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    if (fixture->pid > 0) {
        kill(fixture->pid, SIGKILL);
        waitpid(fixture->pid, NULL, 0);
    }
    scratch_remove(fixture->scratch);
    free(fixture->python);
    free(fixture->library);
    free(fixture->scratch);
    free(fixture);
    return 0;
}

/* The entry of the fixture's process among those found; part of `gathered`. */
static const cJSON *process_in(const struct gathered *gathered, pid_t pid) {
    const cJSON *process;
    cJSON_ArrayForEach(process, bp_json_at(gathered->snapshot, "/session/processes")) {
        if (bp_json_number(process, "pid", -1) == pid) {
            return process;
        }
    }
    fail_msg("process %d is not listed", (int)pid);
    return NULL;
}

static void expect_library(const struct fixture *fixture, bool deleted, bool same_file) {
    struct gathered gathered = gather(bp_collect_session, NULL);
    const cJSON *libraries = bp_json_get(process_in(&gathered, fixture->pid), "libraries");
    assert_int_equal(1, cJSON_GetArraySize(libraries));
    const cJSON *library = cJSON_GetArrayItem(libraries, 0);
    assert_string_equal(fixture->library, bp_json_text(library, "path"));
    assert_int_equal(deleted, cJSON_IsTrue(bp_json_get(library, "deleted")));
    assert_int_equal(same_file, cJSON_IsTrue(bp_json_get(library, "same_file")));
    gathered_free(&gathered);
}

static void test_library_deleted_and_replaced(void **state) {
    struct fixture *fixture = *state;
    if (!*fixture->python) {
        skip(); /* no Python here */
    }
    expect_library(fixture, false, true);
    assert_int_equal(0, remove(fixture->library));
    expect_library(fixture, true, false);
    copy_library(fixture); /* as an upgrade does: another file under the same name */
    expect_library(fixture, true, false);
}

static void test_process(void **state) {
    struct fixture *fixture = *state;
    if (!*fixture->python) {
        skip(); /* no Python here */
    }
    cJSON *earlier = cJSON_CreateObject();
    bp_json_put(earlier, "/python/interpreters/-", cJSON_CreateObject());
    bp_json_put(earlier, "/python/interpreters/0/real_executable",
                cJSON_CreateString(fixture->python));
    struct gathered gathered = gather_with(bp_collect_session, NULL, earlier, 1000);
    const cJSON *process = process_in(&gathered, fixture->pid);
    assert_string_equal("a) R 1 (b c", bp_json_text(process, "name"));
    assert_string_equal(fixture->python, bp_json_text(process, "executable"));
    assert_true(cJSON_IsTrue(bp_json_get(process, "interpreter")));
    struct tm parts = {0};
    const char *end = strptime(bp_json_text(process, "started_at"), "%Y-%m-%dT%H:%M:%SZ", &parts);
    assert_true(end && *end == '\0');
    assert_true((double)timegm(&parts) >= fixture->started - 2);
    assert_true((double)timegm(&parts) <= (double)time(NULL) + 1);
    gathered_free(&gathered);

    bp_json_put(earlier, "/python/interpreters/0/real_executable",
                cJSON_CreateString("/opt/other/python3"));
    gathered = gather_with(bp_collect_session, NULL, earlier, 1000);
    process = process_in(&gathered, fixture->pid);
    assert_true(cJSON_IsFalse(bp_json_get(process, "interpreter")));
    gathered_free(&gathered);
    cJSON_Delete(earlier);
}

static void forget_notebooks(void) {
    static const char *const names[] = {"COLAB_RELEASE_TAG",
                                        "COLAB_BACKEND_VERSION",
                                        "COLAB_GPU",
                                        "KAGGLE_KERNEL_RUN_TYPE",
                                        "KAGGLE_URL_BASE",
                                        "KAGGLE_DATA_PROXY_TOKEN",
                                        "DATABRICKS_RUNTIME_VERSION",
                                        "SAGEMAKER_APP_TYPE",
                                        "SAGEMAKER_INTERNAL_IMAGE_URI",
                                        "SAGEMAKER_SPACE_NAME",
                                        "JPY_PARENT_PID",
                                        "JPY_SESSION_NAME",
                                        "JUPYTERHUB_USER",
                                        "JUPYTERHUB_API_URL",
                                        "VSCODE_PID"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        unsetenv(names[i]);
    }
}

static void expect_notebook(const char *notebook, const char *evidence) {
    struct gathered gathered = gather(bp_collect_session, NULL);
    assert_string_equal(notebook, text_at(&gathered, "/session/notebook"));
    if (evidence) {
        assert_string_equal(evidence, text_at(&gathered, "/session/notebook_evidence"));
    } else {
        assert_true(null_at(&gathered, "/session/notebook_evidence"));
    }
    gathered_free(&gathered);
}

/* Each sign goes before those that are set already: a hosted notebook is Jupyter as well. */
static void test_notebooks(void **state) {
    (void)state;
    forget_notebooks();
    expect_notebook("none", NULL);
    setenv("JPY_PARENT_PID", "12", 1);
    expect_notebook("jupyter", "variable JPY_PARENT_PID");
    setenv("VSCODE_PID", "1", 1);
    expect_notebook("vscode", "variable JPY_PARENT_PID");
    setenv("KAGGLE_KERNEL_RUN_TYPE", "Interactive", 1);
    expect_notebook("kaggle", "variable KAGGLE_KERNEL_RUN_TYPE");
    setenv("COLAB_RELEASE_TAG", "release-colab_20260101", 1);
    expect_notebook("colab", "variable COLAB_RELEASE_TAG");
    forget_notebooks();
}

static void test_another_root(void **state) {
    (void)state;
    char *scratch = scratch_make();
    scratch_write(scratch, "proc/1/comm", "python3\n");
    struct gathered gathered = gather(bp_collect_session, scratch);
    assert_null(bp_json_at(gathered.snapshot, "/session"));
    assert_int_equal(BP_STATUS_ABSENT, gathered.report.status);
    gathered_free(&gathered);
    scratch_remove(scratch);
    free(scratch);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_library_deleted_and_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_process, set_up, tear_down),
        cmocka_unit_test(test_notebooks),
        cmocka_unit_test(test_another_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
