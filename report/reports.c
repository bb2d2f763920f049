#include "report/reports.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/input.h"
#include "report/issue_stream.h"
#include "report/named_files.h"
#include "report/report_lines.h"
#include "report/report_objects.h"

enum { FOLDERS_DEEP = 8 };

struct reading {
    const char *name; /* of the file */
    bp_report_taker *take;
    void *context;
    struct bp_strs *problems;
    size_t documents;
    /* The first document without a label waits: whether it is the only one says its name. */
    cJSON *waiting;
    size_t waiting_line;
};

static void complain(const struct reading *reading, const char *label, size_t line,
                     const char *says) {
    char *name = bp_input_shown(label ? label : reading->name);
    bp_strs_add_owned(reading->problems, line ? bp_format("%s, line %zu: %s", name, line, says)
                                              : bp_format("%s: %s", name, says));
    free(name);
}

static void take_document(struct reading *reading, const char *label, size_t line,
                          const cJSON *document) {
    char *name = label  ? bp_strdup(label)
                 : line ? bp_format("%s:%zu", reading->name, line)
                        : bp_strdup(reading->name);
    if (!bp_report_objects(document, name, reading->take, reading->context)) {
        char *says = bp_report_objects_lack(document);
        complain(reading, label, line, says);
        free(says);
    }
    free(name);
}

static void take_waiting(struct reading *reading, bool only) {
    if (reading->waiting) {
        take_document(reading, NULL, only ? 0 : reading->waiting_line, reading->waiting);
        cJSON_Delete(reading->waiting);
        reading->waiting = NULL;
    }
}

static void take_assembled(void *context, const char *label, const struct bp_assembly *assembly,
                           bool complete) {
    struct reading *reading = context;
    struct bp_err err = {0};
    cJSON *document =
        complete ? bp_stream_parse(assembly->text.data, assembly->text.length, &err) : NULL;
    reading->documents++;
    if (!document) {
        complain(reading, label, assembly->line,
                 complete ? bp_err_text(&err) : "the document that starts here is cut off");
    } else if (label) {
        take_document(reading, label, 0, document);
    } else if (reading->documents == 1) {
        reading->waiting = document;
        reading->waiting_line = assembly->line;
        document = NULL;
    } else {
        take_waiting(reading, false);
        take_document(reading, NULL, assembly->line, document);
    }
    cJSON_Delete(document);
    bp_err_clear(&err);
}

static void read_stream(struct reading *reading, const char *path) {
    struct bp_err err = {0};
    struct bp_stream stream;
    struct bp_lines lines = {.take = take_assembled, .context = reading};
    const char *line;
    size_t length;
    bool empty = true;
    if (bp_stream_open(&stream, path, &err) != 0) {
        bp_strs_add(reading->problems, bp_err_text(&err));
        bp_err_clear(&err);
        return;
    }
    while (bp_stream_line(&stream, BP_DOCUMENT_LIMIT, &line, &length, &err)) {
        empty = false;
        bp_lines_add(&lines, line, length);
    }
    bp_lines_end(&lines);
    take_waiting(reading, true);
    if (err.code) {
        complain(reading, NULL, 0, bp_err_text(&err));
    } else if (!reading->documents) {
        complain(reading, NULL, 0, empty ? "is empty" : "holds no JSON document");
    }
    bp_stream_close(&stream);
    bp_err_clear(&err);
}

/* A machine's file is named after it: "node7.json" is of node7. The caller frees it. */
static char *short_name(const char *path, size_t folder_length) {
    const char *name = path + folder_length;
    size_t length = strlen(name);
    return bp_strndup(name, bp_ends_with(name, ".json") && length > 5 ? length - 5 : length);
}

/* What tools leave beside the reports: hidden files and what went to standard error. */
static bool is_beside(const char *name) {
    return name[0] == '.' || bp_ends_with(name, ".err") || bp_ends_with(name, ".log");
}

static int list_folder(const char *folder, struct bp_strs *names, struct bp_strs *problems) {
    struct bp_strs all = {0};
    struct bp_err err = {0};
    int result = bp_named_list(folder, &all, &err);
    if (result != 0) {
        char *shown = bp_input_shown(folder);
        bp_strs_add_owned(problems, bp_format("%s: %s", shown, bp_err_text(&err)));
        free(shown);
    }
    for (size_t i = 0; i < all.count; i++) {
        if (!is_beside(all.items[i])) {
            bp_strs_add(names, all.items[i]);
        }
    }
    bp_strs_sort(names);
    bp_strs_free(&all);
    bp_err_clear(&err);
    return result;
}

static void read_file(const struct reading *like, const char *path, const char *name) {
    struct reading reading = {
        .name = name, .take = like->take, .context = like->context, .problems = like->problems};
    read_stream(&reading, path);
}

/* Files below the folder, by name. How many there were. */
static size_t read_folder(const struct reading *like, const char *folder, size_t folder_length,
                          int depth) {
    struct bp_strs names = {0};
    size_t count = 0;
    if (list_folder(folder, &names, like->problems) != 0) {
        return 1; /* what is wrong with it was said */
    }
    for (size_t i = 0; i < names.count; i++) {
        char *path = bp_join(folder, names.items[i]);
        bool is_folder = bp_named_is_folder(path);
        if (!is_folder) {
            char *name = short_name(path, folder_length);
            read_file(like, path, name);
            free(name);
            count++;
        } else if (depth < FOLDERS_DEEP) {
            count += read_folder(like, path, folder_length, depth + 1);
        }
        free(path);
    }
    bp_strs_free(&names);
    return count;
}

void bp_reports_read(const char *path, bp_report_taker *take, void *context,
                     struct bp_strs *problems) {
    struct reading reading = {.name = bp_equal(path, "-") ? "standard input" : path,
                              .take = take,
                              .context = context,
                              .problems = problems};
    if (bp_equal(path, "-") || !bp_named_is_folder(path)) {
        read_stream(&reading, path);
        return;
    }
    size_t length = strlen(path) + !bp_ends_with(path, "/");
    if (!read_folder(&reading, path, length, 0)) {
        complain(&reading, NULL, 0, "is a folder without files");
    }
}
