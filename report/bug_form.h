/*
 * What goes into the fields of bitsandbytes' bug form (.github/ISSUE_TEMPLATE/bug-report.yml
 * of the project), as Markdown. The Markdown report and the new-issue address are both made
 * of these.
 */
#ifndef BP_REPORT_BUG_FORM_H
#define BP_REPORT_BUG_FORM_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "report/facts_view.h"

/* One line for the title: `limit` bytes, and the signature. */
void bp_form_title(const cJSON *document, size_t limit, struct bp_str *out);

/* The verdict; with what mends it if `remedy` and that is the loader's to say. */
void bp_form_verdict(const cJSON *document, bool remedy, struct bp_str *out);

/* Each finding, with its remedy if `remedy`. */
void bp_form_findings(const cJSON *document, bool remedy, struct bp_str *out);

/* That the machine is not there, and what was assumed of it; nothing where nothing was. */
void bp_form_assumed(const cJSON *document, struct bp_str *out);

/* What would work: with the steps if `steps`, else what is to be said of releases alone. */
void bp_form_advice(const cJSON *document, bool steps, struct bp_str *out);

/* The known patterns that the facts speak against, or nothing. */
void bp_form_ruled_out(const cJSON *document, struct bp_str *out);

/* What `import bitsandbytes` would do; with the chain of reasons if `chain`. */
void bp_form_loader(const cJSON *document, bool chain, struct bp_str *out);

/* The lines of one group, or nothing where it is empty. */
void bp_form_facts(const struct bp_fact_group *group, struct bp_str *out);

/* The command that was run and how it ended; nothing where none was. */
void bp_form_command(const cJSON *document, struct bp_str *out);

/*
 * The part of the log that says most, of at most `limit` bytes (report/log_part.h), or a place
 * to fill in where no log was given.
 */
void bp_form_reproduction(const char *log, size_t limit, struct bp_str *out);

void bp_form_expected(const cJSON *document, bool log_given, struct bp_str *out);

/* What names in paths stand for, and what was withheld; nothing of a report that says neither. */
void bp_form_receipt(const cJSON *document, struct bp_str *out);

#endif
