/* Lines about the system: what it is, its processor, its memory. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "report/facts_view.h"

/* "Windows 11 23H2, build 22631.3593, x86_64" */
static void add_windows(struct bp_facts_view *view, const cJSON *host) {
    const cJSON *windows = bp_json_get(host, "windows");
    const char *version = bp_json_text(windows, "version");
    const char *machine = bp_json_text(host, "machine");
    bp_facts_view_add(view, BP_TOPIC_SYSTEM, "Operating system", "%s%s%s, build %.0f.%.0f%s%s",
                      bp_json_text(windows, "name"), version ? " " : "", version ? version : "",
                      bp_json_number(windows, "build", 0), bp_json_number(windows, "revision", 0),
                      machine ? ", " : "", machine ? machine : "");
    if (cJSON_IsFalse(bp_json_get(windows, "long_paths"))) {
        bp_facts_view_add(view, BP_TOPIC_SYSTEM, "Long paths", "%s", "not allowed");
    }
}

static void add_system(struct bp_facts_view *view, const cJSON *host) {
    const char *name = bp_json_text_at(host, "/distribution/name");
    const char *version = bp_json_text_at(host, "/distribution/version");
    const char *os = bp_json_text(host, "os");
    const char *machine = bp_json_text(host, "machine");
    if (bp_json_text_at(host, "/windows/name")) {
        add_windows(view, host);
        return;
    }
    if (!name && !os) {
        bp_facts_view_add_unknown(view, BP_TOPIC_SYSTEM, "Operating system", "/host/distribution",
                                  true);
    } else {
        bool add_version = version && !(name && strstr(name, version));
        bp_facts_view_add(view, BP_TOPIC_SYSTEM, "Operating system", "%s%s%s%s%s", name ? name : os,
                          add_version ? " " : "", add_version ? version : "", machine ? ", " : "",
                          machine ? machine : "");
    }
    const char *kernel = bp_json_text_at(host, "/kernel/release");
    if (kernel) {
        bp_facts_view_add(view, BP_TOPIC_SYSTEM, "Kernel", "%s", kernel);
    } else {
        bp_facts_view_add_unknown(view, BP_TOPIC_SYSTEM, "Kernel", "/host/kernel/release", false);
    }
}

static void add_libc(struct bp_facts_view *view, const cJSON *host) {
    if (bp_equal(bp_json_text(host, "os"), "windows")) {
        return; /* each program brings its own, or the Visual C++ runtime's */
    }
    const char *name = bp_json_text_at(host, "/libc/name");
    const char *version = bp_json_text_at(host, "/libc/version");
    if (name || version) {
        bp_facts_view_add(view, BP_TOPIC_SYSTEM, "C library", "%s %s", name ? name : "unknown",
                          version ? version : "of unknown version");
    } else {
        bp_facts_view_add_unknown(view, BP_TOPIC_SYSTEM, "C library", "/host/libc/version", true);
    }
    const char *glibcxx = bp_json_text_at(host, "/libstdcxx/glibcxx");
    const char *path = bp_json_text_at(host, "/libstdcxx/path");
    if (glibcxx) {
        bool named = bp_starts_with(glibcxx, "GLIBCXX");
        bp_facts_view_add(view, BP_TOPIC_SYSTEM, "C++ library", "up to %s%s%s%s",
                          named ? "" : "GLIBCXX_", glibcxx, path ? ", " : "", path ? path : "");
    } else {
        bp_facts_view_add_unknown(view, BP_TOPIC_SYSTEM, "C++ library", "/host/libstdcxx", false);
    }
}

static void add_mac(struct bp_facts_view *view, const cJSON *mac) {
    const char *model = bp_json_text(mac, "model");
    const char *build = bp_json_text(mac, "build");
    const char *tools = bp_json_text(mac, "developer_tools");
    if (model) {
        bp_facts_view_add(view, BP_TOPIC_SYSTEM, "Model", "%s", model);
    }
    if (build) {
        bp_facts_view_add(view, BP_TOPIC_SYSTEM, "Build", "%s", build);
    }
    bp_facts_view_add(view, BP_TOPIC_SYSTEM, "Developer tools", "%s",
                      tools ? tools : "not installed");
}

static void add_kind(struct bp_facts_view *view, const char *label, const cJSON *object) {
    const char *kind = bp_json_text(object, "kind");
    const char *evidence = bp_json_text(object, "evidence");
    if (kind && (view->verbose || !bp_equal(kind, "none"))) {
        bp_facts_view_add(view, BP_TOPIC_SYSTEM, label, "%s%s%s%s",
                          bp_equal(kind, "unknown") ? "of unknown kind" : kind,
                          evidence ? " (" : "", evidence ? evidence : "", evidence ? ")" : "");
    }
}

static void add_surroundings(struct bp_facts_view *view, const cJSON *host) {
    double wsl = bp_json_number(host, "wsl", 0);
    const char *tegra = bp_json_text(host, "tegra");
    add_kind(view, "Container", bp_json_get(host, "container"));
    add_kind(view, "Virtual machine", bp_json_get(host, "virtualization"));
    if (wsl > 0) {
        bp_facts_view_add(view, BP_TOPIC_SYSTEM, "WSL", "version %.0f", wsl);
    }
    if (tegra) {
        bp_facts_view_add(view, BP_TOPIC_SYSTEM, "Jetson", "L4T %s", tegra);
    }
}

static void add_count(struct bp_str *line, double count, const char *one, const char *many) {
    if (count >= 0) {
        bp_str_addf(line, "%s%.0f %s", line->length ? ", " : "", count, count == 1 ? one : many);
    }
}

static void add_processor(struct bp_facts_view *view, const cJSON *cpu) {
    const char *model = bp_json_text(cpu, "model");
    double threads = bp_json_number(cpu, "threads", -1);
    double usable = bp_json_number(cpu, "usable_threads", -1);
    double quota = bp_json_number(cpu, "quota_cpus", -1);
    struct bp_str line = BP_STR_EMPTY;
    bp_str_add(&line, model ? model : "");
    add_count(&line, bp_json_number(cpu, "cores", -1), "core", "cores");
    add_count(&line, threads, "thread", "threads");
    if (usable >= 0 && usable != threads) {
        bp_str_addf(&line, ", of which this process may use %.0f", usable);
    }
    if (quota >= 0) {
        bp_str_addf(&line, ", limited to the time of %.4g", quota);
    }
    if (line.length) {
        bp_facts_view_add(view, BP_TOPIC_SYSTEM, "Processor", "%s", line.data);
    } else {
        bp_facts_view_add_unknown(view, BP_TOPIC_SYSTEM, "Processor", "/hardware/cpu", false);
    }
    bp_str_free(&line);
}

static void add_bytes(struct bp_str *line, double bytes, const char *what) {
    if (bytes >= 0) {
        char *shown = bp_facts_view_bytes(bytes);
        bp_str_addf(line, "%s%s%s", line->length ? ", " : "", shown, what);
        free(shown);
    }
}

static void add_memory(struct bp_facts_view *view, const cJSON *memory) {
    struct bp_str line = BP_STR_EMPTY;
    add_bytes(&line, bp_json_number(memory, "total_bytes", -1), "");
    add_bytes(&line, bp_json_number(memory, "available_bytes", -1), " available");
    add_bytes(&line, bp_json_number(memory, "cgroup_limit_bytes", -1), " allowed by the cgroup");
    if (line.length) {
        bp_facts_view_add(view, BP_TOPIC_SYSTEM, "Memory", "%s", line.data);
    } else {
        bp_facts_view_add_unknown(view, BP_TOPIC_SYSTEM, "Memory", "/hardware/memory", false);
    }
    bp_str_free(&line);
}

void bp_facts_view_machine(struct bp_facts_view *view) {
    const cJSON *host = bp_json_get(view->snapshot, "host");
    const cJSON *hardware = bp_json_get(view->snapshot, "hardware");
    int nodes = cJSON_GetArraySize(bp_json_get(hardware, "numa"));
    add_system(view, host);
    if (bp_equal(bp_json_text(host, "os"), "macos")) {
        add_mac(view, bp_json_get(host, "mac"));
    } else {
        add_libc(view, host);
    }
    add_surroundings(view, host);
    add_processor(view, bp_json_get(hardware, "cpu"));
    add_memory(view, bp_json_get(hardware, "memory"));
    if (nodes > 1 || (nodes == 1 && view->verbose)) {
        bp_facts_view_add(view, BP_TOPIC_SYSTEM, "NUMA nodes", "%d", nodes);
    }
}
