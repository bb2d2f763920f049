/*
 * The versions of the programs that a source build of bitsandbytes uses. All are asked at
 * the same time; one that hangs or prints without end costs only its own entry.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/collector.h"
#include "probe/lines.h"
#include "probe/macos/macos.h"
#include "probe/os/child.h"
#include "probe/os/variables.h"
#include "probe/tool_records.h"
#include "probe/windows/programs.h"

/* A version fits in a few lines; what prints more than this is no such program. */
#define OUTPUT_LIMIT ((size_t)64 << 10)

struct tool {
    const char *key; /* in the snapshot */
    const char *program;
    /*
     * The text right before the version, NULL: the version starts the line. For compilers,
     * which put their builder's own words in brackets, the version is behind the last ')'.
     */
    const char *label;
};

static const struct tool tools[] = {
    {"cmake", "cmake", "cmake version "},
    {"nvcc", "nvcc", ", V"},
    {"gcc", "gcc", ") "},
    {"gxx", "g++", ") "},
    {"ninja", "ninja", NULL},
    {"hipcc", "hipcc", "HIP version: "},
};
enum { TOOLS = sizeof tools / sizeof tools[0] };

struct asking {
    struct bp_facts *facts;
    char *paths[TOOLS];
    bool settled[TOOLS]; /* not there, or its version is known without asking */
    struct bp_child children[TOOLS];
};

/* The version number at the start of `text`: digits and dots, at least one dot. */
static char *leading_version(const char *text) {
    size_t length = strspn(text, "0123456789.");
    while (length > 0 && text[length - 1] == '.') {
        length--;
    }
    bool version = isdigit((unsigned char)*text) && memchr(text, '.', length);
    return version ? bp_strndup(text, length) : NULL;
}

/* The first version number in the output that stands behind the tool's label. */
static char *find_version(const struct tool *tool, const char *output) {
    if (!tool->label) {
        return leading_version(output);
    }
    char *version = NULL;
    for (const char *at = output; !version && (at = strstr(at, tool->label));) {
        at += strlen(tool->label);
        version = leading_version(at);
    }
    return version;
}

static char *first_line(const struct bp_str *output) {
    static const size_t longest = 200;
    size_t length = strcspn(output->data, "\n");
    char *copy = bp_strndup(output->data, length < longest ? length : longest);
    char *line = bp_strdup(bp_trim(copy));
    free(copy);
    return line;
}

static cJSON *entry_of(const struct asking *asking, size_t index, const char *version,
                       const char *from) {
    cJSON *entry = cJSON_CreateObject();
    bp_json_set_text(entry, "path", asking->paths[index]);
    bp_json_set_text(entry, "version", version);
    if (version) {
        bp_json_set_text(entry, "from", from);
    }
    return entry;
}

static void tool_ended(void *context, struct bp_child *child) {
    struct asking *asking = context;
    size_t index = (size_t)(child - asking->children);
    bool ended = child->state == BP_CHILD_EXITED;
    char *version = ended ? find_version(&tools[index], child->output.data) : NULL;
    char *pointer = bp_format("/tools/%s", tools[index].key);
    cJSON *entry = entry_of(asking, index, version, "--version");
    if (!version) {
        char *line = first_line(&child->output);
        char *how = bp_child_describe(child);
        bp_json_set_text(entry, "output", *line ? line : NULL);
        char *noise = first_line(&child->noise);
        bp_facts_unknown(asking->facts, pointer, "%s --version %s%s%s%s%s", tools[index].program,
                         how, ended ? " and printed no version that is understood" : "",
                         *noise ? " (" : "", noise, *noise ? ")" : "");
        free(noise);
        free(how);
        free(line);
    }
    bp_facts_put(asking->facts, pointer, entry);
    free(pointer);
    free(version);
}

static void start(const struct bp_probe *probe, struct asking *asking, size_t index) {
    struct bp_child *child = &asking->children[index];
    const char *const arguments[] = {tools[index].program, "--version", NULL};
    struct bp_err err = {0};
    *child = (struct bp_child){
        .deadline_ms = probe->program_deadline_ms,
        .grace_ms = probe->program_grace_ms,
        .output_limit = OUTPUT_LIMIT,
        .keep_group = true,
    };
    if (bp_child_start_program(child, asking->paths[index], arguments, NULL, NULL, &err) != 0) {
        char *pointer = bp_format("/tools/%s", tools[index].key);
        bp_facts_unknown(asking->facts, pointer, "%s", bp_err_text(&err));
        free(pointer);
    }
    bp_err_clear(&err);
}

/* Behind a stub of Apple's: to start that itself may open a window (probe/macos/macos.h). */
static char *find_tool(const struct bp_probe *probe, const char *name) {
    char *path = bp_probe_find_program(probe, name);
    if (path && bp_macos_is_stub(probe->root, path)) {
        char *behind = bp_macos_behind_stub(probe, path);
        free(path);
        path = behind;
    }
    return path;
}

/*
 * The places and what records say of the versions first: they are known whatever becomes of
 * the programs, and a program whose version is on record need not be started.
 */
static void find_all(const struct bp_probe *probe, struct asking *asking) {
    cJSON *entries = cJSON_CreateObject();
    for (size_t i = 0; i < TOOLS; i++) {
        asking->paths[i] = find_tool(probe, tools[i].program);
        char *from = NULL;
        char *version = asking->paths[i] ? bp_tool_recorded_version(probe->root, tools[i].program,
                                                                    asking->paths[i], &from)
                                         : NULL;
        asking->settled[i] = version || !asking->paths[i];
        cJSON_AddItemToObject(entries, tools[i].key, entry_of(asking, i, version, from));
        free(version);
        free(from);
    }
    if (probe->root->drive) {
        cJSON_AddItemToObject(entries, "msvc", bp_windows_visual_c(probe));
    }
    bp_facts_put(asking->facts, "/tools", entries);
}

/* Says of what is left that it was not asked, and why. */
static void leave_unasked(const struct asking *asking) {
    for (size_t i = 0; i < TOOLS; i++) {
        if (!asking->settled[i]) {
            char *pointer = bp_format("/tools/%s/version", tools[i].key);
            bp_facts_unknown(asking->facts, pointer,
                             "programs of another root are not run for their version");
            free(pointer);
        }
    }
}

void bp_collect_build_tools(const struct bp_probe *probe, struct bp_facts *facts) {
    struct asking asking = {.facts = facts};
    find_all(probe, &asking);
    if (probe->root->live) {
        bp_variable_set("LC_ALL", "C"); /* only in this collector's own process */
        for (size_t i = 0; i < TOOLS; i++) {
            if (!asking.settled[i]) {
                start(probe, &asking, i);
            }
        }
        bp_children_wait(asking.children, TOOLS, tool_ended, &asking);
    } else {
        leave_unasked(&asking);
    }
    for (size_t i = 0; i < TOOLS; i++) {
        bp_child_free(&asking.children[i]);
        free(asking.paths[i]);
    }
}
