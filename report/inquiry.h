/*
 * A report in the making: the facts (probed, or read from a report made earlier), the log beside
 * them, what checks say of both, and the document that every format shows. What `report` and
 * other commands that look at a machine have in common.
 */
#ifndef BP_REPORT_INQUIRY_H
#define BP_REPORT_INQUIRY_H

#include <cjson/cJSON.h>

#include "base/error.h"
#include "base/str.h"
#include "checks/catalogue.h"
#include "report/identity.h"
#include "report/options.h"
#include "report/redact.h"

/* Starts from {.options, .identity}; ends with bp_inquiry_free. */
struct bp_inquiry {
    const struct bp_options *options;
    const struct bp_identity *identity;
    struct bp_catalogue *catalogue;
    struct bp_strs problems;      /* pattern files that were refused */
    struct bp_redactor *redactor; /* NULL with --no-redact */
    cJSON *snapshot;              /* until bp_inquiry_judge, which moves it into the document */
    char *collected_at;
    char *log;       /* the text beside the facts, or NULL; bp_inquiry_redact cuts it */
    char *ran_with;  /* the interpreter that a command used: probed unless another is asked for */
    cJSON *run;      /* the snapshot's "run", until bp_inquiry_gather; or NULL */
    cJSON *document; /* see report/document.h */
    cJSON *withheld; /* the receipt of the report that was read, or NULL */
    double started_ms;
    double snapshot_ms; /* since the start */
    double checked_ms;
};

/*
 * What --assume says, held against the known releases: a slip there is said before anything is
 * probed. -1 with the message; the command line is wrong then.
 */
int bp_inquiry_check_options(const struct bp_options *options, struct bp_err *err);

/*
 * Reads what --log names (unless there is a log already), --from and --patterns name, or probes,
 * and puts what is assumed in place. -1 where one of it cannot be done.
 */
int bp_inquiry_gather(struct bp_inquiry *inquiry, struct bp_err *err);

/* Makes the document. Where no log was given, the output of a run in the snapshot is the log. */
void bp_inquiry_judge(struct bp_inquiry *inquiry);

/*
 * Takes out who and where (report/redact.h) of document and log unless --no-redact, and of a
 * long log all but the end that a report can show. The document then says what was withheld; with
 * --show-withheld standard error says all of it.
 */
void bp_inquiry_redact(struct bp_inquiry *inquiry);

void bp_inquiry_free(struct bp_inquiry *inquiry);

#endif
