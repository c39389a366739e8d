# Builds everything below this directory under the sanitizers named in XTAPE_SANITIZE: "address,undefined" or "thread".

if(XTAPE_SANITIZE)
  add_compile_options(-fsanitize=${XTAPE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${XTAPE_SANITIZE})
  if(XTAPE_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-tsan)  # g++ warns that ThreadSanitizer does not model the fences in oneTBB's headers
  endif()
endif()

if(XTAPE_FUZZ)  # counts the edges that an input takes; the targets alone link libFuzzer's main
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# xtape_coverage(TARGET...): counts how often each line of the targets runs, by clang's source-based coverage.
if(XTAPE_COVERAGE)
  add_link_options(-fprofile-instr-generate)
endif()
function(xtape_coverage)
  if(XTAPE_COVERAGE)
    foreach(target IN LISTS ARGN)
      target_compile_options(${target} PRIVATE -fprofile-instr-generate -fcoverage-mapping)
    endforeach()
  endif()
endfunction()

# xtape_coverage_of_headers(TARGET): counts the lines of the library's headers where the target runs them. A function of a
# header is compiled into each object that calls it, and the linker keeps one: without this, that of the tests, uncounted.
function(xtape_coverage_of_headers target)
  if(XTAPE_COVERAGE)
    target_compile_options(${target} PRIVATE -fprofile-instr-generate -fcoverage-mapping
                                             -fprofile-list=${PROJECT_SOURCE_DIR}/cmake/covered_headers.txt)
  endif()
endfunction()
