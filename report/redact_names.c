/* Home folders, the user's name, the host's name. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "report/redact_scan.h"

/* What ends a folder's name in running text. */
static const char name_end[] = "/\\ \t\r\n\"'`:;,()[]{}<>|*?";

/* Home folders that belong to no person. */
static bool is_shared_folder(const char *name, size_t length) {
    static const char *const shared[] = {"Public", "Default", "Shared", "linuxbrew", "user"};
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) {
        if (strlen(shared[i]) == length && strncmp(name, shared[i], length) == 0) {
            return true;
        }
    }
    return name[0] == '$' || name[0] == '%';
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
    bp_str_add_bytes(scan->out, scan->text + scan->at, before);
    return bp_scan_replace(scan, before + length, "user");
}

/* The user's own home folder at the present place, or 0. */
static size_t own_home_length(const struct bp_scan *scan) {
    const char *home = scan->redactor->home;
    char before = bp_scan_before(scan);
    if (!home || !bp_starts_with(scan->text + scan->at, home) || bp_is_word_byte(before) ||
        (before && strchr("._-/", before))) {
        return 0;
    }
    char after = scan->text[scan->at + strlen(home)];
    return after == '\0' || strchr(name_end, after) ? strlen(home) : 0;
}

/* In a command the home folder is "~" where a shell takes it so, $HOME within double quotes. */
static bool redact_home_in_command(struct bp_scan *scan, size_t length) {
    char before = bp_scan_before(scan);
    if (before == '\0' || before == ' ') {
        return bp_scan_replace(scan, length, "~");
    }
    return before == '"' && bp_scan_replace(scan, length, "$HOME");
}

static bool redact_own_home(struct bp_scan *scan) {
    size_t length = own_home_length(scan);
    if (!length) {
        return false;
    }
    if (scan->kind == BP_REDACT_COMMAND && redact_home_in_command(scan, length)) {
        return true;
    }
    size_t folder = (size_t)(strrchr(scan->redactor->home, '/') - scan->redactor->home) + 1;
    bp_str_add_bytes(scan->out, scan->text + scan->at, folder);
    return bp_scan_replace(scan, length, "user");
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
            return bp_scan_replace(scan, length, word->replacement);
        }
    }
    return false;
}

bool bp_redact_name(struct bp_scan *scan) {
    char at = scan->text[scan->at];
    if (at == '/' || at == '\\') {
        return redact_own_home(scan) || redact_home_below(scan, "/home/", false) ||
               redact_home_below(scan, "/Users/", true) ||
               redact_home_below(scan, "\\Users\\", true) ||
               redact_home_below(scan, "\\\\Users\\\\", true) ||
               redact_home_below(scan, "\\home\\", true);
    }
    return bp_is_word_byte(at) && redact_word(scan);
}
