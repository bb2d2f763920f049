/*
 * Runs one of the parts that work on memory alone, once, over files that never change: for counting
 * its instructions (scripts/instructions). Only what a part_ function does counts; what it works on
 * is made before, and its result is freed after.
 *
 *   bnb-probe-parts REPORT ISSUE PART
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "checks/catalogue.h"
#include "checks/check.h"
#include "checks/loader/loader.h"
#include "checks/triage.h"
#include "report/redact.h"
#include "report/render.h"

struct material {
    struct bp_str report_text;
    struct bp_str issue_text;
    cJSON *report;
    const cJSON *snapshot; /* of the report */
    struct bp_catalogue *catalogue;
    struct bp_triage *triage;
    struct bp_redactor *redactor;
    cJSON *result; /* of a part, or NULL */
    char *text;    /* of a part, or NULL */
};

static void part_parse(struct material *material) {
    material->result =
        bp_json_parse(material->report_text.data, material->report_text.length, NULL);
}

static void part_print(struct material *material) {
    material->text = bp_json_print(material->report, true);
}

static void part_catalogue(struct material *material) {
    bp_catalogue_free(material->catalogue);
    material->catalogue = bp_catalogue_for_judging();
}

static void part_loader(struct material *material) {
    material->result = bp_loader_judge(material->snapshot);
}

static void part_judge(struct material *material) {
    material->result = bp_check(material->snapshot, NULL, material->catalogue);
}

static void part_triage(struct material *material) {
    struct bp_issue issue =
        bp_issue_of_text(material->issue_text.data, material->issue_text.length);
    material->result = bp_triage_judge(material->triage, &issue, "issue", NULL);
}

static void part_redact(struct material *material) {
    bp_redact_document(material->redactor, material->report);
}

static void part_show(struct material *material) {
    static const struct bp_text_style style = {.width = 80};
    struct bp_str out = BP_STR_EMPTY;
    bp_render_text(material->report, &style, &out);
    material->text = bp_str_detach(&out);
}

static const struct {
    const char *name;
    void (*run)(struct material *material);
} parts[] = {
    {"parse a report", part_parse},         {"print a report", part_print},
    {"read the catalogue", part_catalogue}, {"model the loader", part_loader},
    {"judge a snapshot", part_judge},       {"triage an issue", part_triage},
    {"redact a report", part_redact},       {"show a report", part_show},
};

static int read_file(const char *path, struct bp_str *bytes) {
    char part[65536];
    size_t got;
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return -1;
    }
    while ((got = fread(part, 1, sizeof part, file)) > 0) {
        bp_str_add_bytes(bytes, part, got);
    }
    int failed = ferror(file);
    fclose(file);
    return failed ? -1 : 0;
}

static int prepare(struct material *material, const char *report, const char *issue) {
    char user[] = "ada";
    char host[] = "lovelace.example.org";
    char home[] = "/home/ada";
    const struct bp_identity identity = {.user = user, .host = host, .home = home};
    if (read_file(report, &material->report_text) != 0 ||
        read_file(issue, &material->issue_text) != 0) {
        return -1;
    }
    material->report =
        bp_json_parse(material->report_text.data, material->report_text.length, NULL);
    material->snapshot = bp_json_get(material->report, "snapshot");
    material->catalogue = bp_catalogue_for_judging();
    material->triage = bp_triage_new(material->catalogue);
    material->redactor = bp_redactor_new(&identity);
    if (!material->snapshot) {
        fprintf(stderr, "%s: no report\n", report);
        return -1;
    }
    return 0;
}

static void release(struct material *material) {
    bp_triage_free(material->triage);
    bp_catalogue_free(material->catalogue);
    bp_redactor_free(material->redactor);
    cJSON_Delete(material->report);
    cJSON_Delete(material->result);
    free(material->text);
    bp_str_free(&material->report_text);
    bp_str_free(&material->issue_text);
}

static int run_part(struct material *material, const char *name) {
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (strcmp(parts[i].name, name) == 0) {
            parts[i].run(material);
            return 0;
        }
    }
    fprintf(stderr, "there is no part \"%s\"\n", name);
    return -1;
}

int main(int argc, char *argv[]) {
    struct material material = {.report_text = BP_STR_EMPTY, .issue_text = BP_STR_EMPTY};
    bp_memory_install();
    if (argc == 2 && strcmp(argv[1], "--list") == 0) {
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
            puts(parts[i].name);
        }
        return 0;
    }
    int result = argc == 4 ? prepare(&material, argv[1], argv[2]) : -1;
    if (result == 0) {
        result = run_part(&material, argv[3]);
    }
    release(&material);
    return result == 0 ? 0 : 1;
}
