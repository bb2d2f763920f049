# embed_files(TARGET SYMBOL FILES...) compiles files into TARGET as
#   const struct bp_embedded_file SYMBOL[]   (ended by a row whose name is NULL; base/embedded.h)
# FILES may be globs. Rebuilt when a file changes.
function(embed_files target symbol)
  file(GLOB files CONFIGURE_DEPENDS ${ARGN})
  list(SORT files)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.c)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DSYMBOL=${symbol} "-DFILES=${files}" -DOUTPUT=${output}
            -P ${PROJECT_SOURCE_DIR}/cmake/EmbedFiles.cmake
    DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/EmbedFiles.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
