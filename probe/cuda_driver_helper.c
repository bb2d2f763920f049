/*
 * Where this program is linked to no C library of the machine: the small program that is, kept
 * in the build as bytes, takes over the collecting child. It runs from memory, where the kernel
 * keeps no programs in memory from a file without a name, and where that cannot be had either from
 * a file beside this program; each time through the loader that the machine's programs name.
 */
#include "probe/cuda_driver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/embedded.h"
#include "base/json.h"
#include "base/memory.h"
#include "probe/glibc_loader.h"
#include "probe/os/nameless_program.h"

/* The helper, and what it is started with. */
struct start {
    const struct bp_embedded_file *helper;
    char *usual_loader; /* the one that the helper names */
    char *loader;       /* of this machine; NULL: it has none */
    char *facts_fd;
    char *nodes;
    struct bp_str troubles; /* why it could not be started so far */
};

static void find_loader(struct start *start, const struct bp_probe *probe) {
    struct bp_elf elf = {0};
    if (bp_elf_open(&elf, bp_cursor_of(start->helper->data, start->helper->size), NULL) == 0) {
        start->usual_loader = bp_elf_interpreter(&elf);
        start->loader = bp_glibc_loader_for(&elf, probe);
    }
    bp_elf_close(&elf);
}

static void add_trouble(struct start *start, const char *trouble) {
    bp_str_addf(&start->troubles, "%s%s", start->troubles.length ? "; " : "", trouble);
}

/* Said before it is tried: afterwards there is nobody here to say it. */
static void put_way(struct bp_facts *facts, const struct start *start, const char *from,
                    const char *folder) {
    cJSON *way = cJSON_CreateObject();
    bp_json_set_text(way, "from", from);
    bp_json_set_text(way, "folder", folder);
    bp_json_set_text(way, "loader", start->loader);
    bp_facts_put(facts, "/cuda/driver/helper", way);
}

/* Comes back only where it could not be started. */
static void execute(struct start *start, int program) {
    char name[] = "bnb-probe-driver";
    char *direct[] = {name, start->facts_fd, start->nodes, NULL};
    /*
     * A system that keeps its loader elsewhere may have something at the usual place whose only
     * purpose is to say so.
     */
    if (bp_equal(start->loader, start->usual_loader)) {
        bp_program_execute(program, direct);
    }
    bp_program_execute_through(start->loader, program, direct + 1);
    char *reason = bp_format("the loader %s cannot be started: %s", start->loader, strerror(errno));
    add_trouble(start, reason);
    free(reason);
    close(program);
}

/* Starts the program, or keeps why there is none. */
static void attempt(struct start *start, struct bp_facts *facts, int program, struct bp_err *err,
                    const char *from, const char *folder) {
    if (program >= 0) {
        put_way(facts, start, from, folder);
        execute(start, program);
    } else {
        add_trouble(start, bp_err_text(err));
    }
    bp_err_clear(err);
}

static void from_memory(struct start *start, struct bp_facts *facts) {
    struct bp_err err = {0};
    int program = bp_program_in_memory(start->helper->data, start->helper->size, &err);
    attempt(start, facts, program, &err, "memory", NULL);
}

static void from_folder(struct start *start, const struct bp_probe *probe, struct bp_facts *facts) {
    const char *temporary = bp_probe_env(probe, "TMPDIR");
    const char *const folders[] = {"/dev/shm", "/tmp", "/var/tmp", temporary, NULL};
    struct bp_err err = {0};
    const char *folder = NULL;
    int program =
        bp_program_in_folder(start->helper->data, start->helper->size, folders, &folder, &err);
    attempt(start, facts, program, &err, "unnamed-file", folder);
}

static void from_file(struct start *start, const struct bp_probe *probe, struct bp_facts *facts) {
    char *self = bp_root_link(probe->root, "/proc/self/exe", NULL);
    if (!self) {
        return; /* where this program lies cannot be told without /proc */
    }
    char *folder = bp_dir_name(self);
    char *path = bp_join(folder, "bnb-probe-driver");
    struct bp_err err = {0};
    int program = bp_program_in_file(start->helper->data, start->helper->size, path, &err);
    attempt(start, facts, program, &err, "file", folder);
    free(path);
    free(folder);
    free(self);
}

static void end_start(struct start *start) {
    free(start->usual_loader);
    free(start->loader);
    free(start->facts_fd);
    free(start->nodes);
    bp_str_free(&start->troubles);
}

/* Returns only where the helper was not started, with the facts saying why. */
static void start_helper(struct start *start, const struct bp_probe *probe,
                         struct bp_facts *facts) {
    int fd = bp_facts_descriptor(facts);
    start->facts_fd = bp_format("%d", fd);
    start->nodes = bp_format("%d", bp_cuda_driver_may_make_nodes(probe));
    fcntl(fd, F_SETFD, 0);
    from_memory(start, facts);
    from_folder(start, probe, facts);
    from_file(start, probe, facts);
    bp_facts_put(facts, "/cuda/driver/helper", cJSON_CreateNull());
    bp_facts_status(facts, BP_STATUS_ERROR, "the part that asks the driver cannot be started: %s",
                    start->troubles.data);
    bp_facts_unknown(facts, "/cuda/driver/library",
                     "the part that would open it cannot be started");
}

void bp_cuda_driver_reach(const struct bp_probe *probe, struct bp_facts *facts) {
    struct start start = {.helper = &bp_embedded_driver_helper[0], .troubles = BP_STR_EMPTY};
    find_loader(&start, probe);
    if (start.loader) {
        start_helper(&start, probe, facts);
    } else {
        bp_facts_status(facts, BP_STATUS_ABSENT,
                        "there is no glibc here, without which NVIDIA's library cannot be loaded");
        bp_facts_unknown(facts, "/cuda/driver/library",
                         "no glibc's loader is here to open it with");
    }
    end_start(&start);
}
