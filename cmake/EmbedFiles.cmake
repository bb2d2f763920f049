# Writes OUTPUT, a C file with the bytes of each of FILES under SYMBOL. Run by embed_files.
set(arrays "")
set(rows "")
set(number 0)
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  if(JSON OR WITHOUT OR ONLY)
    file(READ ${file} text)
    if(WITHOUT)
      string(JSON text REMOVE "${text}" ${WITHOUT})
    elseif(ONLY)
      string(JSON text GET "${text}" ${ONLY})
    endif()
    # A JSON string holds no line end, so what stands around one is indentation.
    string(REGEX REPLACE "[ \t]*\n[ \t]*" "" text "${text}")
    string(HEX "${text}" bytes)
  else()
    file(READ ${file} bytes HEX)
  endif()
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  string(APPEND arrays "static const unsigned char file_${number}[] = {${bytes}0x00};\n")
  string(APPEND rows
    "    {\"${name}\", (const char *)file_${number}, sizeof file_${number} - 1},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUTPUT} "#include \"base/embedded.h\"\n\n${arrays}\n"
  "extern const struct bp_embedded_file ${SYMBOL}[];\n"
  "const struct bp_embedded_file ${SYMBOL}[] = {\n${rows}    {0, 0, 0},\n};\n")
