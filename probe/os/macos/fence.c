/* No fence has been made of what this system has. */
#include "probe/os/fence.h"

struct bp_fence_parts bp_fence_close(const struct bp_fence *fence) {
    (void)fence;
    return (struct bp_fence_parts){.limits = false};
}
