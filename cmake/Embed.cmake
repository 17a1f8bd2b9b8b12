# Embedding files into the programs.
# waymark_embed_sql(<target> a.sql b.sql): a generated header "<target>_sql.hpp" with
# namespace waymark::sql { inline constexpr std::string_view a = ...; }.
# waymark_embed_files(<target> <header> <namespace> <root> files...): a generated source with every file's bytes
# and `std::span<const EmbeddedFile> files()`.

function(waymark_embed_sql target)
  set(header ${CMAKE_CURRENT_BINARY_DIR}/generated/${target}_sql.hpp)
  set(inputs)
  foreach(file ${ARGN})
    list(APPEND inputs ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  endforeach()
  add_custom_command(OUTPUT ${header}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${header} "-DINPUTS=${inputs}" -P ${CMAKE_SOURCE_DIR}/cmake/EmbedSql.cmake
    DEPENDS ${inputs} ${CMAKE_SOURCE_DIR}/cmake/EmbedSql.cmake VERBATIM)
  target_sources(${target} PRIVATE ${header})
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/generated)
endfunction()
