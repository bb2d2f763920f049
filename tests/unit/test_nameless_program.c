/* Programs without a name: each way is taken with a real program, /bin/echo. */
#include "tests/unit/cmocka_all.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "probe/libc.h"
#include "probe/os/files.h"
#include "probe/os/nameless_program.h"
#include "tests/unit/scratch.h"

struct echo {
    struct bp_root root;
    struct bp_map map;
    char *loader;
};

static int find_echo(void **state) {
    struct echo *echo = bp_alloc(sizeof *echo);
    assert_int_equal(bp_root_open(&echo->root, NULL, NULL), 0);
    assert_int_equal(bp_root_map(&echo->root, "/bin/echo", &echo->map, NULL), 0);
    echo->loader = bp_program_loader(&echo->root, "/bin/echo");
    assert_non_null(echo->loader);
    *state = echo;
    return 0;
}

static int free_echo(void **state) {
    struct echo *echo = *state;
    bp_map_close(&echo->map);
    bp_root_close(&echo->root);
    free(echo->loader);
    free(echo);
    return 0;
}

/* Runs descriptor `program` in a child, and asserts that it says "hello". */
static void assert_says_hello(int program, const char *loader) {
    int ends[2];
    char text[16] = "";
    assert_true(program >= 0);
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        char name[] = "echo";
        char word[] = "hello";
        char *arguments[] = {name, word, NULL};
        dup2(ends[1], STDOUT_FILENO);
        if (loader) {
            bp_program_execute_through(loader, program, arguments + 1);
        } else {
            bp_program_execute(program, arguments);
        }
        _exit(99);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], text, sizeof text - 1), 6);
    assert_string_equal(text, "hello\n");
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    close(ends[0]);
    close(program);
}

static void in_memory(void **state) {
    const struct echo *echo = *state;
    assert_says_hello(bp_program_in_memory(echo->map.data, echo->map.size, NULL), NULL);
    assert_says_hello(bp_program_in_memory(echo->map.data, echo->map.size, NULL), echo->loader);
}

static void in_a_folder(void **state) {
    const struct echo *echo = *state;
    char *scratch = scratch_make();
    const char *const folders[] = {"relative", "/nonexistent", scratch, NULL};
    const char *folder = NULL;
    assert_says_hello(bp_program_in_folder(echo->map.data, echo->map.size, folders, &folder, NULL),
                      NULL);
    assert_ptr_equal(folder, scratch);
    assert_says_hello(bp_program_in_folder(echo->map.data, echo->map.size, folders, &folder, NULL),
                      echo->loader);
    assert_int_equal(rmdir(scratch), 0); /* nothing is left in it */
    free(scratch);
}

static void in_no_folder(void **state) {
    const struct echo *echo = *state;
    const char *const folders[] = {"/proc", "/nonexistent", NULL};
    const char *folder = NULL;
    struct bp_err err = {0};
    assert_int_equal(bp_program_in_folder(echo->map.data, echo->map.size, folders, &folder, &err),
                     -1);
    assert_non_null(strstr(bp_err_text(&err), "no folder takes a file without a name"));
    bp_err_clear(&err);
}

static void in_a_file(void **state) {
    const struct echo *echo = *state;
    char *scratch = scratch_make();
    char *path = bp_join(scratch, "echo");
    scratch_write_bytes(scratch, "echo", echo->map.data, echo->map.size);
    assert_int_equal(chmod(path, 0755), 0);
    assert_says_hello(bp_program_in_file(echo->map.data, echo->map.size, path, NULL), NULL);
    assert_says_hello(bp_program_in_file(echo->map.data, echo->map.size, path, NULL), echo->loader);
    scratch_remove(scratch);
    free(path);
    free(scratch);
}

static void refuse(const struct echo *echo, const char *path, const char *because) {
    struct bp_err err = {0};
    assert_int_equal(bp_program_in_file(echo->map.data, echo->map.size, path, &err), -1);
    assert_non_null(strstr(bp_err_text(&err), because));
    bp_err_clear(&err);
}

static void files_that_are_not_taken(void **state) {
    const struct echo *echo = *state;
    char *scratch = scratch_make();
    char *path = bp_join(scratch, "echo");
    refuse(echo, path, "there is no");
    scratch_write_bytes(scratch, "echo", echo->map.data, echo->map.size - 1);
    refuse(echo, path, "another release");
    scratch_write_bytes(scratch, "echo", echo->map.data, echo->map.size);
    assert_int_equal(chmod(path, 0775), 0);
    refuse(echo, path, "by anybody");
    assert_int_equal(chmod(path, 0755), 0);
    assert_int_equal(chmod(scratch, 01777), 0);
    refuse(echo, path, "by anybody");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    refuse(echo, path, "by anybody");
    scratch_remove(scratch);
    free(path);
    free(scratch);
}

static void what_cannot_be_started(void **state) {
    (void)state;
    char name[] = "text";
    char *arguments[] = {name, NULL};
    int program = bp_program_in_memory("no program", 10, NULL);
    assert_true(program >= 0);
    bp_program_execute(program, arguments);
    assert_int_equal(errno, ENOEXEC);
    bp_program_execute_through("/nonexistent/loader", program, arguments + 1);
    assert_int_equal(errno, ENOENT);
    close(program);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_memory),
        cmocka_unit_test(in_a_folder),
        cmocka_unit_test(in_no_folder),
        cmocka_unit_test(in_a_file),
        cmocka_unit_test(files_that_are_not_taken),
        cmocka_unit_test(what_cannot_be_started),
    };
    return cmocka_run_group_tests(tests, find_echo, free_echo);
}
