# Warnings, sanitizers and ccache, in one place.
add_library(waymark_options INTERFACE)
target_include_directories(waymark_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(waymark_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-qual -Woverloaded-virtual
  -Wimplicit-fallthrough $<$<BOOL:${WAYMARK_WERROR}>:-Werror>)
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Types of one file's own inside a class of that file: the warning takes every file of a batch for a header.
  target_compile_options(waymark_options INTERFACE -Wno-subobject-linkage)
endif()
if(WAYMARK_SANITIZE)
  target_compile_options(waymark_options INTERFACE -fsanitize=${WAYMARK_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(waymark_options INTERFACE -fsanitize=${WAYMARK_SANITIZE})
  if(WAYMARK_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Asio's fences are not seen by ThreadSanitizer, and gcc says so each time.
    target_compile_options(waymark_options INTERFACE -Wno-tsan)
  endif()
endif()
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()
