/* Which macOS, on which Mac. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/macos/macos.h"
#include "probe/macos/plist.h"
#include "probe/os/kernel.h"
#include "probe/os/mac_values.h"

#define VERSION_FILE "/System/Library/CoreServices/SystemVersion.plist"

/* Sets `key` from the list, or says why it is not known. */
static char *read_version(const struct bp_str *plist, const char *key, const char *pointer,
                          struct bp_facts *facts) {
    struct bp_err err = {0};
    char *text = bp_plist_text(plist, key, &err);
    if (!text) {
        bp_facts_unknown(facts, pointer, "%s: %s", VERSION_FILE, bp_err_text(&err));
    }
    bp_err_clear(&err);
    return text;
}

/* Returns the build ("23F79"), which the caller frees. */
static char *put_version(const struct bp_probe *probe, struct bp_facts *facts) {
    struct bp_str plist = BP_STR_EMPTY;
    struct bp_err err = {0};
    char *build = NULL;
    if (bp_root_read(probe->root, VERSION_FILE, 0, &plist, &err) == 0) {
        char *version = read_version(&plist, "ProductVersion", "/host/distribution/version", facts);
        build = read_version(&plist, "ProductBuildVersion", "/host/mac/build", facts);
        char *product = bp_plist_text(&plist, "ProductName", NULL);
        char *name = version ? bp_format("%s %s", product ? product : "macOS", version) : NULL;
        cJSON *distribution = cJSON_CreateObject();
        bp_json_set_text(distribution, "id", "macos");
        bp_json_set_text(distribution, "version", version);
        bp_json_set_text(distribution, "name", name);
        cJSON_AddItemToObject(distribution, "like", cJSON_CreateArray());
        bp_json_set_text(distribution, "from", VERSION_FILE);
        bp_facts_put(facts, "/host/distribution", distribution);
        free(name);
        free(product);
        free(version);
    } else {
        bp_facts_unknown(facts, "/host/distribution", "%s", bp_err_text(&err));
    }
    bp_err_clear(&err);
    bp_str_free(&plist);
    return build;
}

static void put_kernel(const struct bp_root *root, struct bp_facts *facts) {
    struct bp_kernel names = {0};
    if (!root->live || bp_kernel_read(&names) != 0) {
        bp_facts_unknown(facts, "/host/kernel", "only a running Mac tells its kernel");
        return;
    }
    cJSON *kernel = cJSON_CreateObject();
    bp_json_set_text(kernel, "release", names.release);
    bp_json_set_text(kernel, "version", names.version);
    bp_facts_put(facts, "/host/kernel", kernel);
    bp_kernel_free(&names);
}

static void put_machine(const struct bp_root *root, struct bp_facts *facts) {
    const char *from = NULL;
    const char *machine = bp_macos_machine(root, &from);
    if (machine) {
        bp_facts_put_text(facts, "/host/machine", machine);
        bp_facts_put_text(facts, "/host/machine_from", from);
    } else {
        bp_facts_unknown(facts, "/host/machine",
                         "this root holds no shared cache of system libraries, and every program "
                         "of macOS is for both processors");
    }
}

/* The kernel tells whether it runs on a hypervisor, and not on which. */
static void put_virtualization(const struct bp_mac_values *values, struct bp_facts *facts) {
    if (values->virtual_machine < 0) {
        bp_facts_unknown(facts, "/host/virtualization", "only a running Mac tells it");
        return;
    }
    cJSON *object = cJSON_CreateObject();
    bp_json_set_text(object, "kind", values->virtual_machine > 0 ? "unknown" : "none");
    bp_json_set_text(object, "evidence", "kern.hv_vmm_present");
    bp_facts_put(facts, "/host/virtualization", object);
}

static void put_mac(const struct bp_probe *probe, const struct bp_mac_values *values,
                    const char *build, struct bp_facts *facts) {
    char *tools = bp_macos_developer_tools(probe);
    cJSON *mac = cJSON_CreateObject();
    bp_json_set_text(mac, "build", build);
    bp_json_set_text(mac, "model", values->model);
    bp_json_set_text(mac, "developer_tools", tools);
    bp_facts_put(facts, "/host/mac", mac);
    if (!values->model) {
        bp_facts_unknown(facts, "/host/mac/model", "only a running Mac tells it");
    }
    free(tools);
}

void bp_macos_host(const struct bp_probe *probe, struct bp_facts *facts) {
    struct bp_mac_values values =
        probe->root->live ? bp_mac_values_read() : bp_mac_values_unknown();
    bp_facts_put_text(facts, "/host/os", "macos");
    char *build = put_version(probe, facts);
    put_kernel(probe->root, facts);
    put_machine(probe->root, facts);
    put_virtualization(&values, facts);
    put_mac(probe, &values, build, facts);
    cJSON *container = cJSON_CreateObject();
    bp_json_set_text(container, "kind", "none");
    bp_json_set_text(container, "evidence", "macOS runs no containers of its own");
    bp_facts_put(facts, "/host/container", container);
    bp_facts_put_number(facts, "/host/wsl", 0);
    free(build);
    bp_mac_values_free(&values);
}
