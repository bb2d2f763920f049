/* Three-valued logic (Kleene). The order matters: "and" is the least, "or" the greatest. */
#ifndef BP_CHECKS_TRUTH_H
#define BP_CHECKS_TRUTH_H

enum bp_truth { BP_FALSE, BP_UNKNOWN, BP_TRUE };

/* "false", "unknown" or "true". */
const char *bp_truth_word(enum bp_truth truth);

#endif
