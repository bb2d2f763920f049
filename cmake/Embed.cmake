# embed_files(TARGET SYMBOL [WITHOUT MEMBER] FILES...) compiles files into TARGET as
#   const struct bp_embedded_file SYMBOL[]   (ended by a row whose name is NULL; base/embedded.h)
# FILES may be globs. Rebuilt when a file changes. WITHOUT: the files are JSON objects, put in
# without that member and without indentation, so that the program reads less.
function(embed_files target symbol)
  cmake_parse_arguments(PARSE_ARGV 2 embed "" "WITHOUT" "")
  file(GLOB files CONFIGURE_DEPENDS ${embed_UNPARSED_ARGUMENTS})
  list(SORT files)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.c)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DSYMBOL=${symbol} "-DFILES=${files}" -DOUTPUT=${output}
            -DWITHOUT=${embed_WITHOUT} -P ${PROJECT_SOURCE_DIR}/cmake/EmbedFiles.cmake
    DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/EmbedFiles.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
