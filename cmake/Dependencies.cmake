# Every library from outside, found on the system (Debian packages; vcpkg.json on Windows and macOS), and why it
# was chosen. Nothing is fetched while configuring.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# Records and both stores: SQLite, the customer's choice.
find_package(SQLite3 REQUIRED)
# Canonical JSON is our own writer; reading JSON is nlohmann's (customer's choice).
find_package(nlohmann_json 3.10 REQUIRED)
# Ed25519, sealed boxes, Argon2id: one audited library with no options to get wrong.
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
# SHA-256 of ops, by the processor's own instructions (four times as fast as libsodium's); libcurl has it loaded anyway.
find_package(OpenSSL REQUIRED)
# Compressed bodies: six times as fast as gzip at the same size.
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
# Unicode normalization (NFC) and case folding in one small library.
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)

# Both programs' commands, and their archives: rosters in (with limits on what they expand to), exports out.
find_package(CLI11 REQUIRED)
pkg_check_modules(libzip REQUIRED IMPORTED_TARGET libzip)

# A school's name and place on the network (DNS-SD), by the daemon that Linux desktops run. Without it addresses
# are typed.
pkg_check_modules(avahi IMPORTED_TARGET avahi-client)
# HTTP from a student's computer, and from a hub to its school: the customer's choice.
find_package(CURL REQUIRED)

if(WAYMARK_CLIENT)
  # Fonts' own metrics, which Dear ImGui does not tell.
  find_package(Freetype REQUIRED)
  find_package(glfw3 3.3 REQUIRED)
  find_package(OpenGL REQUIRED)
  include(ImGui)
  # gettext catalogues with plural forms, read without a global locale.
  find_package(Boost 1.74 REQUIRED COMPONENTS locale)
endif()

if(WAYMARK_SERVER)
  # HTTP server as coroutines; Beast holds ten thousand idle connections in kilobytes each.
  find_package(Boost 1.74 REQUIRED)
  find_package(spdlog REQUIRED)
  pkg_check_modules(qrencode REQUIRED IMPORTED_TARGET libqrencode)
  # RFC 4180 reader.
  find_library(CSV_LIBRARY csv REQUIRED)
  find_path(CSV_INCLUDE csv.h REQUIRED)
endif()

if(WAYMARK_TESTS)
  find_package(doctest REQUIRED)
endif()
