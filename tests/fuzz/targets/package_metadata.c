/* Reads the metadata of installed packages: dist-info, egg-info, eggs, links, conda's records. */
#include "probe/packages.h"

#include "tests/fuzz/fuzz_facts.h"

#define SITE "/venv/lib/python3.12/site-packages"
#define INFO SITE "/bitsandbytes-0.45.0.dist-info"

void fuzz_one(const uint8_t *data, size_t size) {
    static const char *const paths[] = {INFO "/METADATA",
                                        INFO "/WHEEL",
                                        INFO "/RECORD",
                                        INFO "/INSTALLER",
                                        INFO "/direct_url.json",
                                        INFO "/top_level.txt",
                                        SITE "/torch-2.1.0.egg-info",
                                        SITE "/peft-0.9-py3.12.egg-info/PKG-INFO",
                                        SITE "/trl-0.8-py3.12.egg/EGG-INFO/PKG-INFO",
                                        SITE "/accelerate.egg-link",
                                        SITE "/accelerate/__init__.py",
                                        SITE "/triton/__init__.py",
                                        SITE "/triton/version.py",
                                        "/venv/conda-meta/transformers-4.40.0-py312_0.json",
                                        NULL};
    fuzz_write_tree(paths, data, size);
    struct bp_strs search_path = {0};
    bp_strs_add(&search_path, SITE);
    bp_strs_add(&search_path, SITE "/trl-0.8-py3.12.egg");
    struct bp_facts *facts = fuzz_facts();
    cJSON_Delete(bp_packages_find(fuzz_root(), &search_path, "/venv", facts,
                                  "/python/interpreters/0/packages"));
    bp_facts_end(facts);
    bp_strs_free(&search_path);
}
