#include "probe/host.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/lines.h"

/* Distributions end their kernels' releases in the architecture: "4.18.0-80.el8.x86_64". */
static const char *machine_of_release(const char *release) {
    static const char *const names[] = {"x86_64", "aarch64", "ppc64le", "ppc64",
                                        "s390x",  "riscv64", "i686",    "armv7l"};
    for (size_t i = 0; release && i < sizeof names / sizeof names[0]; i++) {
        if (bp_ends_with(release, names[i])) {
            return names[i];
        }
    }
    return NULL;
}

/* Little-endian Linux needs POWER8; an older POWER can only be big-endian. */
static const char *machine_of_power(const char *cpu) {
    static const char *const old[] = {"POWER4", "POWER5", "POWER6", "POWER7", "PPC970"};
    for (size_t i = 0; i < sizeof old / sizeof old[0]; i++) {
        if (bp_starts_with(cpu, old[i])) {
            return "ppc64";
        }
    }
    return NULL;
}

static char *field_if(const struct bp_str *text, const char *key, bool wanted) {
    return wanted ? bp_lines_field(text, key) : NULL;
}

char *bp_machine_of_cpuinfo(const struct bp_str *cpuinfo, const char *release) {
    const char *machine = machine_of_release(release);
    char *flags = field_if(cpuinfo, "flags", !machine);
    char *features = field_if(cpuinfo, "Features", !machine && !flags);
    char *power = field_if(cpuinfo, "cpu", !machine && !flags && !features);
    char *isa = field_if(cpuinfo, "isa", !machine && !flags && !features && !power);
    if (flags) {
        /* x86; "lm" is long mode, the 64-bit one. */
        machine = bp_text_has_word(flags, "lm") ? "x86_64" : "i686";
    } else if (features) {
        /* Only 64-bit Arm kernels call the vector unit asimd; 32-bit ones say neon. */
        machine = bp_text_has_word(features, "asimd") ? "aarch64" : "armv7l";
    } else if (power) {
        machine = machine_of_power(power);
    } else if (isa) {
        machine = bp_starts_with(isa, "rv64") ? "riscv64" : NULL;
    }
    free(flags);
    free(features);
    free(power);
    free(isa);
    return bp_strdup(machine);
}
