/*
 * The checks and their messages are those of open_verify and _dl_map_object_from_fd in glibc's
 * elf/dl-load.c. A file of another machine or word size is no error there: the search goes on.
 */
#include "checks/loader/library.h"

#include <stddef.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"

static struct bp_fitness unfit(enum bp_fit fit, char *says, const char *error) {
    return (struct bp_fitness){.fit = fit, .says = says, .error = error};
}

/* A file that is no ELF file, or ends within its ELF header. */
static struct bp_fitness fitness_of_other(const cJSON *facts) {
    enum { ELF_HEADER = 64 };
    const char *error = bp_json_text(facts, "error");
    const char *format = bp_json_text(facts, "format");
    bool is_short = bp_small_number(facts, "size_bytes", ELF_HEADER) < ELF_HEADER;
    char *says = error ? bp_format("is no usable library: %s", error)
                       : bp_format("is no usable library: not in the ELF format but %s", format);
    /* The header is read at once; what else the loader wants before it maps anything, by itself. */
    const char *otherwise =
        bp_equal(format, "elf") ? "cannot read file data" : "invalid ELF header";
    return unfit(BP_FIT_REFUSED, says, is_short ? "file too short" : otherwise);
}

static struct bp_fitness fitness_by_type(const cJSON *facts) {
    const char *type = bp_json_text(facts, "elf_type");
    if (bp_equal(type, "exec")) {
        return unfit(BP_FIT_REFUSED, bp_strdup("is a program, no library"),
                     "cannot dynamically load executable");
    }
    if (type && !bp_equal(type, "dyn")) {
        return unfit(BP_FIT_REFUSED, bp_strdup("is neither a library nor a program"),
                     "only ET_DYN and ET_EXEC can be loaded");
    }
    return (struct bp_fitness){BP_FIT_USABLE, NULL, NULL};
}

static bool is_little_endian(const char *machine) {
    return machine && strcmp(machine, "s390x") != 0 && strcmp(machine, "ppc64") != 0;
}

static struct bp_fitness fitness_by_abi(const struct bp_machine *machine, const cJSON *facts) {
    const char *of_file = bp_json_text(facts, "machine");
    const char *wanted = bp_machine_kind(machine->machine);
    int bits = bp_small_number(facts, "bits", 0);
    int wanted_bits = bp_machine_bits(machine);
    if (bits && wanted_bits && bits != wanted_bits) {
        return unfit(BP_FIT_OTHER_CLASS, bp_format("has %d bits and is passed over", bits), NULL);
    }
    if (bp_json_is_true(facts, "big_endian") && is_little_endian(wanted)) {
        return unfit(BP_FIT_REFUSED, bp_strdup("has its bytes in the other order"),
                     "ELF file data encoding not little-endian");
    }
    if (of_file && wanted && strcmp(bp_machine_kind(of_file), wanted) != 0) {
        return unfit(BP_FIT_PASSED_OVER, bp_format("is for %s and is passed over", of_file), NULL);
    }
    return fitness_by_type(facts);
}

struct bp_fitness bp_library_fitness(const struct bp_machine *machine, const cJSON *facts) {
    const char *format = bp_json_text(facts, "format");
    const char *error = bp_json_text(facts, "error");
    if (bp_json_is_true(facts, "is_folder")) {
        return unfit(BP_FIT_REFUSED, bp_strdup("is a folder"),
                     "cannot read file data: Is a directory");
    }
    if (error && !format) {
        return unfit(BP_FIT_PASSED_OVER, bp_format("cannot be read and is passed over: %s", error),
                     NULL);
    }
    if (format && strcmp(format, "elf") != 0) {
        return fitness_of_other(facts);
    }
    struct bp_fitness fitness = fitness_by_abi(machine, facts);
    if (fitness.fit != BP_FIT_USABLE || !error) {
        return fitness;
    }
    /* Pages that the file does not have any more end the process at the first touch. */
    if (bp_json_is_true(facts, "cut_short")) {
        return unfit(BP_FIT_FATAL, bp_format("is no usable library: %s", error), NULL);
    }
    return fitness_of_other(facts);
}

char *bp_library_unfitness(const struct bp_machine *machine, const cJSON *facts,
                           const struct bp_library_kind *kind) {
    const char *format = bp_json_text(facts, "format");
    const char *error = bp_json_text(facts, "error");
    const char *built_for = bp_machine_kind(bp_json_text(facts, "machine"));
    const char *here = bp_machine_kind(machine->machine);
    if (error) {
        return bp_format("it is no usable %s: %s", kind->noun, error);
    }
    if (format && strcmp(format, kind->format) != 0) {
        return bp_format("it is no usable %s: not in the %s format", kind->noun, kind->shown);
    }
    if (built_for && here && strcmp(built_for, here) != 0) {
        return bp_format("it is for %s, and this Python runs on %s", built_for, here);
    }
    return NULL;
}
