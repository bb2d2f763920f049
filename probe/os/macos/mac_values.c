#include "probe/os/mac_values.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/sysctl.h>

#include "base/memory.h"

static char *text_of(const char *name) {
    size_t size = 0;
    if (sysctlbyname(name, NULL, &size, NULL, 0) != 0 || size == 0) {
        return NULL;
    }
    char *text = bp_alloc(size + 1);
    if (sysctlbyname(name, text, &size, NULL, 0) != 0) {
        free(text);
        return NULL;
    }
    text[size] = '\0';
    return text;
}

/* Some are of 32 bits, some of 64. */
static double number_of(const char *name) {
    union {
        int32_t narrow;
        int64_t wide;
    } value = {.wide = 0};
    size_t size = sizeof value;
    if (sysctlbyname(name, &value, &size, NULL, 0) != 0) {
        return -1;
    }
    return size == sizeof value.narrow ? (double)value.narrow : (double)value.wide;
}

struct bp_mac_values bp_mac_values_read(void) {
    return (struct bp_mac_values){
        .model = text_of("hw.model"),
        .chip = text_of("machdep.cpu.brand_string"),
        .memory_bytes = number_of("hw.memsize"),
        .packages = number_of("hw.packages"),
        .cores = number_of("hw.physicalcpu"),
        .threads = number_of("hw.logicalcpu"),
        .virtual_machine = number_of("kern.hv_vmm_present"),
    };
}
