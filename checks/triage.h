/* What a maintainer is told about one issue. Pure, as all of checks/ is. */
#ifndef BP_CHECKS_TRIAGE_H
#define BP_CHECKS_TRIAGE_H

#include <cjson/cJSON.h>

#include "checks/text/facts.h"

struct bp_catalogue;

/* What is needed for any number of issues. Refers to the catalogue. The caller frees it. */
struct bp_triage;
struct bp_triage *bp_triage_new(const struct bp_catalogue *catalogue);
void bp_triage_free(struct bp_triage *triage);

/*
 * {"title", "facts", "primary", "findings", "action", "closing_comment"}:
 *   facts     what the text says: versions and names under short keys, and the partial
 *             `snapshot`, what is known of the `text`, and the `lines` that each is from
 *   primary   the id of the pattern that leads, or null where none is at least likely
 *   findings  flat: each cause before its symptoms, which name it as `cause`
 *   notes     only there where a signature had to be given up on this text
 *   action    "close" where the evidence would convince a maintainer, "ask" where a report
 *             is missing, else "keep"
 * `source` is the text's name in evidence. `attached` is a snapshot that came with the text,
 * or NULL; where both say something and differ, both are in `facts`/`disagreements`. The
 * caller deletes the result.
 */
cJSON *bp_triage_judge(const struct bp_triage *triage, const struct bp_issue *issue,
                       const char *source, const cJSON *attached);

/*
 * How each condition of a pattern comes out for the issue's opening post, as indented lines
 * for a person; NULL where the catalogue has no such pattern. The caller frees it.
 */
char *bp_triage_why(const struct bp_triage *triage, const struct bp_issue *issue,
                    const char *source, const cJSON *attached, const char *pattern);

#endif
