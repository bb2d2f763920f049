/* The CUDA driver, as this machine's programs would meet it. */
#include "probe/cuda_driver.h"

void bp_collect_cuda_driver(const struct bp_probe *probe, struct bp_facts *facts) {
    if (!probe->root->live) {
        bp_facts_status(facts, BP_STATUS_ABSENT, "nothing is run inside another root");
        return;
    }
    bp_facts_put_text(facts, "/cuda/driver/visible_devices",
                      bp_probe_env(probe, "CUDA_VISIBLE_DEVICES"));
    bp_cuda_driver_reach(probe, facts);
}

/*
 * Where no kernel module is loaded, new nodes in /dev help nobody and would leave a mark on the
 * machine; where one is, they are what any CUDA program makes, and without them the answer would
 * be another than bitsandbytes gets.
 */
bool bp_cuda_driver_may_make_nodes(const struct bp_probe *probe) {
    return bp_root_is_file(probe->root, "/proc/driver/nvidia/version");
}
