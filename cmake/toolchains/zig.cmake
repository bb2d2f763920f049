# Cross-compiles with zig's C compiler, which brings the headers and libraries of each target:
#   -DCMAKE_TOOLCHAIN_FILE=cmake/toolchains/zig.cmake -DBNB_PROBE_ZIG=/path/to/zig
#   -DBNB_PROBE_TARGET=x86_64-linux-musl
# The target is ARCHITECTURE-SYSTEM-ABI, for glibc with the oldest version to run on
# (x86_64-linux-gnu.2.17).
set(BNB_PROBE_ZIG zig CACHE FILEPATH "The zig program")
set(BNB_PROBE_TARGET "" CACHE STRING "What to compile for, in zig's words")
# Passed on to the checks that CMake compiles.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES BNB_PROBE_ZIG BNB_PROBE_TARGET)
if(NOT BNB_PROBE_TARGET MATCHES "^([a-z0-9_]+)-(linux|windows|macos)")
  message(FATAL_ERROR "BNB_PROBE_TARGET is '${BNB_PROBE_TARGET}'; x86_64-linux-musl is one")
endif()

set(CMAKE_SYSTEM_PROCESSOR ${CMAKE_MATCH_1})
if(CMAKE_MATCH_2 STREQUAL "linux")
  set(CMAKE_SYSTEM_NAME Linux)
elseif(CMAKE_MATCH_2 STREQUAL "windows")
  set(CMAKE_SYSTEM_NAME Windows)
else()
  set(CMAKE_SYSTEM_NAME Darwin)
endif()

set(CMAKE_C_COMPILER ${BNB_PROBE_ZIG} cc)
set(CMAKE_C_COMPILER_TARGET ${BNB_PROBE_TARGET})
# Read after CMake's own words for the system, which name the archiver of the machine that builds.
set(CMAKE_USER_MAKE_RULES_OVERRIDE_C ${CMAKE_CURRENT_LIST_DIR}/zig_archives.cmake)

# Nothing of the machine that builds belongs into a program for another.
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE NEVER)

# What is built this way is handed out: small, and the same bytes wherever it was built.
set(release_flags "-O2 -DNDEBUG -g0 -ffunction-sections -fdata-sections")
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  # Nothing unwinds the stack of these programs.
  string(APPEND release_flags " -fno-unwind-tables")
endif()
set(CMAKE_C_FLAGS_RELEASE "${release_flags}" CACHE STRING "")
set(CMAKE_EXE_LINKER_FLAGS_RELEASE_INIT "-s -Wl,--gc-sections")
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  # Loaded at another address each time, static or not.
  add_compile_options(-fPIE)
  string(APPEND CMAKE_EXE_LINKER_FLAGS_RELEASE_INIT " -pie")
endif()
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}=. -ffile-prefix-map=${CMAKE_BINARY_DIR}=.)
