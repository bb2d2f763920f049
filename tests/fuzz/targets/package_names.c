/* Reads the names of metadata files, library files and addresses. */
#include <stdlib.h>

#include "probe/dpkg.h"
#include "probe/library_names.h"
#include "probe/packages.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *data, size_t size) {
    char *text = fuzz_text(data, size);
    struct bp_metadata_name name;
    if (bp_metadata_name_read(text, &name)) {
        free(bp_package_normal_name(name.name));
        bp_metadata_name_free(&name);
    }
    free(bp_file_url_path(text));
    free(bp_dpkg_upstream(text));
    free(bp_library_version(text, "libcudart.so.12"));
    const char *family = bp_library_family(text);
    struct bp_strs metadata = {0};
    bp_strs_split(&metadata, text, '\n', false);
    char *version = NULL;
    free(bp_library_wheel(&metadata, family ? family : "cudart", "cu13", "libcudart.so.13",
                          &version));
    free(version);
    bp_strs_free(&metadata);
    bp_library_same_stem(text, "libcudart-d0da41ae.so.11.0");
    free(text);
}
