/*
 * Asking an interpreter about itself. The child imports nothing but the built-in `sys`:
 * no site module, no .pth file, no customisation runs, its current folder is not looked
 * at (-I -S, folder "/"), and no bytecode is written (-B). It prints lines "name=value"
 * between a first and a last line; bytes of a value other than printable ASCII are %xx,
 * as are "%" and blanks.
 */
#include "probe/python.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/os/child.h"

static const char first_line[] = "bnb-probe python 1";
static const char last_line[] = "bnb-probe end";

/* Works with every Python from 3.4 on, PyPy included. */
static const char script[] =
    "import sys\n"
    "def text(value):\n"
    "    data = str(value).encode(sys.getfilesystemencoding(), 'surrogateescape')\n"
    "    return ''.join(chr(c) if 32 < c < 127 and c != 37 else '%%%02x' % c for c in data)\n"
    "lines = ['bnb-probe python 1']\n"
    "def say(name, value):\n"
    "    if value is not None:\n"
    "        lines.append(name + '=' + text(value))\n"
    "v = sys.version_info\n"
    "level = {'alpha': 'a', 'beta': 'b', 'candidate': 'rc'}.get(v[3])\n"
    "say('version', '%d.%d.%d' % v[:3] + (level + str(v[4]) if level else ''))\n"
    "say('implementation', sys.implementation.name)\n"
    "say('executable', sys.executable)\n"
    "say('base_prefix', sys.base_prefix)\n"
    "say('base_exec_prefix', sys.base_exec_prefix)\n"
    "say('platlibdir', getattr(sys, 'platlibdir', 'lib'))\n"
    "say('abiflags', getattr(sys, 'abiflags', ''))\n"
    "say('bits', 64 if sys.maxsize > 2 ** 32 else 32)\n"
    "for folder in sys.path:\n"
    "    say('path', folder)\n"
    "lines.append('bnb-probe end')\n"
    "sys.stdout.write('\\n'.join(lines) + '\\n')\n"
    "sys.stdout.flush()\n"
    /* Tearing an interpreter down would cost a further tenth of starting it, or more. */
    "posix = sys.modules.get('posix')\n"
    "if posix:\n"
    "    posix._exit(0)\n";

/* An answer takes about 1 KiB. */
static const size_t answer_limit = (size_t)128 << 10;

/*
 * What an interpreter may need to start at all (libpython in a folder of its own, a
 * wrapper script that looks for programs). Not LD_PRELOAD, and no PYTHON* variable.
 */
static const char *const kept_variables[] = {"HOME",   "LD_LIBRARY_PATH", "LANG",
                                             "LC_ALL", "LC_CTYPE",        "TMPDIR"};
enum { KEPT = sizeof kept_variables / sizeof *kept_variables };

static int hex_digit(char character) {
    return character >= '0' && character <= '9'   ? character - '0'
           : character >= 'a' && character <= 'f' ? character - 'a' + 10
                                                  : -1;
}

/* The text that `value` spells, or NULL where it is malformed. The caller frees it. */
static char *decode(const char *value) {
    struct bp_str text = BP_STR_EMPTY;
    for (; *value; value++) {
        int high = *value == '%' ? hex_digit(value[1]) : 0;
        int low = *value == '%' && high >= 0 ? hex_digit(value[2]) : 0;
        if (high < 0 || low < 0 || (*value == '%' && high + low == 0)) {
            bp_str_free(&text);
            return NULL;
        }
        if (*value == '%') {
            bp_str_add_char(&text, (char)(high * 16 + low));
            value += 2;
        } else {
            bp_str_add_char(&text, *value);
        }
    }
    return bp_str_detach(&text);
}

static void replace(char **place, char *text) {
    free(*place);
    *place = text;
}

/* Takes over one line's value (owned). */
static void keep_value(struct bp_interpreter *to, const char *name, char *value) {
    if (bp_equal(name, "version")) {
        char *dot = NULL;
        to->major = (int)strtol(value, &dot, 10);
        to->minor = *dot == '.' ? (int)strtol(dot + 1, NULL, 10) : 0;
        replace(&to->version, value);
    } else if (bp_equal(name, "implementation")) {
        replace(&to->implementation, value);
    } else if (bp_equal(name, "executable") && value[0] == '/') {
        replace(&to->executable, value);
    } else if (bp_equal(name, "base_prefix")) {
        replace(&to->base_prefix, value);
    } else if (bp_equal(name, "base_exec_prefix")) {
        replace(&to->base_exec_prefix, value);
    } else if (bp_equal(name, "platlibdir")) {
        replace(&to->library_folder, value);
    } else if (bp_equal(name, "path")) {
        bp_strs_add_owned(&to->core_path, value);
    } else {
        if (bp_equal(name, "abiflags")) {
            to->free_threaded = strchr(value, 't') != NULL;
        } else if (bp_equal(name, "bits")) {
            to->bits = bp_equal(value, "64") ? 64 : bp_equal(value, "32") ? 32 : 0;
        }
        free(value);
    }
}

static int keep_line(struct bp_interpreter *interpreter, char *line, struct bp_err *err) {
    char *equals = strchr(line, '=');
    char *value = equals ? decode(equals + 1) : NULL;
    if (!value) {
        return bp_fail(err, BP_E_FORMAT, "its answer holds the malformed line \"%.80s\"", line);
    }
    *equals = '\0';
    keep_value(interpreter, line, value);
    return 0;
}

static int keep_lines(struct bp_interpreter *interpreter, const struct bp_strs *lines,
                      struct bp_err *err) {
    size_t at = 0;
    /* A wrapper script may print something of its own first. */
    while (at < lines->count && !bp_equal(lines->items[at], first_line)) {
        at++;
    }
    for (at++; at < lines->count && !bp_equal(lines->items[at], last_line); at++) {
        if (keep_line(interpreter, lines->items[at], err) != 0) {
            return -1;
        }
    }
    if (at >= lines->count) {
        return bp_fail(err, BP_E_FORMAT, "it did not answer as a Python interpreter does");
    }
    if (!interpreter->version || !interpreter->base_prefix || interpreter->core_path.count == 0) {
        return bp_fail(err, BP_E_FORMAT, "its answer lacks version, prefix or search path");
    }
    return 0;
}

int bp_python_read_answer(const char *output, struct bp_interpreter *interpreter,
                          struct bp_err *err) {
    struct bp_strs lines = {0};
    bp_strs_split(&lines, output, '\n', false);
    int result = keep_lines(interpreter, &lines, err);
    bp_strs_free(&lines);
    if (result == 0) {
        if (!interpreter->base_exec_prefix) {
            interpreter->base_exec_prefix = bp_strdup(interpreter->base_prefix);
        }
        if (!interpreter->library_folder) {
            interpreter->library_folder = bp_strdup("lib");
        }
    }
    interpreter->known = result == 0;
    return result;
}

/* PATH without its relative entries: the child's folder is "/". */
static char *absolute_path(const char *path) {
    struct bp_strs entries = {0};
    struct bp_str kept = BP_STR_EMPTY;
    bp_strs_split(&entries, path, ':', false);
    for (size_t i = 0; i < entries.count; i++) {
        if (entries.items[i][0] == '/') {
            bp_str_addf(&kept, "%s%s", kept.length ? ":" : "", entries.items[i]);
        }
    }
    bp_strs_free(&entries);
    return bp_str_detach(&kept);
}

/* NAME=VALUE for each, and a NULL item at the end: the items are an environment. */
static void make_environment(const struct bp_probe *probe, struct bp_strs *environment) {
    for (size_t i = 0; i < KEPT; i++) {
        const char *value = bp_probe_env(probe, kept_variables[i]);
        if (value) {
            bp_strs_add_owned(environment, bp_format("%s=%s", kept_variables[i], value));
        }
    }
    const char *path = bp_probe_env(probe, "PATH");
    char *absolute = absolute_path(path ? path : "/usr/local/bin:/usr/bin:/bin");
    bp_strs_add_owned(environment, bp_format("PATH=%s", absolute));
    free(absolute);
    bp_strs_add_owned(environment, NULL);
}

static void start(const struct bp_probe *probe, struct bp_child *child,
                  struct bp_interpreter *interpreter, char *const environment[]) {
    const char *const arguments[] = {interpreter->executable, "-I", "-S", "-B", "-c", script, NULL};
    struct bp_err err = {0};
    child->deadline_ms = probe->program_deadline_ms;
    child->grace_ms = probe->program_grace_ms;
    child->output_limit = answer_limit;
    child->keep_group = true;
    if (bp_child_start_program(child, interpreter->executable, arguments, "/", environment, &err)) {
        interpreter->error =
            bp_format("%s could not be started: %s", interpreter->executable, bp_err_text(&err));
    }
    bp_err_clear(&err);
}

/* The first line of what it printed on standard error, for the error's words. */
static char *first_noise(const struct bp_child *child) {
    char *noise = bp_strndup(child->noise.data, child->noise.length);
    char *begin = bp_trim(noise);
    begin[strcspn(begin, "\r\n")] = '\0';
    char *words = *begin ? bp_format(" (%.160s)", begin) : bp_strdup("");
    free(noise);
    return words;
}

static void read_result(const struct bp_child *child, struct bp_interpreter *interpreter) {
    struct bp_err err = {0};
    char *noise = first_noise(child);
    if (child->state != BP_CHILD_EXITED || child->exit_code != 0) {
        char *how = bp_child_describe(child);
        interpreter->error =
            bp_format("%s could not be asked: %s%s", interpreter->executable, how, noise);
        free(how);
    } else if (bp_python_read_answer(child->output.data, interpreter, &err) != 0) {
        interpreter->error = bp_format("%s could not be asked: %s%s", interpreter->executable,
                                       bp_err_text(&err), noise);
    }
    free(noise);
    bp_err_clear(&err);
}

void bp_python_ask(const struct bp_probe *probe, struct bp_interpreters *list) {
    struct bp_strs environment = {0};
    make_environment(probe, &environment);
    struct bp_child *children = bp_alloc_array(list->count, sizeof *children);
    for (size_t i = 0; i < list->count; i++) {
        if (!list->items[i].error) {
            start(probe, &children[i], &list->items[i], environment.items);
        }
    }
    bp_children_wait(children, list->count, NULL, NULL);
    for (size_t i = 0; i < list->count; i++) {
        if (!list->items[i].error) {
            read_result(&children[i], &list->items[i]);
        }
        bp_child_free(&children[i]);
    }
    free(children);
    bp_strs_free(&environment);
}
