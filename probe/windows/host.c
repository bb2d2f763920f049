#include "probe/windows/host.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/binary/binary.h"
#include "probe/os/kernel.h"
#include "probe/os/registry.h"
#include "probe/windows/drive.h"

#define VERSION_KEY "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"

/* The first builds that were called so; Windows 11's version still says 10.0. */
static const struct {
    long build;
    const char *name;
} names[] = {
    {22000, "Windows 11"}, {10240, "Windows 10"}, {9600, "Windows 8.1"},
    {9200, "Windows 8"},   {7600, "Windows 7"},
};

struct build {
    long number; /* 0: not known */
    long revision;
    const char *from;
};

/* "10.0.22631.3593": build and revision. */
static void read_version(const char *version, const char *from, struct build *build) {
    struct bp_strs parts = {0};
    bp_strs_split(&parts, version ? version : "", '.', false);
    if (parts.count == 4) {
        *build = (struct build){strtol(parts.items[2], NULL, 10), strtol(parts.items[3], NULL, 10),
                                from};
    }
    bp_strs_free(&parts);
}

static struct build read_build(const struct bp_probe *probe) {
    struct build build = {0};
    if (probe->root->live) {
        uint32_t revision = 0;
        char *number = bp_registry_text(BP_REGISTRY_MACHINE, VERSION_KEY, "CurrentBuild");
        bp_registry_number(BP_REGISTRY_MACHINE, VERSION_KEY, "UBR", &revision);
        if (number) {
            build = (struct build){strtol(number, NULL, 10), (long)revision, "registry"};
        }
        free(number);
    }
    static const char *const files[] = {"ntoskrnl.exe", "ntdll.dll", "kernel32.dll"};
    for (size_t i = 0; i < sizeof files / sizeof *files && build.number == 0; i++) {
        char *path = bp_drive_in_system(probe, files[i]);
        struct bp_pe_version said = bp_drive_file_version(probe->root, path);
        read_version(said.file_version, files[i], &build);
        bp_pe_version_free(&said);
        free(path);
    }
    return build;
}

/* Whether it is a server: by the registry, or by a program that only servers have. */
static bool is_server(const struct bp_probe *probe) {
    char *program = bp_drive_in_system(probe, "ServerManager.exe");
    char *kind = probe->root->live
                     ? bp_registry_text(BP_REGISTRY_MACHINE, VERSION_KEY, "InstallationType")
                     : NULL;
    bool server = kind ? bp_starts_with(kind, "Server") : bp_root_is_file(probe->root, program);
    free(program);
    free(kind);
    return server;
}

static void put_registry_text(cJSON *object, const char *key, const struct bp_probe *probe,
                              const char *name) {
    char *text =
        probe->root->live ? bp_registry_text(BP_REGISTRY_MACHINE, VERSION_KEY, name) : NULL;
    bp_json_set_text(object, key, text);
    free(text);
}

static void put_settings(cJSON *object, const struct bp_probe *probe) {
    uint32_t number;
    if (!probe->root->live) {
        return;
    }
    bool known =
        bp_registry_number(BP_REGISTRY_MACHINE, "SYSTEM\\CurrentControlSet\\Control\\FileSystem",
                           "LongPathsEnabled", &number);
    bp_json_set_bool(object, "long_paths", known && number != 0);
    char *page = bp_registry_text(BP_REGISTRY_MACHINE,
                                  "SYSTEM\\CurrentControlSet\\Control\\Nls\\CodePage", "ACP");
    if (page) {
        bp_json_set_number(object, "code_page", strtod(page, NULL));
    }
    free(page);
}

static const char *name_of(const struct bp_probe *probe, long build) {
    if (is_server(probe)) {
        return "Windows Server";
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (build >= names[i].build) {
            return names[i].name;
        }
    }
    return NULL;
}

static void collect_windows(const struct bp_probe *probe, struct bp_facts *facts) {
    struct build build = read_build(probe);
    cJSON *object = cJSON_CreateObject();
    if (build.number != 0) {
        bp_json_set_text(object, "name", name_of(probe, build.number));
        put_registry_text(object, "edition", probe, "EditionID");
        put_registry_text(object, "version", probe, "DisplayVersion");
        bp_json_set_number(object, "build", (double)build.number);
        bp_json_set_number(object, "revision", (double)build.revision);
        bp_json_set_text(object, "from", build.from);
    } else {
        bp_facts_unknown(facts, "/host/windows/build", "no file in System32 says its version");
    }
    put_settings(object, probe);
    bp_facts_put(facts, "/host/windows", object);
    if (build.number != 0) {
        struct bp_kernel kernel = {0};
        bool told = probe->root->live && bp_kernel_read(&kernel) == 0;
        char *release = told ? bp_strdup(kernel.release) : bp_format("10.0.%ld", build.number);
        cJSON *object_of_kernel = cJSON_CreateObject();
        bp_json_set_text(object_of_kernel, "release", release);
        bp_facts_put(facts, "/host/kernel", object_of_kernel);
        bp_kernel_free(&kernel);
        free(release);
    }
}

/*
 * What Windows itself is for: an emulated program sees another machine, but ntdll.dll is
 * always of the machine's own kind.
 */
static void collect_machine(const struct bp_probe *probe, struct bp_facts *facts) {
    char *library = bp_drive_in_system(probe, "ntdll.dll");
    char *machine = bp_binary_machine(probe->root, library);
    if (machine) {
        bp_facts_put_text(facts, "/host/machine", machine);
        bp_facts_put_text(facts, "/host/machine_from", library);
    } else {
        bp_facts_unknown(facts, "/host/machine", "there is no ntdll.dll in System32");
    }
    free(machine);
    free(library);
}

/* The makers of virtual machines as they sign their firmware. */
static void collect_virtualization(const struct bp_probe *probe, struct bp_facts *facts) {
    static const struct {
        const char *words;
        const char *kind;
    } makers[] = {{"Virtual Machine", "microsoft"},
                  {"VMware", "vmware"},
                  {"QEMU", "kvm"},
                  {"KVM", "kvm"},
                  {"VirtualBox", "oracle"},
                  {"Xen", "xen"},
                  {"Amazon EC2", "amazon"},
                  {"Google", "google"},
                  {"Parallels", "parallels"}};
    if (!probe->root->live) {
        bp_facts_unknown(facts, "/host/virtualization",
                         "the firmware of another root's machine is not known");
        return;
    }
    static const char key[] = "HARDWARE\\DESCRIPTION\\System\\BIOS";
    char *maker = bp_registry_text(BP_REGISTRY_MACHINE, key, "SystemManufacturer");
    char *product = bp_registry_text(BP_REGISTRY_MACHINE, key, "SystemProductName");
    char *words = bp_format("%s %s", maker ? maker : "", product ? product : "");
    const char *kind = *bp_trim(words) ? "none" : NULL;
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
        kind = strstr(words, makers[i].words) ? makers[i].kind : kind;
    }
    cJSON *object = cJSON_CreateObject();
    bp_json_set_text(object, "kind", kind);
    bp_json_set_text(object, "evidence", kind ? bp_trim(words) : NULL);
    bp_facts_put(facts, "/host/virtualization", object);
    free(words);
    free(product);
    free(maker);
}

void bp_windows_collect_host(const struct bp_probe *probe, struct bp_facts *facts) {
    bp_facts_put_text(facts, "/host/os", "windows");
    collect_windows(probe, facts);
    collect_machine(probe, facts);
    bp_facts_put_number(facts, "/host/wsl", 0);
    collect_virtualization(probe, facts);
}
