/* PCI devices from sysfs's cached attribute files. */
#include "tests/unit/cmocka_all.h"

#include "tests/unit/gather.h"

#define DEVICES "sys/bus/pci/devices/"

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

static void attribute(const char *scratch, const char *device, const char *name,
                      const char *value) {
    char *path = bp_format(DEVICES "%s/%s", device, name);
    scratch_write(scratch, path, value);
    free(path);
}

static void test_devices_of_interest(void **state) {
    const char *const classes[][2] = {
        {"0000:00:00.0", "0x060000\n"}, /* host bridge */
        {"0000:01:00.0", "0x030200\n"}, /* 3D controller */
        {"0000:02:00.0", "0x030000\n"}, /* VGA */
        {"0000:03:00.0", "0x038000\n"}, /* other display */
        {"0000:04:00.0", "0x120000\n"}, /* accelerator */
        {"0000:05:00.0", "0x020000\n"}, /* network */
    };
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        attribute(*state, classes[i][0], "class", classes[i][1]);
    }
    attribute(*state, "0000:01:00.0", "vendor", "0x10de\n");
    attribute(*state, "0000:01:00.0", "device", "0x2330\n");
    attribute(*state, "0000:01:00.0", "numa_node", "1\n");
    attribute(*state, "0000:01:00.0", "power/runtime_status", "suspended\n");
    attribute(*state, "0000:02:00.0", "numa_node", "-1\n");
    char *link = bp_join(*state, DEVICES "0000:01:00.0/driver");
    assert_int_equal(0, symlink("../../../../bus/pci/drivers/nvidia", link));
    free(link);

    struct gathered gathered = gather(bp_collect_pci, *state);
    assert_int_equal(4, cJSON_GetArraySize(bp_json_at(gathered.snapshot, "/hardware/pci")));
    expect_text(&gathered, "/hardware/pci/0/address", "0000:01:00.0");
    expect_text(&gathered, "/hardware/pci/0/class", "0x030200");
    expect_text(&gathered, "/hardware/pci/0/vendor", "0x10de");
    expect_text(&gathered, "/hardware/pci/0/device", "0x2330");
    expect_text(&gathered, "/hardware/pci/0/driver", "nvidia");
    expect_text(&gathered, "/hardware/pci/0/power", "suspended");
    assert_true(number_at(&gathered, "/hardware/pci/0/numa_node") == 1);
    assert_true(null_at(&gathered, "/hardware/pci/1/numa_node"));
    assert_true(null_at(&gathered, "/hardware/pci/1/driver"));
    expect_text(&gathered, "/hardware/pci/3/address", "0000:04:00.0");
    gathered_free(&gathered);
}

static void test_no_bus_and_no_sysfs(void **state) {
    struct gathered gathered = gather(bp_collect_pci, *state);
    assert_null(bp_json_at(gathered.snapshot, "/hardware/pci"));
    assert_non_null(reason_at(&gathered, "/hardware/pci"));
    gathered_free(&gathered);
    scratch_write(*state, "sys/bus/cpu/uevent", "");
    gathered = gather(bp_collect_pci, *state);
    assert_true(cJSON_IsArray(bp_json_at(gathered.snapshot, "/hardware/pci")));
    assert_int_equal(0, cJSON_GetArraySize(bp_json_at(gathered.snapshot, "/hardware/pci")));
    assert_int_equal(BP_STATUS_ABSENT, gathered.report.status);
    gathered_free(&gathered);
}

/* As many as `grep -l '^0x\(03\|12\)' /sys/bus/pci/devices/ADDRESS/class` finds. */
static void test_this_machine(void **state) {
    (void)state;
    char *count = said_by("grep -lE '^0x(03|12)' /sys/bus/pci/devices/*/class 2>/dev/null | wc -l");
    struct gathered gathered = gather(bp_collect_pci, NULL);
    int found = cJSON_GetArraySize(bp_json_at(gathered.snapshot, "/hardware/pci"));
    assert_int_equal(strtol(count, NULL, 10), found);
    free(count);
    gathered_free(&gathered);
}

/* Six GPUs: `grep -l ^0x03 sys/bus/pci/devices/ADDRESS/class | wc -l`; only class was recorded. */
static void test_recorded_gpus(void **state) {
    (void)state;
    char *folder = recorded_machine("nvidiagpunumanodes");
    if (!folder) {
        skip();
    }
    struct gathered gathered = gather(bp_collect_pci, folder);
    assert_int_equal(6, cJSON_GetArraySize(bp_json_at(gathered.snapshot, "/hardware/pci")));
    expect_text(&gathered, "/hardware/pci/0/address", "0004:05:00.0");
    expect_text(&gathered, "/hardware/pci/5/address", "0035:05:00.0");
    assert_true(null_at(&gathered, "/hardware/pci/0/vendor"));
    gathered_free(&gathered);
    free(folder);
}

/* One board's VGA chip, its values by `cat` of the recorded files. */
static void test_recorded_display(void **state) {
    (void)state;
    char *folder = recorded_machine("40intel64-2g2n4c+pci");
    if (!folder) {
        skip();
    }
    struct gathered gathered = gather(bp_collect_pci, folder);
    assert_int_equal(1, cJSON_GetArraySize(bp_json_at(gathered.snapshot, "/hardware/pci")));
    expect_text(&gathered, "/hardware/pci/0/address", "0000:09:03.0");
    expect_text(&gathered, "/hardware/pci/0/vendor", "0x102b");
    expect_text(&gathered, "/hardware/pci/0/subsystem_device", "0x02d3");
    assert_true(null_at(&gathered, "/hardware/pci/0/numa_node")); /* -1 in the file */
    gathered_free(&gathered);
    free(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_devices_of_interest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_bus_and_no_sysfs, set_up, tear_down),
        cmocka_unit_test(test_this_machine),
        cmocka_unit_test(test_recorded_gpus),
        cmocka_unit_test(test_recorded_display),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
