#include <sys/mman.h>

#include "probe/os/reading.h"

struct bp_reading *bp_readings_new(size_t count) {
    void *shared = mmap(NULL, count * sizeof(struct bp_reading), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return shared == MAP_FAILED ? NULL : shared;
}

void bp_readings_free(struct bp_reading *readings, size_t count) {
    if (readings) {
        munmap(readings, count * sizeof *readings);
    }
}
