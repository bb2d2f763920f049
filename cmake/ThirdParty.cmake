# The libraries this program is built with: hwloc, cJSON, PCRE2. Each is taken from the
# system where pkg-config finds it, and otherwise built from its pinned upstream release
# (cmake/Bundled.cmake). BNB_PROBE_LIBRARIES=system or bundled insists on one of the two.
find_package(PkgConfig REQUIRED)
set(BNB_PROBE_LIBRARIES auto CACHE STRING "Where hwloc, cJSON and PCRE2 come from")
set_property(CACHE BNB_PROBE_LIBRARIES PROPERTY STRINGS auto system bundled)
include(${CMAKE_CURRENT_LIST_DIR}/Bundled.cmake)

function(third_party name module)
  if(NOT BNB_PROBE_LIBRARIES STREQUAL "bundled")
    pkg_check_modules(${name} IMPORTED_TARGET ${module})
  endif()
  if(${name}_FOUND)
    add_library(third_party::${name} ALIAS PkgConfig::${name})
  elseif(BNB_PROBE_LIBRARIES STREQUAL "system")
    message(FATAL_ERROR "The system has no ${module}, and BNB_PROBE_LIBRARIES is `system`.")
  else()
    bundled_library(${name})
  endif()
endfunction()

third_party(cjson libcjson)
third_party(pcre2 libpcre2-8)
third_party(hwloc hwloc)

# zlib and libzstd unpack the beginning of compressed GPU code. The program can be built
# without them and then says so where it meets such code. A static library is preferred:
# a shared one would have to be loaded at every start, for what few runs need.
function(optional_library name module archive)
  pkg_check_modules(${name} QUIET ${module})
  if(NOT ${name}_FOUND)
    message(STATUS "No ${module}: GPU code compressed with it will not be listed")
    return()
  endif()
  find_library(${name}_ARCHIVE ${archive} HINTS ${${name}_LIBRARY_DIRS})
  add_library(third_party_${name} INTERFACE)
  if(${name}_ARCHIVE)
    target_link_libraries(third_party_${name} INTERFACE ${${name}_ARCHIVE})
  else()
    target_link_libraries(third_party_${name} INTERFACE ${${name}_LINK_LIBRARIES})
  endif()
  target_include_directories(third_party_${name} SYSTEM INTERFACE ${${name}_INCLUDE_DIRS})
  string(TOUPPER ${name} upper)
  target_compile_definitions(third_party_${name} INTERFACE BP_HAVE_${upper}=1)
  add_library(third_party::${name} ALIAS third_party_${name})
endfunction()

optional_library(zlib zlib libz.a)
optional_library(zstd libzstd libzstd.a)
