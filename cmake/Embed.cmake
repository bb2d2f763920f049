# embed_files(TARGET SYMBOL [JSON] [WITHOUT MEMBER | ONLY MEMBER] [LEAVING_OUT NAME...]
#             [FILES] FILES...) compiles files into TARGET as
#   const struct bp_embedded_file SYMBOL[]   (ended by a row whose name is NULL; base/embedded.h)
# FILES may be globs. Rebuilt when a file changes. JSON: the files are JSON, put in without their
# indentation, so that the program is smaller and reads less. WITHOUT, ONLY: likewise, and they are
# objects, put in without that member, or put in as that member's value. LEAVING_OUT: likewise, and
# without each member of such a name, however deep, whose value is a text or a list of texts.
function(embed_files target symbol)
  cmake_parse_arguments(PARSE_ARGV 2 embed "JSON" "WITHOUT;ONLY" "LEAVING_OUT;FILES")
  file(GLOB files CONFIGURE_DEPENDS ${embed_UNPARSED_ARGUMENTS} ${embed_FILES})
  list(SORT files)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.c)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DSYMBOL=${symbol} "-DFILES=${files}" -DOUTPUT=${output}
            -DJSON=${embed_JSON} -DWITHOUT=${embed_WITHOUT} -DONLY=${embed_ONLY}
            "-DLEAVING_OUT=${embed_LEAVING_OUT}" -P ${PROJECT_SOURCE_DIR}/cmake/EmbedFiles.cmake
    DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/EmbedFiles.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
