/* One installed copy of a package, from its metadata. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "probe/packages.h"
#include "probe/python_source.h"

/* The headers stand first; behind them is the project's whole description. */
static const size_t metadata_limit = (size_t)256 << 10;
static const size_t small_file_limit = 65536;

/* Where one copy's facts go and where its unknowns are noted. */
struct copy {
    const struct bp_root *root;
    const char *path; /* of the metadata */
    cJSON *facts;
    struct bp_facts *unknowns;
    const char *pointer;
};

static void note_unknown(const struct copy *copy, const char *key, const char *reason) {
    struct bp_str pointer = BP_STR_EMPTY;
    bp_str_add(&pointer, copy->pointer);
    bp_pointer_add(&pointer, key);
    bp_facts_unknown(copy->unknowns, pointer.data, "%s", reason);
    bp_str_free(&pointer);
}

static void set_clean(cJSON *object, const char *key, const char *text) {
    char *clean = bp_utf8_clean(text, strlen(text));
    bp_json_set_text(object, key, clean);
    free(clean);
}

/* Reads file `name` of the metadata folder. False where it is not there or unreadable. */
static bool read_file(const struct copy *copy, const char *name, size_t limit, struct bp_str *text,
                      struct bp_err *err) {
    char *path = bp_join(copy->path, name);
    int result = bp_root_read(copy->root, path, limit, text, err);
    free(path);
    return result == 0;
}

/* The value of header `name` on this line, or NULL. Points into `line`. */
static char *header(char *line, const char *name) {
    size_t length = strlen(name);
    return strncmp(line, name, length) == 0 && line[length] == ':' ? bp_trim(line + length + 1)
                                                                   : NULL;
}

/* A requirement that belongs to an optional feature is not installed by default. */
static bool is_optional(const char *requirement) {
    const char *marker = strchr(requirement, ';');
    return marker && strstr(marker, "extra") != NULL;
}

/* The headers of METADATA or PKG-INFO (core metadata, an e-mail header block). */
static void read_headers(const struct copy *copy, const char *text, bool with_requires) {
    struct bp_strs lines = {0};
    cJSON *requires = cJSON_CreateArray();
    bool named = false;
    bool versioned = false;
    bp_strs_split(&lines, text, '\n', true);
    for (size_t i = 0; i < lines.count; i++) {
        char *line = lines.items[i];
        char *value;
        if (*line == '\0' || *line == '\r') {
            break;
        }
        if ((value = header(line, "Name")) && !named && *value) {
            set_clean(copy->facts, "name", value);
            named = true;
        } else if ((value = header(line, "Version")) && !versioned && *value) {
            set_clean(copy->facts, "version", value);
            versioned = true;
        } else if ((value = header(line, "Requires-Dist")) && !is_optional(value)) {
            char *clean = bp_utf8_clean(value, strlen(value));
            cJSON_AddItemToArray(requires, cJSON_CreateString(clean));
            free(clean);
        }
    }
    bp_strs_free(&lines);
    if (!versioned && cJSON_IsNull(bp_json_get(copy->facts, "version"))) {
        note_unknown(copy, "version", "its metadata states no version");
    }
    if (with_requires && named) {
        cJSON_AddItemToObject(copy->facts, "requires", requires);
    } else {
        cJSON_Delete(requires);
    }
}

static void read_metadata(const struct copy *copy, const char *file, bool with_requires) {
    struct bp_err err = {0};
    struct bp_str text = BP_STR_EMPTY;
    char *path = file ? bp_join(copy->path, file) : bp_strdup(copy->path);
    int result = bp_root_read(copy->root, path, metadata_limit, &text, &err);
    bool cut = result != 0 && err.code == BP_E_LIMIT; /* its headers are there */
    if (result == 0 || cut) {
        read_headers(copy, text.data, with_requires);
    } else if (with_requires) {
        note_unknown(copy, "requires", bp_err_text(&err));
    } else if (cJSON_IsNull(bp_json_get(copy->facts, "version"))) {
        note_unknown(copy, "version", bp_err_text(&err));
    }
    free(path);
    bp_str_free(&text);
    bp_err_clear(&err);
}

static void read_installer(const struct copy *copy) {
    struct bp_str text = BP_STR_EMPTY;
    if (read_file(copy, "INSTALLER", small_file_limit, &text, NULL)) {
        char *installer = bp_trim(text.data);
        installer[strcspn(installer, "\r\n")] = '\0';
        if (*installer) {
            set_clean(copy->facts, "installer", installer);
        }
    }
    bp_str_free(&text);
}

static void read_wheel(const struct copy *copy) {
    struct bp_str text = BP_STR_EMPTY;
    if (read_file(copy, "WHEEL", small_file_limit, &text, NULL)) {
        struct bp_strs lines = {0};
        cJSON *tags = cJSON_CreateArray();
        bp_strs_split(&lines, text.data, '\n', false);
        for (size_t i = 0; i < lines.count; i++) {
            char *tag = header(lines.items[i], "Tag");
            if (tag && *tag) {
                char *clean = bp_utf8_clean(tag, strlen(tag));
                cJSON_AddItemToArray(tags, cJSON_CreateString(clean));
                free(clean);
            }
        }
        cJSON_ReplaceItemInObjectCaseSensitive(copy->facts, "wheel_tags", tags);
        bp_strs_free(&lines);
    }
    bp_str_free(&text);
}

/* direct_url.json (PEP 610) is there when a folder or address was installed directly. */
static void read_direct_url(const struct copy *copy) {
    struct bp_str text = BP_STR_EMPTY;
    struct bp_err err = {0};
    bp_json_set_bool(copy->facts, "editable", false);
    if (read_file(copy, "direct_url.json", small_file_limit, &text, &err)) {
        cJSON *document = bp_json_parse(text.data, text.length, &err);
        if (document) {
            const char *url = bp_json_text(document, "url");
            const cJSON *folder = bp_json_get(document, "dir_info");
            bp_json_set_text(copy->facts, "source", url);
            bp_json_set_bool(copy->facts, "editable", bp_json_is_true(folder, "editable"));
            cJSON_Delete(document);
        } else {
            cJSON_ReplaceItemInObjectCaseSensitive(copy->facts, "editable", cJSON_CreateNull());
            note_unknown(copy, "editable", bp_err_text(&err));
        }
    }
    bp_err_clear(&err);
    bp_str_free(&text);
}

/*
 * The folder's own time, since installers that link files from a cache leave the files'
 * times as they were when the cache was filled.
 */
static void read_time(const struct copy *copy) {
    struct bp_file_status status;
    struct tm utc;
    char text[sizeof "2026-01-01T00:00:00Z" + 8];
    if (bp_root_status(copy->root, copy->path, &status, NULL) != 0) {
        return;
    }
    time_t seconds = (time_t)status.modified_at;
    if (gmtime_r(&seconds, &utc) && strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc)) {
        bp_json_set_text(copy->facts, "installed_at", text);
    }
}

static cJSON *new_copy(const char *name, const char *version, const char *place,
                       const char *metadata) {
    cJSON *facts = cJSON_CreateObject();
    bp_json_set_text(facts, "name", name);
    bp_json_set_text(facts, "version", version);
    bp_json_set_text(facts, "place", place);
    bp_json_set_text(facts, "metadata", metadata);
    bp_json_set_text(facts, "installer", NULL);
    cJSON_AddNullToObject(facts, "editable");
    bp_json_set_text(facts, "source", NULL);
    cJSON_AddNullToObject(facts, "wheel_tags");
    bp_json_set_text(facts, "installed_at", NULL);
    return facts;
}

cJSON *bp_package_copy(const struct bp_root *root, const char *place, const char *path,
                       const struct bp_metadata_name *name, bool with_requires,
                       struct bp_facts *facts, const char *pointer) {
    struct copy copy = {
        .root = root,
        .path = path,
        .facts = new_copy(name->name, name->version, place, path),
        .unknowns = facts,
        .pointer = pointer,
    };
    switch (name->kind) {
    case BP_METADATA_DIST_INFO:
        read_metadata(&copy, "METADATA", with_requires);
        read_installer(&copy);
        read_wheel(&copy);
        read_direct_url(&copy);
        break;
    case BP_METADATA_CONDA:
        bp_json_set_text(copy.facts, "installer", "conda");
        bp_json_set_bool(copy.facts, "editable", false);
        break;
    default:
        read_metadata(&copy, bp_root_is_folder(root, path) ? "PKG-INFO" : NULL, false);
        read_installer(&copy);
        bp_json_set_bool(copy.facts, "editable", false);
        break;
    }
    read_time(&copy);
    return copy.facts;
}

static char *version_in(const struct bp_root *root, const char *folder, const char *file,
                        char **from) {
    struct bp_str source = BP_STR_EMPTY;
    char *path = bp_join(folder, file);
    struct bp_literal literal = {.kind = BP_LITERAL_MISSING};
    if (bp_root_read(root, path, metadata_limit, &source, NULL) == 0) {
        literal = bp_python_assignment(source.data, "__version__");
    }
    if (literal.text && from) {
        *from = bp_strdup(path);
    }
    free(path);
    bp_str_free(&source);
    return literal.text;
}

char *bp_package_source_version(const struct bp_root *root, const char *folder, char **from) {
    static const char *const files[] = {"__init__.py", "version.py", "_version.py"};
    char *version = NULL;
    for (size_t i = 0; i < sizeof files / sizeof *files && !version; i++) {
        version = version_in(root, folder, files[i], from);
    }
    return version;
}

cJSON *bp_package_bare_copy(const struct bp_root *root, const char *place, const char *name) {
    char *folder = bp_join(place, name);
    char *version = bp_package_source_version(root, folder, NULL);
    cJSON *copy = new_copy(name, version, place, NULL);
    free(version);
    free(folder);
    return copy;
}

char *bp_file_url_path(const char *url) {
    if (!bp_starts_with(url, "file://")) {
        return NULL;
    }
    const char *at = strchr(url + strlen("file://"), '/');
    struct bp_str path = BP_STR_EMPTY;
    for (; at && *at; at++) {
        if (at[0] == '%' && isxdigit((unsigned char)at[1]) && isxdigit((unsigned char)at[2])) {
            const char digits[] = {at[1], at[2], '\0'};
            bp_str_add_char(&path, (char)strtol(digits, NULL, 16));
            at += 2;
        } else {
            bp_str_add_char(&path, *at);
        }
    }
    return bp_str_detach(&path);
}
