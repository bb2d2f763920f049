# The libraries this program is built with: hwloc, cJSON, PCRE2. Taken from the system.
find_package(PkgConfig REQUIRED)

function(third_party name module)
  pkg_check_modules(${name} REQUIRED IMPORTED_TARGET ${module})
  add_library(third_party::${name} ALIAS PkgConfig::${name})
endfunction()

third_party(cjson libcjson)
third_party(pcre2 libpcre2-8)
third_party(hwloc hwloc)
