/* The host section: this machine against its own tools, and other systems laid out in a folder. */
#include "tests/unit/cmocka_all.h"

#include "tests/unit/gather.h"

#define SYSTEM_PROGRAM "/bin/sh"

static int set_up(void **state) {
    *state = scratch_make();
    return 0;
}

static int tear_down(void **state) {
    scratch_remove(*state);
    free(*state);
    return 0;
}

static void expect_text(const struct gathered *gathered, const char *pointer, const char *text) {
    assert_non_null(text_at(gathered, pointer));
    assert_string_equal(text, text_at(gathered, pointer));
}

/* Copies a file of this machine into the root. */
static void borrow(const char *scratch, const char *from, const char *to) {
    struct bp_root root;
    struct bp_map map;
    assert_int_equal(0, bp_root_open(&root, NULL, NULL));
    assert_int_equal(0, bp_root_map(&root, from, &map, NULL));
    scratch_write_bytes(scratch, to, map.data, map.size);
    bp_map_close(&map);
    bp_root_close(&root);
}

static void test_this_machine(void **state) {
    (void)state;
    struct gathered gathered = gather(bp_collect_host, NULL);
    char *machine = said_by("uname -m");
    char *release = said_by("uname -r");
    char *id = said_by(". /etc/os-release; echo \"$ID\"");
    char *name = said_by(". /etc/os-release; echo \"$PRETTY_NAME\"");
    expect_text(&gathered, "/host/os", "linux");
    expect_text(&gathered, "/host/machine", machine);
    expect_text(&gathered, "/host/kernel/release", release);
    expect_text(&gathered, "/host/distribution/id", id);
    expect_text(&gathered, "/host/distribution/name", name);
    free(machine);
    free(release);
    free(id);
    free(name);
    gathered_free(&gathered);
}

static void test_libc_of_this_machine(void **state) {
    (void)state;
    char *said = said_by("getconf GNU_LIBC_VERSION");
    if (!bp_starts_with(said, "glibc ")) {
        free(said);
        skip(); /* another libc than glibc */
    }
    struct gathered gathered = gather(bp_collect_host, NULL);
    expect_text(&gathered, "/host/libc/name", "glibc");
    expect_text(&gathered, "/host/libc/version", said + strlen("glibc "));
    free(said);
    /* The file that the loader maps for a program of this system. */
    char *mapped =
        said_by("realpath \"$(ldd /bin/sh | sed -n 's/.*libc.so.6 => \\([^ ]*\\).*/\\1/p')\"");
    struct bp_root root;
    assert_int_equal(0, bp_root_open(&root, NULL, NULL));
    char *found = bp_root_resolve(&root, text_at(&gathered, "/host/libc/path"), NULL);
    assert_string_equal(mapped, found);
    bp_root_close(&root);
    free(found);
    free(mapped);
    gathered_free(&gathered);
}

/* The library that ldconfig names, and the highest versions written in it. */
static void test_libstdcxx_of_this_machine(void **state) {
    (void)state;
    char *path =
        said_by("PATH=$PATH:/sbin ldconfig -p | sed -n 's/.*libstdc++.so.6 (.*64.*=> //p'");
    if (!*path) {
        free(path);
        skip(); /* no libstdc++ or no loader's cache */
    }
    char *command = bp_format("grep -ao 'GLIBCXX_[0-9.]*' %s | sort -V | tail -n 1", path);
    char *glibcxx = said_by(command);
    struct gathered gathered = gather(bp_collect_host, NULL);
    expect_text(&gathered, "/host/libstdcxx/path", path);
    expect_text(&gathered, "/host/libstdcxx/glibcxx", glibcxx + strlen("GLIBCXX_"));
    gathered_free(&gathered);
    free(glibcxx);
    free(command);
    free(path);
}

/* libc and its version as the other root has them: this machine's files at another place. */
static void test_glibc_of_another_root(void **state) {
    char *libc = said_by("ldd /bin/sh | sed -n 's/.*libc.so.6 => \\([^ ]*\\).*/\\1/p'");
    char *loader = said_by("ldd /bin/sh | sed -n 's/^[^/]*\\(\\/[^ ]*ld-linux[^ ]*\\).*/\\1/p'");
    char *said = said_by("getconf GNU_LIBC_VERSION");
    if (!*libc || !*loader) {
        free(libc);
        free(loader);
        free(said);
        skip(); /* another libc than glibc */
    }
    borrow(*state, SYSTEM_PROGRAM, SYSTEM_PROGRAM);
    borrow(*state, loader, "opt/deep/ld.so");
    borrow(*state, libc, "opt/deep/libc.so.6");
    /* The loader's usual name leads to the folder that libc lies in. */
    scratch_write(*state, loader + 1, "");
    char *name = bp_join(*state, loader);
    assert_int_equal(0, remove(name));
    assert_int_equal(0, symlink("/opt/deep/ld.so", name));
    struct gathered gathered = gather(bp_collect_host, *state);
    expect_text(&gathered, "/host/libc/name", "glibc");
    expect_text(&gathered, "/host/libc/version", said + strlen("glibc "));
    expect_text(&gathered, "/host/libc/path", "/opt/deep/libc.so.6");
    char *machine = said_by("uname -m");
    expect_text(&gathered, "/host/machine", machine);
    expect_text(&gathered, "/host/machine_from", SYSTEM_PROGRAM);
    assert_true(null_at(&gathered, "/host/libstdcxx")); /* none in this root */
    free(machine);
    free(name);
    free(said);
    free(loader);
    free(libc);
    gathered_free(&gathered);
}

static void test_libc_banner_forms(void **state) {
    /* CentOS 7's and a development snapshot's banner. */
    scratch_write(*state, "lib64/ld-linux-x86-64.so.2", "");
    scratch_write(*state, "lib64/libc.so.6",
                  "....GNU C Library manual\n....GNU C Library (GNU libc) stable release version "
                  "2.17, by Roland McGrath et al.\nCopyright");
    struct gathered gathered = gather(bp_collect_host, *state);
    expect_text(&gathered, "/host/libc/version", "2.17");
    gathered_free(&gathered);
    scratch_write(*state, "lib64/libc.so.6",
                  "GNU C Library (GNU libc) development release version 2.41.9000.\n");
    gathered = gather(bp_collect_host, *state);
    expect_text(&gathered, "/host/libc/version", "2.41.9000");
    gathered_free(&gathered);
    const char *const without[] = {"GNU C Library without more", ""};
    for (size_t i = 0; i < sizeof without / sizeof *without; i++) {
        scratch_write(*state, "lib64/libc.so.6", without[i]);
        gathered = gather(bp_collect_host, *state);
        assert_true(null_at(&gathered, "/host/libc/version"));
        assert_non_null(reason_at(&gathered, "/host/libc/version"));
        gathered_free(&gathered);
    }
}

static void test_musl(void **state) {
    static const char file[] = "\177ELF\0\0%s:\0"
                               "1.2.x\0"
                               "123456.7.8.9\0"
                               "1.2.5\0"
                               "0.0\0";
    scratch_write_bytes(*state, "lib/ld-musl-x86_64.so.1", file, sizeof file);
    struct gathered gathered = gather(bp_collect_host, *state);
    expect_text(&gathered, "/host/libc/name", "musl");
    expect_text(&gathered, "/host/libc/version", "1.2.5");
    gathered_free(&gathered);
    /* apk's database goes before the file. */
    scratch_write(*state, "lib/apk/db/installed",
                  "C:Q1abc\nP:musl-utils\nV:9.9.9-r9\n\nC:Q1def\nP:musl\nV:1.2.4-r2\nA:x86_64\n\n"
                  "P:other\nV:3.0\n");
    gathered = gather(bp_collect_host, *state);
    expect_text(&gathered, "/host/libc/version", "1.2.4");
    expect_text(&gathered, "/host/libc/from", "/lib/apk/db/installed");
    gathered_free(&gathered);
}

static void test_os_release_quoting(void **state) {
    scratch_write(*state, "usr/lib/os-release",
                  "# ID=comment\nNAME=Plain\nID='single'\n  VERSION_ID=\"12\\\"\\$x\\n\" # after\n"
                  "PRETTY_NAME=\"It's \\`quoted\\`\"\nID_LIKE=\"rhel centos  fedora\"\n"
                  "XID=no\nID=last\n");
    struct gathered gathered = gather(bp_collect_host, *state);
    expect_text(&gathered, "/host/distribution/id", "last");
    expect_text(&gathered, "/host/distribution/version", "12\"$x\\n");
    expect_text(&gathered, "/host/distribution/name", "It's `quoted`");
    expect_text(&gathered, "/host/distribution/like/2", "fedora");
    expect_text(&gathered, "/host/distribution/from", "/usr/lib/os-release");
    gathered_free(&gathered);
    /* The one in /etc goes before it. */
    scratch_write(*state, "etc/os-release", "ID=ubuntu\nVERSION_ID=\"22.04\"\n");
    gathered = gather(bp_collect_host, *state);
    expect_text(&gathered, "/host/distribution/id", "ubuntu");
    expect_text(&gathered, "/host/distribution/version", "22.04");
    gathered_free(&gathered);
}

static void test_before_os_release(void **state) {
    struct gathered gathered = gather(bp_collect_host, *state);
    assert_non_null(reason_at(&gathered, "/host/distribution"));
    gathered_free(&gathered);
    scratch_write(*state, "etc/redhat-release", "CentOS release 6.10 (Final)\n");
    gathered = gather(bp_collect_host, *state);
    expect_text(&gathered, "/host/distribution/id", "centos");
    expect_text(&gathered, "/host/distribution/version", "6.10");
    gathered_free(&gathered);
    scratch_write(*state, "etc/redhat-release", "Red Hat Enterprise Linux Server release 7 (M)\n");
    gathered = gather(bp_collect_host, *state);
    expect_text(&gathered, "/host/distribution/id", "rhel");
    expect_text(&gathered, "/host/distribution/version", "7");
    gathered_free(&gathered);
}

static double wsl_with(const char *scratch, const char *release) {
    scratch_write(scratch, "proc/sys/kernel/osrelease", release);
    struct gathered gathered = gather(bp_collect_host, scratch);
    double wsl = number_at(&gathered, "/host/wsl");
    gathered_free(&gathered);
    return wsl;
}

static void test_wsl(void **state) {
    assert_true(wsl_with(*state, "4.4.0-19041-Microsoft\n") == 1);
    assert_true(wsl_with(*state, "5.15.153.1-microsoft-standard-WSL2\n") == 2);
    assert_true(wsl_with(*state, "6.1.0-18-amd64\n") == 0);
    scratch_write(*state, "run/WSL/1_interop", ""); /* a kernel that the owner built */
    assert_true(wsl_with(*state, "6.6.1-mine\n") == 2);
}

static void expect_container(const char *scratch, const char *file, const char *text,
                             const char *kind) {
    scratch_write(scratch, file, text);
    struct gathered gathered = gather(bp_collect_host, scratch);
    expect_text(&gathered, "/host/container/kind", kind);
    gathered_free(&gathered);
}

/* From the weakest sign to the strongest: each goes before those already there. */
static void test_containers(void **state) {
    struct gathered gathered = gather(bp_collect_host, *state);
    assert_non_null(reason_at(&gathered, "/host/container"));
    gathered_free(&gathered);
    expect_container(*state, "proc/self/cgroup", "0::/machine/lxc.payload.box/user\n", "lxc");
    expect_container(*state, "run/systemd/container", "systemd-nspawn\n", "systemd-nspawn");
    expect_container(*state, ".dockerenv", "", "docker");
    expect_container(*state, "run/.containerenv", "engine=\"podman-4.3.1\"\n", "podman");
    expect_container(*state, ".singularity.d/env/a", "", "singularity");
    expect_container(*state, "var/run/secrets/kubernetes.io/serviceaccount/token", "",
                     "kubernetes");
}

static void test_container_by_first_process(void **state) {
    static const char environment[] = "HOME=/root\0container=podman\0TERM=xterm";
    scratch_write_bytes(*state, "proc/1/environ", environment, sizeof environment - 1);
    struct gathered gathered = gather(bp_collect_host, *state);
    expect_text(&gathered, "/host/container/kind", "podman");
    gathered_free(&gathered);
}

static void expect_virtualization(const char *scratch, const char *file, const char *text,
                                  const char *kind) {
    scratch_write(scratch, file, text);
    struct gathered gathered = gather(bp_collect_host, scratch);
    expect_text(&gathered, "/host/virtualization/kind", kind);
    gathered_free(&gathered);
}

static void test_virtualization(void **state) {
    expect_virtualization(*state, "proc/cpuinfo", "flags\t\t: fpu lm hypervisor\n", "unknown");
    expect_virtualization(*state, "proc/cpuinfo", "flags\t\t: fpu lm hypervisory\n", "none");
    expect_virtualization(*state, "sys/class/dmi/id/sys_vendor", "Dell Inc.\n", "none");
    expect_virtualization(*state, "sys/class/dmi/id/sys_vendor", "QEMU\n", "qemu");
    expect_virtualization(*state, "sys/class/dmi/id/sys_vendor", "Amazon EC2\n", "amazon");
    expect_virtualization(*state, "sys/class/dmi/id/product_name", "p4d.metal\n", "none");
    expect_virtualization(*state, "sys/class/dmi/id/product_name", "Google Compute Engine\n",
                          "google");
}

static void test_jetson(void **state) {
    struct gathered gathered = gather(bp_collect_host, *state);
    assert_true(null_at(&gathered, "/host/tegra"));
    gathered_free(&gathered);
    scratch_write(*state, "etc/nv_tegra_release",
                  "# R35 (release), REVISION: 4.1, GCID: 33958178, BOARD: t186ref\nsecond\n");
    gathered = gather(bp_collect_host, *state);
    expect_text(&gathered, "/host/tegra",
                "R35 (release), REVISION: 4.1, GCID: 33958178, BOARD: t186ref");
    gathered_free(&gathered);
}

/*
 * What the recorded machines are: the comment of each archive in hwloc's test suite and
 * `head proc/version proc/cpuinfo` say it.
 */
static void expect_recorded(const char *name, const char *machine, const char *release) {
    char *folder = recorded_machine(name);
    if (!folder) {
        skip();
    }
    struct gathered gathered = gather(bp_collect_host, folder);
    expect_text(&gathered, "/host/machine", machine);
    if (release) {
        expect_text(&gathered, "/host/kernel/release", release);
    } else {
        assert_non_null(reason_at(&gathered, "/host/kernel"));
    }
    gathered_free(&gathered);
    free(folder);
}

static void test_recorded_arm(void **state) {
    (void)state;
    expect_recorded("128arm-2pa2n8cluster4co", "aarch64", "5.15.0-rc1-00005-g4c1b4a4d90b6-dirty");
}

static void test_recorded_power(void **state) {
    (void)state;
    expect_recorded("nvidiagpunumanodes", "ppc64le",
                    "4.14.0-49.el7a.bz1553205.page_fault_hang.ppc64le");
    expect_recorded("256ppc-8n8s4t", "ppc64", NULL); /* POWER7: big-endian only */
}

static void test_recorded_x86(void **state) {
    (void)state;
    expect_recorded("40intel64-2g2n4c+pci", "x86_64", NULL);
}

static void test_environment(void **state) {
    setenv("BNB_CUDA_VERSION", "", 1); /* set and empty is not unset */
    setenv("LD_LIBRARY_PATH", "/a:\xff", 1);
    setenv("SOME_TOKEN", "secret", 1);
    unsetenv("BNB_ROCM_VERSION");
    struct gathered gathered = gather(bp_collect_environment, NULL);
    expect_text(&gathered, "/environment/BNB_CUDA_VERSION", "");
    expect_text(&gathered, "/environment/LD_LIBRARY_PATH", "/a:\xEF\xBF\xBD");
    assert_null(text_at(&gathered, "/environment/SOME_TOKEN"));
    assert_null(bp_json_at(gathered.snapshot, "/environment/BNB_ROCM_VERSION"));
    gathered_free(&gathered);
    gathered = gather(bp_collect_environment, *state);
    assert_null(bp_json_at(gathered.snapshot, "/environment"));
    assert_non_null(reason_at(&gathered, "/environment"));
    gathered_free(&gathered);
    unsetenv("BNB_CUDA_VERSION");
    unsetenv("LD_LIBRARY_PATH");
}

#define ON_SCRATCH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_this_machine),
        cmocka_unit_test(test_libc_of_this_machine),
        cmocka_unit_test(test_libstdcxx_of_this_machine),
        ON_SCRATCH(test_glibc_of_another_root),
        ON_SCRATCH(test_libc_banner_forms),
        ON_SCRATCH(test_musl),
        ON_SCRATCH(test_os_release_quoting),
        ON_SCRATCH(test_before_os_release),
        ON_SCRATCH(test_wsl),
        ON_SCRATCH(test_containers),
        ON_SCRATCH(test_container_by_first_process),
        ON_SCRATCH(test_virtualization),
        ON_SCRATCH(test_jetson),
        cmocka_unit_test(test_recorded_arm),
        cmocka_unit_test(test_recorded_power),
        cmocka_unit_test(test_recorded_x86),
        ON_SCRATCH(test_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
