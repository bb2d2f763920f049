#include "report/withheld.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/input.h"

/* A receipt that was made up is not believed beyond this. */
static const double most_believed = 1000000;

/* Different values of one kind that are kept: each new one is compared with all. */
enum { MOST_VALUES = 1000 };

static const char *const kinds[BP_WITHHELD_KINDS] = {
    [BP_WITHHELD_USER] = "user-name",          [BP_WITHHELD_HOST] = "host-name",
    [BP_WITHHELD_HOME] = "home-folder",        [BP_WITHHELD_TOKEN] = "token",
    [BP_WITHHELD_SECRET] = "secret",           [BP_WITHHELD_PRIVATE_KEY] = "private-key",
    [BP_WITHHELD_QUERY] = "url-query",         [BP_WITHHELD_EMAIL] = "e-mail-address",
    [BP_WITHHELD_ADDRESS] = "network-address", [BP_WITHHELD_MAC] = "hardware-address",
    [BP_WITHHELD_DEVICE] = "device-id",        [BP_WITHHELD_SERIAL] = "serial-number",
    [BP_WITHHELD_IDENTIFIER] = "identifier",
};

void bp_withheld_add(struct bp_withheld *withheld, enum bp_withheld_kind kind, const char *text,
                     size_t length) {
    if (kind == BP_WITHHELD_NOTHING) {
        return;
    }
    withheld->counts[kind]++;
    if (withheld->values[kind].count < MOST_VALUES) {
        char *value = bp_strndup(text, length);
        bp_strs_add_once(&withheld->values[kind], value);
        free(value);
    }
}

cJSON *bp_withheld_receipt(const struct bp_withheld *withheld) {
    cJSON *receipt = cJSON_CreateArray();
    for (size_t i = 1; i < BP_WITHHELD_KINDS; i++) {
        if (withheld->counts[i]) {
            cJSON *line = cJSON_CreateObject();
            bp_json_set_text(line, "kind", kinds[i]);
            bp_json_set_number(line, "count", (double)withheld->counts[i]);
            cJSON_AddItemToArray(receipt, line);
        }
    }
    return receipt;
}

void bp_withheld_add_receipt(struct bp_withheld *withheld, const cJSON *receipt) {
    const cJSON *lines = cJSON_IsArray(receipt) ? receipt : NULL;
    const cJSON *line;
    cJSON_ArrayForEach(line, lines) {
        double count = bp_json_number(line, "count", 0);
        for (size_t i = 1; i < BP_WITHHELD_KINDS; i++) {
            if (bp_equal(bp_json_text(line, "kind"), kinds[i]) && count >= 1 &&
                count <= most_believed) {
                withheld->counts[i] += (size_t)count;
            }
        }
    }
}

void bp_withheld_describe(const struct bp_withheld *withheld, struct bp_str *out) {
    for (size_t i = 1; i < BP_WITHHELD_KINDS; i++) {
        for (size_t j = 0; j < withheld->values[i].count; j++) {
            char *shown = bp_input_shown(withheld->values[i].items[j]);
            bp_str_addf(out, "%-16s  %s\n", kinds[i], shown);
            free(shown);
        }
    }
}

void bp_withheld_free(struct bp_withheld *withheld) {
    for (size_t i = 0; i < BP_WITHHELD_KINDS; i++) {
        bp_strs_free(&withheld->values[i]);
    }
}
