# Dear ImGui as the system ships it. Debian's libimgui-dev is one static library with the GLFW and OpenGL 3
# backends inside; its pkg-config file forgets FreeType, hence the imported target of our own.
find_package(imgui CONFIG QUIET)  # vcpkg
if(NOT TARGET imgui::imgui)
  find_path(IMGUI_INCLUDE imgui.h PATH_SUFFIXES imgui REQUIRED)
  find_library(IMGUI_LIBRARY imgui REQUIRED)
  find_library(STB_LIBRARY stb REQUIRED)
  find_path(STB_INCLUDE stb/stb_textedit.h REQUIRED)
  add_library(imgui::imgui STATIC IMPORTED)
  set_target_properties(imgui::imgui PROPERTIES
    IMPORTED_LOCATION ${IMGUI_LIBRARY}
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${IMGUI_INCLUDE};${STB_INCLUDE}"
    INTERFACE_INCLUDE_DIRECTORIES "${IMGUI_INCLUDE};${STB_INCLUDE}"
    INTERFACE_LINK_LIBRARIES "${STB_LIBRARY};Freetype::Freetype;${CMAKE_DL_LIBS}")
endif()
