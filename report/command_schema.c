#include "base/embedded.h"
#include "report/command.h"

int bp_command_schema(const struct bp_options *options) {
    return bp_command_deliver(options, bp_embedded_schema[0].data, bp_embedded_schema[0].size);
}
