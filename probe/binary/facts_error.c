#include "probe/binary/facts_error.h"

#include "base/json.h"

void bp_binary_note_error(cJSON *facts, struct bp_err *err) {
    if (err->code != BP_OK && !bp_json_text(facts, "error")) {
        bp_json_set_text(facts, "error", bp_err_text(err));
    }
    bp_err_clear(err);
}
