/* AMD GPUs as the kernel's compute driver (kfd) lists them, and who may use them. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/rocm.h"

#define NODES "/sys/class/kfd/kfd/topology/nodes"

char *bp_gfx_name(unsigned long version) {
    if (version == 0) {
        return NULL;
    }
    return bp_format("gfx%lu%lx%lx", version / 10000, version / 100 % 100, version % 100);
}

/* The number behind `key` in lines of "key number". */
static bool property(const struct bp_str *text, const char *key, unsigned long *number) {
    size_t length = strlen(key);
    for (const char *at = text->data; at; at = strchr(at, '\n')) {
        at += *at == '\n';
        if (strncmp(at, key, length) == 0 && at[length] == ' ') {
            *number = strtoul(at + length + 1, NULL, 10);
            return true;
        }
    }
    return false;
}

static void add_id(cJSON *gpu, const char *key, const struct bp_str *text, const char *name) {
    unsigned long number;
    char *id = property(text, name, &number) ? bp_format("0x%04lx", number) : NULL;
    bp_json_set_text(gpu, key, id);
    free(id);
}

/* Adds the GPU of one topology node; nodes of processors have gfx_target_version 0. */
static void add_gpu(const struct bp_root *root, const char *node, cJSON *gpus) {
    struct bp_str text = BP_STR_EMPTY;
    char *path = bp_format(NODES "/%s/properties", node);
    unsigned long version = 0;
    bp_root_read(root, path, 0, &text, NULL);
    property(&text, "gfx_target_version", &version);
    char *gfx = bp_gfx_name(version);
    if (gfx) {
        char *name_path = bp_format(NODES "/%s/name", node);
        char *name = bp_root_read_line(root, name_path, NULL);
        cJSON *gpu = cJSON_CreateObject();
        bp_json_set_number(gpu, "node", (double)strtoul(node, NULL, 10));
        bp_json_set_text(gpu, "gfx", gfx);
        bp_json_set_text(gpu, "name", name && *name ? name : NULL);
        add_id(gpu, "vendor", &text, "vendor_id");
        add_id(gpu, "device", &text, "device_id");
        cJSON_AddItemToArray(gpus, gpu);
        free(name);
        free(name_path);
    }
    free(gfx);
    free(path);
    bp_str_free(&text);
}

static void collect_gpus(const struct bp_root *root, struct bp_facts *facts) {
    struct bp_strs nodes = {0};
    struct bp_err err = {0};
    cJSON *gpus = cJSON_CreateArray();
    if (bp_root_list(root, NODES, 0, &nodes, &err) == 0) {
        for (size_t i = 0; i < nodes.count; i++) {
            add_gpu(root, nodes.items[i], gpus);
        }
        bp_facts_put(facts, "/rocm/gpus", gpus);
    } else if (err.code == BP_E_ABSENT && bp_root_is_folder(root, "/sys/class")) {
        bp_facts_put(facts, "/rocm/gpus", gpus); /* no compute driver, so no GPU of its */
    } else {
        cJSON_Delete(gpus);
        bp_facts_unknown(facts, "/rocm/gpus", "%s", bp_err_text(&err));
    }
    bp_strs_free(&nodes);
    bp_err_clear(&err);
}

/* The permission of another root's nodes says nothing about this process. */
static void add_use(cJSON *node, const struct bp_root *root, const char *path) {
    if (root->live) {
        bp_json_set_bool(node, "may_use", bp_root_may(root, path, BP_MAY_READ | BP_MAY_WRITE));
    } else {
        cJSON_AddNullToObject(node, "may_use");
    }
}

static bool collect_kfd(const struct bp_root *root, struct bp_facts *facts) {
    struct bp_file_status status;
    bool present = bp_root_status(root, "/dev/kfd", &status, NULL) == 0;
    if (!present && !bp_root_is_folder(root, "/dev")) {
        bp_facts_unknown(facts, "/rocm/kfd", "/dev cannot be seen");
        return false;
    }
    cJSON *kfd = cJSON_CreateObject();
    bp_json_set_text(kfd, "path", "/dev/kfd");
    bp_json_set_bool(kfd, "present", present);
    if (present) {
        add_use(kfd, root, "/dev/kfd");
    } else {
        cJSON_AddNullToObject(kfd, "may_use");
    }
    bp_facts_put(facts, "/rocm/kfd", kfd);
    return present;
}

static void collect_render_nodes(const struct bp_root *root, struct bp_facts *facts) {
    struct bp_strs names = {0};
    struct bp_err err = {0};
    cJSON *nodes = cJSON_CreateArray();
    bool listed = bp_root_list(root, "/dev/dri", 0, &names, &err) == 0;
    for (size_t i = 0; i < names.count; i++) {
        if (bp_starts_with(names.items[i], "renderD")) {
            char *path = bp_join("/dev/dri", names.items[i]);
            cJSON *node = cJSON_CreateObject();
            bp_json_set_text(node, "path", path);
            add_use(node, root, path);
            cJSON_AddItemToArray(nodes, node);
            free(path);
        }
    }
    if (listed || (err.code == BP_E_ABSENT && bp_root_is_folder(root, "/dev"))) {
        bp_facts_put(facts, "/rocm/render_nodes", nodes);
    } else {
        cJSON_Delete(nodes);
        bp_facts_unknown(facts, "/rocm/render_nodes", "%s", bp_err_text(&err));
    }
    bp_strs_free(&names);
    bp_err_clear(&err);
}

/* Only the module that comes apart from the kernel has a version file. */
static bool collect_module(const struct bp_root *root, struct bp_facts *facts) {
    bool loaded = bp_root_is_folder(root, "/sys/module/amdgpu");
    if (!loaded && !bp_root_is_folder(root, "/sys/module")) {
        bp_facts_unknown(facts, "/rocm/kernel_module", "/sys/module cannot be seen");
        return false;
    }
    char *version = bp_root_read_line(root, "/sys/module/amdgpu/version", NULL);
    cJSON *module = cJSON_CreateObject();
    bp_json_set_bool(module, "loaded", loaded);
    bp_json_set_text(module, "version", version);
    bp_facts_put(facts, "/rocm/kernel_module", module);
    free(version);
    return loaded;
}

bool bp_collect_rocm_devices(const struct bp_probe *probe, struct bp_facts *facts) {
    bool module = collect_module(probe->root, facts);
    bool kfd = collect_kfd(probe->root, facts);
    collect_render_nodes(probe->root, facts);
    collect_gpus(probe->root, facts);
    return module || kfd;
}
