/*
 * Version numbers: PEP 440 for Python packages, which also orders plain dotted
 * numbers such as glibc's 2.36 or CUDA's 12.4.131.
 * https://packaging.python.org/en/latest/specifications/version-specifiers/
 */
#ifndef BP_BASE_VERSION_H
#define BP_BASE_VERSION_H

#include <stdbool.h>

/* Whether `text` is a PEP 440 version ("v" before it and white space around it allowed). */
bool bp_version_valid(const char *text);

/*
 * Orders two versions as PEP 440 does (epoch, release, pre, post, dev, local):
 * *order becomes negative, 0 or positive. Returns false, *order untouched, where
 * one of them is not a version.
 */
bool bp_version_compare(const char *left, const char *right, int *order);

/*
 * Whether `version` meets a comma-separated specifier: >=, <=, >, <, ==, !=, ~=,
 * === and ==X.* / !=X.*; "" is met by all. A pre-release is compared as it is: for
 * a fact about something installed, leaving pre-releases out would be wrong.
 * *met receives the answer. Returns false where either is malformed.
 */
bool bp_version_meets(const char *version, const char *specifier, bool *met);

/* Whether `specifier` is well-formed. */
bool bp_specifier_valid(const char *specifier);

#endif
