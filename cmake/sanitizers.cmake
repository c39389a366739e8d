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
