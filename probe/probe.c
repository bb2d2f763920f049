#include "probe/probe.h"

#include <stdlib.h>

#include "base/json.h"
#include "probe/collector.h"
#include "probe/collectors.h"
#include "probe/os/child.h"
#include "probe/own_environment.h"
#include "probe/run.h"
#include "probe/windows/native_paths.h"

/*
 * In starting order: those that wait longest for something else come first. The quick
 * readers of small files share a child, and what comes after Python goes on in Python's.
 */
static const struct bp_collector collectors[] = {
    {.name = "python", .collect = bp_collect_python},
    {.name = "bitsandbytes",
     .collect = bp_collect_bitsandbytes,
     .after = "python",
     .with_previous = true,
     .fence = BP_FENCE_READER},
    {.name = "libraries",
     .collect = bp_collect_libraries,
     .after = "python",
     .with_previous = true,
     .fence = BP_FENCE_READER},
    {.name = "cuda_driver", .collect = bp_collect_cuda_driver, .patient = true},
    {.name = "host", .collect = bp_collect_host, .patient = true, .fence = BP_FENCE_IN_ROOT},
    {.name = "environment", .collect = bp_collect_environment, .with_previous = true},
    {.name = "hardware", .collect = bp_collect_hardware, .with_previous = true},
    {.name = "pci", .collect = bp_collect_pci, .with_previous = true},
    {.name = "cuda_kernel", .collect = bp_collect_cuda_kernel, .with_previous = true},
    {.name = "cuda_toolkits", .collect = bp_collect_cuda_toolkits, .with_previous = true},
    {.name = "rocm", .collect = bp_collect_rocm, .with_previous = true},
    {.name = "build_tools", .collect = bp_collect_build_tools, .with_previous = true},
    {.name = "session",
     .collect = bp_collect_session,
     .after = "python",
     .fence = BP_FENCE_PROCESS_READER},
    /* The last: left out where nobody asks for it. */
    {.name = "ghosts",
     .collect = bp_collect_ghosts,
     .after = "libraries",
     .fence = BP_FENCE_READER},
};

enum { COUNT = sizeof collectors / sizeof *collectors };

/* The sections in the order of the document, whichever collector ends first. */
static const char *const sections[] = {"host",    "hardware",     "cuda",      "rocm",
                                       "python",  "bitsandbytes", "libraries", "tools",
                                       "session", "environment"};

/*
 * Shares of the whole time after which programs and collectors are told to end, and of the
 * grace that each gets: TERM, grace, KILL, grace, given up. The programs' last share ends
 * before the collectors' begins, so that a collector can still tell of its program, and the
 * collectors' before the whole, so that there is time to print.
 */
static const double program_share = 0.75;
static const double collector_share = 0.87;
static const double grace_share = 0.04;

const struct bp_collector *bp_collector_named(const char *name) {
    for (size_t i = 0; i < COUNT; i++) {
        if (bp_equal(collectors[i].name, name)) {
            return &collectors[i];
        }
    }
    return NULL;
}

cJSON *bp_probe_run(const struct bp_probe_options *options, void (*while_waiting)(void *),
                    void *context, struct bp_err *err) {
    static const struct bp_strs no_pythons = {0};
    double started = bp_now_ms();
    struct bp_root root;
    if (bp_root_open(&root, options->root, err) != 0) {
        return NULL;
    }
    if (root.live) {
        bp_own_environment_leave(NULL);
    }
    cJSON *snapshot = cJSON_CreateObject();
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        cJSON_AddObjectToObject(snapshot, sections[i]);
    }
    struct bp_probe probe = {
        .root = &root,
        .pythons = options->pythons ? options->pythons : &no_pythons,
        .pythons_because = options->pythons_because,
        .snapshot = snapshot,
        .program_deadline_ms = started + options->timeout_ms * program_share,
        .program_grace_ms = options->timeout_ms * grace_share,
    };
    struct bp_run_options run = {
        .deadline_ms = started + options->timeout_ms * collector_share,
        .grace_ms = options->timeout_ms * grace_share,
        .while_waiting = while_waiting,
        .context = context,
    };
    size_t count = (size_t)COUNT - !options->with_ghosts;
    bp_run_collectors(collectors, count, &probe, snapshot, &run);
    if (root.drive) {
        bp_native_paths(snapshot);
    }
    bp_root_close(&root);
    return snapshot;
}
