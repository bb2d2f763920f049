/*
 * Installed Python packages, from the metadata that their installers left: no pip, no
 * importlib. A folder's listing already says names and versions, so files are opened only
 * for the few packages that matter to bitsandbytes.
 * https://packaging.python.org/en/latest/specifications/recording-installed-packages/
 */
#ifndef BP_PROBE_PACKAGES_H
#define BP_PROBE_PACKAGES_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/str.h"
#include "probe/facts.h"
#include "probe/os/files.h"

/* A project name as PEP 503 normalises it ("Flash_Attn" is "flash-attn"). The caller frees it. */
char *bp_package_normal_name(const char *name);

/* Whether the packages section tells of this project (normalised name). */
bool bp_package_of_interest(const char *normal_name);

enum bp_metadata_kind {
    BP_METADATA_DIST_INFO, /* NAME-VERSION.dist-info, a folder */
    BP_METADATA_EGG_INFO,  /* NAME[-VERSION[-pyX.Y]].egg-info, a folder or a file */
    BP_METADATA_EGG,       /* NAME-VERSION-pyX.Y.egg, itself on the search path */
    BP_METADATA_EGG_LINK,  /* NAME.egg-link, naming a project's folder */
    BP_METADATA_CONDA,     /* NAME-VERSION-BUILD.json in conda-meta */
};

/* What the name of a metadata file or folder says. */
struct bp_metadata_name {
    enum bp_metadata_kind kind;
    char *name;    /* as written, owned */
    char *version; /* owned; NULL where the name holds none */
};

/* Reads such a name. False where it is none; free with bp_metadata_name_free. */
bool bp_metadata_name_read(const char *file_name, struct bp_metadata_name *read);
void bp_metadata_name_free(struct bp_metadata_name *read);

/*
 * The schema's "package_copy" for the metadata at `path`, found in the search folder
 * `place`. What could not be read is null, with the reason among the unknowns below
 * `pointer`. `with_requires` asks for the required packages.
 */
cJSON *bp_package_copy(const struct bp_root *root, const char *place, const char *path,
                       const struct bp_metadata_name *name, bool with_requires,
                       struct bp_facts *facts, const char *pointer);

/* A package copy for a folder NAME/__init__.py without metadata. */
cJSON *bp_package_bare_copy(const struct bp_root *root, const char *place, const char *name);

/*
 * The version that a package folder's own __init__.py or version file assigns, or NULL.
 * *from (may be NULL) receives the path of that file. The caller frees both.
 */
char *bp_package_source_version(const struct bp_root *root, const char *folder, char **from);

/*
 * The schema's "packages" of one interpreter: normalised name to its copies in search
 * order. `prefix` is looked at for conda's records. `pointer` is where the result will
 * stand in the snapshot.
 */
cJSON *bp_packages_find(const struct bp_root *root, const struct bp_strs *search_path,
                        const char *prefix, struct bp_facts *facts, const char *pointer);

/* The folder of a "file://" address, or NULL. The caller frees it. */
char *bp_file_url_path(const char *url);

#endif
