#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/host.h"
#include "probe/lines.h"

/* A kind of container and what shows it. `evidence` is owned. */
struct sign {
    const char *kind;
    char *evidence;
};

static bool exists(const struct bp_root *root, const char *path) {
    struct bp_file_status status;
    return bp_root_status(root, path, &status, NULL) == 0;
}

/* Files and folders that only one kind of container has. The first that is there decides. */
static bool sign_from_files(const struct bp_root *root, struct sign *sign) {
    static const struct {
        const char *path;
        const char *kind;
    } marks[] = {
        {"/var/run/secrets/kubernetes.io/serviceaccount", "kubernetes"},
        {"/run/secrets/kubernetes.io/serviceaccount", "kubernetes"},
        {"/.singularity.d", "singularity"},
        {"/run/.containerenv", "podman"},
        {"/.dockerenv", "docker"},
    };
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (exists(root, marks[i].path)) {
            *sign = (struct sign){marks[i].kind, bp_strdup(marks[i].path)};
            return true;
        }
    }
    return false;
}

static bool sign_from_variables(const struct bp_probe *probe, struct sign *sign) {
    static const char *const variables[][2] = {
        {"KUBERNETES_SERVICE_HOST", "kubernetes"},
        {"APPTAINER_CONTAINER", "singularity"},
        {"SINGULARITY_CONTAINER", "singularity"},
    };
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        if (bp_probe_env(probe, variables[i][0])) {
            *sign = (struct sign){variables[i][1], bp_format("variable %s", variables[i][0])};
            return true;
        }
    }
    return false;
}

/*
 * What a container manager says of itself: https://systemd.io/CONTAINER_INTERFACE/.
 * "oci" is what several managers say; which one is not known.
 */
static const char *kind_of_manager(const char *name) {
    static const char *const known[] = {"docker", "podman", "lxc", "systemd-nspawn"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (bp_starts_with(name, known[i])) {
            return known[i];
        }
    }
    return bp_equal(name, "wsl") ? NULL : "unknown";
}

/* The variable container= of the first process. Its environment is zero-separated. */
static char *manager_of_first_process(const struct bp_root *root) {
    struct bp_str text = BP_STR_EMPTY;
    char *name = NULL;
    if (bp_root_read(root, "/proc/1/environ", 0, &text, NULL) == 0) {
        for (size_t at = 0; at < text.length && !name; at += strlen(text.data + at) + 1) {
            if (bp_starts_with(text.data + at, "container=")) {
                name = bp_strdup(text.data + at + strlen("container="));
            }
        }
    }
    bp_str_free(&text);
    return name;
}

static bool sign_from_manager(const struct bp_root *root, struct sign *sign) {
    /* systemd inside a container keeps what it was told there, for all to read. */
    const char *from = "/run/systemd/container";
    char *name = bp_root_read_line(root, from, NULL);
    if (!name) {
        from = "/proc/1/environ";
        name = manager_of_first_process(root);
    }
    const char *kind = name && *name ? kind_of_manager(name) : NULL;
    if (kind) {
        *sign = (struct sign){kind, bp_format("%s says %s", from, name)};
    }
    free(name);
    return kind != NULL;
}

static bool sign_from_cgroups(const struct bp_root *root, struct sign *sign) {
    static const char *const files[] = {"/proc/self/cgroup", "/proc/1/cgroup"};
    static const char *const parts[][2] = {
        {"/kubepods", "kubernetes"}, {"/docker/", "docker"}, {"/docker-", "docker"},
        {"/libpod-", "podman"},      {"/lxc/", "lxc"},       {"/lxc.payload", "lxc"},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct bp_str text = BP_STR_EMPTY;
        bool found = false;
        if (bp_root_read(root, files[i], 0, &text, NULL) == 0) {
            for (size_t j = 0; j < sizeof parts / sizeof parts[0] && !found; j++) {
                found = strstr(text.data, parts[j][0]) != NULL;
                if (found) {
                    *sign =
                        (struct sign){parts[j][1], bp_format("%s in %s", parts[j][0], files[i])};
                }
            }
        }
        bp_str_free(&text);
        if (found) {
            return true;
        }
    }
    return false;
}

void bp_collect_container(const struct bp_probe *probe, struct bp_facts *facts) {
    const struct bp_root *root = probe->root;
    struct sign sign = {0};
    bool found = sign_from_files(root, &sign) || sign_from_variables(probe, &sign) ||
                 sign_from_manager(root, &sign) || sign_from_cgroups(root, &sign);
    if (!found && !root->live) {
        bp_facts_unknown(facts, "/host/container",
                         "another root shows no mark of a container, which need not mean much");
        return;
    }
    cJSON *container = cJSON_CreateObject();
    bp_json_set_text(container, "kind", found ? sign.kind : "none");
    bp_json_set_text(container, "evidence", sign.evidence);
    bp_facts_put(facts, "/host/container", container);
    free(sign.evidence);
}
