#include "probe/cuda_driver_library.h"

#include <dlfcn.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/memory.h"

/*
 * The name the driver package installs. The developer's symlink libcuda.so is not tried:
 * it may be a toolkit's stub, and a machine may have only the versioned name.
 */
static const char library_name[] = "libcuda.so.1";
/* Where WSL keeps it, which need not be in the loader's cache. */
static const char wsl_library_path[] = "/usr/lib/wsl/lib/libcuda.so.1";

static bool says_not_found(const char *error) {
    return error && strstr(error, library_name) &&
           (strstr(error, "cannot open shared object file") || strstr(error, "No such file"));
}

void *bp_cuda_library_open(const char **name, struct bp_err *err) {
    *name = library_name;
    void *library = dlopen(library_name, RTLD_NOW | RTLD_LOCAL);
    char *error = library ? NULL : bp_strdup(dlerror());
    bool absent = says_not_found(error);
    if (absent) {
        library = dlopen(wsl_library_path, RTLD_NOW | RTLD_LOCAL);
        *name = library ? wsl_library_path : library_name;
    }
    if (!library) {
        bp_fail(err, absent ? BP_E_ABSENT : BP_E_SYSTEM, "%s",
                error ? error : "the library could not be opened");
    }
    free(error);
    return library;
}

void *bp_cuda_library_function(void *library, const char *name) {
    return dlsym(library, name);
}

char *bp_cuda_library_file(void *library, void *function) {
    Dl_info info;
    (void)library;
    if (!dladdr(function, &info) || !info.dli_fname) {
        return NULL;
    }
    char *real = realpath(info.dli_fname, NULL);
    return real ? real : bp_strdup(info.dli_fname);
}

void bp_cuda_library_forgo_nodes(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    if (syscall(SYS_capget, &header, data) != 0) {
        return;
    }
    data[CAP_TO_INDEX(CAP_MKNOD)].effective &= ~CAP_TO_MASK(CAP_MKNOD);
    data[CAP_TO_INDEX(CAP_MKNOD)].permitted &= ~CAP_TO_MASK(CAP_MKNOD);
    syscall(SYS_capset, &header, data);
}
