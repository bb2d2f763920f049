# Writes OUTPUT, a C file with the bytes of each of FILES under SYMBOL. Run by embed_files.
set(json_text "\"([^\"\\]|\\\\.)*\"")

# Takes the members out of `text` that are called `name` and hold a text or a list of texts, each
# with the comma before it, or else behind it.
function(leave_out name)
  set(member "\"${name}\": *(${json_text}|\\[[^][]*\\])")
  string(REGEX REPLACE ",${member}" "" text "${text}")
  string(REGEX REPLACE "${member},?" "" text "${text}")
  set(text "${text}" PARENT_SCOPE)
endfunction()

set(arrays "")
set(rows "")
set(number 0)
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  if(JSON OR WITHOUT OR ONLY OR LEAVING_OUT)
    file(READ ${file} text)
    if(WITHOUT)
      string(JSON text REMOVE "${text}" ${WITHOUT})
    elseif(ONLY)
      string(JSON text GET "${text}" ${ONLY})
    endif()
    # A JSON string holds no line end, so what stands around one is indentation.
    string(REGEX REPLACE "[ \t]*\n[ \t]*" "" text "${text}")
    foreach(name IN LISTS LEAVING_OUT)
      leave_out(${name})
    endforeach()
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
