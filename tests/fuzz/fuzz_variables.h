/*
 * For targets that look at what a person's environment says. The program's own functions for its
 * variables are replaced in such a target: then the variables are those of the input, and reading
 * an input leaves nothing behind.
 */
#ifndef BP_TESTS_FUZZ_VARIABLES_H
#define BP_TESTS_FUZZ_VARIABLES_H

#include "tests/fuzz/fuzz.h"

/*
 * From now on these are all variables: lines NAME=VALUE, of which the last of a name counts. In a
 * value, `mark` (NULL: none) stands for the folder below which the targets' files are.
 */
void fuzz_variables(const struct fuzz_piece *lines, const char *mark);

#endif
