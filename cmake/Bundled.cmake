# Upstream sources of hwloc, cJSON and PCRE2, for systems that lack them. An archive is
# looked for in BNB_PROBE_ARCHIVES first, for building without a network, and fetched from
# its upstream otherwise. It is used only if its SHA-256 is one of those written here.
set(BNB_PROBE_ARCHIVES "" CACHE PATH "Folder with source archives, instead of fetching them")

set(cjson_NAME cJSON-1.7.15)
set(cjson_URL https://github.com/DaveGamble/cJSON/archive/refs/tags/v1.7.15.tar.gz)
set(cjson_SHA256 5308fd4bd90cef7aa060558514de6a1a4a0819974a26e6ed13973c5f624c24b2)

set(pcre2_NAME pcre2-10.42)
set(pcre2_URL https://github.com/PCRE2Project/pcre2/releases/download/pcre2-10.42/pcre2-10.42.tar.gz)
set(pcre2_SHA256 c33b418e3b936ee3153de2c61cc638e7e4fe3156022a5c77d0711bcbb9d64f1f)

# The first is upstream's archive, the second the same release as packed again by Debian.
set(hwloc_NAME hwloc-2.9.0)
set(hwloc_URL https://download.open-mpi.org/release/hwloc/v2.9/hwloc-2.9.0.tar.bz2)
set(hwloc_SHA256
  2070e963596a2421b9af8eca43bdec113ee1107aaf7ccb475d4d3767a8856887
  b3fb1a43a14d8fbcd8e976de5ede2ea7ce1d768ed173adb33c7ceaaf098dc970)

# The archive in BNB_PROBE_ARCHIVES with a checksum that is known, or nothing.
function(given_archive name result)
  set(${result} "" PARENT_SCOPE)
  if(NOT BNB_PROBE_ARCHIVES)
    return()
  endif()
  file(GLOB files ${BNB_PROBE_ARCHIVES}/*.tar.*)
  foreach(file IN LISTS files)
    file(SHA256 ${file} checksum)
    if(checksum IN_LIST ${name}_SHA256)
      set(${result} ${file} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "${BNB_PROBE_ARCHIVES} holds no archive of ${${name}_NAME} with a "
    "checksum that cmake/Bundled.cmake knows.")
endfunction()

# Unpacks the sources of a library; sets `result` to their folder.
function(unpack_sources name result)
  set(folder ${PROJECT_BINARY_DIR}/third_party)
  set(${result} ${folder}/${${name}_NAME} PARENT_SCOPE)
  if(EXISTS ${folder}/${${name}_NAME}.unpacked)
    return()
  endif()
  given_archive(${name} archive)
  if(NOT archive)
    set(archive ${folder}/${${name}_NAME}.archive)
    list(GET ${name}_SHA256 0 checksum)
    message(STATUS "Fetching ${${name}_URL}")
    file(DOWNLOAD ${${name}_URL} ${archive} EXPECTED_HASH SHA256=${checksum} TLS_VERIFY ON)
  endif()
  file(ARCHIVE_EXTRACT INPUT ${archive} DESTINATION ${folder})
  file(TOUCH ${folder}/${${name}_NAME}.unpacked)
endfunction()

function(bundled_cjson sources)
  # Its headers are included as <cjson/cJSON.h>, as an installed cJSON has them.
  file(COPY ${sources}/cJSON.h DESTINATION ${PROJECT_BINARY_DIR}/third_party/include/cjson)
  add_library(bundled_cjson STATIC ${sources}/cJSON.c)
  target_include_directories(bundled_cjson SYSTEM PUBLIC ${PROJECT_BINARY_DIR}/third_party/include)
  add_library(third_party::cjson ALIAS bundled_cjson)
endfunction()

function(bundled_pcre2 sources)
  set(BUILD_SHARED_LIBS OFF)
  set(BUILD_STATIC_LIBS ON)
  foreach(option PCRE2_BUILD_PCRE2GREP PCRE2_BUILD_TESTS PCRE2_SUPPORT_LIBZ PCRE2_SUPPORT_LIBBZ2
          PCRE2_SUPPORT_LIBREADLINE PCRE2_SUPPORT_LIBEDIT)
    set(${option} OFF CACHE INTERNAL "")
  endforeach()
  set(binaries ${PROJECT_BINARY_DIR}/third_party/pcre2)
  add_subdirectory(${sources} ${binaries} EXCLUDE_FROM_ALL)
  add_library(bundled_pcre2 INTERFACE)
  target_include_directories(bundled_pcre2 SYSTEM INTERFACE ${binaries})
  target_compile_definitions(bundled_pcre2 INTERFACE PCRE2_STATIC)
  target_link_libraries(bundled_pcre2 INTERFACE pcre2-8-static)
  add_library(third_party::pcre2 ALIAS bundled_pcre2)
endfunction()

# hwloc has no CMake build for Linux: its own configure, without all that would draw in
# vendor libraries. PCI stays: on Linux that part reads sysfs and needs no library.
function(bundled_hwloc sources)
  include(ExternalProject)
  set(prefix ${PROJECT_BINARY_DIR}/third_party/hwloc)
  set(library ${prefix}/lib/libhwloc.a)
  ExternalProject_Add(build_hwloc
    SOURCE_DIR ${sources}
    PREFIX ${prefix}/work
    CONFIGURE_COMMAND ${sources}/configure --prefix=${prefix} --libdir=${prefix}/lib
      --enable-static --disable-shared --with-pic --disable-doxygen --disable-readme --disable-picky
      --disable-cairo --disable-libxml2 --disable-libudev --disable-opencl --disable-cuda
      --disable-nvml --disable-rsmi --disable-levelzero --disable-gl --disable-plugins
      --disable-plugin-dlopen --disable-plugin-ltdl --without-x CC=${CMAKE_C_COMPILER}
    BUILD_COMMAND make -j2 -C hwloc
    INSTALL_COMMAND make -C hwloc install
    COMMAND make -C include install
    BUILD_BYPRODUCTS ${library}
    LOG_CONFIGURE ON LOG_BUILD ON LOG_INSTALL ON)
  file(MAKE_DIRECTORY ${prefix}/include)
  add_library(bundled_hwloc INTERFACE)
  add_dependencies(bundled_hwloc build_hwloc)
  target_include_directories(bundled_hwloc SYSTEM INTERFACE ${prefix}/include)
  target_link_libraries(bundled_hwloc INTERFACE ${library} m)
  add_library(third_party::hwloc ALIAS bundled_hwloc)
endfunction()

function(bundled_library name)
  message(STATUS "The system has no ${name}: building ${${name}_NAME}")
  unpack_sources(${name} sources)
  cmake_language(CALL bundled_${name} ${sources})
endfunction()
