#include "probe/os/command.h"

int bp_command_run(char *const arguments[], const struct bp_command_watch *watch,
                   struct bp_command_end *end, struct bp_err *err) {
    (void)arguments;
    (void)watch;
    *end = (struct bp_command_end){.exit_code = -1};
    return bp_fail(err, BP_E_SYSTEM, "bnb-probe run is not there on Windows");
}

void bp_end_by_signal(int number) {
    (void)number; /* Windows has none */
}

const char *bp_signal_name(int number) {
    (void)number;
    return NULL;
}

const char *bp_received_name(int number) {
    (void)number;
    return NULL;
}
