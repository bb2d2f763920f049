/*
 * The gate of `bnb-probe check`: whether a machine is as it should be. Pure, as all of checks/.
 *
 * What is checked, in this order: that bitsandbytes works there (the verdict); each known
 * problem that was found; each requirement; each collector that could not look at what the
 * answer rests on. A requirement is NAME followed by what it should be, such as
 * "bitsandbytes>=0.45" (version specifiers of PEP 440), "backend=cuda" or "gpu>=8.0";
 * bp_gate_names lists the names.
 */
#ifndef BP_CHECKS_GATE_H
#define BP_CHECKS_GATE_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"
#include "checks/severity.h"

/*
 * Whether each of the requirements is understood. 0, or -1 with a message that says what is
 * wrong with the first that is not and, where there is one, the nearest name that exists.
 */
int bp_gate_understands(const struct bp_strs *requirements, struct bp_err *err);

/* Name `index` of what can be required, and in *says what it stands for; NULL past the last. */
const char *bp_gate_name(size_t index, const char **says);

/* One line a name, "NAME  what it stands for", indented by `indent` blanks. */
void bp_gate_names(struct bp_str *text, int indent);

/*
 * The check document ($defs/check of the report's JSON Schema) for a report document and
 * requirements that are understood. Findings of at least `fail_on` that are likely or confirmed
 * fail; of those below it and of what is merely possible a note is taken. Its `result` is "fail"
 * where anything fails, else "unknown" where anything could not be told, else "pass". The caller
 * deletes it.
 */
cJSON *bp_gate_judge(const cJSON *document, const struct bp_strs *requirements,
                     enum bp_severity fail_on);

#endif
