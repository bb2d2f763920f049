/* Versions of packages: pip list, pip show, conda list, "x==1.0", "X version: 1.0", prose. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "checks/text/gather.h"

static size_t skip_blanks(const struct bp_gather *gather, size_t at) {
    while (at < gather->length && (gather->text[at] == ' ' || gather->text[at] == '\t')) {
        at++;
    }
    return at;
}

static size_t skip_any(const struct bp_gather *gather, size_t at, const char *characters) {
    while (at < gather->length && gather->text[at] && strchr(characters, gather->text[at])) {
        at++;
    }
    return at;
}

/* "(GPU?)" between a name and its version. */
static size_t skip_note(const struct bp_gather *gather, size_t at) {
    if (at < gather->length && gather->text[at] == '(' &&
        !(at + 1 < gather->length && isdigit((unsigned char)gather->text[at + 1]))) {
        size_t end = at;
        while (end < gather->length && end - at < 16 && !strchr(")\n", gather->text[end])) {
            end++;
        }
        return end < gather->length && gather->text[end] == ')' ? skip_blanks(gather, end + 1) : at;
    }
    return at;
}

/* ":" and "=", the full-width colon, "->" and "=>": says whether there was one. */
static bool skip_sign(const struct bp_gather *gather, size_t *at) {
    static const char *const signs[] = {"==", "->", "- ", "=>", ":", "=", "\xEF\xBC\x9A", "|", "@"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (bp_text_has_at(gather, *at, signs[i])) {
            *at = skip_blanks(gather, *at + strlen(signs[i]));
            return true;
        }
    }
    return false;
}

/*
 * The version that stands behind a name that ends at `at`; *plain says how plainly. NULL
 * where none does, or where it is a demand (">=0.41"). The caller frees it.
 */
static char *version_behind(const struct bp_gather *gather, size_t at, enum bp_plainness *plain) {
    size_t end;
    bool glued = false;
    *plain = BP_MENTIONED;
    at = skip_any(gather, at, "`'\"*");
    if (bp_text_has_at(gather, at, ".__version__")) {
        at = skip_any(gather, at + strlen(".__version__"), ")'\"`");
    }
    if (at < gather->length && (gather->text[at] == '-' || gather->text[at] == '_')) {
        *plain = BP_HINTED;
        at++;
        glued = true;
    }
    at = skip_note(gather, skip_blanks(gather, at));
    if (bp_text_has_at(gather, at, "version")) {
        at = skip_blanks(gather, skip_any(gather, at + strlen("version"), "s"));
        at = skip_note(gather, at);
        *plain = BP_STATED;
    }
    at = bp_text_has_at(gather, at, "is ") ? at + 3 : at;
    at = bp_text_has_at(gather, at, "to ") ? at + 3 : at;
    if (!glued && skip_sign(gather, &at)) {
        *plain = BP_STATED;
    }
    at = skip_any(gather, at, "`'\"*(= ");
    return bp_version_at(gather, at, &end);
}

/* "Name: x" of pip show, with "Version: 1.0" on the next line. */
static char *version_shown(const struct bp_gather *gather, size_t start, size_t end) {
    size_t behind;
    size_t next = skip_any(gather, end, " \r");
    bool named = start >= 6 && bp_text_has_at(gather, start - 6, "name: ");
    if (!named || next >= gather->length || gather->text[next] != '\n' ||
        !bp_text_has_at(gather, next + 1, "version: ")) {
        return NULL;
    }
    return bp_version_at(gather, next + 1 + strlen("version: "), &behind);
}

/* What is before the name must not make it a part of another one ("linear-bitsandbytes"). */
static bool starts_name(const struct bp_gather *gather, size_t start) {
    return start == 0 || (!isalnum((unsigned char)gather->text[start - 1]) &&
                          !strchr("_-.", gather->text[start - 1]));
}

static char *read_version(const struct bp_gather *gather, size_t start, size_t end,
                          enum bp_plainness *plain) {
    if (!starts_name(gather, start)) {
        return NULL;
    }
    char *version = version_shown(gather, start, end);
    if (version) {
        *plain = BP_STATED;
        return version;
    }
    return version_behind(gather, end, plain);
}

static void read_bitsandbytes(struct bp_gather *gather, const char *word, size_t start,
                              size_t end) {
    enum bp_plainness plain;
    (void)word;
    char *version = read_version(gather, start, end, &plain);
    /* All releases so far are 0.x; "bitsandbytes 4.33" in a table is another column. */
    if (version && bp_starts_with(version, "0.") && strlen(version) > 3) {
        bp_gather_text(gather, "/bitsandbytes/version", version, start, plain);
        if (plain > BP_HINTED) {
            bp_gather_list(gather, "bitsandbytes_versions", version);
        }
    }
    free(version);
}

/* "+cu118", "+rocm5.6", "+cpu" behind torch's version. */
static void read_torch_build(struct bp_gather *gather, const char *local, size_t start,
                             enum bp_plainness plain) {
    size_t digits = strspn(local + (bp_starts_with(local, "cu") ? 2 : 0), "0123456789");
    if (bp_starts_with(local, "cu") && digits >= 2 && digits <= 4) {
        char *build = bp_format("%.*s.%c", (int)digits - 1, local + 2, local[1 + digits]);
        bp_gather_text(gather, "/python/interpreters/0/torch/cuda", build, start, plain);
        free(build);
    } else if (bp_starts_with(local, "rocm") && isdigit((unsigned char)local[4])) {
        bp_gather_text(gather, "/python/interpreters/0/torch/hip", local + 4, start, plain);
    } else if (bp_starts_with(local, "cpu")) {
        bp_gather_about(gather, "/torch_build", "cpu", start, plain);
    }
}

static void read_torch(struct bp_gather *gather, const char *word, size_t start, size_t end) {
    enum bp_plainness plain;
    (void)word;
    char *version = read_version(gather, start, end, &plain);
    /* "pytorch:24.07" is the name of a container. */
    bool plausible = version && version[1] == '.' && version[0] <= '9';
    if (plausible) {
        const char *local = strchr(version, '+');
        bp_gather_text(gather, "/python/interpreters/0/torch/version", version, start, plain);
        if (local) {
            read_torch_build(gather, local + 1, start, plain);
        }
    }
    free(version);
}

static void read_package(struct bp_gather *gather, const char *word, size_t start, size_t end) {
    enum bp_plainness plain;
    char *version = read_version(gather, start, end, &plain);
    if (version) {
        char *pointer = bp_format("/python/interpreters/0/packages/%s/0/version", word);
        bp_gather_text(gather, pointer, version, start, plain);
        free(pointer);
    }
    free(version);
}

/* "Python 3.10", "python3.10/", "Python310\". */
static void read_python(struct bp_gather *gather, const char *word, size_t start, size_t end) {
    enum bp_plainness plain = BP_HINTED;
    size_t behind;
    (void)word;
    char *version = bp_version_at(gather, end, &behind);
    if (!version && bp_text_has_at(gather, end, "3")) {
        size_t digits = 1;
        while (digits < 4 && end + digits < gather->length &&
               isdigit((unsigned char)gather->text[end + digits])) {
            digits++;
        }
        bool folder = end + digits < gather->length && strchr("\\/", gather->text[end + digits]);
        if (folder && digits > 1 && digits < 4) {
            version = bp_format("3.%.*s", (int)digits - 1, gather->text + end + 1);
        }
    }
    if (!version) {
        version = read_version(gather, start, end, &plain);
    }
    if (version && (bp_starts_with(version, "3.") || bp_starts_with(version, "2.7"))) {
        bp_gather_text(gather, "/python/interpreters/0/version", version, start, plain);
    }
    free(version);
}

const struct bp_reader bp_package_readers[] = {
    {"bitsandbytes", read_bitsandbytes},
    {"bnb", read_bitsandbytes},
    {"torch", read_torch},
    {"pytorch", read_torch},
    {"python", read_python},
    {"transformers", read_package},
    {"accelerate", read_package},
    {"peft", read_package},
    {"triton", read_package},
    {"deepspeed", read_package},
    {"diffusers", read_package},
    {"scipy", read_package},
    {"trl", read_package},
    {"unsloth", read_package},
    {"xformers", read_package},
    {"sentencepiece", read_package},
    {"tensorflow", read_package},
    {NULL, NULL},
};
