/* Reading a requirement: a name, and what it should be. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "base/version.h"
#include "checks/assume/parts.h"
#include "checks/gate.h"
#include "checks/gate/parts.h"

/* More names than there are subjects. */
enum { NAME_LIMIT = 96 };

static bool is_name(char character) {
    return isalnum((unsigned char)character) || (character && strchr("-_.", character));
}

static const char *skip_blanks(const char *text) {
    return text + strspn(text, " \t");
}

static int fail_unknown_name(const char *name, struct bp_err *err) {
    const char *names[NAME_LIMIT];
    size_t count = 0;
    for (const struct bp_subject *one = bp_subjects; one->name && count + 1 < NAME_LIMIT; one++) {
        names[count++] = one->name;
    }
    names[count] = NULL;
    const char *nearest = bp_nearest(name, names);
    if (nearest) {
        return bp_fail(err, BP_E_FORMAT, "'%s' is nothing that can be required; did you mean %s?",
                       name, nearest);
    }
    return bp_fail(err, BP_E_FORMAT,
                   "'%s' is nothing that can be required; bnb-probe help check lists what is",
                   name);
}

/* --- versions --- */

static int read_version(struct bp_requirement *requirement, const char *rest, struct bp_err *err) {
    const char *name = requirement->name;
    if (rest[0] == '=' && rest[1] != '=') {
        const char *version = skip_blanks(rest + 1);
        return bp_fail(err, BP_E_FORMAT,
                       "'%s': a version is asked for with ==, >=, <, ~= and the like; "
                       "%s==%s.* is any %s, %s==%s is that one alone",
                       requirement->text, name, version, version, name, version);
    }
    if (!bp_specifier_valid(rest) || (*rest && !strchr("=<>!~", *rest))) {
        return bp_fail(err, BP_E_FORMAT,
                       "'%s': after %s comes a version specifier such as >=1.2 or ==1.2.*, not "
                       "'%s'",
                       requirement->text, name, rest);
    }
    requirement->specifier = bp_strdup(rest);
    return 0;
}

/* --- words --- */

/* Skips "=", "==" or "!=". NULL where none of these stands there. */
static const char *read_equals(struct bp_requirement *requirement, const char *rest) {
    requirement->negated = rest[0] == '!';
    if (requirement->negated || (rest[0] == '=' && rest[1] == '=')) {
        return rest[1] == '=' ? skip_blanks(rest + 2) : NULL;
    }
    return rest[0] == '=' ? skip_blanks(rest + 1) : NULL;
}

static int fail_word(const struct bp_requirement *requirement, const char *word,
                     struct bp_err *err) {
    const char *const *words = requirement->subject->words;
    const char *nearest = *word ? bp_nearest(word, words) : NULL;
    struct bp_str all = BP_STR_EMPTY;
    for (size_t i = 0; words[i]; i++) {
        bp_str_addf(&all, "%s%s", i ? ", " : "", words[i]);
    }
    if (nearest) {
        bp_fail(err, BP_E_FORMAT, "'%s': %s is never '%s'; did you mean %s=%s?", requirement->text,
                requirement->subject->name, word, requirement->subject->name, nearest);
    } else {
        bp_fail(err, BP_E_FORMAT, "'%s': write %s= and one of %s, or several with commas",
                requirement->text, requirement->subject->name, all.data);
    }
    bp_str_free(&all);
    return -1;
}

static bool is_among(const char *word, const char *const words[]) {
    size_t i = 0;
    while (words[i] && !bp_equal(word, words[i])) {
        i++;
    }
    return words[i] != NULL;
}

static int read_words(struct bp_requirement *requirement, const char *rest, struct bp_err *err) {
    const char *list = read_equals(requirement, rest);
    struct bp_strs words = {0};
    int result = 0;
    bp_strs_split(&words, list ? list : "", ',', true);
    for (size_t i = 0; i < words.count && result == 0; i++) {
        const char *word = bp_trim(words.items[i]);
        if (list && is_among(word, requirement->subject->words)) {
            bp_strs_add_once(&requirement->words, word);
        } else {
            result = fail_word(requirement, word, err);
        }
    }
    bp_strs_free(&words);
    return result;
}

/* --- GPUs --- */

static int fail_gpu(const struct bp_requirement *requirement, struct bp_err *err) {
    return bp_fail(err, BP_E_FORMAT,
                   "'%s': write gpu>=8.0 for a compute capability, gpu=9.0 or gpu=gfx942 for a "
                   "kind of GPU, or several kinds with commas",
                   requirement->text);
}

/* As bp_gpu_target, but no bare digits: to a person 12 is the capability 12.0, to CUDA 1.2. */
static char *read_target(const char *text) {
    bool bare = strspn(text, "0123456789") == strlen(text);
    return bare ? NULL : bp_gpu_target(text);
}

/* "=9.0,gfx942" or "!=7.0": kinds, one of which each GPU should be, or none. */
static int read_gpu_kinds(struct bp_requirement *requirement, const char *list,
                          struct bp_err *err) {
    struct bp_strs words = {0};
    bool good = true;
    bp_strs_split(&words, list, ',', true);
    for (size_t i = 0; i < words.count; i++) {
        char *target = read_target(bp_trim(words.items[i]));
        good = good && target;
        if (target) {
            bp_strs_add_once(&requirement->words, target);
        }
        free(target);
    }
    bp_strs_free(&words);
    return good ? 0 : fail_gpu(requirement, err);
}

/* One clause such as ">=sm_80" as a specifier has it: ">=8.0". */
static bool add_gpu_clause(struct bp_str *specifier, const char *clause) {
    size_t operator_length = strspn(clause, "<>=!~");
    char *target = read_target(skip_blanks(clause + operator_length));
    /* AMD's names are no numbers: none is more than another. */
    bool good = operator_length && target && isdigit((unsigned char)*target);
    if (good) {
        bp_str_addf(specifier, "%s%.*s%s", specifier->length ? "," : "", (int)operator_length,
                    clause, target);
    }
    free(target);
    return good;
}

static int read_gpu(struct bp_requirement *requirement, const char *rest, struct bp_err *err) {
    const char *list = read_equals(requirement, rest);
    if (list && !strpbrk(list, "<>=!~")) {
        return read_gpu_kinds(requirement, list, err);
    }
    struct bp_strs clauses = {0};
    struct bp_str specifier = BP_STR_EMPTY;
    requirement->negated = false;
    bp_strs_split(&clauses, rest, ',', true);
    bool good = clauses.count > 0;
    for (size_t i = 0; i < clauses.count; i++) {
        good = good && add_gpu_clause(&specifier, bp_trim(clauses.items[i]));
    }
    requirement->specifier = bp_str_detach(&specifier);
    bp_strs_free(&clauses);
    return good && bp_specifier_valid(requirement->specifier) ? 0 : fail_gpu(requirement, err);
}

/* --- all --- */

int bp_requirement_read(struct bp_requirement *requirement, const char *text, struct bp_err *err) {
    char *copy = bp_strdup(text);
    requirement->text = bp_strdup(bp_trim(copy));
    free(copy);
    size_t length = 0;
    while (is_name(requirement->text[length])) {
        length++;
    }
    const char *rest = skip_blanks(requirement->text + length);
    requirement->name = bp_strndup(requirement->text, length);
    for (char *at = requirement->name; *at; at++) {
        *at = *at == '_' || *at == '.' ? '-' : (char)tolower((unsigned char)*at);
    }
    requirement->subject = bp_subject_find(requirement->name);
    int result;
    if (!length) {
        result = bp_fail(err, BP_E_FORMAT,
                         "a requirement is a name and what it should be, such as "
                         "bitsandbytes>=0.45, not '%s'",
                         requirement->text);
    } else if (!requirement->subject) {
        result = fail_unknown_name(requirement->name, err);
    } else if (requirement->subject->form == BP_FORM_WORDS) {
        result = read_words(requirement, rest, err);
    } else if (requirement->subject->form == BP_FORM_GPU) {
        result = read_gpu(requirement, rest, err);
    } else {
        result = read_version(requirement, rest, err);
    }
    return result;
}

void bp_requirement_free(struct bp_requirement *requirement) {
    free(requirement->text);
    free(requirement->name);
    free(requirement->specifier);
    bp_strs_free(&requirement->words);
    *requirement = (struct bp_requirement){0};
}

int bp_gate_understands(const struct bp_strs *requirements, struct bp_err *err) {
    int result = 0;
    for (size_t i = 0; i < requirements->count && result == 0; i++) {
        struct bp_requirement requirement = {0};
        result = bp_requirement_read(&requirement, requirements->items[i], err);
        bp_requirement_free(&requirement);
    }
    return result;
}

bool bp_requirement_wants(const struct bp_requirement *requirement, const char *word) {
    return bp_strs_has(&requirement->words, word) != requirement->negated;
}
