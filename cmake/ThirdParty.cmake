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
