/*
 * The CUDA driver, asked through its own library. That starts vendor code, which may
 * crash, hang or end the process: so each fact goes out as soon as it is known.
 */
#include "probe/cuda_driver.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/cuda_driver_api.h"
#include "probe/cuda_driver_library.h"

/* More devices than any machine has; bounds what a broken driver makes us ask. */
enum { MAX_DEVICES = 256 };

struct driver {
    bp_cuInit_fn *init;
    bp_cuDriverGetVersion_fn *get_version;
    bp_cuGetErrorName_fn *get_error_name;
    bp_cuGetErrorString_fn *get_error_string;
    bp_cuDeviceGetCount_fn *get_count;
    bp_cuDeviceGet_fn *get_device;
    bp_cuDeviceGetName_fn *get_name;
    bp_cuDeviceTotalMem_fn *get_memory;
    bp_cuDeviceGetAttribute_fn *get_attribute;
};

static bool is(CUresult result, int number) {
    return (int)result == number;
}

/*
 * The system gives an object pointer; C has no cast from it to a function pointer, POSIX and
 * Windows promise that the bytes are the same.
 */
static void bind_function(void *library, const char *name, void *function, size_t size) {
    void *symbol = bp_cuda_library_function(library, name);
    if (symbol) {
        memcpy(function, &symbol, size);
    }
}

static struct driver bind_driver(void *library) {
    struct driver driver = {0};
    bind_function(library, "cuInit", &driver.init, sizeof driver.init);
    bind_function(library, "cuDriverGetVersion", &driver.get_version, sizeof driver.get_version);
    bind_function(library, "cuGetErrorName", &driver.get_error_name, sizeof driver.get_error_name);
    bind_function(library, "cuGetErrorString", &driver.get_error_string,
                  sizeof driver.get_error_string);
    bind_function(library, "cuDeviceGetCount", &driver.get_count, sizeof driver.get_count);
    bind_function(library, "cuDeviceGet", &driver.get_device, sizeof driver.get_device);
    bind_function(library, "cuDeviceGetName", &driver.get_name, sizeof driver.get_name);
    /* cuda.h's name for it since CUDA 3.2; the plain symbol is a 32-bit relic. */
    bind_function(library, "cuDeviceTotalMem_v2", &driver.get_memory, sizeof driver.get_memory);
    bind_function(library, "cuDeviceGetAttribute", &driver.get_attribute,
                  sizeof driver.get_attribute);
    return driver;
}

static void put_library_path(struct bp_facts *facts, void *library, void *function) {
    char *path = bp_cuda_library_file(library, function);
    if (path) {
        bp_facts_put_text(facts, "/cuda/driver/library/path", path);
    }
    free(path);
}

/* The opened library, or NULL with the facts saying why. */
static void *open_library(struct bp_facts *facts, const char **name) {
    struct bp_err err = {0};
    void *library = bp_cuda_library_open(name, &err);
    bp_facts_put_text(facts, "/cuda/driver/library/name", *name);
    if (library) {
        bp_facts_put_text(facts, "/cuda/driver/library/status", "loaded");
    } else {
        bool absent = err.code == BP_E_ABSENT;
        bp_facts_put_text(facts, "/cuda/driver/library/status",
                          absent ? "not-found" : "unloadable");
        bp_facts_put_text(facts, "/cuda/driver/library/error", bp_err_text(&err));
        bp_facts_status(facts, absent ? BP_STATUS_ABSENT : BP_STATUS_ERROR, "%s",
                        bp_err_text(&err));
    }
    bp_err_clear(&err);
    return library;
}

/* The names of the errors a person meets, for drivers that do not give one. */
static const char *known_error_name(unsigned code) {
    static const struct {
        unsigned code;
        const char *name;
    } names[] = {
        {0, "CUDA_SUCCESS"},
        {34, "CUDA_ERROR_STUB_LIBRARY"},
        {100, "CUDA_ERROR_NO_DEVICE"},
        {101, "CUDA_ERROR_INVALID_DEVICE"},
        {802, "CUDA_ERROR_SYSTEM_NOT_READY"},
        {803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"},
        {804, "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE"},
        {999, "CUDA_ERROR_UNKNOWN"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].code == code) {
            return names[i].name;
        }
    }
    return NULL;
}

static void put_result(struct bp_facts *facts, const struct driver *driver, CUresult result) {
    const char *name = NULL;
    const char *text = NULL;
    if (driver->get_error_name) {
        driver->get_error_name(result, &name);
    }
    if (driver->get_error_string) {
        driver->get_error_string(result, &text);
    }
    cJSON *init = cJSON_CreateObject();
    bp_json_set_number(init, "code", (double)result);
    bp_json_set_text(init, "name", name ? name : known_error_name((unsigned)result));
    bp_json_set_text(init, "text", text);
    bp_facts_put(facts, "/cuda/driver/init", init);
}

/* The driver gives 12040 for CUDA 12.4. */
static void put_version(struct bp_facts *facts, const struct driver *driver) {
    int number = 0;
    if (!driver->get_version) {
        bp_facts_unknown(facts, "/cuda/driver/version", "the library has no cuDriverGetVersion");
    } else if (!is(driver->get_version(&number), BP_CUDA_SUCCESS) || number <= 0) {
        bp_facts_unknown(facts, "/cuda/driver/version", "cuDriverGetVersion gave no version");
    } else {
        char *version = bp_format("%d.%d", number / 1000, number % 1000 / 10);
        bp_facts_put_text(facts, "/cuda/driver/version", version);
        free(version);
    }
}

static bool get_attribute(const struct driver *driver, CUdevice device, int attribute, int *value) {
    return driver->get_attribute &&
           is(driver->get_attribute(value, (CUdevice_attribute)attribute, device), BP_CUDA_SUCCESS);
}

static void add_compute_capability(cJSON *entry, const struct driver *driver, CUdevice device) {
    int major;
    int minor;
    if (get_attribute(driver, device, BP_CUDA_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, &major) &&
        get_attribute(driver, device, BP_CUDA_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, &minor)) {
        char *text = bp_format("%d.%d", major, minor);
        bp_json_set_text(entry, "compute_capability", text);
        free(text);
    } else {
        bp_json_set_text(entry, "compute_capability", NULL);
    }
}

static void add_pci_address(cJSON *entry, const struct driver *driver, CUdevice device) {
    int domain;
    int bus;
    int slot;
    if (get_attribute(driver, device, BP_CUDA_ATTRIBUTE_PCI_DOMAIN_ID, &domain) &&
        get_attribute(driver, device, BP_CUDA_ATTRIBUTE_PCI_BUS_ID, &bus) &&
        get_attribute(driver, device, BP_CUDA_ATTRIBUTE_PCI_DEVICE_ID, &slot)) {
        char *text = bp_format("%04x:%02x:%02x.0", (unsigned)domain, (unsigned)bus, (unsigned)slot);
        bp_json_set_text(entry, "pci_address", text);
        free(text);
    }
}

static void put_device(struct bp_facts *facts, const struct driver *driver, int ordinal) {
    CUdevice device = 0;
    char name[256] = ""; /* the driver cuts to the size that it is given */
    size_t bytes = 0;
    cJSON *entry = cJSON_CreateObject();
    bp_json_set_number(entry, "ordinal", ordinal);
    if (driver->get_device && is(driver->get_device(&device, ordinal), BP_CUDA_SUCCESS)) {
        bool named = driver->get_name &&
                     is(driver->get_name(name, sizeof name - 1, device), BP_CUDA_SUCCESS);
        bp_json_set_text(entry, "name", named ? name : NULL);
        add_compute_capability(entry, driver, device);
        if (driver->get_memory && is(driver->get_memory(&bytes, device), BP_CUDA_SUCCESS)) {
            bp_json_set_number(entry, "memory_bytes", (double)bytes);
        }
        add_pci_address(entry, driver, device);
        /* A MIG slice is a device of its own whose name says so ("NVIDIA A100 MIG 1g.5gb"). */
        bp_json_set_bool(entry, "mig", named && strstr(name, " MIG ") != NULL);
    }
    bp_facts_put(facts, "/cuda/driver/devices/-", entry);
}

static void put_devices(struct bp_facts *facts, const struct driver *driver) {
    int count = 0;
    if (!driver->get_count || !is(driver->get_count(&count), BP_CUDA_SUCCESS)) {
        bp_facts_unknown(facts, "/cuda/driver/device_count", "cuDeviceGetCount failed");
        return;
    }
    bp_facts_put_number(facts, "/cuda/driver/device_count", count);
    bp_facts_put(facts, "/cuda/driver/devices", cJSON_CreateArray());
    for (int ordinal = 0; ordinal < count && ordinal < MAX_DEVICES; ordinal++) {
        put_device(facts, driver, ordinal);
    }
}

static void ask_driver(struct bp_facts *facts, void *library, const char *library_name) {
    struct driver driver = bind_driver(library);
    void *address = bp_cuda_library_function(library, "cuInit");
    if (!driver.init) {
        bp_facts_status(facts, BP_STATUS_ERROR, "%s has no cuInit: not a CUDA driver library",
                        library_name);
        return;
    }
    put_library_path(facts, library, address);
    put_version(facts, &driver);
    CUresult result = driver.init(0);
    put_result(facts, &driver, result);
    bp_facts_put_bool(facts, "/cuda/driver/library/stub", is(result, BP_CUDA_ERROR_STUB_LIBRARY));
    if (!is(result, BP_CUDA_SUCCESS)) {
        const char *name = known_error_name((unsigned)result);
        bp_facts_status(facts, BP_STATUS_ERROR, "cuInit failed with %u%s%s%s", (unsigned)result,
                        name ? " (" : "", name ? name : "", name ? ")" : "");
        return;
    }
    put_devices(facts, &driver);
}

void bp_cuda_driver_ask(bool may_make_nodes, struct bp_facts *facts) {
    const char *name;
    if (!may_make_nodes) {
        bp_cuda_library_forgo_nodes();
    }
    void *library = open_library(facts, &name);
    if (library) {
        ask_driver(facts, library, name);
    }
}
