#include "report/identity.h"

#include <stdlib.h>

void bp_identity_free(struct bp_identity *identity) {
    free(identity->user);
    free(identity->host);
    free(identity->home);
    free(identity->account);
    *identity = (struct bp_identity){0};
}
