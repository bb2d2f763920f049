/* What a person sees where the library loads and the GPU or its driver is the trouble. */
#include <stddef.h>
#include <string.h>

#include "base/json.h"
#include "checks/loader/sees.h"

void bp_sees_add_old_driver(const struct bp_scene *scene, struct bp_str *text) {
    const char *version = bp_json_text_at(scene->machine->snapshot, "/cuda/driver/version");
    int major;
    int minor;
    bp_str_add(text, "torch.cuda.is_available() is False, with the warning \"The NVIDIA driver on "
                     "your system is too old");
    if (bp_two_numbers(version, &major, &minor)) {
        bp_str_addf(text, " (found version %d)", major * 1000 + minor * 10);
    }
    bp_str_add(text, "\".");
}

/* The library's own check prints the runtime's text and ends the process (all releases). */
static void add_exit(const char *error, struct bp_str *text) {
    bp_str_addf(text,
                "The first GPU function prints \"Error %s at line N in file F\" and ends the "
                "process with exit code 1, without a traceback.",
                error);
}

void bp_sees_add_gpu(const struct bp_scene *scene, struct bp_str *text) {
    switch (scene->trouble) {
    case BP_GPU_NO_CODE:
        add_exit(scene->torch->hip ? "invalid device function"
                                   : "no kernel image is available for execution on the device",
                 text);
        break;
    case BP_GPU_JETSON:
        add_exit("named symbol not found", text);
        break;
    case BP_GPU_RUNTIME_DRIVER:
        add_exit("CUDA driver version is insufficient for CUDA runtime version", text);
        break;
    case BP_GPU_PTX_DRIVER:
        add_exit("the provided PTX was compiled with an unsupported toolchain.", text);
        break;
    case BP_GPU_JIT:
        bp_str_add(text, "The first GPU function takes long, while the driver compiles; it keeps "
                         "the result for the next start.");
        break;
    case BP_GPU_NONE:
    case BP_GPU_TORCH_DRIVER:
        break;
    }
}
