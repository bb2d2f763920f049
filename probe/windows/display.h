/* Display devices of a Windows machine as the snapshot's /hardware/pci has them. */
#ifndef BP_PROBE_WINDOWS_DISPLAY_H
#define BP_PROBE_WINDOWS_DISPLAY_H

#include "probe/collector.h"
#include "probe/os/display_devices.h"

/* Puts /hardware/pci; another root's devices are not known. */
void bp_windows_collect_pci(const struct bp_probe *probe, struct bp_facts *facts);

/* One device as an entry of it, or NULL where it is on no PCI bus. The caller deletes it. */
cJSON *bp_windows_pci_entry(const struct bp_display_device *device);

#endif
