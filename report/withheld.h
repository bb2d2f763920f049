/*
 * What redaction took out: how often something of each kind, and, for the eyes of the person at
 * the terminal alone, what it was.
 */
#ifndef BP_REPORT_WITHHELD_H
#define BP_REPORT_WITHHELD_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "base/str.h"

enum bp_withheld_kind {
    BP_WITHHELD_NOTHING, /* what is replaced says nothing about anyone */
    BP_WITHHELD_USER,
    BP_WITHHELD_HOST,
    BP_WITHHELD_HOME,
    BP_WITHHELD_TOKEN,
    BP_WITHHELD_SECRET,
    BP_WITHHELD_PRIVATE_KEY,
    BP_WITHHELD_QUERY,
    BP_WITHHELD_EMAIL,
    BP_WITHHELD_ADDRESS,
    BP_WITHHELD_MAC,
    BP_WITHHELD_DEVICE,
    BP_WITHHELD_SERIAL,
    BP_WITHHELD_IDENTIFIER,
};
#define BP_WITHHELD_KINDS 14

/* Starts from {0}; ends with bp_withheld_free. */
struct bp_withheld {
    size_t counts[BP_WITHHELD_KINDS];         /* places */
    struct bp_strs values[BP_WITHHELD_KINDS]; /* each once, the first thousand */
};

/* Notes that `length` bytes at `text` were taken out at one place. */
void bp_withheld_add(struct bp_withheld *withheld, enum bp_withheld_kind kind, const char *text,
                     size_t length);

/* The receipt: a list of {"kind", "count"}, without the values. The caller deletes it. */
cJSON *bp_withheld_receipt(const struct bp_withheld *withheld);

/* Adds what the receipt of an earlier report says; anything else in it is passed over. */
void bp_withheld_add_receipt(struct bp_withheld *withheld, const cJSON *receipt);

/* Appends a line for each thing that was taken out, values and all, fit for a terminal. */
void bp_withheld_describe(const struct bp_withheld *withheld, struct bp_str *out);

void bp_withheld_free(struct bp_withheld *withheld);

#endif
