# Static libraries by zig's archiver: that of the machine that builds writes an empty index of objects
# that it does not know, such as those for Windows on Arm.
set(CMAKE_C_ARCHIVE_CREATE "\"${BNB_PROBE_ZIG}\" ar qcD <TARGET> <OBJECTS>")
set(CMAKE_C_ARCHIVE_APPEND "\"${BNB_PROBE_ZIG}\" ar qD <TARGET> <OBJECTS>")
set(CMAKE_C_ARCHIVE_FINISH "\"${BNB_PROBE_ZIG}\" ranlib -D <TARGET>")
