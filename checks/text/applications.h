/* The applications that bring a bitsandbytes of their own. */
#ifndef BP_CHECKS_TEXT_APPLICATIONS_H
#define BP_CHECKS_TEXT_APPLICATIONS_H

#include <stdbool.h>

/* An application, by a word that gives it away. */
struct bp_application {
    const char *word; /* lower case; NULL ends the list */
    const char *name; /* as its people write it */
    bool is_own;      /* the word stands in its own paths and output only */
};

/* All of them. */
const struct bp_application *bp_applications(void);

/* The one with that word, which is bp_applications()' own string, or NULL. */
const struct bp_application *bp_application_of(const char *word);

#endif
