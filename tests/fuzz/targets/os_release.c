/* Reads os-release and the files that came before it. */
#include "probe/host.h"
#include "tests/fuzz/fuzz_facts.h"

void fuzz_one(const uint8_t *data, size_t size) {
    static const char *const paths[] = {"/etc/os-release",     "/usr/lib/os-release",
                                        "/etc/redhat-release", "/etc/debian_version",
                                        "/etc/alpine-release", NULL};
    fuzz_write_tree(paths, data, size);
    struct bp_probe probe = {.root = fuzz_root()};
    struct bp_facts *facts = fuzz_facts();
    bp_collect_distribution(&probe, facts);
    bp_facts_end(facts);
}
