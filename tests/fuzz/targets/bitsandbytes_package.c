/* Reads a package folder of bitsandbytes by its RECORD, with the collector that does. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "probe/bitsandbytes.h"
#include "tests/fuzz/fuzz_facts.h"

#define SITE "/venv/lib/python3.12/site-packages"
#define INFO SITE "/bitsandbytes-0.45.0.dist-info"
#define SOURCE "/src/bnb"

/*
 * What the python collector says of an environment: with three copies of that package, or with
 * none, so that what is there has to be found by its files.
 */
static cJSON *python_snapshot(bool known) {
    static const char text[] =
        "{'python': {'interpreters': [{'executable': '/venv/bin/python', 'version': '3.12.1',"
        "'prefix': '/venv', 'search_path': ['" SOURCE "', '" SITE "'],"
        "'site_folders': ['" SITE "']%s}]}}";
    static const char packages[] =
        ", 'packages': {'bitsandbytes': [{'name': 'bitsandbytes', 'version': '0.45.0',"
        "'place': '" SITE "', 'metadata': '" INFO "', 'editable': false,"
        "'installed_at': '2024-01-02'}, {'name': 'bitsandbytes', 'editable': true,"
        "'source': 'file://" SOURCE "'}], 'bitsandbytes-more': [{'name': 'bitsandbytes-more',"
        "'version': '0.46.0', 'place': '" SITE "', 'installed_at': '2024-01-03'}]}";
    char *quoted = bp_format(text, known ? packages : "");
    for (char *at = quoted; (at = strchr(at, '\''));) {
        *at = '"';
    }
    cJSON *snapshot = bp_json_parse(quoted, strlen(quoted), NULL);
    free(quoted);
    return snapshot;
}

/* Source trees are looked for from the current folder on, which another root has not. */
static void find_sources(void) {
    const struct bp_probe probe = {.root = fuzz_live_root(SOURCE)};
    cJSON_Delete(bp_bitsandbytes_sources(&probe));
}

void fuzz_one(const uint8_t *data, size_t size) {
    static const char *const paths[] = {INFO "/RECORD",
                                        INFO "/METADATA",
                                        INFO "/WHEEL",
                                        INFO "/entry_points.txt",
                                        SITE "/bitsandbytes/__init__.py",
                                        SITE "/bitsandbytes/libbitsandbytes_cuda124.so",
                                        SITE "/bitsandbytes/libbitsandbytes_cpu.so",
                                        SITE "/bitsandbytes/_ops.py",
                                        SITE "/bitsandbytes/cuda_setup/main.py",
                                        SITE "/bitsandbytes.py",
                                        SITE "/bnb_more-1.0.dist-info/entry_points.txt",
                                        SITE "/__editable___bitsandbytes_finder.py",
                                        SOURCE "/bitsandbytes/__init__.py",
                                        SOURCE "/bitsandbytes/libbitsandbytes_cuda124.so",
                                        SOURCE "/CMakeLists.txt",
                                        SOURCE "/pyproject.toml",
                                        NULL};
    fuzz_folder(SOURCE);
    fuzz_write_tree(paths, data, size);
    find_sources();
    cJSON *snapshot = python_snapshot(!fuzz_piece("no metadata", data, size).name);
    fuzz_collect(bp_collect_bitsandbytes, snapshot);
    cJSON_Delete(snapshot);
}
