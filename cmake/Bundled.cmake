include(${CMAKE_CURRENT_LIST_DIR}/BundledHwloc.cmake)

# Upstream sources of the libraries, for systems that lack them and for programs that shall run
# anywhere. An archive is looked for in BNB_PROBE_ARCHIVES first, for building without a network,
# and fetched from its upstream otherwise. It is used only if its SHA-256 is one of those written
# here: upstream's archive first, then the same release as packed again by Debian.
set(BNB_PROBE_ARCHIVES "" CACHE PATH "Folder with source archives, instead of fetching them")

set(cjson_NAME cJSON-1.7.15)
set(cjson_URL https://github.com/DaveGamble/cJSON/archive/refs/tags/v1.7.15.tar.gz)
set(cjson_SHA256 5308fd4bd90cef7aa060558514de6a1a4a0819974a26e6ed13973c5f624c24b2)

set(pcre2_NAME pcre2-10.42)
set(pcre2_URL https://github.com/PCRE2Project/pcre2/releases/download/pcre2-10.42/pcre2-10.42.tar.gz)
set(pcre2_SHA256 c33b418e3b936ee3153de2c61cc638e7e4fe3156022a5c77d0711bcbb9d64f1f)

set(hwloc_NAME hwloc-2.9.0)
set(hwloc_URL https://download.open-mpi.org/release/hwloc/v2.9/hwloc-2.9.0.tar.bz2)
set(hwloc_SHA256
  2070e963596a2421b9af8eca43bdec113ee1107aaf7ccb475d4d3767a8856887
  b3fb1a43a14d8fbcd8e976de5ede2ea7ce1d768ed173adb33c7ceaaf098dc970)

set(zlib_NAME zlib-1.2.13)
set(zlib_URL https://github.com/madler/zlib/releases/download/v1.2.13/zlib-1.2.13.tar.gz)
set(zlib_SHA256
  b3a24de97a8fdbc835b9833169501030b8977031bcb54b3b3ac13740f846ab30
  71feb7947e3c00ef125f83b79a4e529bde31171e5babe48b391f06758d1ab0a1)

set(zstd_NAME zstd-1.5.4)
set(zstd_URL https://github.com/facebook/zstd/releases/download/v1.5.4/zstd-1.5.4.tar.gz)
set(zstd_SHA256
  0f470992aedad543126d06efab344dc5f3e171893810455787d38347343a4424
  8cf4bbb65e77ec348d052c8d6230eba66d435bddf64c8b5be2fcb16880c19953)

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

# Unpacks the sources of a library; sets `result` to their folder, whatever the archive calls it.
function(unpack_sources name result)
  set(folder ${PROJECT_BINARY_DIR}/third_party/${${name}_NAME})
  if(NOT EXISTS ${folder}.unpacked)
    given_archive(${name} archive)
    if(NOT archive)
      set(archive ${folder}.archive)
      list(GET ${name}_SHA256 0 checksum)
      message(STATUS "Fetching ${${name}_URL}")
      file(DOWNLOAD ${${name}_URL} ${archive} EXPECTED_HASH SHA256=${checksum} TLS_VERIFY ON)
    endif()
    file(ARCHIVE_EXTRACT INPUT ${archive} DESTINATION ${folder})
    file(TOUCH ${folder}.unpacked)
  endif()
  file(GLOB inside LIST_DIRECTORIES true ${folder}/*)
  set(${result} ${inside} PARENT_SCOPE)
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

# Only what reads and writes bytes in memory is built of zlib, only what unpacks of zstd.
function(bundled_zlib sources)
  set(files adler32 compress crc32 deflate inffast inflate inftrees trees uncompr zutil)
  list(TRANSFORM files PREPEND ${sources}/)
  list(TRANSFORM files APPEND .c)
  add_library(bundled_zlib STATIC ${files})
  target_compile_options(bundled_zlib PRIVATE -w)
  target_include_directories(bundled_zlib SYSTEM PUBLIC ${sources})
  if(CMAKE_SYSTEM_NAME STREQUAL "Darwin")
    # Its header takes every Mac for one of before 2001, which had no fdopen.
    target_compile_definitions(bundled_zlib PRIVATE fdopen=fdopen)
  endif()
  target_compile_definitions(bundled_zlib INTERFACE BP_HAVE_ZLIB=1)
  add_library(third_party::zlib ALIAS bundled_zlib)
endfunction()

function(bundled_zstd sources)
  file(GLOB files ${sources}/lib/common/*.c ${sources}/lib/decompress/*.c)
  list(FILTER files EXCLUDE REGEX "/(pool|threading)\\.c$")
  add_library(bundled_zstd STATIC ${files})
  target_compile_options(bundled_zstd PRIVATE -w)
  target_include_directories(bundled_zstd SYSTEM PUBLIC ${sources}/lib)
  # Of the ways to unpack the same, the small ones: only beginnings are unpacked.
  target_compile_definitions(bundled_zstd PRIVATE ZSTD_DISABLE_ASM=1 HUF_FORCE_DECOMPRESS_X1=1
    ZSTD_FORCE_DECOMPRESS_SEQUENCES_SHORT=1 ZSTD_NO_INLINE=1 ZSTD_STRIP_ERROR_STRINGS=1
    INTERFACE BP_HAVE_ZSTD=1)
  add_library(third_party::zstd ALIAS bundled_zstd)
endfunction()

function(bundled_library name)
  message(STATUS "Building ${${name}_NAME}")
  unpack_sources(${name} sources)
  cmake_language(CALL bundled_${name} ${sources})
endfunction()
