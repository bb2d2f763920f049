#include "probe/dpkg.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static const char database[] = "/var/lib/dpkg/status";
/* Ten times what one holds with everything installed: a larger one is no such database. */
static const size_t database_limit = (size_t)256 << 20;
static const char installed[] = "Status: install ok installed";

/* Packages that can be installed for several architectures have theirs in the file's name. */
static const char *const architectures[] = {"", ":amd64", ":arm64", ":ppc64el"};

/* Whether the bytes hold `text` as a line of its own. */
static bool has_line(const struct bp_str *bytes, const char *text) {
    size_t length = strlen(text);
    for (const char *at = bytes->data; (at = strstr(at, text)); at += length) {
        bool starts = at == bytes->data || at[-1] == '\n';
        if (starts && (at[length] == '\n' || !at[length])) {
            return true;
        }
    }
    return false;
}

static bool owns(const struct bp_root *root, const char *package, const char *path) {
    bool found = false;
    for (size_t i = 0; i < sizeof architectures / sizeof *architectures && !found; i++) {
        char *list = bp_format("/var/lib/dpkg/info/%s%s.list", package, architectures[i]);
        struct bp_str names = BP_STR_EMPTY;
        found = bp_root_read(root, list, 0, &names, NULL) == 0 && has_line(&names, path);
        bp_str_free(&names);
        free(list);
    }
    return found;
}

/* The package's paragraph of the database, or NULL. The caller frees it. */
static char *paragraph_of(const struct bp_map *status, const char *package) {
    char *start = bp_format("\nPackage: %s\n", package);
    const char *data = status->data;
    const char *at = data ? memmem(data, status->size, start, strlen(start)) : NULL;
    char *paragraph = NULL;
    if (at) {
        size_t left = status->size - (size_t)(at - data);
        const char *end = memmem(at, left, "\n\n", 2);
        paragraph = bp_strndup(at, end ? (size_t)(end - at) : left);
    }
    free(start);
    return paragraph;
}

static char *field_of(const char *paragraph, const char *label) {
    const char *at = strstr(paragraph, label);
    return at ? bp_strndup(at + strlen(label), strcspn(at + strlen(label), "\n")) : NULL;
}

static char *version_in(const struct bp_map *status, const char *package) {
    char *paragraph = paragraph_of(status, package);
    char *version = NULL;
    if (paragraph && strstr(paragraph, installed)) {
        char *full = field_of(paragraph, "\nVersion: ");
        version = full ? bp_dpkg_upstream(full) : NULL;
        free(full);
    }
    free(paragraph);
    return version;
}

char *bp_dpkg_upstream(const char *version) {
    static const char *const repacked[] = {"+dfsg", "~dfsg", "+ds", "+repack"};
    const char *colon = strchr(version, ':');
    const char *start = colon ? colon + 1 : version;
    const char *revision = strrchr(start, '-');
    char *upstream = bp_strndup(start, revision ? (size_t)(revision - start) : strlen(start));
    for (size_t i = 0; i < sizeof repacked / sizeof *repacked; i++) {
        char *mark = strstr(upstream, repacked[i]);
        if (mark) {
            *mark = '\0';
        }
    }
    size_t plain = strspn(upstream, "0123456789.");
    if (upstream[plain] || !strchr(upstream, '.') || upstream[0] == '.') {
        free(upstream);
        return NULL;
    }
    return upstream;
}

char *bp_dpkg_version(const struct bp_root *root, const struct bp_strs *packages, const char *path,
                      const char **package) {
    char *version = NULL;
    for (size_t i = 0; i < packages->count && !version; i++) {
        struct bp_map status;
        if (owns(root, packages->items[i], path) &&
            bp_root_map(root, database, &status, NULL) == 0) {
            bool plausible = status.size > 0 && status.size <= database_limit;
            version = plausible ? version_in(&status, packages->items[i]) : NULL;
            *package = packages->items[i];
            bp_map_close(&status);
        }
    }
    return version;
}
