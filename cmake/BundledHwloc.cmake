# hwloc has no CMake build for Linux, and its configure takes longer than all else here. What it
# would have found out about a system is said below; its own templates are filled in with that.

# What every C17 compiler and POSIX system has, of what hwloc's sources ask about.
set(hwloc_common
  HWLOC_VERSION="2.9.0" HWLOC_VERSION_MAJOR=2 HWLOC_VERSION_MINOR=9 HWLOC_VERSION_RELEASE=0
  HWLOC_VERSION_GREEK="" VERSION="2.9.0"
  HWLOC_SYM_TRANSFORM=0 HWLOC_SYM_PREFIX=hwloc_ HWLOC_SYM_PREFIX_CAPS=HWLOC_
  HWLOC_SIZEOF_UNSIGNED_INT=4 SIZEOF_UNSIGNED_INT=4 SIZEOF_VOID_P=8
  HWLOC_HAVE_STDINT_H=1 HWLOC_HAVE_CORRECT_SNPRINTF=1 HWLOC_C_HAVE_VISIBILITY=1
  HWLOC_HAVE_ATTRIBUTE=1 HWLOC_HAVE_ATTRIBUTE_ALIGNED=1 HWLOC_HAVE_ATTRIBUTE_ALWAYS_INLINE=1
  HWLOC_HAVE_ATTRIBUTE_CONST=1 HWLOC_HAVE_ATTRIBUTE_DEPRECATED=1 HWLOC_HAVE_ATTRIBUTE_FORMAT=1
  HWLOC_HAVE_ATTRIBUTE_MALLOC=1 HWLOC_HAVE_ATTRIBUTE_MAY_ALIAS=1
  HWLOC_HAVE_ATTRIBUTE_NORETURN=1 HWLOC_HAVE_ATTRIBUTE_PURE=1 HWLOC_HAVE_ATTRIBUTE_UNUSED=1
  HWLOC_HAVE_ATTRIBUTE_WARN_UNUSED_RESULT=1
  HAVE_CTYPE_H=1 HAVE_INTTYPES_H=1 HAVE_LOCALE_H=1 HAVE_STDINT_H=1 HAVE_STDIO_H=1 HAVE_STDLIB_H=1
  HAVE_STRING_H=1 HAVE_SYS_STAT_H=1 HAVE_SYS_TYPES_H=1 HAVE_TIME_H=1 HAVE_WCHAR_H=1
  HAVE_WCHAR_T=1 HAVE_SETLOCALE=1 HAVE_STRFTIME=1 HAVE_DECL_SNPRINTF=1 HAVE_DECL_STRTOULL=1
  HAVE_DECL_GETEXECNAME=0 HAVE_DECL_GETPROGNAME=0 HAVE_DECL__PUTENV=0 HAVE_DECL__STRDUP=0
  HAVE_DECL__SC_LARGE_PAGESIZE=0 HAVE_DECL__SC_NPROC_CONF=0 HAVE_DECL__SC_NPROC_ONLN=0
  HAVE_DECL_RUNNING_ON_VALGRIND=0 HAVE_DECL_FABSF=1 HAVE_DECL_MODFF=1 STDC_HEADERS=1)

set(hwloc_posix
  hwloc_pid_t=pid_t hwloc_thread_t=pthread_t HWLOC_SIZEOF_UNSIGNED_LONG=8 SIZEOF_UNSIGNED_LONG=8
  HAVE_PTHREAD_T=1 HAVE_SSIZE_T=1 HWLOC_HAVE_PTHREAD_MUTEX=1
  HAVE_DIRENT_H=1 HAVE_LANGINFO_H=1 HAVE_STRINGS_H=1 HAVE_SYS_MMAN_H=1 HAVE_SYS_UTSNAME_H=1
  HAVE_UNISTD_H=1 HAVE_CLOCK_GETTIME=1 HAVE_FFS=1 HAVE_GETPAGESIZE=1 HAVE_ISATTY=1 HAVE_MKSTEMP=1
  HAVE_NL_LANGINFO=1 HAVE_OPENAT=1 HAVE_POSIX_MEMALIGN=1 HAVE_STRCASECMP=1 HAVE_STRNCASECMP=1
  HAVE_UNAME=1 HAVE_USELOCALE=1 HWLOC_HAVE_FFS=1 HWLOC_HAVE_DECL_FFS=1
  HWLOC_HAVE_DECL_STRCASECMP=1 HWLOC_HAVE_DECL_STRNCASECMP=1
  HAVE_DECL__SC_NPROCESSORS_CONF=1 HAVE_DECL__SC_NPROCESSORS_ONLN=1 HAVE_DECL__SC_PAGESIZE=1
  HAVE_DECL__SC_PAGE_SIZE=1)

set(hwloc_linux
  HWLOC_LINUX_SYS=1 HWLOC_HAVE_LINUXIO=1 HWLOC_HAVE_LINUXPCI=1 HWLOC_HAVE_CPU_SET=1
  HWLOC_HAVE_CPU_SET_S=1 HWLOC_HAVE_SCHED_SETAFFINITY=1 HWLOC_HAVE_SYSCALL=1
  HAVE_MALLOC_H=1 HAVE_MEMALIGN=1 HAVE_DECL_SCHED_GETCPU=1
  HAVE_DECL_PTHREAD_GETAFFINITY_NP=1 HAVE_DECL_PTHREAD_SETAFFINITY_NP=1)

set(hwloc_darwin
  HWLOC_DARWIN_SYS=1 HAVE_SYS_PARAM_H=1 HAVE_SYS_SYSCTL_H=1 HAVE_SYSCTL=1 HAVE_SYSCTLBYNAME=1
  HAVE_DECL_CTL_HW=1 HAVE_DECL_HW_NCPU=1 HAVE_DECL_HW_MEMSIZE=1 HAVE_MACH_MACH_INIT_H=1
  HAVE_MACH_MACH_HOST_H=1)

set(hwloc_windows
  HWLOC_WIN_SYS=1 HAVE_WINDOWS_H=1 HWLOC_HAVE_WINDOWS_H=1 HAVE_UNISTD_H=1
  hwloc_pid_t=HANDLE hwloc_thread_t=HANDLE HWLOC_SIZEOF_UNSIGNED_LONG=4 SIZEOF_UNSIGNED_LONG=4
  HAVE_DECL_STRCASECMP=1 HAVE_STRNCASECMP=1
  HAVE_KAFFINITY=1 HAVE_PROCESSOR_CACHE_TYPE=1 HAVE_CACHE_DESCRIPTOR=1
  HAVE_LOGICAL_PROCESSOR_RELATIONSHIP=1 HAVE_RELATIONPROCESSORPACKAGE=1
  HAVE_SYSTEM_LOGICAL_PROCESSOR_INFORMATION=1 HAVE_GROUP_AFFINITY=1 HAVE_PROCESSOR_RELATIONSHIP=1
  HAVE_NUMA_NODE_RELATIONSHIP=1 HAVE_CACHE_RELATIONSHIP=1 HAVE_PROCESSOR_GROUP_INFO=1
  HAVE_GROUP_RELATIONSHIP=1 HAVE_SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX=1
  HAVE_PROCESSOR_NUMBER=1)

# Fills in hwloc's template: "#undef NAME" becomes what is listed, or stays undefined.
function(fill_in_hwloc_header template output)
  file(READ ${template} text)
  foreach(definition IN LISTS ARGN)
    string(REGEX MATCH "^([^=]+)=(.*)$" unused "${definition}")
    string(REGEX REPLACE "(#[ ]*)undef ${CMAKE_MATCH_1}\n" "\\1define ${CMAKE_MATCH_1} ${CMAKE_MATCH_2}\n"
           text "${text}")
  endforeach()
  file(CONFIGURE OUTPUT ${output} CONTENT "${text}" @ONLY)
endfunction()

function(bundled_hwloc sources)
  set(files base64 bind bitmap components cpukinds diff distances memattrs misc pci-common shmem
      topology topology-noos topology-synthetic topology-xml topology-xml-nolibxml traversal)
  # Without those that take a machine's description from a file or a variable.
  set(components noos)
  set(definitions ${hwloc_common})
  if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
    list(APPEND files topology-linux topology-hardwired)
    list(APPEND components linux)
    list(APPEND definitions ${hwloc_posix} ${hwloc_linux})
  elseif(CMAKE_SYSTEM_NAME STREQUAL "Darwin")
    list(APPEND files topology-darwin)
    list(APPEND components darwin)
    list(APPEND definitions ${hwloc_posix} ${hwloc_darwin})
  elseif(CMAKE_SYSTEM_NAME STREQUAL "Windows")
    list(APPEND files topology-windows)
    list(APPEND components windows)
    list(APPEND definitions ${hwloc_windows})
  else()
    message(FATAL_ERROR "How to build hwloc for ${CMAKE_SYSTEM_NAME} is not written down here")
  endif()

  set(generated ${PROJECT_BINARY_DIR}/third_party/hwloc)
  foreach(header private/autogen/config.h hwloc/autogen/config.h)
    fill_in_hwloc_header(${sources}/include/${header}.in ${generated}/${header} ${definitions})
  endforeach()
  set(list "")
  foreach(component IN LISTS components)
    string(APPEND list "    &hwloc_${component}_component,\n")
  endforeach()
  file(CONFIGURE OUTPUT ${generated}/static-components.h CONTENT
"#include <private/internal-components.h>
static const struct hwloc_component *hwloc_static_components[] = {
${list}    NULL,
};
")

  list(TRANSFORM files PREPEND ${sources}/hwloc/)
  list(TRANSFORM files APPEND .c)
  add_library(bundled_hwloc STATIC ${files})
  set_target_properties(bundled_hwloc PROPERTIES C_EXTENSIONS ON)
  # Its speed is not felt, its size is.
  target_compile_options(bundled_hwloc PRIVATE -w -Os)
  target_compile_definitions(bundled_hwloc PRIVATE _GNU_SOURCE HWLOC_INSIDE_LIBHWLOC=1
    RUNSTATEDIR="/run" HWLOC_PLUGINS_PATH="/nonexistent")
  target_include_directories(bundled_hwloc SYSTEM PUBLIC ${generated} ${sources}/include)
  target_include_directories(bundled_hwloc PRIVATE ${sources}/hwloc)
  target_link_libraries(bundled_hwloc PUBLIC m)
  add_library(third_party::hwloc ALIAS bundled_hwloc)
endfunction()
