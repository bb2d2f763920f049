/* Other people's home folders, the user's name, the host's name. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "report/redact_scan.h"

bool bp_is_common_name(const char *name) {
    static const char *const common[] = {
        "admin",        "administrator", "bitsandbytes", "build",       "builder",     "codespace",
        "colab",        "compute",       "computer",     "conda",       "cuda",        "data",
        "debian",       "default",       "desktop",      "dev",         "docker",      "fedora",
        "gpu",          "guest",         "home",         "host",        "jovyan",      "jupyter",
        "kaggle",       "laptop",        "linux",        "local",       "localdomain", "localhost",
        "machine",      "mamba",         "model",        "models",      "nobody",      "node",
        "notebook",     "nvidia",        "python",       "pytorch",     "rocm",        "root",
        "runner",       "server",        "system",       "test",        "tester",      "torch",
        "transformers", "ubuntu",        "user",         "username",    "vagrant",     "vscode",
        "windows",      "worker",        "workspace",    "workstation",
    };
    for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
        if (strcasecmp(name, common[i]) == 0) {
            return true;
        }
    }
    return strlen(name) < 3 || strspn(name, "0123456789.") == strlen(name);
}

/* What ends a folder's name in running text. */
static const char name_end[] = "/\\ \t\r\n\"'`:;,()[]{}<>|*?";

/* Home folders that belong to no person, and what stands for a person's. */
static bool is_shared_folder(const char *name, size_t length) {
    static const char *const shared[] = {"Public", "Default", "Shared", "linuxbrew"};
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) {
        if (strlen(shared[i]) == length && strncmp(name, shared[i], length) == 0) {
            return true;
        }
    }
    bool stands_in = strncmp(name, "user", 4) == 0 && strspn(name + 4, "0123456789") + 4 == length;
    return stands_in || name[0] == '$' || name[0] == '%';
}

/*
 * "user", "user2" ...: folders of several people stay several, so that what is in them does
 * not become one. The caller frees it.
 */
static char *stand_in(struct bp_redactor *redactor, const char *name, size_t length) {
    char *person = bp_strndup(name, length);
    size_t number = 0;
    bp_strs_add_once(&redactor->people, person);
    while (strcmp(redactor->people.items[number], person) != 0) {
        number++;
    }
    free(person);
    return number ? bp_format("user%zu", number + 1) : bp_strdup("user");
}

/* A Windows account may have blanks in its name: they count when a separator follows. */
static size_t windows_name_length(const char *name) {
    size_t length = strcspn(name, "/\\\t\r\n\"':;,<>|*?");
    return name[length] == '\\' || name[length] == '/' ? length : strcspn(name, name_end);
}

static bool redact_home_below(struct bp_scan *scan, const char *folders, bool windows) {
    size_t before = strlen(folders);
    if (strncasecmp(scan->text + scan->at, folders, before) != 0) {
        return false;
    }
    const char *name = scan->text + scan->at + before;
    size_t length = windows ? windows_name_length(name) : strcspn(name, name_end);
    if (!length || is_shared_folder(name, length)) {
        return false;
    }
    char *person = stand_in(scan->redactor, name, length);
    bp_scan_keep(scan, before);
    bp_scan_replace(scan, length, person, BP_WITHHELD_HOME);
    free(person);
    return true;
}

/* Names that are also words of a sentence: in prose they go only as part of something longer. */
static bool is_ordinary_word(const char *name) {
    static const char *const words[] = {
        "all",   "and",     "april", "art",    "august", "bill",    "bob",    "can",     "chance",
        "chase", "dawn",    "dean",  "drew",   "faith",  "file",    "files",  "for",     "frank",
        "from",  "grace",   "grant", "has",    "her",    "his",     "hope",   "image",   "install",
        "its",   "jack",    "june",  "kernel", "lance",  "library", "load",   "log",     "mark",
        "mason", "max",     "may",   "new",    "none",   "not",     "now",    "old",     "one",
        "out",   "own",     "page",  "path",   "pat",    "penny",   "pierce", "program", "project",
        "ray",   "read",    "real",  "rich",   "rob",    "rose",    "run",    "runs",    "see",
        "set",   "some",    "still", "sue",    "that",   "the",     "them",   "then",    "this",
        "two",   "unknown", "use",   "wade",   "what",   "when",    "will",   "with",    "work",
        "works", "you",     "your",
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcasecmp(name, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether the word at the present place is part of a path, an address or a setting. */
static bool is_attached(const struct bp_scan *scan, size_t length) {
    char before = bp_scan_before(scan);
    char after = scan->text[scan->at + length];
    return (before && strchr("/\\@=_-", before)) || (after && strchr("/\\@=_-", after));
}

static bool redact_word(struct bp_scan *scan) {
    if (scan->kind == BP_REDACT_FIXED || bp_is_word_byte(bp_scan_before(scan))) {
        return false;
    }
    const char *at = scan->text + scan->at;
    for (size_t i = 0; i < scan->redactor->word_count; i++) {
        const struct bp_redact_word *word = &scan->redactor->words[i];
        size_t length = strlen(word->text);
        int differs =
            word->any_case ? strncasecmp(at, word->text, length) : strncmp(at, word->text, length);
        if (differs == 0 && !bp_is_word_byte(at[length]) &&
            (scan->kind != BP_REDACT_PROSE || !is_ordinary_word(word->text) ||
             is_attached(scan, length))) {
            return bp_scan_replace(scan, length, word->replacement, word->kind);
        }
    }
    return false;
}

bool bp_redact_name(struct bp_scan *scan) {
    char at = scan->text[scan->at];
    if (at == '/') {
        return redact_home_below(scan, "/home/", false) || redact_home_below(scan, "/Users/", true);
    }
    if (at == '\\') {
        return redact_home_below(scan, "\\Users\\", true) ||
               redact_home_below(scan, "\\\\Users\\\\", true) ||
               redact_home_below(scan, "\\home\\", true);
    }
    return bp_is_word_byte(at) && redact_word(scan);
}
