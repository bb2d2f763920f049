/*
 * What the name of a library file says: which of the GPU libraries it is, and its version;
 * and what the nvidia wheels' metadata folders say of the files that they brought.
 */
#ifndef BP_PROBE_LIBRARY_NAMES_H
#define BP_PROBE_LIBRARY_NAMES_H

#include <stdbool.h>

#include "base/str.h"

/*
 * "cudart" of libcudart.so.12, of libcudart.so.12.4.127 and of the bundled copy
 * libcudart-d0da41ae.so.11.0; NULL for what is none of the GPU libraries known here.
 */
const char *bp_library_family(const char *file_name);

/* Whether the family is of the CUDA toolkit: cudart, cublas, cublasLt, cusparse ... */
bool bp_library_is_cuda(const char *family);

/* Whether two file names differ only in what comes after ".so" and in a bundled copy's hash. */
bool bp_library_same_stem(const char *left, const char *right);

/*
 * The version of a DLL by its version resource: what stands in the product's name, "NVIDIA CUDA
 * 12.4.127 Runtime", else the file's own four numbers. NULL for NULLs. The caller frees it.
 */
char *bp_library_dll_version(const char *product, const char *file_version);

/*
 * The full version in the name of the file that `soname` leads to: "12.4.127" of
 * libcudart.so.12.4.127 for libcudart.so.12. NULL where the name says no more than the
 * soname. The caller frees it.
 */
char *bp_library_version(const char *real_name, const char *soname);

/*
 * Finds the wheel that brought an nvidia library: among `metadata` (names of NAME-VERSION.dist-info
 * folders of one site folder) the one for `family`. `folder` is the part below nvidia/ ("cublas",
 * "cu13"), `soname` tells apart wheels for two CUDA versions. Returns the distribution's name and
 * sets *version, both owned by the caller; NULL where none or more than one fits.
 */
char *bp_library_wheel(const struct bp_strs *metadata, const char *family, const char *folder,
                       const char *soname, char **version);

#endif
