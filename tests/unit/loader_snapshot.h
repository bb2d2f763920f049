/*
 * Small snapshots for the tests of the loader model, written with single quotes for JSON's
 * double ones.
 */
#ifndef BP_TESTS_LOADER_SNAPSHOT_H
#define BP_TESTS_LOADER_SNAPSHOT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/str.h"
#include "checks/loader/loader.h"

/* The document that `text` describes. */
static inline cJSON *document_of(const char *text) {
    struct bp_str quoted = BP_STR_EMPTY;
    struct bp_err err = {0};
    for (const char *at = text; *at; at++) {
        bp_str_add_char(&quoted, *at == '\'' ? '"' : *at);
    }
    cJSON *document = bp_json_parse(quoted.data, quoted.length, &err);
    if (!document) {
        fail_msg("%s in: %s", bp_err_text(&err), quoted.data);
    }
    bp_str_free(&quoted);
    return document;
}

/* Puts what `text` describes at `pointer`. */
static inline void put_json(cJSON *document, const char *pointer, const char *text) {
    assert_int_equal(bp_json_put(document, pointer, document_of(text)), 0);
}

/* A library that needs nothing, so that whether it loads depends on its kind alone. */
static inline void add_library(cJSON *snapshot, const char *name) {
    char *text = bp_format("{'name':'%s','path':'/site/bitsandbytes/%s','format':'%s','bits':64,"
                           "'machine':'x86_64','needed':[],'version_needs':[]}",
                           name, name,
                           bp_ends_with(name, ".dll")     ? "pe"
                           : bp_ends_with(name, ".dylib") ? "mach-o"
                                                          : "elf");
    put_json(snapshot, "/bitsandbytes/native_libraries/-", text);
    free(text);
}

/* An x86_64 Linux machine with that bitsandbytes, torch and driver, and these libraries. */
static inline cJSON *machine_with(const char *version, const char *torch, const char *driver,
                                  const char *libraries) {
    cJSON *snapshot = document_of(
        "{'host':{'os':'linux','machine':'x86_64','libc':{'name':'glibc','version':'2.36',"
        "'path':'/lib/x86_64-linux-gnu/libc.so.6'}},"
        "'python':{'interpreters':[{'machine':'x86_64','bits':64,'kind':'venv',"
        "'packages':{'torch':[{'name':'torch'}],'bitsandbytes':[{'name':'bitsandbytes'}]}}]},"
        "'bitsandbytes':{'installed':true,'interpreter':0,'path':'/site/bitsandbytes',"
        "'native_libraries':[]},"
        "'cuda':{},'environment':{},'collectors':{}}");
    struct bp_strs names = {0};
    bp_json_put(snapshot, "/bitsandbytes/version",
                version ? cJSON_CreateString(version) : cJSON_CreateNull());
    put_json(snapshot, "/python/interpreters/0/torch", torch);
    put_json(snapshot, "/cuda/driver", driver);
    bp_strs_split(&names, libraries, ' ', false);
    for (size_t i = 0; i < names.count; i++) {
        add_library(snapshot, names.items[i]);
    }
    bp_strs_free(&names);
    return snapshot;
}

static inline void set_variable(cJSON *snapshot, const char *name, const char *value) {
    char *pointer = bp_format("/environment/%s", name);
    bp_json_put(snapshot, pointer, cJSON_CreateString(value));
    free(pointer);
}

/* torch builds */
#define TORCH_CPU "{'version':'2.4.0+cpu','cuda':null,'hip':null,'xpu':null,'build_known':true}"
#define TORCH_UNKNOWN "{'version':'2.4.0','build_known':false}"
#define TORCH_CUDA(cuda)                                                                           \
    "{'version':'2.4.0','cuda':'" cuda "','hip':null,'xpu':null,'build_known':true}"
#define TORCH_OF(version, cuda)                                                                    \
    "{'version':'" version "','cuda':'" cuda "','hip':null,'xpu':null,'build_known':true}"
#define TORCH_XPU(xpu)                                                                             \
    "{'version':'2.8.0','cuda':null,'hip':null,'xpu':'" xpu "','build_known':true}"

/* drivers */
#define DRIVER_NONE "{'library':{'status':'not-found'}}"
#define DRIVER_UNKNOWN "{}"
#define DRIVER_OF(version, devices)                                                                \
    "{'library':{'status':'loaded','name':'libcuda.so.1'},'init':{'code':0,'name':'CUDA_SUCCESS'}" \
    ","                                                                                            \
    "'version':'" version "','device_count':1,'devices':[" devices "]}"
#define DEVICE(capability) "{'ordinal':0,'compute_capability':'" capability "'}"
#define DRIVER(capability) DRIVER_OF("13.2", DEVICE(capability))

/* The text of `key` in the judgement, or "-" where it is null. */
static inline const char *shown(const cJSON *answer, const char *key) {
    const char *text = bp_json_text(answer, key);
    return text ? text : "-";
}

/* Whether one of the reasons holds `part`. */
static inline bool gives_reason(const cJSON *answer, const char *part) {
    const cJSON *reason;
    cJSON_ArrayForEach(reason, bp_json_get(answer, "because")) {
        if (strstr(cJSON_GetStringValue(reason), part)) {
            return true;
        }
    }
    return false;
}

#endif
