#include "probe/host.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/lines.h"

/*
 * The value of an os-release assignment: what a shell would make of it, of which the
 * format allows only one quoted or unquoted word. Inside double quotes a backslash
 * escapes $ " \ and the backquote; inside single quotes nothing is special.
 */
static char *unquote(const char *text, size_t length) {
    struct bp_str value = BP_STR_EMPTY;
    char quote = '\0';
    for (size_t i = 0; i < length; i++) {
        char here = text[i];
        if (quote == '\0' && (here == '"' || here == '\'')) {
            quote = here;
        } else if (quote != '\0' && here == quote) {
            break;
        } else if (here == '\\' && quote != '\'' && i + 1 < length &&
                   (quote == '\0' || strchr("$\"\\`", text[i + 1]))) {
            bp_str_add_char(&value, text[++i]);
        } else if (quote == '\0' && strchr(" \t\r", here)) {
            break;
        } else {
            bp_str_add_char(&value, here);
        }
    }
    return bp_str_detach(&value);
}

/* The value of `key`, the last assignment counting as in a shell; NULL where there is none. */
static char *release_value(const struct bp_str *text, const char *key) {
    size_t key_length = strlen(key);
    char *value = NULL;
    struct bp_lines lines = bp_lines_of(text);
    while (bp_lines_next(&lines)) {
        const char *line = lines.line;
        size_t length = lines.length;
        while (length > 0 && (*line == ' ' || *line == '\t')) {
            line++;
            length--;
        }
        if (length > key_length && line[key_length] == '=' && memcmp(line, key, key_length) == 0) {
            free(value);
            value = unquote(line + key_length + 1, length - key_length - 1);
        }
    }
    return value;
}

static void set_and_free(cJSON *object, const char *key, char *value) {
    bp_json_set_text(object, key, value);
    free(value);
}

static cJSON *words_of(const char *text) {
    struct bp_strs words = {0};
    bp_strs_split(&words, text ? text : "", ' ', false);
    cJSON *array = bp_json_of_strs(&words);
    bp_strs_free(&words);
    return array;
}

static cJSON *from_os_release(const struct bp_str *text) {
    cJSON *distribution = cJSON_CreateObject();
    set_and_free(distribution, "id", release_value(text, "ID"));
    set_and_free(distribution, "version", release_value(text, "VERSION_ID"));
    char *name = release_value(text, "PRETTY_NAME");
    set_and_free(distribution, "name", name ? name : release_value(text, "NAME"));
    char *like = release_value(text, "ID_LIKE");
    cJSON_AddItemToObject(distribution, "like", words_of(like));
    free(like);
    return distribution;
}

/*
 * The one-line files that came before os-release: "CentOS release 6.10 (Final)",
 * "3.18.4", "7.11". `id` is for files that only one distribution has.
 */
static cJSON *from_old_file(char *line, const char *id) {
    static const struct {
        const char *start;
        const char *id;
    } names[] = {
        {"CentOS", "centos"},     {"Red Hat Enterprise", "rhel"}, {"Fedora", "fedora"},
        {"Rocky", "rocky"},       {"AlmaLinux", "almalinux"},     {"Scientific", "scientific"},
        {"Oracle Linux", "ol"},   {"Amazon Linux", "amzn"},       {"SUSE Linux Enterprise", "sles"},
        {"openSUSE", "opensuse"},
    };
    for (size_t i = 0; !id && i < sizeof names / sizeof names[0]; i++) {
        id = bp_starts_with(line, names[i].start) ? names[i].id : NULL;
    }
    cJSON *distribution = cJSON_CreateObject();
    bp_json_set_text(distribution, "id", id);
    char *version = bp_text_version(line);
    if (!version) {
        const char *digits = strpbrk(line, "0123456789");
        version = digits ? bp_strndup(digits, strspn(digits, "0123456789")) : NULL;
    }
    set_and_free(distribution, "version", version);
    bp_json_set_text(distribution, "name", line);
    cJSON_AddItemToObject(distribution, "like", cJSON_CreateArray());
    return distribution;
}

static cJSON *from_old_files(const struct bp_root *root, const char **from) {
    static const struct {
        const char *path;
        const char *id; /* NULL: the text names it */
    } files[] = {
        {"/etc/redhat-release", NULL},     {"/etc/system-release", NULL},
        {"/etc/SuSE-release", NULL},       {"/etc/alpine-release", "alpine"},
        {"/etc/debian_version", "debian"}, {"/etc/arch-release", "arch"},
        {"/etc/gentoo-release", "gentoo"}, {"/etc/slackware-version", "slackware"},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct bp_str text = BP_STR_EMPTY;
        cJSON *distribution = NULL;
        if (bp_root_read(root, files[i].path, 0, &text, NULL) == 0) {
            struct bp_lines lines = bp_lines_of(&text);
            bp_lines_next(&lines);
            char *line = bp_strndup(lines.line ? lines.line : "", lines.length);
            distribution = from_old_file(bp_trim(line), files[i].id);
            *from = files[i].path;
            free(line);
        }
        bp_str_free(&text);
        if (distribution) {
            return distribution;
        }
    }
    return NULL;
}

void bp_collect_distribution(const struct bp_probe *probe, struct bp_facts *facts) {
    static const char *const paths[] = {"/etc/os-release", "/usr/lib/os-release"};
    cJSON *distribution = NULL;
    const char *from = NULL;
    struct bp_str text = BP_STR_EMPTY;
    struct bp_err err = {0};
    for (size_t i = 0; i < 2 && !distribution; i++) {
        bp_str_truncate(&text, 0);
        if (bp_root_read(probe->root, paths[i], 0, &text, &err) == 0) {
            distribution = from_os_release(&text);
            from = paths[i];
        }
    }
    if (!distribution) {
        distribution = from_old_files(probe->root, &from);
    }
    if (distribution) {
        bp_json_set_text(distribution, "from", from);
        bp_facts_put(facts, "/host/distribution", distribution);
    } else {
        bp_facts_unknown(facts, "/host/distribution", "%s", bp_err_text(&err));
    }
    bp_err_clear(&err);
    bp_str_free(&text);
}
