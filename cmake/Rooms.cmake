# waymark_room(<name> SOURCES ... [LINK ...] [SQL ...]): one library target a room.
# SQL files become string constants in a generated header: see EmbedSql.cmake.
include(Embed)

function(waymark_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;LINK;PRIVATE_LINK;SQL" ${ARGN})
  add_library(waymark_${name} STATIC ${ROOM_SOURCES})
  target_link_libraries(waymark_${name} PUBLIC waymark_options ${ROOM_LINK} PRIVATE ${ROOM_PRIVATE_LINK})
  if(ROOM_SQL)
    waymark_embed_sql(waymark_${name} ${ROOM_SQL})
  endif()
endfunction()
