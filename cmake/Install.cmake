# As a Python package (pyproject.toml): the program alone, where the environment's programs are.
if(SKBUILD)
  install(TARGETS bnb-probe RUNTIME DESTINATION ${SKBUILD_SCRIPTS_DIR})
  return()
endif()

include(GNUInstallDirs)
install(TARGETS bnb-probe RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

# What goes with the program is written by it, which takes a machine that can run it.
if(CMAKE_CROSSCOMPILING)
  return()
endif()
set(PAPERS bnb-probe.1 bnb-probe.bash _bnb-probe bnb-probe.fish bnb-probe-1.schema.json)
list(TRANSFORM PAPERS PREPEND ${PROJECT_BINARY_DIR}/papers/)
add_custom_command(OUTPUT ${PAPERS}
  COMMAND ${CMAKE_COMMAND} -E make_directory papers
  COMMAND bnb-probe help --format man --output papers/bnb-probe.1
  COMMAND bnb-probe completion bash --output papers/bnb-probe.bash
  COMMAND bnb-probe completion zsh --output papers/_bnb-probe
  COMMAND bnb-probe completion fish --output papers/bnb-probe.fish
  COMMAND bnb-probe schema --output papers/bnb-probe-1.schema.json
  WORKING_DIRECTORY ${PROJECT_BINARY_DIR}
  DEPENDS bnb-probe VERBATIM)
add_custom_target(papers ALL DEPENDS ${PAPERS})

function(install_paper name folder)
  install(FILES ${PROJECT_BINARY_DIR}/papers/${name} DESTINATION ${folder} ${ARGN}
          PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
endfunction()
install_paper(bnb-probe.1 ${CMAKE_INSTALL_MANDIR}/man1)
install_paper(bnb-probe.bash ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME bnb-probe)
install_paper(_bnb-probe ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install_paper(bnb-probe.fish ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install_paper(bnb-probe-1.schema.json ${CMAKE_INSTALL_DATADIR}/bnb-probe)
