/*
 * What a text must hold for a regular expression to be found in it. Looking for that
 * first is much faster than trying every expression on every text.
 */
#ifndef BP_CHECKS_TEXT_REQUIRED_H
#define BP_CHECKS_TEXT_REQUIRED_H

#include "base/str.h"

/*
 * Words of which at least one, in letters of either case, is in every text in which the
 * regex is found. None where no such words can be told: then the regex has to be tried.
 * Understands the usual part of PCRE2's syntax and gives up, safely, on the rest.
 */
struct bp_strs bp_required_words(const char *regex);

#endif
