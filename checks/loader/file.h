/* One native library, judged on its own: would opening it succeed in this process? */
#ifndef BP_CHECKS_LOADER_FILE_H
#define BP_CHECKS_LOADER_FILE_H

#include "base/str.h"
#include "checks/loader/era.h"
#include "checks/loader/process.h"
#include "checks/loader/symbols.h"

/* What a shell says where the loader's touching a page that the file lacks ends the process. */
#define BP_ENDS_PROCESS "Bus error"

struct bp_file_verdict {
    const char *outcome;            /* one of the schema's outcomes */
    char *says;                     /* a sentence, owned */
    char *error;                    /* what the loader says, owned; NULL where it says nothing */
    struct bp_strs missing;         /* needed libraries that nothing satisfies */
    cJSON *needed;                  /* the schema's list of needed libraries, owned */
    cJSON *needed_below;            /* what those need in their turn, owned; NULL: not known */
    const struct bp_symbol *symbol; /* the lacking symbol, where that is the outcome */
};

/*
 * Judges `library`, a member of /bitsandbytes/native_libraries, in a process after `import
 * torch`, which is the same afterwards. End with bp_file_verdict_free.
 */
struct bp_file_verdict bp_file_judge(struct bp_process *process, const struct bp_era_found *found,
                                     const cJSON *library);

void bp_file_verdict_free(struct bp_file_verdict *verdict);

#endif
