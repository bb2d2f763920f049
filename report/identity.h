/* Who is at this machine and what it is called: what a report must not say. */
#ifndef BP_REPORT_IDENTITY_H
#define BP_REPORT_IDENTITY_H

struct bp_identity {
    char *user;    /* login name, or NULL */
    char *host;    /* host name, with its domain where the system says it, or NULL */
    char *home;    /* home folder, or NULL */
    char *account; /* another name of theirs: whose process this is, or who called sudo; or NULL */
};

/* As the system and HOME say it. Free with bp_identity_free. */
struct bp_identity bp_identity_of_system(void);
void bp_identity_free(struct bp_identity *identity);

#endif
