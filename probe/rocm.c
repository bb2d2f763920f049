#include "probe/rocm.h"

#include "probe/macos/macos.h"
#include "probe/windows/rocm.h"

void bp_collect_rocm(const struct bp_probe *probe, struct bp_facts *facts) {
    if (bp_macos_is(probe->root)) {
        bp_facts_status(facts, BP_STATUS_ABSENT, "there is no ROCm for macOS");
        return;
    }
    if (probe->root->drive) {
        bp_windows_collect_rocm(probe, facts);
        return;
    }
    int places = bp_collect_rocm_installations(probe, facts);
    bool devices = bp_collect_rocm_devices(probe, facts);
    if (places == 0 && !devices) {
        bp_facts_status(facts, BP_STATUS_ABSENT, "neither ROCm nor an AMD GPU driver");
    }
}
