# Compiler warnings of the project's own targets; XTAPE_WERROR turns them into errors. A switch over an enum that has no
# default and misses a value is one always: so a new DType shows every place that has to know of it.

function(xtape_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Werror=switch $<$<BOOL:${XTAPE_WERROR}>:-Werror>)
endfunction()
