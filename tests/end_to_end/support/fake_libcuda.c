/*
 * A stand-in for NVIDIA's libcuda.so.1 and nvcuda.dll. BNB_FAKE_CUDA, words joined by ';', says how
 * it behaves:
 *
 *   count=2  cc=9.0  driver=12040   devices, their compute capability (9.0,6.1: one for
 *                                   each, the last for the rest), cuDriverGetVersion
 *   init=100                        what cuInit returns
 *   name=Fake GPU                   what each device is called
 *   in=init|count|name|load         where the fault below happens (default init; load: when opened)
 *   fault=hang|deaf|spin|segv|abort|exit|stop|noise|flood|line|memory|freeze
 *   tasks=/sys/.../tasks            of fault=freeze: the frozen group that it goes to
 */
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef _WIN32
#include <windows.h>
#endif

enum { INVALID_VALUE = 1, INVALID_DEVICE = 101 };

/* The value of `key`, copied to `value`; 0 where it is not set. */
static int setting(const char *key, char *value, size_t size) {
    const char *at = getenv("BNB_FAKE_CUDA");
    size_t length = strlen(key);
    while (at && *at) {
        size_t word = strcspn(at, ";");
        if (word > length && strncmp(at, key, length) == 0 && at[length] == '=') {
            snprintf(value, size, "%.*s", (int)(word - length - 1), at + length + 1);
            return 1;
        }
        at += word + (at[word] == ';');
    }
    return 0;
}

static int number(const char *key, int otherwise) {
    char value[32];
    return setting(key, value, sizeof value) ? atoi(value) : otherwise;
}

static void noise(void) {
    printf("{\"cuda\": \"noise on standard output\"}\n");
    fflush(stdout);
    fprintf(stderr, "noise on standard error\n");
    const char direct[] = "noise past stdio\n";
    for (int fd = 1; fd <= 2; fd++) {
        if (write(fd, direct, sizeof direct - 1) < 0) {
            return;
        }
    }
}

static void hang(void) {
    for (;;) {
#ifdef _WIN32
        Sleep(1000);
#else
        pause();
#endif
    }
}

/* Windows has the names of the signals, and ends a program that raises one with exit code 3. */
static void crash(void) {
#ifdef _WIN32
    RaiseException(EXCEPTION_ACCESS_VIOLATION, 0, 0, NULL);
#else
    raise(SIGSEGV);
#endif
}

static void stop(void) {
#ifdef _WIN32
    SuspendThread(GetCurrentThread());
#else
    raise(SIGSTOP);
#endif
}

/* A line of 100 MB. */
static void long_line(void) {
    char part[65536];
    memset(part, 'x', sizeof part);
    for (int i = 0; i < 1600; i++) {
        fwrite(part, 1, sizeof part, stdout);
    }
    fflush(stdout);
}

/* As a library ends that asks for memory and does not look whether it got any. */
static void use_up_memory(void) {
    for (size_t size = (size_t)1 << 50;; size /= 2) {
        volatile char *memory = malloc(size);
        *memory = 1;
    }
}

static void freeze(void) {
    char tasks[200] = "";
    setting("tasks", tasks, sizeof tasks);
    FILE *file = fopen(tasks, "w");
    if (file) {
        fprintf(file, "%d\n", (int)getpid());
        fclose(file);
    }
}

static void fault_in(const char *place) {
    char where[16] = "init";
    char fault[16];
    setting("in", where, sizeof where);
    if (strcmp(where, place) != 0 || !setting("fault", fault, sizeof fault)) {
        return;
    }
    if (strcmp(fault, "hang") == 0) {
        hang();
    } else if (strcmp(fault, "deaf") == 0) {
        signal(SIGTERM, SIG_IGN);
        hang();
    } else if (strcmp(fault, "line") == 0) {
        long_line();
    } else if (strcmp(fault, "memory") == 0) {
        use_up_memory();
    } else if (strcmp(fault, "freeze") == 0) {
        freeze();
        hang();
    } else if (strcmp(fault, "spin") == 0) {
        for (volatile unsigned turn = 0;; turn++) {
        }
    } else if (strcmp(fault, "segv") == 0) {
        crash();
    } else if (strcmp(fault, "abort") == 0) {
        abort();
    } else if (strcmp(fault, "exit") == 0) {
        exit(0);
    } else if (strcmp(fault, "stop") == 0) {
        stop();
    } else if (strcmp(fault, "noise") == 0) {
        noise();
    } else if (strcmp(fault, "flood") == 0) {
        for (;;) {
            noise();
        }
    }
}

__attribute__((constructor)) static void when_opened(void) {
    fault_in("load");
}

int cuInit(unsigned flags) {
    (void)flags;
    fault_in("init");
    return number("init", 0);
}

int cuDriverGetVersion(int *version) {
    *version = number("driver", 12040);
    return 0;
}

int cuDeviceGetCount(int *count) {
    fault_in("count");
    *count = number("count", 1);
    return 0;
}

int cuDeviceGet(int *device, int ordinal) {
    if (ordinal < 0 || ordinal >= number("count", 1)) {
        return INVALID_DEVICE;
    }
    *device = ordinal;
    return 0;
}

int cuDeviceGetName(char *name, int size, int device) {
    fault_in("name");
    char given[256] = "Fake GPU";
    setting("name", given, sizeof given);
    snprintf(name, (size_t)size, "%s %d", given, device);
    return 0;
}

int cuDeviceTotalMem_v2(size_t *bytes, int device) {
    *bytes = ((size_t)24 + (size_t)device) << 30;
    return 0;
}

int cuDeviceGetAttribute(int *value, int attribute, int device) {
    char capabilities[128] = "8.9";
    setting("cc", capabilities, sizeof capabilities);
    const char *capability = capabilities;
    for (int i = 0; i < device && strchr(capability, ','); i++) {
        capability = strchr(capability, ',') + 1;
    }
    switch (attribute) {
    case 33: /* PCI bus */
        *value = 0x41 + device;
        return 0;
    case 34: /* PCI device */
    case 50: /* PCI domain */
        *value = 0;
        return 0;
    case 75: /* compute capability, major */
        *value = atoi(capability);
        return 0;
    case 76: /* minor */
        *value = strchr(capability, '.') ? atoi(strchr(capability, '.') + 1) : 0;
        return 0;
    default:
        *value = 0;
        return attribute > 0 ? 0 : INVALID_VALUE;
    }
}

/* Deprecated, and what bitsandbytes asked up to 0.40.0. */
int cuDeviceComputeCapability(int *major, int *minor, int device) {
    cuDeviceGetAttribute(major, 75, device);
    return cuDeviceGetAttribute(minor, 76, device);
}

int cuDeviceGetPCIBusId(char *id, int size, int device) {
    snprintf(id, (size_t)size, "0000:%02x:00.0", 0x41 + device);
    return 0;
}

static const struct {
    int code;
    const char *name;
    const char *text;
} errors[] = {
    {0, "CUDA_SUCCESS", "no error"},
    {34, "CUDA_ERROR_STUB_LIBRARY", "CUDA driver is a stub library"},
    {100, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH",
     "system has unsupported display driver / cuda driver combination"},
    {804, "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE",
     "forward compatibility was attempted on non supported HW"},
    {999, "CUDA_ERROR_UNKNOWN", "unknown error"},
};

int cuGetErrorName(int code, const char **name) {
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        if (errors[i].code == code) {
            *name = errors[i].name;
            return 0;
        }
    }
    return INVALID_VALUE;
}

int cuGetErrorString(int code, const char **text) {
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        if (errors[i].code == code) {
            *text = errors[i].text;
            return 0;
        }
    }
    return INVALID_VALUE;
}
