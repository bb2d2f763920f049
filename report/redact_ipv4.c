/* IPv4 addresses, which look like versions of four parts. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "report/redact_scan.h"

/* The length of four numbers from 0 to 255 with points between, or 0. */
static size_t dotted_quad_length(const char *text) {
    size_t at = 0;
    for (int part = 0; part < 4; part++) {
        size_t digits = strspn(text + at, "0123456789");
        if (part > 0 && digits == 0) {
            return 0;
        }
        if (digits == 0 || digits > 3 || (digits > 1 && text[at] == '0')) {
            return 0;
        }
        if (digits == 3 && strncmp(text + at, "255", 3) > 0) {
            return 0;
        }
        at += digits;
        if (part < 3 && text[at++] != '.') {
            return 0;
        }
    }
    bool goes_on = bp_is_word_byte(text[at]) || text[at] == '_' ||
                   (text[at] == '.' && isdigit((unsigned char)text[at + 1]));
    return goes_on ? 0 : at;
}

/* Words after which a number of four parts is a version. */
static bool announces_version(const char *word) {
    static const char *const parts[] = {
        "version",    "release",  "cuda",   "cu11",    "cu12",    "cu13",     "nvidia",
        "cudnn",      "cublas",   "cufft",  "curand",  "cusol",   "cuspa",    "cufile",
        "nvrtc",      "nvjit",    "nvtx",   "nccl",    "cupti",   "torch",    "bitsandbytes",
        "rocm",       "python",   "driver", "toolkit", "triton",  "tensor",   "opencv",
        "gcc",        "glibc",    "libc",   "wheel",   "package", "xformers", "transformers",
        "accelerate", "firmware",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (strcasestr(word, parts[i])) {
            return true;
        }
    }
    return bp_equal(word, "ver") || bp_equal(word, "v") || bp_equal(word, "bnb");
}

static bool is_linking(const char *word) {
    static const char *const linking[] = {"is", "was", "of", "to", "from", "and", "or", "than"};
    for (size_t i = 0; i < sizeof linking / sizeof *linking; i++) {
        if (strcasecmp(word, linking[i]) == 0) {
            return true;
        }
    }
    return strspn(word, "0123456789.") == strlen(word);
}

/* The word on the same line that ends before `end`, which moves to its start. Caller frees it. */
static char *word_before(const char *text, size_t *end) {
    size_t stop = *end;
    while (stop > 0 && text[stop - 1] != '\n' && strchr(" \t([{\"'`:=,|*<>~!/@", text[stop - 1])) {
        stop--;
    }
    size_t start = stop;
    while (start > 0 && (bp_is_word_byte(text[start - 1]) || strchr("_.+-", text[start - 1]))) {
        start--;
    }
    *end = start;
    return bp_strndup(text + start, stop - start);
}

/* Looks back over "is", "of", other versions ... at most three words. */
static bool follows_version_word(const struct bp_scan *scan) {
    size_t end = scan->at;
    bool answer = false;
    for (int i = 0; i < 3; i++) {
        char *word = word_before(scan->text, &end);
        answer = announces_version(word);
        bool go_on = !answer && *word && is_linking(word);
        free(word);
        if (!go_on) {
            break;
        }
    }
    return answer;
}

/* Whether what stands directly around a number of four parts makes it a version. */
static bool is_joined_to_version(const struct bp_scan *scan, size_t length) {
    const char *at = scan->text + scan->at;
    char before = bp_scan_before(scan);
    if (before == '-') {
        return scan->at < 3 || strncasecmp(at - 3, "ip-", 3) != 0;
    }
    if (before == '=' && scan->at >= 2 && strchr("=~<>!", at[-2])) {
        return true;
    }
    if ((before == '<' || before == '>' || before == '~') && at[length] != '>') {
        return true;
    }
    return at[length] == '+' || (at[length] == '-' && !dotted_quad_length(at + length + 1));
}

static bool is_version(const struct bp_scan *scan, size_t length) {
    const char *at = scan->text + scan->at;
    if (is_joined_to_version(scan, length)) {
        return true;
    }
    bool in_address = (scan->at >= 2 && strncmp(at - 2, "//", 2) == 0) ||
                      (at[length] == ':' && isdigit((unsigned char)at[length + 1]));
    if (in_address) {
        return false;
    }
    char *number = bp_strndup(at, length);
    bool known = bp_strs_has(&scan->redactor->versions, number);
    free(number);
    return known || follows_version_word(scan);
}

bool bp_redact_ipv4(struct bp_scan *scan) {
    const char *at = scan->text + scan->at;
    char before = bp_scan_before(scan);
    if (scan->is_version || !isdigit((unsigned char)*at) || bp_is_word_byte(before) ||
        before == '_' || before == '.' || before == '+') {
        return false;
    }
    size_t length = dotted_quad_length(at);
    if (!length) {
        return false;
    }
    bool kept = strncmp(at, "127.", 4) == 0 || (length == 7 && strncmp(at, "0.0.0.0", 7) == 0);
    if (kept || is_version(scan, length)) {
        return bp_scan_keep(scan, length);
    }
    return bp_scan_replace(scan, length, "<address>", BP_WITHHELD_ADDRESS);
}

/* EC2 names a machine after its address: ip-10-0-0-5. */
bool bp_redact_dashed_ipv4(struct bp_scan *scan) {
    const char *at = scan->text + scan->at;
    if (strncmp(at, "ip-", 3) != 0 || bp_is_word_byte(bp_scan_before(scan))) {
        return false;
    }
    size_t length = strspn(at + 3, "0123456789-");
    char *number = bp_strndup(at + 3, length);
    for (char *dash = strchr(number, '-'); dash; dash = strchr(dash, '-')) {
        *dash = '.';
    }
    bool found = length && dotted_quad_length(number) == length;
    free(number);
    return found && bp_scan_replace(scan, 3 + length, "<address>", BP_WITHHELD_ADDRESS);
}
