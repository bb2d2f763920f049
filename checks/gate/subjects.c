/* What can be required. */
#include <string.h>

#include "checks/gate.h"
#include "checks/gate/parts.h"

static const char *const backends[] = {"cuda", "rocm", "xpu", "cpu", "mps", NULL};

/* As in the report's JSON Schema, without the one that says that it cannot be told. */
static const char *const outcomes[] = {
    "loads",
    "loads-fallback",
    "cpu-only",
    "jit-from-ptx",
    "file-missing",
    "dependency-missing",
    "symbol-missing",
    "wrong-format",
    "symbol-version-missing",
    "setup-error",
    "libc-too-old",
    "wrong-architecture",
    "torch-missing",
    "torch-fails",
    "python-dependency-missing",
    "no-gpu-code",
    "driver-too-old",
    "not-installed",
    NULL,
};

static const char *const codes[] = {"native", "ptx", "none", NULL};

static const char *const verdicts[] = {"ok", "problem", NULL};

#define PACKAGE(name)                                                                              \
    { name, BP_FORM_VERSION, bp_judge_package, NULL, NULL, NULL, NULL }
#define TOOL(name)                                                                                 \
    { name, BP_FORM_VERSION, bp_judge_tool, NULL, NULL, "/tools/" name, NULL }

/* Names that start so are packages that a report names where they are installed. */
static const struct bp_subject families[] = {PACKAGE("nvidia-"), PACKAGE("rocm-sdk")};

const struct bp_subject bp_subjects[] = {
    {"bitsandbytes", BP_FORM_VERSION, bp_judge_bitsandbytes, "the bitsandbytes that is imported",
     "bitsandbytes", "/bitsandbytes/version", NULL},
    {"torch", BP_FORM_VERSION, bp_judge_package,
     "that package, or another that reports name (triton ...)", NULL, NULL, NULL},
    PACKAGE("transformers"),
    PACKAGE("accelerate"),
    PACKAGE("peft"),
    PACKAGE("triton"),
    PACKAGE("triton-windows"),
    PACKAGE("pytorch-triton"),
    PACKAGE("pytorch-triton-rocm"),
    PACKAGE("diffusers"),
    PACKAGE("numpy"),
    PACKAGE("packaging"),
    PACKAGE("scipy"),
    PACKAGE("safetensors"),
    PACKAGE("sentencepiece"),
    PACKAGE("deepspeed"),
    PACKAGE("tensorflow"),
    PACKAGE("tensorflow-cpu"),
    PACKAGE("jax"),
    PACKAGE("jaxlib"),
    PACKAGE("flash-attn"),
    PACKAGE("xformers"),
    PACKAGE("trl"),
    PACKAGE("optimum"),
    PACKAGE("pip"),
    PACKAGE("setuptools"),
    PACKAGE("intel-extension-for-pytorch"),
    PACKAGE("torch-npu"),
    {"python", BP_FORM_VERSION, bp_judge_python, "Python", "Python", NULL, NULL},
    {"cuda", BP_FORM_VERSION, bp_judge_torch_build, "the CUDA version that PyTorch is built for",
     "PyTorch's CUDA version", "cuda", NULL},
    {"torch-cuda", BP_FORM_VERSION, bp_judge_torch_build, "the same", "PyTorch's CUDA version",
     "cuda", NULL},
    {"rocm", BP_FORM_VERSION, bp_judge_torch_build, "the ROCm version that PyTorch is built for",
     "PyTorch's ROCm version", "hip", NULL},
    {"torch-hip", BP_FORM_VERSION, bp_judge_torch_build, "the same", "PyTorch's ROCm version",
     "hip", NULL},
    {"driver", BP_FORM_VERSION, bp_judge_driver, "NVIDIA's kernel driver, such as driver>=550.54",
     "NVIDIA's kernel driver", "/cuda/kernel_module/version", NULL},
    {"driver-cuda", BP_FORM_VERSION, bp_judge_driver_cuda, "CUDA version that the driver supports",
     NULL, "/cuda/driver/version", NULL},
    {"glibc", BP_FORM_VERSION, bp_judge_libc, "glibc", "glibc", "/host/libc/version", NULL},
    {"musl", BP_FORM_VERSION, bp_judge_libc, "musl", "musl", "/host/libc/version", NULL},
    {"glibcxx", BP_FORM_VERSION, bp_judge_libstdcxx, "highest GLIBCXX version of libstdc++", NULL,
     "/host/libstdcxx/glibcxx", NULL},
    TOOL("cmake"),
    TOOL("gcc"),
    TOOL("gxx"),
    TOOL("ninja"),
    TOOL("nvcc"),
    TOOL("hipcc"),
    TOOL("msvc"),
    {"gpu", BP_FORM_GPU, bp_judge_gpu, "every GPU: gpu>=8.0 its compute capability, gpu=gfx942",
     "GPU", NULL, NULL},
    {"gpu-count", BP_FORM_COUNT, bp_judge_gpu_count, "how many GPUs are visible", "GPU count", NULL,
     NULL},
    {"code", BP_FORM_WORDS, bp_judge_code,
     "code for every visible GPU in the library: native, ptx, none", "GPU code", NULL, codes},
    {"backend", BP_FORM_WORDS, bp_judge_backend,
     "which library of bitsandbytes loads: cuda, rocm, xpu, cpu, mps", "backend", "/loader/chosen",
     backends},
    {"outcome", BP_FORM_WORDS, bp_judge_outcome,
     "what importing bitsandbytes comes to: loads, cpu-only, ...", "outcome", "/loader/outcome",
     outcomes},
    {"verdict", BP_FORM_WORDS, bp_judge_verdict, "ok or problem", "verdict", NULL, verdicts},
    {NULL, BP_FORM_VERSION, NULL, NULL, NULL, NULL, NULL},
};

const struct bp_subject *bp_subject_find(const char *name) {
    for (const struct bp_subject *subject = bp_subjects; subject->name; subject++) {
        if (strcmp(name, subject->name) == 0) {
            return subject;
        }
    }
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        if (bp_starts_with(name, families[i].name)) {
            return &families[i];
        }
    }
    return NULL;
}

const char *bp_gate_name(size_t index, const char **says) {
    const struct bp_subject *subject = bp_subjects;
    for (; subject->name; subject++) {
        if (subject->says && index-- == 0) {
            *says = subject->says;
            return subject->name;
        }
    }
    *says = index == 0 ? "that tool, or another (nvcc, hipcc, ninja, gxx, msvc)" : NULL;
    return index == 0 ? "cmake, gcc ..." : NULL;
}

void bp_gate_names(struct bp_str *text, int indent) {
    const char *says;
    const char *name;
    for (size_t i = 0; (name = bp_gate_name(i, &says)) != NULL; i++) {
        bp_str_addf(text, "%*s%-14s %s\n", indent, "", name, says);
    }
}
