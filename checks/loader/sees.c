#include "checks/loader/sees.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/str.h"
#include "checks/loader/file.h"

/* The message of releases up to 0.46.1 that loaded a library without GPU code. */
#define WITHOUT_GPU "\"The installed version of bitsandbytes was compiled without GPU support\""

static const char *error_of(const struct bp_scene *scene) {
    return scene->error ? scene->error : "(no message)";
}

static bool chose_cpu(const struct bp_scene *scene) {
    return scene->choice->chosen && bp_starts_with(scene->choice->chosen, "libbitsandbytes_cpu");
}

/* --- the library loads --- */

static void add_cpu_of_old_eras(const struct bp_scene *scene, struct bp_str *text) {
    bp_str_add(text, "import bitsandbytes succeeds with the warning " WITHOUT_GPU ".");
    if (bp_era_at_least(scene->found, "0.39.0") == BP_YES) {
        bp_str_addf(text,
                    " It prints \"%s: undefined symbol: cadam32bit_grad_fp32\", which here means "
                    "no more than that the CPU library was loaded.",
                    scene->choice->chosen);
    }
    bp_str_add(text, " GPU functions then fail with NameError or AttributeError.");
}

/* 0.46 and 0.47 log a line of their own after loading the CPU library, later ones nothing. */
static const char *log_of_cpu(const struct bp_scene *scene) {
    if (bp_era_at_least(scene->found, "0.47.0") == BP_NO) {
        return "It logs " WITHOUT_GPU ". ";
    }
    if (bp_era_at_least(scene->found, "0.48.0") == BP_NO) {
        return "It logs \"The 8-bit optimizer is not available on your device, only available on "
               "CUDA for now.\" ";
    }
    return "";
}

static void add_cpu_loaded(const struct bp_scene *scene, struct bp_str *text) {
    switch (scene->found->era->failure) {
    case BP_FAILURE_IMPORT:
    case BP_FAILURE_IMPORT_GPU:
        add_cpu_of_old_eras(scene, text);
        break;
    case BP_FAILURE_NONE_LIB:
        bp_str_add(text, "import bitsandbytes succeeds. ");
        if (strcmp(scene->choice->asks_for, scene->choice->chosen) != 0) {
            bp_str_addf(text, "It logs \"Could not find the bitsandbytes %s binary at\" %s. ",
                        scene->choice->backend, scene->choice->asks_for);
        }
        /* The previews do not say so. */
        if (scene->found->era->selection != BP_SELECT_FORK) {
            bp_str_add(text, "It logs " WITHOUT_GPU ". ");
        }
        bp_str_add(text, "GPU functions then fail with \"NameError: name "
                         "'str2optimizer32bit' is not defined\" or an AttributeError about an "
                         "undefined symbol.");
        break;
    case BP_FAILURE_MOCK:
        bp_str_add(text, "import bitsandbytes succeeds. ");
        bp_str_add(text, log_of_cpu(scene));
        bp_str_add(text, "CPU functions work; a native GPU function "
                         "raises RuntimeError \"Method '...' not available in CPU-only version of "
                         "bitsandbytes.\"");
        break;
    }
}

/*
 * Since 0.50.0 a file of another version is announced. One of the same version under a longer
 * name, such as a left-over _nocublaslt file, is taken without a word.
 */
static bool is_of_another_version(const struct bp_scene *scene) {
    size_t alike = 0;
    const char *asked = scene->choice->asks_for;
    const char *chosen = scene->choice->chosen;
    while (asked[alike] && asked[alike] == chosen[alike]) {
        alike++;
    }
    return isdigit((unsigned char)asked[alike]) || isdigit((unsigned char)chosen[alike]);
}

static void add_loaded(const struct bp_scene *scene, struct bp_str *text) {
    if (chose_cpu(scene)) {
        add_cpu_loaded(scene, text);
        return;
    }
    bp_str_add(text, "import bitsandbytes succeeds, and the native library is there.");
    if (is_of_another_version(scene)) {
        bp_str_addf(text,
                    " It logs \"No prebuilt binary for %s ..., loading ... instead.\" and loads "
                    "%s.",
                    scene->choice->backend, scene->choice->chosen);
    }
}

/* --- the library does not load --- */

static void add_import_failure(const struct bp_scene *scene, struct bp_str *text) {
    bool refused = scene->choice->state == BP_CHOICE_REFUSED;
    if (refused) {
        bp_str_addf(text, "import bitsandbytes ends with AttributeError: %s.", error_of(scene));
    } else if (scene->torch->sees_gpu == BP_YES) {
        bp_str_addf(text,
                    "import bitsandbytes prints its set-up log with \"%s\" and ends with "
                    "\"RuntimeError: CUDA Setup failed despite GPU being available.\"",
                    error_of(scene));
    } else {
        bp_str_add(text,
                   "import bitsandbytes succeeds with the warning " WITHOUT_GPU "; the native "
                   "library is None, and what needs it fails.");
        if (bp_era_at_least(scene->found, "0.39.0") == BP_YES) {
            bp_str_add(text, " It prints \"'NoneType' object has no attribute "
                             "'cadam32bit_grad_fp32'\".");
        }
    }
}

static void add_first_import_failure(const struct bp_scene *scene, struct bp_str *text) {
    if (bp_era_at_least(scene->found, "0.35.1") == BP_NO) {
        bp_str_addf(text, "import bitsandbytes ends with \"%s\".", error_of(scene));
    } else if (bp_era_at_least(scene->found, "0.35.2") == BP_NO) {
        bp_str_addf(text,
                    "import bitsandbytes swallows the error (\"%s\"); what needs the native "
                    "library fails.",
                    error_of(scene));
    } else {
        add_import_failure(scene, text);
    }
}

static void add_none_failure(const struct bp_scene *scene, struct bp_str *text) {
    bool fork = scene->found->era->selection == BP_SELECT_FORK;
    bp_str_addf(text,
                "import bitsandbytes succeeds, but logs \"Could not load bitsandbytes native "
                "library: %s%s\"",
                error_of(scene),
                fork ? ". If you use Intel CPU or XPU, please pip install "
                       "intel_extension_for_pytorch"
                     : "");
    if (scene->torch->sees_gpu == BP_YES) {
        const char *backend = fork ? scene->choice->backend : "CUDA";
        bp_str_addf(text, " and \"%s Setup failed despite %s being available.\"", backend, backend);
    }
    bp_str_add(text, ". Later calls fail with \"NameError: name 'str2optimizer32bit' is not "
                     "defined\" or \"AttributeError: 'NoneType' object has no attribute ...\".");
}

/* Whether the message finds versions to list: files of the backend that it speaks of. */
static bool lists_versions(const struct bp_scene *scene) {
    const char *part = strcmp(scene->choice->backend, "ROCm") == 0 ? "_rocm" : "_cuda";
    const cJSON *library;
    cJSON_ArrayForEach(library, scene->machine->libraries) {
        const char *name = bp_json_text(library, "name");
        const char *digits = name ? strstr(name, part) : NULL;
        if (digits && isdigit((unsigned char)digits[strlen(part)])) {
            return true;
        }
    }
    return false;
}

/* The heading that the mock library puts over its message, chosen by words in the error. */
static void add_mock_heading(const struct bp_scene *scene, struct bp_str *text) {
    const char *error = error_of(scene);
    const char *backend = scene->choice->backend;
    const char *end = strstr(error, ": cannot open shared object file");
    if (end) {
        const char *kind = strcmp(backend, "ROCm") == 0 ? "ROCm" : "CUDA";
        bp_str_addf(text, "\"%s SETUP ERROR: Missing dependency: %.*s\"", kind, (int)(end - error),
                    error);
        if (!scene->torch->cuda && !scene->torch->hip) {
            bp_str_addf(text, ", \"%s unknown.x runtime libraries were not found\"", kind);
        }
    } else if (strstr(error, "binary not found")) {
        if (lists_versions(scene)) {
            bp_str_addf(text, "\"%s VERSION MISMATCH\"", backend);
        } else {
            bp_str_add(text, "\"Forgot to compile the bitsandbytes library?\"");
        }
    } else {
        bp_str_add(text,
                   "\"Attempted to use bitsandbytes native library functionality but it's not "
                   "available.\"");
    }
}

static void add_mock_failure(const struct bp_scene *scene, struct bp_str *text) {
    if (scene->silent) {
        bp_str_add(text, "Nothing: import bitsandbytes succeeds and goes on without the native "
                         "library, with slower code. Only a direct native call raises RuntimeError "
                         "with \"XPU/CPU can "
                         "run without native library.\"");
        return;
    }
    bool hints_at_intel = bp_era_at_least(scene->found, "0.47.0") == BP_YES &&
                          bp_era_at_least(scene->found, "0.48.0") == BP_NO;
    bp_str_addf(text,
                "import bitsandbytes succeeds, but logs \"bitsandbytes library load error: "
                "%s\"%s. The first native call raises RuntimeError with ",
                error_of(scene),
                hints_at_intel ? " and \"If you are using Intel CPU/XPU, please install "
                                 "intel_extension_for_pytorch to enable required ops\""
                               : "");
    add_mock_heading(scene, text);
    bp_str_add(text, " and \"Native code method attempted to call: lib.<name>()\".");
}

static void add_failure(const struct bp_scene *scene, struct bp_str *text) {
    switch (scene->found->era->failure) {
    case BP_FAILURE_IMPORT:
        add_first_import_failure(scene, text);
        break;
    case BP_FAILURE_IMPORT_GPU:
        add_import_failure(scene, text);
        break;
    case BP_FAILURE_NONE_LIB:
        add_none_failure(scene, text);
        break;
    case BP_FAILURE_MOCK:
        add_mock_failure(scene, text);
        break;
    }
}

/* --- it loads and lacks a function --- */

static void add_lacking(const struct bp_scene *scene, struct bp_str *text) {
    bool mock = scene->found->era->failure == BP_FAILURE_MOCK;
    if (scene->symbol->effect == BP_SYMBOL_FAILS_LOAD) {
        add_failure(scene, text);
        return;
    }
    if (scene->symbol->effect == BP_SYMBOL_LOOKS_LIKE_CPU && !mock) {
        bp_str_addf(text,
                    "import bitsandbytes succeeds with the warning " WITHOUT_GPU ", because "
                    "%s is not in the library; GPU functions then fail.",
                    scene->symbol->name);
        return;
    }
    if (mock) {
        bp_str_addf(text,
                    "import bitsandbytes succeeds. A call of %s raises RuntimeError \"Method "
                    "'%s' not available in CPU-only version of bitsandbytes.\", although the "
                    "library is a GPU one.",
                    scene->symbol->name, scene->symbol->name);
    } else {
        bp_str_addf(text,
                    "import bitsandbytes succeeds. A call of %s raises AttributeError \"%s\".",
                    scene->symbol->name, error_of(scene));
    }
}

char *bp_sees(const struct bp_scene *scene) {
    struct bp_str text = BP_STR_EMPTY;
    if (strcmp(scene->outcome, "cannot-tell") == 0) {
        return NULL;
    }
    if (scene->trouble == BP_GPU_TORCH_DRIVER) {
        bp_sees_add_old_driver(scene, &text);
        bp_str_add_char(&text, ' ');
    }
    if (bp_gpu_outcome(scene->trouble) && scene->choice->chosen) {
        add_loaded(scene, &text);
        bp_str_add_char(&text, ' ');
        bp_sees_add_gpu(scene, &text);
    } else if (strcmp(scene->outcome, "loads") == 0 ||
               strcmp(scene->outcome, "loads-fallback") == 0 ||
               strcmp(scene->outcome, "cpu-only") == 0) {
        add_loaded(scene, &text);
    } else if (bp_equal(scene->error, BP_ENDS_PROCESS)) {
        bp_str_add(&text,
                   "import bitsandbytes ends the Python process at once with SIGBUS: a shell "
                   "says \"" BP_ENDS_PROCESS "\", and there is no traceback.");
    } else if (scene->symbol) {
        add_lacking(scene, &text);
    } else {
        add_failure(scene, &text);
    }
    return bp_str_detach(&text);
}
