#include "probe/batch.h"

const double bp_batch_start_ms = 0; /* a copy of this process goes on at once */

static int collect(void *context, int output_fd) {
    bp_batch_collect(context, output_fd);
    return 0;
}

int bp_batch_start(struct bp_child *child, const struct bp_batch *batch, struct bp_err *err) {
    struct bp_batch copy = *batch; /* the child gets all of this process's memory as it is now */
    return bp_child_start_function(child, collect, &copy, err);
}
