/*
 * Reads what is asked on the command line: of a machine made of the first lines, behind a line "--"
 * what is assumed of it again, and behind another what is required of it. The first line "here"
 * stands for a machine that was looked at.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "checks/assume.h"
#include "checks/catalogue.h"
#include "checks/check.h"
#include "checks/gate.h"
#include "checks/releases.h"
#include "report/document.h"
#include "tests/fuzz/fuzz.h"

#define SITE "/v/lib/python3.11/site-packages"

static const char here[] =
    "{'host':{'os':'linux','machine':'x86_64','libc':{'name':'glibc','version':'2.36'},"
    "'libstdcxx':{'glibcxx':'3.4.30'}},'environment':{'LD_LIBRARY_PATH':'/opt/lib'},"
    "'python':{'interpreters':[{'version':'3.11.7','machine':'x86_64','bits':64,"
    "'executable':'/v/bin/python','packages':{'bitsandbytes':[{'name':'bitsandbytes',"
    "'version':'0.45.0'}],'torch':[{'name':'torch','version':'2.6.0+cu124'}],"
    "'triton':[{'name':'triton','version':'3.2.0'}]},'torch':{'build_known':true,"
    "'version':'2.6.0+cu124','cuda':'12.4','hip':null,'path':'" SITE "/torch/version.py'}}]},"
    "'bitsandbytes':{'installed':true,'interpreter':0,'version':'0.45.0','path':'" SITE
    "/bitsandbytes','native_libraries':[{'name':'libbitsandbytes_cuda124.so','path':'" SITE
    "/bitsandbytes/libbitsandbytes_cuda124.so','format':'elf','bits':64,'machine':'x86_64',"
    "'needed':['libcudart.so.12','libstdc++.so.6'],'version_needs':[],"
    "'gpu_code':[{'kind':'cubin','target':'sm_90'},{'kind':'ptx','target':'sm_90'}]}]},"
    "'cuda':{'kernel_module':{'loaded':true,'version':'550.54.15'},'driver':{'version':'12.4',"
    "'library':{'status':'loaded','path':'/usr/lib/libcuda.so.1'},'init':{'code':0},"
    "'device_count':1,'devices':[{'ordinal':0,'name':'H100','compute_capability':'9.0'}]}},"
    "'libraries':{'candidates':{'libstdc++.so.6':[{'path':'/usr/lib/libstdc++.so.6',"
    "'machine':'x86_64','bits':64,'format':'elf','found_from':'loader_cache','needed':[]}],"
    "'libcudart.so.12':[{'path':'" SITE "/nvidia/cuda_runtime/lib/libcudart.so.12',"
    "'machine':'x86_64','bits':64,'format':'elf','found_from':'wheel','needed':[]}]}},"
    "'rocm':{'kfd':{'present':true,'may_use':true},'gpus':[{'gfx':'gfx1100'}]},"
    "'tools':{'nvcc':{'path':'/x/nvcc','version':'12.4.131'},'cmake':{'path':null}},"
    "'collectors':{'host':{'status':'ok'},'rocm':{'status':'absent','detail':'x'}}}";

enum { MACHINE, ASSUMED, REQUIRED, PARTS };

static cJSON *looked_at(void) {
    char *text = bp_strdup(here);
    for (char *at = text; (at = strchr(at, '\''));) {
        *at = '"';
    }
    cJSON *snapshot = bp_json_parse(text, strlen(text), NULL);
    free(text);
    return snapshot;
}

/* Sorts the lines into parts. Returns whether the first one was "here". */
static bool split(const char *text, struct bp_strs parts[PARTS]) {
    struct bp_strs lines = {0};
    int part = MACHINE;
    bp_strs_split(&lines, text, '\n', false);
    bool is_here = lines.count && bp_equal(lines.items[0], "here");
    for (size_t i = is_here; i < lines.count; i++) {
        if (bp_equal(lines.items[i], "--") && part < REQUIRED) {
            part++;
        } else {
            bp_strs_add(&parts[part], lines.items[i]);
        }
    }
    bp_strs_free(&lines);
    return is_here;
}

/* Judges the machine, takes `snapshot` over. */
static void judge(cJSON *snapshot, const struct bp_strs *requirements) {
    static struct bp_catalogue *no_patterns;
    if (!no_patterns) {
        no_patterns = bp_catalogue_empty();
    }
    cJSON *document = bp_document_make(snapshot, bp_check(snapshot, NULL, no_patterns), NULL);
    if (bp_gate_understands(requirements, NULL) == 0) {
        cJSON_Delete(bp_gate_judge(document, requirements, BP_WARNING));
    }
    cJSON_Delete(document);
}

void fuzz_one(const uint8_t *data, size_t size) {
    static struct bp_releases *releases;
    if (!releases) {
        releases = bp_releases_builtin();
    }
    struct bp_strs parts[PARTS] = {{0}};
    struct bp_err err = {0};
    char *text = fuzz_text(data, size);
    cJSON *snapshot = split(text, parts) ? looked_at() : cJSON_CreateObject();
    bool understood = bp_assume_check(&parts[MACHINE], releases, &err) == 0 &&
                      bp_assume(snapshot, &parts[MACHINE], releases, &err) == 0 &&
                      bp_assume_check(&parts[ASSUMED], releases, &err) == 0 &&
                      bp_assume(snapshot, &parts[ASSUMED], releases, &err) == 0;
    bp_err_clear(&err);
    if (understood) {
        judge(snapshot, &parts[REQUIRED]);
    } else {
        cJSON_Delete(snapshot);
    }
    for (int i = 0; i < PARTS; i++) {
        bp_strs_free(&parts[i]);
    }
    free(text);
}
