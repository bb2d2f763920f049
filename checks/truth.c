#include "checks/truth.h"

const char *bp_truth_word(enum bp_truth truth) {
    return truth == BP_TRUE ? "true" : truth == BP_FALSE ? "false" : "unknown";
}
