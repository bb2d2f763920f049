/*
 * What the probe asks of the CUDA driver library. With a CUDA Toolkit at hand the types
 * are cuda.h's own, and the assertions below hold this list equal to it; without one the
 * few declarations needed are made here (NVIDIA, CUDA Driver API reference manual).
 */
#ifndef BP_PROBE_CUDA_DRIVER_API_H
#define BP_PROBE_CUDA_DRIVER_API_H

#include <stddef.h>

#if defined(BP_HAVE_CUDA_H)
#include <cuda.h>
#else
#define CUDAAPI
typedef int CUdevice;
typedef unsigned int CUresult;
typedef unsigned int CUdevice_attribute;
#endif

enum {
    BP_CUDA_SUCCESS = 0,
    BP_CUDA_ERROR_STUB_LIBRARY = 34,
    BP_CUDA_ATTRIBUTE_PCI_BUS_ID = 33,
    BP_CUDA_ATTRIBUTE_PCI_DEVICE_ID = 34,
    BP_CUDA_ATTRIBUTE_PCI_DOMAIN_ID = 50,
    BP_CUDA_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR = 75,
    BP_CUDA_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR = 76,
};

typedef CUresult(CUDAAPI bp_cuInit_fn)(unsigned int flags);
typedef CUresult(CUDAAPI bp_cuDriverGetVersion_fn)(int *version);
typedef CUresult(CUDAAPI bp_cuGetErrorName_fn)(CUresult error, const char **name);
typedef CUresult(CUDAAPI bp_cuGetErrorString_fn)(CUresult error, const char **text);
typedef CUresult(CUDAAPI bp_cuDeviceGetCount_fn)(int *count);
typedef CUresult(CUDAAPI bp_cuDeviceGet_fn)(CUdevice *device, int ordinal);
typedef CUresult(CUDAAPI bp_cuDeviceGetName_fn)(char *name, int size, CUdevice device);
typedef CUresult(CUDAAPI bp_cuDeviceTotalMem_fn)(size_t *bytes, CUdevice device);
typedef CUresult(CUDAAPI bp_cuDeviceGetAttribute_fn)(int *value, CUdevice_attribute attribute,
                                                     CUdevice device);

#if defined(BP_HAVE_CUDA_H)
#define BP_SAME_PROTOTYPE(function, type)                                                          \
    _Static_assert(_Generic(&function, type * : 1, default : 0),                                   \
                   #function " is declared otherwise in cuda.h")
#define BP_SAME_NUMBER(theirs, ours) _Static_assert((int)(theirs) == (int)(ours), #theirs)

BP_SAME_PROTOTYPE(cuInit, bp_cuInit_fn);
BP_SAME_PROTOTYPE(cuDriverGetVersion, bp_cuDriverGetVersion_fn);
BP_SAME_PROTOTYPE(cuGetErrorName, bp_cuGetErrorName_fn);
BP_SAME_PROTOTYPE(cuGetErrorString, bp_cuGetErrorString_fn);
BP_SAME_PROTOTYPE(cuDeviceGetCount, bp_cuDeviceGetCount_fn);
BP_SAME_PROTOTYPE(cuDeviceGet, bp_cuDeviceGet_fn);
BP_SAME_PROTOTYPE(cuDeviceGetName, bp_cuDeviceGetName_fn);
BP_SAME_PROTOTYPE(cuDeviceTotalMem, bp_cuDeviceTotalMem_fn);
BP_SAME_PROTOTYPE(cuDeviceGetAttribute, bp_cuDeviceGetAttribute_fn);
BP_SAME_NUMBER(CUDA_SUCCESS, BP_CUDA_SUCCESS);
BP_SAME_NUMBER(CUDA_ERROR_STUB_LIBRARY, BP_CUDA_ERROR_STUB_LIBRARY);
BP_SAME_NUMBER(CU_DEVICE_ATTRIBUTE_PCI_BUS_ID, BP_CUDA_ATTRIBUTE_PCI_BUS_ID);
BP_SAME_NUMBER(CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID, BP_CUDA_ATTRIBUTE_PCI_DEVICE_ID);
BP_SAME_NUMBER(CU_DEVICE_ATTRIBUTE_PCI_DOMAIN_ID, BP_CUDA_ATTRIBUTE_PCI_DOMAIN_ID);
BP_SAME_NUMBER(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR,
               BP_CUDA_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
BP_SAME_NUMBER(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR,
               BP_CUDA_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
/* An enumeration and an unsigned int are passed alike; without cuda.h that is relied upon. */
_Static_assert(sizeof(CUresult) == sizeof(unsigned int), "CUresult is no int");
_Static_assert(sizeof(CUdevice_attribute) == sizeof(unsigned int), "CUdevice_attribute is no int");
_Static_assert(sizeof(CUdevice) == sizeof(int), "CUdevice is no int");
#endif

#endif
