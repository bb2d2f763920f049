#include "checks/loader/file.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "checks/loader/library.h"
#include "checks/loader/macos_resolve.h"
#include "checks/loader/open.h"
#include "checks/loader/windows_resolve.h"

/* What one judgement goes by and fills. */
struct judging {
    struct bp_process *process;
    const struct bp_machine *machine;
    const struct bp_torch *torch;
    const struct bp_era_found *found;
    const cJSON *library;
    const char *name;
    const char *path;
    struct bp_file_verdict *verdict;
};

void bp_file_verdict_free(struct bp_file_verdict *verdict) {
    free(verdict->says);
    free(verdict->error);
    bp_strs_free(&verdict->missing);
    cJSON_Delete(verdict->needed);
    cJSON_Delete(verdict->needed_below);
    *verdict = (struct bp_file_verdict){0};
}

static void decide(const struct judging *judging, const char *outcome, char *says, char *error) {
    struct bp_file_verdict *verdict = judging->verdict;
    free(verdict->says);
    free(verdict->error);
    verdict->outcome = outcome;
    verdict->says = says;
    verdict->error = error;
}

/* --- the file's own kind --- */

/* The words of dlopen, of Windows and of macOS for a file that is none of theirs. */
static char *format_error(const struct judging *judging) {
    if (bp_equal(judging->machine->os, "windows")) {
        return bp_strdup("[WinError 193] %1 is not a valid Win32 application");
    }
    if (bp_equal(judging->machine->os, "macos")) {
        return bp_format("dlopen(%s): not a mach-o file", judging->path);
    }
    struct bp_fitness fitness = bp_library_fitness(judging->machine, judging->library);
    char *text = fitness.fit == BP_FIT_FATAL
                     ? bp_strdup(BP_ENDS_PROCESS)
                     : bp_format("%s: %s", judging->path,
                                 fitness.error ? fitness.error : "invalid ELF header");
    free(fitness.says);
    return text;
}

static bool judge_format(const struct judging *judging) {
    const char *os = judging->machine->os;
    const char *format = bp_json_text(judging->library, "format");
    const char *error = bp_json_text(judging->library, "error");
    const char *wanted = bp_equal(os, "linux")     ? "elf"
                         : bp_equal(os, "windows") ? "pe"
                         : bp_equal(os, "macos")   ? "mach-o"
                                                   : NULL;
    if (!wanted) {
        decide(judging, "cannot-tell", bp_strdup("The operating system is not known."), NULL);
    } else if (error) {
        decide(judging, "wrong-format",
               bp_format("%s is damaged or no library: %s.", judging->name, error),
               format_error(judging));
    } else if (!format) {
        decide(judging, "cannot-tell", bp_format("The format of %s is not known.", judging->name),
               NULL);
    } else if (strcmp(format, wanted) != 0) {
        decide(judging, "wrong-format",
               bp_format("%s is in the format %s, and %s loads %s.", judging->name, format, os,
                         wanted),
               format_error(judging));
    } else {
        return true;
    }
    return false;
}

static bool judge_machine(const struct judging *judging) {
    const char *of_file = bp_machine_kind(bp_json_text(judging->library, "machine"));
    const char *here = bp_machine_kind(judging->machine->machine);
    int bits = bp_small_number(judging->library, "bits", 0);
    int here_bits = bp_small_number(judging->machine->interpreter, "bits", 0);
    if (!of_file || !here) {
        decide(judging, "cannot-tell",
               bp_format("It is not known for which machine %s is, or which machine this is.",
                         judging->name),
               NULL);
        return false;
    }
    if (strcmp(of_file, here) == 0 && (!bits || !here_bits || bits == here_bits)) {
        return true;
    }
    char *error;
    const char *besides = "";
    bool other_class = bits && here_bits && bits != here_bits;
    if (bp_equal(judging->machine->os, "windows")) {
        error = bp_strdup("[WinError 193] %1 is not a valid Win32 application");
    } else if (bp_equal(judging->machine->os, "macos")) {
        error = bp_format("dlopen(%s): incompatible architecture", judging->path);
    } else if (other_class) {
        /* A file that is opened by its path is not passed over for this. */
        error = bp_format("%s: wrong ELF class: ELFCLASS%d", judging->path, bits);
    } else {
        /* glibc passes over such a file and reports that there is none. */
        error = bp_format("%s: cannot open shared object file: No such file or directory",
                          judging->path);
        besides = "; the loader's message says that the file is not there, although it is";
    }
    decide(judging, "wrong-architecture",
           bp_format("%s is built for %s, and this Python runs on %s%s.", judging->name, of_file,
                     here, besides),
           error);
    return false;
}

/* --- its needed libraries --- */

static void note_need(cJSON *list, const struct bp_need *need) {
    cJSON *entry = cJSON_CreateObject();
    bp_json_set_text(entry, "library", need->library);
    if (need->needed_by) {
        bp_json_set_text(entry, "needed_by", need->needed_by);
    }
    bp_json_set_text(entry, "outcome", bp_need_word(need->outcome));
    bp_json_set_text(entry, "path", need->path);
    bp_json_set_text(entry, "rule", need->rule);
    bp_json_set_text(entry, "reason", need->reason);
    cJSON_AddItemToArray(list, entry);
}

/* How much each trouble weighs: the loader maps everything first and then looks at versions. */
static int weight_of(const struct bp_need *need) {
    switch (need->outcome) {
    case BP_NEED_NOT_FOUND:
        return 4;
    case BP_NEED_UNUSABLE:
        return need->trouble == BP_TROUBLE_NEEDS || need->trouble == BP_TROUBLE_FILE ? 4
               : need->trouble == BP_TROUBLE_LIBC                                    ? 3
                                                                                     : 2;
    case BP_NEED_UNKNOWN:
        return 1;
    case BP_NEED_MAPPED:
    case BP_NEED_FOUND:
        break;
    }
    return 0;
}

/* On Linux the error is the opening's: see judge_linux. */
static char *need_error(const struct judging *judging, const struct bp_need *need) {
    return bp_equal(judging->machine->os, "windows") ? bp_windows_error(judging->path, need)
           : bp_equal(judging->machine->os, "macos") ? bp_macos_error(judging->path, need)
                                                     : NULL;
}

static void decide_missing(const struct judging *judging, const struct bp_need *need) {
    bool found = need->outcome == BP_NEED_UNUSABLE && need->path;
    decide(judging, "dependency-missing",
           found ? bp_format("%s needs %s, and what is found of it, %s, cannot be used: %s.",
                             judging->name, need->library, need->path, need->reason)
                 : bp_format("%s needs %s, which is not found: %s.", judging->name, need->library,
                             need->reason),
           need_error(judging, need));
}

static void decide_version(const struct judging *judging, const struct bp_need *need) {
    if (need->trouble == BP_TROUBLE_LIBC) {
        decide(judging, "libc-too-old",
               bp_format("%s needs %s, and this system has glibc %s.", judging->name, need->lacks,
                         judging->machine->libc_version),
               NULL);
    } else {
        decide(judging, "symbol-version-missing",
               bp_format("%s needs %s of %s, which the one that is found, %s, does not have.",
                         judging->name, need->lacks, need->library,
                         need->path ? need->path : "at an unknown place"),
               NULL);
    }
}

/* Takes one need into the verdict; `heaviest` is the weight of the trouble so far. */
static void weigh(const struct judging *judging, const struct bp_need *need, int *heaviest) {
    int weight = weight_of(need);
    note_need(judging->verdict->needed, need);
    if (weight == 4) {
        bp_strs_add_once(&judging->verdict->missing,
                         need->trouble == BP_TROUBLE_NEEDS ? need->lacks : need->library);
    }
    if (weight <= *heaviest) {
        return;
    }
    *heaviest = weight;
    if (weight == 4) {
        decide_missing(judging, need);
    } else if (weight > 1) {
        decide_version(judging, need);
    } else {
        decide(judging, "cannot-tell",
               bp_format("%s needs %s, and whether it is found is not known: %s.", judging->name,
                         need->library, need->reason),
               NULL);
    }
}

/* Each needed library by itself: where it is found does not depend on the others. */
static void judge_one_by_one(const struct judging *judging, int *heaviest) {
    const cJSON *entry;
    cJSON_ArrayForEach(entry, bp_json_get(judging->library, "needed")) {
        const char *library = cJSON_GetStringValue(entry);
        if (library) {
            struct bp_need need =
                bp_equal(judging->machine->os, "windows")
                    ? bp_windows_resolve(judging->machine, judging->torch, judging->library,
                                         library)
                    : bp_macos_resolve(judging->machine, judging->library, library);
            weigh(judging, &need, heaviest);
            bp_need_free(&need);
        }
    }
}

/* All that it needs, as one call of dlopen maps it; the process is left as it was. */
static void judge_linux(const struct judging *judging, int *heaviest) {
    size_t before = judging->process->count;
    struct bp_opening opening = bp_open(judging->process, judging->library, BP_STAGE_LIBRARY);
    for (size_t i = 0; i < opening.count; i++) {
        weigh(judging, &opening.needs[i], heaviest);
    }
    judging->verdict->needed_below = cJSON_CreateArray();
    for (size_t i = 0; i < opening.below_count; i++) {
        note_need(judging->verdict->needed_below, &opening.below[i]);
    }
    if (*heaviest > 1) {
        judging->verdict->error = bp_strdup(opening.error);
    }
    bp_opening_free(&opening);
    bp_process_forget(judging->process, before);
}

/* The weight of the worst trouble with what the file needs; 0: none. */
static int judge_needed(const struct judging *judging) {
    int heaviest = 0;
    if (!cJSON_IsArray(bp_json_get(judging->library, "needed"))) {
        decide(judging, "cannot-tell", bp_format("What %s needs is not known.", judging->name),
               NULL);
        return 1;
    }
    if (bp_equal(judging->machine->os, "linux")) {
        judge_linux(judging, &heaviest);
    } else {
        judge_one_by_one(judging, &heaviest);
    }
    return heaviest;
}

/* --- its functions --- */

static void decide_symbol(const struct judging *judging, const struct bp_symbol *symbol) {
    const char *version = judging->found->version;
    judging->verdict->symbol = symbol;
    decide(
        judging, "symbol-missing",
        bp_format("%s has no function %s, which bitsandbytes %s counts on: the library comes from "
                  "another release than the Python files.",
                  judging->name, symbol->name, version),
        bp_equal(judging->machine->os, "windows")
            ? bp_format("function '%s' not found", symbol->name)
        : bp_equal(judging->machine->os, "macos")
            ? bp_format("dlsym(..., %s): symbol not found", symbol->name)
            : bp_format("%s: undefined symbol: %s", judging->path, symbol->name));
}

struct bp_file_verdict bp_file_judge(struct bp_process *process, const struct bp_era_found *found,
                                     const cJSON *library) {
    struct bp_file_verdict verdict = {.needed = cJSON_CreateArray()};
    struct judging judging = {.process = process,
                              .machine = process->machine,
                              .torch = process->torch,
                              .found = found,
                              .library = library};
    const char *name = bp_json_text(library, "name");
    const char *path = bp_json_text(library, "path");
    judging.name = name ? name : "a library without a name";
    judging.path = path ? path : judging.name;
    judging.verdict = &verdict;
    if (!judge_format(&judging) || !judge_machine(&judging)) {
        return verdict;
    }
    int heaviest = judge_needed(&judging);
    const struct bp_symbol *symbol = bp_symbol_lacking(found, library);
    if (heaviest > 1) {
        return verdict;
    }
    /* A function that is lacking is so whether or not everything else is found. */
    char *doubt =
        bp_equal(process->machine->os, "macos") ? bp_macos_doubt(process->machine, library) : NULL;
    if (symbol) {
        decide_symbol(&judging, symbol);
    } else if (doubt) {
        decide(&judging, "cannot-tell", bp_strdup(doubt), NULL);
    } else if (heaviest == 0) {
        decide(&judging, "loads",
               bp_format("%s loads: everything that it needs is found.", judging.name), NULL);
    }
    free(doubt);
    return verdict;
}
