#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/host.h"
#include "probe/lines.h"

#define DMI "/sys/class/dmi/id/"

/* The first block of /proc/cpuinfo is enough: all processors have the same flags. */
#define CPUINFO_LIMIT ((size_t)8192)

/*
 * What virtual machines put into their DMI tables: systemd-detect-virt(1) describes the
 * same approach. Compared with the start of the value.
 */
static const struct {
    const char *start;
    const char *kind;
} vendors[] = {
    {"KVM", "kvm"},
    {"OpenStack", "kvm"},
    {"KubeVirt", "kvm"},
    {"Amazon EC2", "amazon"},
    {"QEMU", "qemu"},
    {"VMware", "vmware"},
    {"VMW", "vmware"},
    {"innotek GmbH", "virtualbox"},
    {"VirtualBox", "virtualbox"},
    {"Oracle Corporation", "virtualbox"},
    {"Xen", "xen"},
    {"Bochs", "bochs"},
    {"Parallels", "parallels"},
    {"BHYVE", "bhyve"},
    {"Hyper-V", "microsoft"},
    {"Virtual Machine", "microsoft"},
    {"Google Compute Engine", "google"},
    {"Apple Virtualization", "apple"},
    {"Alibaba Cloud ECS", "alibaba"},
    {"HVM domU", "xen"},
};

/* Which DMI values say anything: a product of Oracle or Amazon may be a real machine. */
static const char *const dmi_files[] = {"product_name", "sys_vendor", "board_vendor",
                                        "bios_vendor"};

struct virtualization {
    const char *kind; /* NULL: cannot be told */
    char *evidence;
};

static const char *kind_of_vendor(const char *value) {
    for (size_t i = 0; i < sizeof vendors / sizeof vendors[0]; i++) {
        if (bp_starts_with(value, vendors[i].start)) {
            return vendors[i].kind;
        }
    }
    return NULL;
}

/* A rented physical machine carries its landlord's name too. */
static bool is_bare_metal(const struct bp_root *root) {
    char *product = bp_root_read_line(root, DMI "product_name", NULL);
    bool bare = product && (bp_ends_with(product, ".metal") || strstr(product, ".metal-"));
    free(product);
    return bare;
}

static bool from_dmi(const struct bp_root *root, struct virtualization *found) {
    for (size_t i = 0; i < sizeof dmi_files / sizeof dmi_files[0]; i++) {
        char *path = bp_format(DMI "%s", dmi_files[i]);
        char *value = bp_root_read_line(root, path, NULL);
        const char *kind = value ? kind_of_vendor(value) : NULL;
        if (kind && !is_bare_metal(root)) {
            *found = (struct virtualization){kind, bp_format("%s says %s", path, value)};
        }
        free(value);
        free(path);
        if (found->kind) {
            return true;
        }
    }
    return false;
}

static bool from_hypervisor_file(const struct bp_root *root, struct virtualization *found) {
    char *type = bp_root_read_line(root, "/sys/hypervisor/type", NULL);
    if (bp_equal(type, "xen")) {
        *found = (struct virtualization){"xen", bp_strdup("/sys/hypervisor/type")};
    }
    free(type);
    return found->kind != NULL;
}

/*
 * The processor's flag that a hypervisor sets (CPUID leaf 1, ECX bit 31): it tells that
 * there is one and not which. Without the flag an x86 machine is a real one.
 */
static void from_cpuinfo(const struct bp_root *root, struct virtualization *found) {
    struct bp_str text = BP_STR_EMPTY;
    bp_root_read(root, "/proc/cpuinfo", CPUINFO_LIMIT, &text, NULL);
    char *flags = bp_lines_field(&text, "flags");
    if (flags) {
        bool hypervisor = bp_text_has_word(flags, "hypervisor");
        *found = (struct virtualization){
            hypervisor ? "unknown" : "none",
            bp_format("%s hypervisor flag in /proc/cpuinfo", hypervisor ? "a" : "no")};
    }
    free(flags);
    bp_str_free(&text);
}

static void collect_virtualization(const struct bp_root *root, struct bp_facts *facts, double wsl) {
    struct virtualization found = {0};
    if (wsl == 2) {
        found = (struct virtualization){"microsoft", bp_strdup("WSL 2")};
    } else if (!from_dmi(root, &found) && !from_hypervisor_file(root, &found)) {
        from_cpuinfo(root, &found);
    }
    if (found.kind) {
        cJSON *object = cJSON_CreateObject();
        bp_json_set_text(object, "kind", found.kind);
        bp_json_set_text(object, "evidence", found.evidence);
        bp_facts_put(facts, "/host/virtualization", object);
    } else {
        bp_facts_unknown(facts, "/host/virtualization",
                         "neither DMI nor the processor's flags tell");
    }
    free(found.evidence);
}

/*
 * WSL 1 has no kernel of its own and calls itself 4.4.0-19041-Microsoft; WSL 2's kernel is
 * 5.15.90.1-microsoft-standard-WSL2 or one that its owner built, for which WSL's own
 * folder speaks.
 */
static double wsl_of(const struct bp_probe *probe, const char *release) {
    if (strstr(release, "WSL2") || strstr(release, "microsoft-standard")) {
        return 2;
    }
    if (bp_text_has_ignoring_case(release, "microsoft")) {
        return 1;
    }
    struct bp_file_status status;
    bool folder = bp_root_status(probe->root, "/run/WSL", &status, NULL) == 0;
    return folder || bp_probe_env(probe, "WSL_DISTRO_NAME") ? 2 : 0;
}

void bp_collect_virtualization(const struct bp_probe *probe, struct bp_facts *facts,
                               const char *release) {
    double wsl = 0;
    if (release) {
        wsl = wsl_of(probe, release);
        bp_facts_put_number(facts, "/host/wsl", wsl);
    } else {
        bp_facts_unknown(facts, "/host/wsl", "the kernel's release is not known");
    }
    collect_virtualization(probe->root, facts, wsl);
}
