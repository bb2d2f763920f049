/* How sure a finding is, and how bad. */
#ifndef BP_CHECKS_SEVERITY_H
#define BP_CHECKS_SEVERITY_H

/* Each from the weakest on, so that they can be compared. */
enum bp_status { BP_STATUS_NONE, BP_POSSIBLE, BP_LIKELY, BP_CONFIRMED };
enum bp_severity { BP_INFO, BP_WARNING, BP_ERROR };

/* What the word means; the weakest for none and for an unknown one. */
enum bp_status bp_status_of(const char *word);
enum bp_severity bp_severity_of(const char *word);

#endif
