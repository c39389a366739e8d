# Compiler warnings of the project's own targets; XTAPE_WERROR turns them into errors.

function(xtape_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic $<$<BOOL:${XTAPE_WERROR}>:-Werror>)
endfunction()
