#include "checks/loader/macos_resolve.h"

#include "base/memory.h"
#include "base/str.h"

struct bp_need bp_macos_resolve(const char *library) {
    struct bp_need need = {.library = bp_strdup(library), .outcome = BP_NEED_UNKNOWN};
    if (bp_starts_with(library, "/usr/lib/") || bp_starts_with(library, "/System/")) {
        need.outcome = BP_NEED_FOUND;
        need.path = bp_strdup(library);
        need.rule = bp_strdup("part of macOS");
    } else {
        need.reason = bp_strdup("where macOS finds it is not modelled");
    }
    return need;
}
