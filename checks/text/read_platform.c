/* Operating system, processor, C library, notebook, application. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "base/version.h"
#include "checks/text/applications.h"
#include "checks/text/gather.h"

static void set_os(struct bp_gather *gather, const char *os, size_t at, enum bp_plainness plain) {
    bp_gather_text(gather, "/host/os", os, at, plain);
}

/* `C:\`: a drive's letter stands before the match. */
static void read_drive(struct bp_gather *gather, const char *word, size_t start, size_t end) {
    (void)word;
    bool letter = start > 0 && isalpha((unsigned char)gather->text[start - 1]) &&
                  (start == 1 || !isalnum((unsigned char)gather->text[start - 2]));
    if (letter && end < gather->length && isalnum((unsigned char)gather->text[end])) {
        set_os(gather, "windows", start, BP_HINTED);
    }
}

static void read_unix_path(struct bp_gather *gather, const char *word, size_t start, size_t end) {
    (void)word;
    (void)end;
    set_os(gather, "linux", start, BP_HINTED);
}

static void read_windows(struct bp_gather *gather, const char *word, size_t start, size_t end) {
    (void)word;
    (void)end;
    set_os(gather, "windows", start, BP_MENTIONED);
}

/* "Windows-10-10.0", "Windows 11", "Linux-5.15", "macOS-14": a Platform or an OS line. */
static void read_os_name(struct bp_gather *gather, const char *word, size_t start, size_t end) {
    const char *os = word[0] == 'w'                     ? "windows"
                     : word[0] == 'm' || word[0] == 'd' ? "macos"
                                                        : "linux";
    bool dash = end < gather->length && gather->text[end] == '-';
    bool number = dash || (end + 1 < gather->length && gather->text[end] == ' ' &&
                           isdigit((unsigned char)gather->text[end + 1]));
    size_t length;
    const char *line = bp_line_around(gather, start, &length);
    size_t lead = (size_t)(gather->text + start - line);
    char *before = bp_strndup(line, lead);
    bool labelled = strchr(before, ':') && lead < 40 &&
                    (strstr(before, "latform") || strstr(before, "OS") || strstr(before, "ystem") ||
                     strstr(before, "os"));
    free(before);
    if (bp_word_alone(gather, start, end) && (labelled || (number && lead < 24))) {
        set_os(gather, os, start, BP_STATED);
    } else if (bp_word_alone(gather, start, end) && number) {
        set_os(gather, os, start, BP_MENTIONED);
    }
}

/* "Ubuntu 22.04", "CentOS Linux release 7.9", "centos-7". */
static void read_distribution(struct bp_gather *gather, const char *word, size_t start,
                              size_t end) {
    size_t behind;
    size_t at = end;
    bool red_hat = strcmp(word, "red hat") == 0;
    if (start > 0 && isalnum((unsigned char)gather->text[start - 1])) {
        return;
    }
    while (at < gather->length && at - end < 30 && gather->text[at] != '\n' &&
           !isdigit((unsigned char)gather->text[at])) {
        at++;
    }
    set_os(gather, "linux", start, BP_MENTIONED);
    char *version = bp_version_at(gather, at, &behind);
    if (!version && at < gather->length && isdigit((unsigned char)gather->text[at]) &&
        at - end < 16) {
        bool two = at + 1 < gather->length && isdigit((unsigned char)gather->text[at + 1]);
        size_t digits = two ? 2 : 1;
        version = bp_strndup(gather->text + at, digits);
    }
    bp_gather_text(gather, "/host/distribution/id", red_hat ? "rhel" : word, start, BP_MENTIONED);
    if (version && at - end < 30) {
        bp_gather_text(gather, "/host/distribution/version", version, start, BP_MENTIONED);
    }
    free(version);
}

/*
 * "ldd (Ubuntu GLIBC 2.31-0ubuntu9) 2.31", "Libc version: glibc-2.31", "with-glibc2.35". The
 * last two come from how Python was built where they are old, so only a newer one counts.
 */
static void read_glibc(struct bp_gather *gather, const char *word, size_t start, size_t end) {
    size_t behind;
    size_t at = end + (end < gather->length && strchr("-_ :", gather->text[end]) ? 1 : 0);
    bool needed = end < gather->length && gather->text[end] == '_';
    char *version = needed ? NULL : bp_version_at(gather, at, &behind);
    size_t length;
    bool met = false;
    const char *line = bp_line_around(gather, start, &length);
    (void)word;
    if (version && bp_starts_with(version, "2.")) {
        bool ldd = length > 5 && strncmp(line, "ldd (", 5) == 0;
        bp_version_meets(version, ">=2.24", &met);
        if (ldd || met) {
            bp_gather_text(gather, "/host/libc/name", "glibc", start, BP_STATED);
            bp_gather_text(gather, "/host/libc/version", version, start, BP_STATED);
        }
    }
    free(version);
}

/* "ldd (GNU libc) 2.17". */
static void read_ldd(struct bp_gather *gather, const char *word, size_t start, size_t end) {
    size_t behind;
    (void)word;
    char *version = bp_version_at(gather, end, &behind);
    if (version) {
        bp_gather_text(gather, "/host/libc/name", "glibc", start, BP_STATED);
        bp_gather_text(gather, "/host/libc/version", version, start, BP_STATED);
    }
    free(version);
}

static void read_machine(struct bp_gather *gather, const char *word, size_t start, size_t end) {
    size_t length;
    const char *line = bp_line_around(gather, start, &length);
    char *copy = bp_strndup(line, length);
    bool wheel = strstr(copy, ".whl") || strstr(copy, "manylinux") || strstr(copy, "wheel");
    bool system = strstr(copy, "Linux") || strstr(copy, "rchitecture") || strstr(copy, "latform") ||
                  strstr(copy, "macOS") || strstr(copy, "linux-gnu");
    free(copy);
    bool left = start == 0 || !isalnum((unsigned char)gather->text[start - 1]);
    bool right = end >= gather->length || !isalnum((unsigned char)gather->text[end]);
    if (wheel || !left || !right) {
        return;
    }
    bool usual = strcmp(word, "x86_64") == 0;
    if (system || !usual) {
        bp_gather_text(gather, "/host/machine", word, start, system ? BP_STATED : BP_MENTIONED);
    }
}

static void read_jetson(struct bp_gather *gather, const char *word, size_t start, size_t end) {
    if (bp_word_alone(gather, start, end)) {
        bp_gather_about(gather, "/board", word, start, BP_MENTIONED);
    }
}

static void read_wsl(struct bp_gather *gather, const char *word, size_t start, size_t end) {
    (void)word;
    if (bp_word_alone(gather, start, end) || bp_text_has_at(gather, end, "2")) {
        set_os(gather, "linux", start, BP_STATED);
        bp_gather_about(gather, "/wsl", "yes", start, BP_MENTIONED);
    }
}

static void read_notebook(struct bp_gather *gather, const char *word, size_t start, size_t end) {
    const char *notebook = strstr(word, "colab") || strstr(word, "content") ? "colab"
                           : strstr(word, "kaggle")                         ? "kaggle"
                                                                            : "jupyter";
    (void)end;
    bp_gather_text(gather, "/session/notebook", notebook, start, BP_MENTIONED);
}

void bp_read_application(struct bp_gather *gather, const char *word, size_t start, size_t end) {
    const struct bp_application *application = bp_application_of(word);
    const char *name = application ? application->name : word;
    bool in_path = (application && application->is_own) ||
                   (start > 0 && strchr("/\\", gather->text[start - 1])) ||
                   (end < gather->length && strchr("/\\", gather->text[end]));
    bp_gather_list(gather, "applications", name);
    if (start < gather->title_length) {
        bp_gather_list(gather, "title_applications", name);
    }
    if (in_path) {
        bp_gather_text(gather, "/python/interpreters/0/application", name, start, BP_HINTED);
        bp_gather_list(gather, "application_paths", name);
    }
}

const struct bp_reader bp_platform_readers[] = {
    {":\\", read_drive},
    {"windowspath(", read_windows},
    {"/lib/python3", read_unix_path},
    {"/dist-packages/", read_unix_path},
    {"/usr/local/cuda", read_unix_path},
    {"posixpath('/home", read_unix_path},
    {"windows", read_os_name},
    {"win10", read_os_name},
    {"win11", read_os_name},
    {"linux", read_os_name},
    {"macos", read_os_name},
    {"darwin", read_os_name},
    {"ubuntu", read_distribution},
    {"centos", read_distribution},
    {"debian", read_distribution},
    {"fedora", read_distribution},
    {"rhel", read_distribution},
    {"red hat", read_distribution},
    {"glibc", read_glibc},
    {"ldd (gnu libc) ", read_ldd},
    {"x86_64", read_machine},
    {"aarch64", read_machine},
    {"arm64", read_machine},
    {"ppc64le", read_machine},
    {"jetson", read_jetson},
    {"tegra", read_jetson},
    {"orin", read_jetson},
    {"jetpack", read_jetson},
    {"wsl", read_wsl},
    {"google colab", read_notebook},
    {"colab", read_notebook},
    {"/content/", read_notebook},
    {"kaggle", read_notebook},
    {"ipykernel", read_notebook},
    {"ipython-input", read_notebook},
    {"jupyter", read_notebook},
    {NULL, NULL},
};
