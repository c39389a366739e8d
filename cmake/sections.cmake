# In the builds that users run, each function and each variable has a section of its own: a program that is linked with
# -Wl,--gc-sections holds only those that it can reach.

set(XTAPE_SMALL_BUILDS "$<CONFIG:Release,MinSizeRel>")
add_compile_options("$<${XTAPE_SMALL_BUILDS}:-ffunction-sections;-fdata-sections>")

# Programs below this directory leave out what they do not reach.
function(xtape_link_reachable)
  include(CheckLinkerFlag)
  check_linker_flag(CXX -Wl,--gc-sections XTAPE_HAS_GC_SECTIONS)
  if(XTAPE_HAS_GC_SECTIONS)
    add_link_options("$<${XTAPE_SMALL_BUILDS}:-Wl,--gc-sections>")
  endif()
endfunction()
