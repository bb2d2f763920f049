/*
 * Processors and memory nodes by hwloc (https://www.open-mpi.org/projects/hwloc/doc/).
 * Only what Linux keeps in /sys and /proc is asked for: no devices (which would start
 * vendor code and wake GPUs), no caches, no probing of processors by running on each.
 */
#include "probe/hardware.h"

#include <errno.h>
#include <hwloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/os/variables.h"

/* What the person has set for another program must not change what is seen here. */
static void forget_hwloc_variables(void) {
    struct bp_strs names = {0};
    bp_variable_names(&names);
    for (size_t i = 0; i < names.count; i++) {
        if (bp_starts_with(names.items[i], "HWLOC_")) {
            bp_variable_set(names.items[i], NULL);
        }
    }
    bp_strs_free(&names);
}

static void prepare_environment(const struct bp_root *root) {
    forget_hwloc_variables();
    bp_variable_set("HWLOC_HIDE_ERRORS", "2");
    /* A system's hwloc may have plugins; loading them costs more than all the rest. */
    bp_variable_set("HWLOC_PLUGINS_PATH", "/nonexistent");
    if (!root->live) {
        bp_variable_set("HWLOC_FSROOT", root->path);
        bp_variable_set("HWLOC_THISSYSTEM", "0");
    }
}

static void restrict_components(hwloc_topology_t topology) {
    static const char *const unwanted[] = {"x86", "cuda", "nvml",      "opencl",
                                           "gl",  "rsmi", "levelzero", "pci"};
    for (size_t i = 0; i < sizeof unwanted / sizeof unwanted[0]; i++) {
        /* One that this hwloc was built without is an error of no consequence. */
        hwloc_topology_set_components(topology, HWLOC_TOPOLOGY_COMPONENTS_FLAG_BLACKLIST,
                                      unwanted[i]);
    }
}

static int load(hwloc_topology_t topology) {
    unsigned long flags = HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED;
#if HWLOC_API_VERSION >= 0x00020800
    flags |= HWLOC_TOPOLOGY_FLAG_NO_DISTANCES | HWLOC_TOPOLOGY_FLAG_NO_MEMATTRS |
             HWLOC_TOPOLOGY_FLAG_NO_CPUKINDS;
#endif
    hwloc_topology_set_all_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_NONE);
    hwloc_topology_set_type_filter(topology, HWLOC_OBJ_PACKAGE, HWLOC_TYPE_FILTER_KEEP_ALL);
    hwloc_topology_set_type_filter(topology, HWLOC_OBJ_CORE, HWLOC_TYPE_FILTER_KEEP_ALL);
    /* Without groups a memory node counts as near to the whole package that it is a part of. */
    hwloc_topology_set_type_filter(topology, HWLOC_OBJ_GROUP, HWLOC_TYPE_FILTER_KEEP_STRUCTURE);
    return hwloc_topology_set_flags(topology, flags) == 0 ? hwloc_topology_load(topology) : -1;
}

/* The processors that this process may run on: what its cpuset allows and what it is bound to. */
static hwloc_bitmap_t usable_processors(hwloc_topology_t topology, bool live) {
    hwloc_bitmap_t usable = hwloc_bitmap_dup(hwloc_topology_get_allowed_cpuset(topology));
    hwloc_bitmap_t bound = hwloc_bitmap_alloc();
    if (live && hwloc_get_cpubind(topology, bound, HWLOC_CPUBIND_PROCESS) == 0) {
        hwloc_bitmap_and(usable, usable, bound);
    }
    hwloc_bitmap_free(bound);
    return usable;
}

static void add_count(cJSON *cpu, const char *key, int count) {
    if (count > 0) {
        bp_json_set_number(cpu, key, count);
    } else {
        cJSON_AddNullToObject(cpu, key); /* hwloc's way of saying that it does not know */
    }
}

static cJSON *describe_nodes(hwloc_topology_t topology, hwloc_const_bitmap_t usable) {
    cJSON *nodes = cJSON_CreateArray();
    hwloc_bitmap_t here = hwloc_bitmap_alloc();
    hwloc_obj_t node = NULL;
    while ((node = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE, node))) {
        cJSON *entry = cJSON_CreateObject();
        bp_json_set_number(entry, "node", node->os_index);
        bp_json_set_number(entry, "memory_bytes", (double)node->attr->numanode.local_memory);
        hwloc_bitmap_and(here, node->cpuset, usable);
        bp_json_set_number(entry, "usable_threads", hwloc_bitmap_weight(here));
        cJSON_AddItemToArray(nodes, entry);
    }
    hwloc_bitmap_free(here);
    return nodes;
}

cJSON *bp_topology_describe(const struct bp_root *root, cJSON *cpu, struct bp_err *err) {
    hwloc_topology_t topology;
    if (!root->drive && !bp_root_is_folder(root, "/sys/devices/system/cpu")) {
        /* hwloc would make up a machine of one processor. */
        bp_fail(err, BP_E_ABSENT, "/sys/devices/system/cpu is not there");
        return NULL;
    }
    prepare_environment(root);
    if (hwloc_topology_init(&topology) != 0) {
        bp_fail_errno(err, errno, "hwloc cannot start");
        return NULL;
    }
    restrict_components(topology);
    cJSON *nodes = NULL;
    if (load(topology) == 0) {
        hwloc_bitmap_t usable = usable_processors(topology, root->live);
        add_count(cpu, "packages", hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_PACKAGE));
        add_count(cpu, "cores", hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_CORE));
        add_count(cpu, "threads", hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_PU));
        add_count(cpu, "usable_threads", hwloc_bitmap_weight(usable));
        nodes = describe_nodes(topology, usable);
        hwloc_bitmap_free(usable);
    } else {
        bp_fail_errno(err, errno, "hwloc cannot read the topology");
    }
    hwloc_topology_destroy(topology);
    return nodes;
}
