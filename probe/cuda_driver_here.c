#include "probe/cuda_driver.h"

void bp_cuda_driver_reach(const struct bp_probe *probe, struct bp_facts *facts) {
    bp_cuda_driver_ask(bp_cuda_driver_may_make_nodes(probe), facts);
}
