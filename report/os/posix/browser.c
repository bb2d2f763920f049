#include "report/browser.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/str.h"
#include "report/os/posix/display.h"

extern char **environ;

/* So long a program that starts another has to fail; one that is still there has taken it. */
enum { EARLY_MS = 1500, STEP_MS = 20 };

/* With a new session the browser outlives the terminal; POSIX has it since 2024. */
#ifdef POSIX_SPAWN_SETSID
enum { APART = POSIX_SPAWN_SETSID };
#else
enum { APART = POSIX_SPAWN_SETPGROUP };
#endif

static bool is_set(const char *variable) {
    const char *value = getenv(variable);
    return value && *value;
}

/* Windows' own browser is there without a display of Linux. */
static bool is_in_wsl(void) {
    return is_set("WSL_DISTRO_NAME") || is_set("WSL_INTEROP");
}

/* Starts argv[0], found on PATH. 0, or the system's error number. */
static int start(char *const argv[], bool with_terminal, pid_t *pid) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    int apart = with_terminal ? 0 : APART;
    posix_spawnattr_setflags(&attributes, (short)(POSIX_SPAWN_SETSIGDEF | apart));
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && !with_terminal; fd++) {
        posix_spawn_file_actions_addopen(&actions, fd, "/dev/null",
                                         fd == STDIN_FILENO ? O_RDONLY : O_WRONLY, 0);
    }
    int error = posix_spawnp(pid, argv[0], &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* Whether it has taken what it was given: it ended well or, going on by itself, has not ended. */
static bool has_taken(pid_t pid, bool with_terminal) {
    int status = 0;
    for (int waited = 0; waited < EARLY_MS || with_terminal; waited += STEP_MS) {
        pid_t ended = waitpid(pid, &status, with_terminal ? 0 : WNOHANG);
        if (ended == pid) {
            return WIFEXITED(status) && WEXITSTATUS(status) == 0;
        }
        if (ended < 0 && errno != EINTR) {
            return false;
        }
        if (!with_terminal) {
            struct timespec step = {0, STEP_MS * 1000000L};
            nanosleep(&step, NULL);
        }
    }
    return true;
}

/* Why programs were of no use, and the one that was. */
struct search {
    const char *what;
    bool with_terminal;
    struct bp_str tried; /* "xdg-open (No such file or directory), ..." */
    char *taken_by;
};

/* `words` (an argument each, the program first) with what is to be shown in its place. */
static void try_program(struct search *search, const struct bp_strs *words) {
    char **argv = bp_alloc_array(words->count + 1, sizeof *argv);
    pid_t pid;
    for (size_t i = 0; i < words->count; i++) {
        argv[i] = words->items[i];
    }
    int error = start(argv, search->with_terminal, &pid);
    if (!error && has_taken(pid, search->with_terminal)) {
        search->taken_by = bp_strdup(argv[0]);
    } else {
        bp_str_addf(&search->tried, "%s%s (%s)", search->tried.length ? ", " : "", argv[0],
                    error ? strerror(error) : "it failed");
    }
    free(argv);
}

/* One command of $BROWSER: words with blanks between; "%s" stands for what is shown. */
static void try_command(struct search *search, const char *command) {
    struct bp_strs words = {0};
    struct bp_strs filled = {0};
    bool placed = false;
    bp_strs_split(&words, command, ' ', false);
    for (size_t i = 0; i < words.count; i++) {
        const char *word = words.items[i];
        const char *place = strstr(word, "%s");
        if (place && i > 0) {
            bp_strs_add_owned(
                &filled, bp_format("%.*s%s%s", (int)(place - word), word, search->what, place + 2));
            placed = true;
        } else {
            bp_strs_add(&filled, word);
        }
    }
    if (!placed) {
        bp_strs_add(&filled, search->what);
    }
    if (words.count) {
        try_program(search, &filled);
    }
    bp_strs_free(&filled);
    bp_strs_free(&words);
}

static void try_variable(struct search *search) {
    struct bp_strs commands = {0};
    const char *value = getenv("BROWSER");
    bp_strs_split(&commands, value ? value : "", ':', false);
    search->with_terminal = !bp_display_is_there() && !is_in_wsl();
    for (size_t i = 0; i < commands.count && !search->taken_by; i++) {
        try_command(search, commands.items[i]);
    }
    search->with_terminal = false;
    bp_strs_free(&commands);
}

static void try_system(struct search *search) {
    if (is_in_wsl()) {
        try_command(search, "wslview");
    }
    for (size_t i = 0; bp_display_is_there() && bp_display_programs[i] && !search->taken_by; i++) {
        try_command(search, bp_display_programs[i]);
    }
}

char *bp_browser_show(const char *what, struct bp_err *err) {
    struct search search = {.what = what, .tried = BP_STR_EMPTY};
    try_variable(&search);
    if (!search.taken_by) {
        try_system(&search);
    }
    if (!search.taken_by && search.tried.length) {
        bp_fail(err, BP_E_SYSTEM, "tried %s", search.tried.data);
    } else if (!search.taken_by) {
        bp_fail(err, BP_E_SYSTEM,
                "there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), and "
                "BROWSER names no program");
    }
    bp_str_free(&search.tried);
    return search.taken_by;
}
