/*
 * The part of a portable bnb-probe that lives in the world of the machine's C library: asks the
 * CUDA driver. Started by probe/cuda_driver_helper.c as
 *
 *     bnb-probe-driver DESCRIPTOR 0|1
 *
 * It writes facts and the end record (probe/facts.h) to the descriptor; the second argument says
 * whether device nodes may be made.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/cuda_driver.h"

int main(int argc, char *argv[]) {
    if (argc != 3) {
        return 2;
    }
    bp_memory_install();
    struct bp_facts *facts = bp_facts_to_pipe((int)strtol(argv[1], NULL, 10), NULL);
    bp_cuda_driver_ask(bp_equal(argv[2], "1"), facts);
    bp_facts_end(facts);
    return 0;
}
