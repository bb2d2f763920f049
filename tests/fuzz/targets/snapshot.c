/* Judges a report that was made elsewhere, as --from does, and takes out who and where. */
#include <stdlib.h>

#include "base/json.h"
#include "checks/catalogue.h"
#include "checks/check.h"
#include "probe/ghosts.h"
#include "report/document.h"
#include "report/input.h"
#include "report/redact.h"
#include "report/rooted_paths.h"
#include "tests/fuzz/fuzz.h"

static void judge(cJSON *snapshot) {
    static struct bp_catalogue *catalogue;
    if (!catalogue) {
        catalogue = bp_catalogue_for_judging();
    }
    cJSON *document = bp_document_make(snapshot, bp_check(snapshot, NULL, catalogue), NULL);
    static char user[] = "somebody";
    static char home[] = "/home/somebody";
    const struct bp_identity identity = {.user = user, .home = home};
    struct bp_redactor *redactor = bp_redactor_new(&identity);
    bp_redact_document(redactor, document);
    bp_redactor_sign(redactor, document);
    bp_redactor_free(redactor);
    free(bp_json_print(document, true));
    cJSON_Delete(document);
}

void fuzz_one(const uint8_t *data, size_t size) {
    fuzz_write("/report.json", data, size);
    char *path = fuzz_path("report.json");
    struct bp_earlier_report report;
    if (bp_input_report(path, &report, NULL) == 0 && bp_ghosts_apply(report.snapshot, NULL) == 0) {
        bp_rooted_paths_expand(report.snapshot, report.paths);
        judge(report.snapshot);
        report.snapshot = NULL;
    }
    bp_earlier_report_free(&report);
    free(path);
}
