#include <locale.h>

#include "base/memory.h"
#include "report/command.h"
#include "report/output.h"

int main(int argc, char *argv[]) {
    bp_memory_install();
    bp_output_prepare();
    /* Only to learn the terminal's character set: numbers and messages stay as they are. */
    setlocale(LC_CTYPE, "");
    struct bp_identity identity = bp_identity_of_system();
    int code = bp_program(argc, argv, &identity);
    bp_identity_free(&identity);
    return code;
}
