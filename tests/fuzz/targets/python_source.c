/* Reads assignments, version files and editable finders out of Python files. */
#include "probe/python_source.h"

#include <stdlib.h>

#include "probe/import_rules.h"
#include "probe/packages.h"
#include "probe/python.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *data, size_t size) {
    char *text = fuzz_text(data, size);
    free(bp_python_assignment(text, "__version__").text);
    free(bp_python_assignment(text, "cuda").text);
    free(bp_python_entry(text, "bitsandbytes"));
    free(text);

    fuzz_write("/site/torch/__init__.py", data, size);
    fuzz_write("/site/torch/version.py", data, size);
    fuzz_write("/site/__editable___bitsandbytes_finder.py", data, size);
    struct bp_strs folders = {0};
    bp_strs_add(&folders, "/site");
    cJSON_Delete(bp_torch_version(fuzz_root(), &folders));
    free(bp_package_source_version(fuzz_root(), "/site/torch", NULL));
    free(bp_import_editable(fuzz_root(), &folders, "bitsandbytes"));
    bp_strs_free(&folders);
}
