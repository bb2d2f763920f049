/* Which loader starts a glibc program on machines of several layouts. */
#include "tests/unit/cmocka_all.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "probe/glibc_loader.h"
#include "tests/unit/scratch.h"

struct program {
    Elf64_Ehdr header;
    Elf64_Phdr segment;
    char interpreter[64];
};

/* A program without code that names `interpreter`; a static one where that is NULL. */
static struct program make_program(uint16_t machine, const char *interpreter) {
    struct program program = {
        .header = {.e_ident = {0x7F, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                   .e_type = ET_EXEC,
                   .e_machine = machine,
                   .e_version = EV_CURRENT,
                   .e_phoff = offsetof(struct program, segment),
                   .e_phentsize = sizeof(Elf64_Phdr),
                   .e_phnum = 1}};
    program.segment = (Elf64_Phdr){.p_type = PT_NOTE};
    if (interpreter) {
        size_t size = strlen(interpreter) + 1;
        assert_true(size <= sizeof program.interpreter);
        memcpy(program.interpreter, interpreter, size);
        program.segment = (Elf64_Phdr){.p_type = PT_INTERP,
                                       .p_offset = offsetof(struct program, interpreter),
                                       .p_filesz = size};
    }
    return program;
}

static const char usual[] = "/lib64/ld-linux-x86-64.so.2";

struct machine {
    char *folder;
    struct bp_root root;
    struct bp_strs pythons;
};

static int make_machine(void **state) {
    struct machine *machine = bp_alloc(sizeof *machine);
    machine->folder = scratch_make();
    assert_int_equal(bp_root_open(&machine->root, machine->folder, NULL), 0);
    *state = machine;
    return 0;
}

static int free_machine(void **state) {
    struct machine *machine = *state;
    bp_root_close(&machine->root);
    scratch_remove(machine->folder);
    bp_strs_free(&machine->pythons);
    free(machine->folder);
    free(machine);
    return 0;
}

static void add_program(struct machine *machine, const char *path, const char *interpreter) {
    struct program program = make_program(EM_X86_64, interpreter);
    scratch_write_bytes(machine->folder, path, &program, sizeof program);
    char *whole = bp_join(machine->folder, path);
    assert_int_equal(chmod(whole, 0755), 0);
    free(whole);
}

static void assert_loader(const struct machine *machine, const char *expected) {
    struct program helper = make_program(EM_X86_64, usual);
    struct bp_probe probe = {.root = &machine->root, .pythons = &machine->pythons};
    struct bp_elf elf = {0};
    assert_int_equal(bp_elf_open(&elf, bp_cursor_of(&helper, sizeof helper), NULL), 0);
    char *loader = bp_glibc_loader_for(&elf, &probe);
    if (expected) {
        assert_non_null(loader);
        assert_string_equal(loader, expected);
    } else {
        assert_null(loader);
    }
    free(loader);
    bp_elf_close(&elf);
}

static void usual_place(void **state) {
    struct machine *machine = *state;
    add_program(machine, "bin/sh", usual);
    assert_loader(machine, NULL); /* named, and not there */
    scratch_write(machine->folder, "lib64/ld-linux-x86-64.so.2", "a loader");
    assert_loader(machine, usual);
}

static void another_place(void **state) {
    struct machine *machine = *state;
    static const char store[] = "/nix/store/abc-glibc-2.39/lib/ld-linux-x86-64.so.2";
    add_program(machine, "bin/sh", store);
    scratch_write(machine->folder, store + 1, "a loader");
    /* What a system has at the usual place only to say that it is not there. */
    scratch_write(machine->folder, "lib64/ld-linux-x86-64.so.2", "says no");
    assert_loader(machine, store);
}

static void static_programs_name_none(void **state) {
    struct machine *machine = *state;
    add_program(machine, "bin/sh", NULL);
    assert_loader(machine, NULL);
    scratch_write(machine->folder, "lib64/ld-linux-x86-64.so.2", "a loader");
    assert_loader(machine, usual);
}

/* A compatibility layer's file at glibc's place is no glibc. */
static void musl(void **state) {
    struct machine *machine = *state;
    add_program(machine, "bin/sh", "/lib/ld-musl-x86_64.so.1");
    scratch_write(machine->folder, "lib/ld-musl-x86_64.so.1", "a loader");
    scratch_write(machine->folder, "lib64/ld-linux-x86-64.so.2", "a layer");
    assert_loader(machine, NULL);
}

static void python_comes_first(void **state) {
    struct machine *machine = *state;
    static const char brew[] = "/home/linuxbrew/.linuxbrew/lib/ld.so";
    add_program(machine, "bin/sh", usual);
    scratch_write(machine->folder, "lib64/ld-linux-x86-64.so.2", "a loader");
    add_program(machine, "usr/local/bin/python3", brew);
    scratch_write(machine->folder, brew + 1, "a loader");
    assert_loader(machine, brew);
    add_program(machine, "opt/env/bin/python", usual);
    bp_strs_add(&machine->pythons, "/opt/env/bin/python");
    assert_loader(machine, usual);
}

static void a_loader_that_anybody_can_change(void **state) {
    struct machine *machine = *state;
    static const char open_to_all[] = "/tmp/ld-linux-x86-64.so.2";
    add_program(machine, "bin/sh", usual);
    scratch_write(machine->folder, "lib64/ld-linux-x86-64.so.2", "a loader");
    add_program(machine, "usr/bin/python3", open_to_all);
    scratch_write(machine->folder, open_to_all + 1, "a loader");
    assert_loader(machine, open_to_all);
    char *path = bp_join(machine->folder, open_to_all + 1);
    assert_int_equal(chmod(path, 0777), 0);
    free(path);
    assert_loader(machine, usual);
}

static void programs_of_another_architecture(void **state) {
    struct machine *machine = *state;
    struct program other = make_program(EM_AARCH64, "/lib/ld-linux-aarch64.so.1");
    scratch_write_bytes(machine->folder, "bin/sh", &other, sizeof other);
    scratch_write(machine->folder, "lib/ld-linux-aarch64.so.1", "a loader");
    assert_loader(machine, NULL);
    scratch_write(machine->folder, "usr/bin/env", "#!/bin/sh\n");
    assert_loader(machine, NULL);
}

#define ON_A_MACHINE(test) cmocka_unit_test_setup_teardown(test, make_machine, free_machine)

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_A_MACHINE(usual_place),
        ON_A_MACHINE(another_place),
        ON_A_MACHINE(static_programs_name_none),
        ON_A_MACHINE(musl),
        ON_A_MACHINE(python_comes_first),
        ON_A_MACHINE(a_loader_that_anybody_can_change),
        ON_A_MACHINE(programs_of_another_architecture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
