/* The display devices that a running Windows has, by SetupAPI. Other systems: none. */
#ifndef BP_PROBE_OS_DISPLAY_DEVICES_H
#define BP_PROBE_OS_DISPLAY_DEVICES_H

#include <stddef.h>

#include "base/error.h"

/* Strings are owned; NULL: Windows does not say. */
struct bp_display_device {
    char *hardware_id;    /* "PCI\\VEN_10DE&DEV_2684&SUBSYS_16F410DE&REV_A1" */
    char *name;           /* as its driver calls it */
    char *service;        /* the driver's, "nvlddmkm" */
    char *driver_version; /* four numbers */
    int bus;              /* place on the PCI bus; -1: not known */
    int slot;
    int function;
};

struct bp_display_devices {
    struct bp_display_device *items;
    size_t count;
};

/* Those that are present. -1 with *err filled where they cannot be listed. */
int bp_display_devices_read(struct bp_display_devices *devices, struct bp_err *err);
void bp_display_devices_free(struct bp_display_devices *devices);

#endif
