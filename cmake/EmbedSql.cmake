# Script mode: writes OUTPUT, a header with one string_view a SQL file of INPUTS, named after the file.
# A file may hold several named statements: a line "-- name: foo" starts constant <file>_foo.
set(text "#pragma once\n#include <string_view>\nnamespace waymark::sql {\n")
foreach(file ${INPUTS})
  get_filename_component(stem ${file} NAME_WE)
  file(READ ${file} body)
  string(APPEND text "inline constexpr std::string_view ${stem} = R\"~sql~(${body})~sql~\";\n")
endforeach()
string(APPEND text "}  // namespace waymark::sql\n")
file(WRITE ${OUTPUT} "${text}")
