/*
 * From facts to findings. Pure: no file system, no clock, no environment; the same
 * snapshot and text give the same answer anywhere, any time.
 */
#ifndef BP_CHECKS_CHECK_H
#define BP_CHECKS_CHECK_H

#include <cjson/cJSON.h>
#include <stddef.h>

struct bp_catalogue;

/* A text that is judged beside the snapshot, e.g. a traceback given with --log. */
struct bp_text {
    const char *source; /* as shown in evidence: a file name or "-" */
    const char *data;   /* valid UTF-8 */
    size_t length;      /* bytes */
};

/*
 * The answer: {"loader": {...}, "findings": [...], "ruled_out": [...], "verdict":
 * "ok|problem|unknown", "verdict_says": "..."} and, of a command that was run, "run": {...}, as in
 * the report's JSON Schema. Causes come before
 * symptoms, stronger before weaker, errors before warnings. `text` may be NULL. The caller deletes
 * it.
 */
cJSON *bp_check(const cJSON *snapshot, const struct bp_text *text,
                const struct bp_catalogue *catalogue);

/*
 * How every condition of every pattern came out, in catalogue order: an array of what
 * checks/conditions.h describes. `text` may be NULL. The caller deletes it.
 */
cJSON *bp_check_conditions(const cJSON *snapshot, const struct bp_text *text,
                           const struct bp_catalogue *catalogue);

#endif
