/* Reads a package folder of bitsandbytes by its RECORD, with the collector that does. */
#include "base/json.h"
#include "tests/fuzz/fuzz_facts.h"

#define SITE "/venv/lib/python3.12/site-packages"
#define INFO SITE "/bitsandbytes-0.45.0.dist-info"

/* What the python collector says of an environment with that package. */
static cJSON *python_snapshot(void) {
    static const char text[] =
        "{\"python\": {\"interpreters\": [{\"executable\": \"/venv/bin/python\","
        "\"version\": \"3.12.1\", \"prefix\": \"/venv\", \"search_path\": [\"" SITE "\"],"
        "\"site_folders\": [\"" SITE "\"], \"packages\": {\"bitsandbytes\": [{"
        "\"name\": \"bitsandbytes\", \"version\": \"0.45.0\", \"place\": \"" SITE "\","
        "\"metadata\": \"" INFO "\", \"editable\": false}]}}]}}";
    return bp_json_parse(text, sizeof text - 1, NULL);
}

void fuzz_one(const uint8_t *data, size_t size) {
    static const char *const paths[] = {INFO "/RECORD",
                                        INFO "/METADATA",
                                        INFO "/WHEEL",
                                        INFO "/entry_points.txt",
                                        SITE "/bitsandbytes/__init__.py",
                                        SITE "/bitsandbytes/libbitsandbytes_cuda124.so",
                                        SITE "/bitsandbytes/libbitsandbytes_cpu.so",
                                        SITE "/__editable___bitsandbytes_finder.py",
                                        NULL};
    fuzz_write_tree(paths, data, size);
    cJSON *snapshot = python_snapshot();
    fuzz_collect(bp_collect_bitsandbytes, snapshot);
    cJSON_Delete(snapshot);
}
