#include <locale.h>

#include "base/memory.h"
#include "report/command.h"
#include "report/output.h"

int main(int argc, char *argv[]) {
    bp_memory_install();
    bp_output_prepare();
    /*
     * Only to learn which characters are wide; numbers and messages stay as they are. Where the
     * system lacks the person's locale, this one knows as well.
     */
    if (!setlocale(LC_CTYPE, "")) {
        setlocale(LC_CTYPE, "C.UTF-8");
    }
    struct bp_identity identity = bp_identity_of_system();
    int code = bp_program(argc, argv, &identity);
    bp_identity_free(&identity);
    return code;
}
