/* Property lists as XML (https://www.apple.com/DTDs/PropertyList-1.0.dtd), as far as needed. */
#ifndef BP_PROBE_MACOS_PLIST_H
#define BP_PROBE_MACOS_PLIST_H

#include "base/error.h"
#include "base/str.h"

/*
 * The string of `key` in the outermost dictionary, XML's five named characters replaced. NULL
 * with *err filled where there is none, or where the list is in the binary form. Owned.
 */
char *bp_plist_text(const struct bp_str *plist, const char *key, struct bp_err *err);

#endif
