/* Which known word a mistyped one was meant to be. */
#ifndef BP_BASE_NEAREST_H
#define BP_BASE_NEAREST_H

/*
 * The entry of `names` (NULL-ended) that `word` is most likely a slip of, or NULL where
 * none is near.
 */
const char *bp_nearest(const char *word, const char *const names[]);

#endif
