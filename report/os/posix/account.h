/* The account that this process runs under, by the system's own list. */
#ifndef BP_REPORT_OS_POSIX_ACCOUNT_H
#define BP_REPORT_OS_POSIX_ACCOUNT_H

#include "report/identity.h"

/* Fills in the account's name and its home where they are not known yet. */
void bp_account_of_user(struct bp_identity *identity);

#endif
