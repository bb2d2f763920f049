/* A GPU of the loader's verdict in one line, the same in every format that a person reads. */
#ifndef BP_REPORT_DEVICE_VIEW_H
#define BP_REPORT_DEVICE_VIEW_H

#include <cjson/cJSON.h>

/*
 * "GPU 0 (NVIDIA L4, 8.9): native code (sm_89)" of a member of /loader/devices. The caller
 * frees it.
 */
char *bp_device_line(const cJSON *device);

/*
 * "native, none": what a member of /loader/files holds for each device, in their order; NULL
 * where there is no device. The caller frees it.
 */
char *bp_device_codes(const cJSON *file);

#endif
