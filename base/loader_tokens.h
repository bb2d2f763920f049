/* The words that a dynamic loader replaces in search paths: $ORIGIN, $LIB, $PLATFORM (ld.so(8)). */
#ifndef BP_BASE_LOADER_TOKENS_H
#define BP_BASE_LOADER_TOKENS_H

/* What each stands for; a token whose value is NULL stays as it is written. */
struct bp_loader_tokens {
    const char *origin;
    const char *lib;
    const char *platform;
};

/* `folder` with each "$NAME" and "${NAME}" replaced. The caller frees it. */
char *bp_loader_tokens_expand(const struct bp_loader_tokens *tokens, const char *folder);

#endif
