#include "probe/library_names.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"

struct family {
    const char *name;
    const char *wheel; /* middle part of the nvidia wheel's name; NULL: not of the CUDA toolkit */
};

static const struct family families[] = {
    {"cudart", "cuda_runtime"}, {"cublas", "cublas"}, {"cublasLt", "cublas"},
    {"cusparse", "cusparse"},   {"curand", "curand"}, {"nvrtc", "cuda_nvrtc"},
    {"nvJitLink", "nvjitlink"}, {"amdhip64", NULL},   {"hipblas", NULL},
    {"hipblaslt", NULL},        {"hiprand", NULL},    {"hipsparse", NULL},
    {"rocblas", NULL},          {"rocrand", NULL},    {"rocsparse", NULL},
    {"hsa-runtime64", NULL},    {"amd_comgr", NULL},
};

static const struct family *family_named(const char *name) {
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
        if (bp_equal(families[i].name, name)) {
            return &families[i];
        }
    }
    return NULL;
}

/* Length of the name before ".so", without the hash that a bundled copy has there; 0: no ".so". */
static size_t stem_length(const char *file_name) {
    enum { HASH = 8 };
    const char *suffix = strstr(file_name, ".so");
    if (!suffix || (suffix[3] != '\0' && suffix[3] != '.')) {
        return 0;
    }
    size_t length = (size_t)(suffix - file_name);
    if (length > HASH + 1 && file_name[length - HASH - 1] == '-' &&
        strspn(file_name + length - HASH, "0123456789abcdef") >= HASH) {
        length -= HASH + 1;
    }
    return length;
}

/*
 * "cublasLt" of cublasLt64_12.dll, "nvJitLink" of nvJitLink_120_0.dll, "hipblaslt" of
 * libhipblaslt.dll: the name up to the word size or the version.
 */
static const char *family_of_dll(const char *file_name) {
    const char *name = file_name + (bp_starts_with(file_name, "lib") ? 3 : 0);
    size_t length = strcspn(name, "_.");
    bool sized = length > 2 && strncmp(name + length - 2, "64", 2) == 0; /* amdhip64 is named so */
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        size_t known = strlen(families[i].name);
        if ((known == length || (sized && known == length - 2)) &&
            strncasecmp(families[i].name, name, known) == 0) {
            return families[i].name;
        }
    }
    return NULL;
}

static bool is_dll(const char *file_name) {
    size_t length = strlen(file_name);
    return length > 4 && strcasecmp(file_name + length - 4, ".dll") == 0;
}

const char *bp_library_family(const char *file_name) {
    static const char start[] = "lib";
    if (is_dll(file_name)) {
        return family_of_dll(file_name);
    }
    size_t length = stem_length(file_name);
    if (length <= sizeof start - 1 || !bp_starts_with(file_name, start)) {
        return NULL;
    }
    char *stem = bp_strndup(file_name + sizeof start - 1, length - (sizeof start - 1));
    const struct family *family = family_named(stem);
    free(stem);
    return family ? family->name : NULL;
}

bool bp_library_is_cuda(const char *family) {
    const struct family *known = family_named(family);
    return known && known->wheel;
}

bool bp_library_same_stem(const char *left, const char *right) {
    size_t length = stem_length(left);
    return length && length == stem_length(right) && strncmp(left, right, length) == 0;
}

char *bp_library_dll_version(const char *product, const char *file_version) {
    static const char start[] = "NVIDIA CUDA ";
    const char *number = bp_starts_with(product, start) ? product + sizeof start - 1 : "";
    size_t length = strspn(number, "0123456789.");
    return length ? bp_strndup(number, length) : bp_strdup(file_version);
}

char *bp_library_version(const char *real_name, const char *soname) {
    const char *suffix = strstr(real_name, ".so.");
    if (!suffix || bp_equal(real_name, soname) || !bp_library_same_stem(real_name, soname)) {
        return NULL;
    }
    const char *version = suffix + strlen(".so.");
    bool number = *version && !version[strspn(version, "0123456789.")];
    return number && strchr(version, '.') ? bp_strdup(version) : NULL;
}

/* A metadata folder's name, "nvidia_cublas_cu12-12.4.5.8.dist-info", in its parts. */
struct wheel_name {
    char *name;    /* nvidia_cublas_cu12, lower case, "-" and "." as "_" */
    char *version; /* 12.4.5.8 */
};

static void wheel_name_free(struct wheel_name *wheel) {
    free(wheel->name);
    free(wheel->version);
}

static bool split_wheel_name(const char *metadata, struct wheel_name *wheel) {
    static const char end[] = ".dist-info";
    *wheel = (struct wheel_name){0};
    if (!bp_ends_with(metadata, end)) {
        return false;
    }
    /* The last dash before that ending stands before the version. */
    size_t length = strlen(metadata) - (sizeof end - 1);
    const char *dash = metadata + length;
    while (dash > metadata && *dash != '-') {
        dash--;
    }
    if (dash == metadata) {
        return false;
    }
    wheel->name = bp_strndup(metadata, (size_t)(dash - metadata));
    wheel->version = bp_strndup(dash + 1, length - (size_t)(dash + 1 - metadata));
    for (char *at = wheel->name; *at; at++) {
        *at = *at == '-' || *at == '.' ? '_' : (char)tolower((unsigned char)*at);
    }
    return true;
}

/* Where the version starts in libcublas.so.12 or cublas64_12.dll; "" where there is none. */
static const char *major_in(const char *soname) {
    const char *suffix = soname ? strstr(soname, ".so.") : NULL;
    const char *size = soname ? strstr(soname, "64_") : NULL;
    return suffix ? suffix + strlen(".so.") : size ? size + strlen("64_") : "";
}

/*
 * How well a wheel's name fits: 0 not at all; 1 by family; 2 also by the CUDA version that
 * the name ends with ("_cu12").
 */
static int wheel_fit(const char *name, const char *family_part, const char *folder,
                     const char *soname) {
    char *start = bp_format("nvidia_%s", family_part);
    bool fits = bp_starts_with(name, start);
    const char *rest = fits ? name + strlen(start) : "";
    free(start);
    if (!fits || (*rest && !bp_starts_with(rest, "_cu"))) {
        return 0;
    }
    const char *cuda = *rest ? rest + strlen("_cu") : "";
    if (bp_starts_with(folder, "cu") && isdigit((unsigned char)folder[2])) {
        /* Since CUDA 13 one folder holds all of a CUDA version, and the names have no suffix. */
        return !*cuda || bp_equal(cuda, folder + 2) ? 2 : 0;
    }
    const char *major = major_in(soname);
    size_t digits = strspn(major, "0123456789");
    bool same = digits && strlen(cuda) == digits && strncmp(cuda, major, digits) == 0;
    return same ? 2 : 1;
}

char *bp_library_wheel(const struct bp_strs *metadata, const char *family, const char *folder,
                       const char *soname, char **version) {
    const struct family *known = family_named(family);
    char *name = NULL;
    int best = 0;
    int equally_good = 0;
    *version = NULL;
    for (size_t i = 0; known && known->wheel && i < metadata->count; i++) {
        struct wheel_name wheel;
        int fit = split_wheel_name(metadata->items[i], &wheel)
                      ? wheel_fit(wheel.name, known->wheel, folder, soname)
                      : 0;
        equally_good = fit > best ? 1 : equally_good + (fit && fit == best);
        if (fit > best) {
            best = fit;
            free(name);
            free(*version);
            name = wheel.name;
            *version = wheel.version;
        } else {
            wheel_name_free(&wheel);
        }
    }
    if (equally_good > 1) {
        free(name);
        free(*version);
        name = NULL;
        *version = NULL;
    }
    return name;
}
