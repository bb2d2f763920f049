#include "report/output.h"

int bp_output_write(const char *path, const char *data, size_t length, struct bp_err *err) {
    struct bp_output output;
    if (bp_output_open(&output, path, err) != 0 || bp_output_add(&output, data, length, err) != 0) {
        bp_output_drop(&output);
        return -1;
    }
    return bp_output_close(&output, err);
}
