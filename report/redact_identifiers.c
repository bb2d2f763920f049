/* What tells one device, container or account from all others. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "report/redact_scan.h"

static size_t hex_length(const char *text) {
    size_t length = 0;
    while (isxdigit((unsigned char)text[length])) {
        length++;
    }
    return length;
}

/* NVIDIA's "GPU-8-4-4-4-12" and "MIG-..." and AMD's "GPU-" with 16 digits; also shortened. */
static bool redact_gpu_uuid(struct bp_scan *scan) {
    const char *at = scan->text + scan->at;
    bool mig = strncmp(at, "MIG-", 4) == 0;
    if (!mig && strncmp(at, "GPU-", 4) != 0) {
        return false;
    }
    if (mig && strncmp(at + 4, "GPU-", 4) == 0) {
        return false; /* the older form of MIG; the rest is found next */
    }
    size_t length = hex_length(at + 4);
    if (length < 8) {
        return false;
    }
    while (at[4 + length] == '-' && hex_length(at + 4 + length + 1) >= 4) {
        length += 1 + hex_length(at + 4 + length + 1);
    }
    bp_scan_keep(scan, 4);
    return bp_scan_replace(scan, length, "<uuid>", BP_WITHHELD_DEVICE);
}

/*
 * 8-4-4-4-12 digits (RFC 9562), with "-" or "_" between; in the name of a Kubernetes cgroup "pod"
 * stands directly before it.
 */
static bool redact_uuid(struct bp_scan *scan) {
    static const size_t groups[] = {8, 4, 4, 4, 12};
    const char *at = scan->text + scan->at;
    size_t start = bp_starts_with(at, "pod") ? 3 : 0;
    size_t length = 0;
    at += start;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        if (hex_length(at + length) != groups[i]) {
            return false;
        }
        length += groups[i];
        if (i < 4 && at[length] != '-' && at[length] != '_') {
            return false;
        }
        length += i < 4;
    }
    return !bp_is_word_byte(at[length]) && bp_scan_keep(scan, start) &&
           bp_scan_replace(scan, length, "<uuid>", BP_WITHHELD_IDENTIFIER);
}

/* A container's id. The digest of a file or an image has as many digits, and says what it is. */
static bool redact_container(struct bp_scan *scan) {
    const char *at = scan->text + scan->at;
    size_t length = strspn(at, "0123456789abcdef");
    if (length != 64 || bp_is_word_byte(at[length]) || bp_scan_follows(scan, "sha256", 8)) {
        return false;
    }
    return bp_scan_replace(scan, length, "<id>", BP_WITHHELD_IDENTIFIER);
}

/*
 * "Serial Number : 1321020022261", "serial=...", lspci's "Device Serial Number 48-b0-...", and
 * nvidia-smi's "GPU PDI : 0x...".
 */
static bool redact_serial(struct bp_scan *scan) {
    const char *at = scan->text + scan->at;
    bool pdi = strncmp(at, "PDI", 3) == 0;
    if (!pdi && !bp_starts_in_any_case(at, "serial")) {
        return false;
    }
    size_t start = pdi ? 3 : 6;
    start += strspn(at + start, " _-");
    bool number = !pdi && strncasecmp(at + start, "number", 6) == 0;
    start += number ? 6 : 0;
    size_t gap = strspn(at + start, " \t:=\"'");
    if (!gap || (!number && strcspn(at + start, ":=") >= gap)) {
        return false;
    }
    start += gap;
    size_t length = bp_token_length(at + start);
    bool digits = strcspn(at + start, "0123456789") < length;
    return length >= 5 && digits && bp_scan_keep(scan, start) &&
           bp_scan_replace(scan, length, "<serial>", BP_WITHHELD_SERIAL);
}

/* A Windows account's or machine's security identifier. */
static bool redact_sid(struct bp_scan *scan) {
    const char *at = scan->text + scan->at;
    if (strncmp(at, "S-1-5-21-", 9) != 0) {
        return false;
    }
    size_t length = strspn(at + 9, "0123456789-");
    return length >= 5 && bp_scan_keep(scan, 9) &&
           bp_scan_replace(scan, length, "<id>", BP_WITHHELD_IDENTIFIER);
}

bool bp_redact_identifier(struct bp_scan *scan) {
    if (!isalnum((unsigned char)scan->text[scan->at]) || bp_is_word_byte(bp_scan_before(scan))) {
        return false;
    }
    return redact_gpu_uuid(scan) || redact_uuid(scan) || redact_container(scan) ||
           redact_serial(scan) || redact_sid(scan);
}
