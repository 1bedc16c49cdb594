# tracker_web_assets: the page of web/, built, compressed and embedded (src/http/web_assets.hpp).
#
# scripts/build-web.sh makes web/dist and, out of it, one assembler file with .incbin lines and one
# C++ table. -DTRACKER_WEB=OFF leaves the table empty, for quick builds and machines without Node.
option(TRACKER_WEB "Build the page and embed it in the program" ON)

set(assets_dir ${CMAKE_BINARY_DIR}/web_assets)
if(TRACKER_WEB)
  file(GLOB_RECURSE page_sources CONFIGURE_DEPENDS
       ${CMAKE_SOURCE_DIR}/web/src/* ${CMAKE_SOURCE_DIR}/web/public/*)
  add_custom_command(
    OUTPUT ${assets_dir}/assets.S ${assets_dir}/assets.cpp
    COMMAND ${CMAKE_SOURCE_DIR}/scripts/build-web.sh ${assets_dir}
    DEPENDS ${page_sources}
            ${CMAKE_SOURCE_DIR}/scripts/build-web.sh
            ${CMAKE_SOURCE_DIR}/web/build/pack.mjs
            ${CMAKE_SOURCE_DIR}/web/index.html
            ${CMAKE_SOURCE_DIR}/web/package.json
            ${CMAKE_SOURCE_DIR}/web/package-lock.json
            ${CMAKE_SOURCE_DIR}/web/svelte.config.js
            ${CMAKE_SOURCE_DIR}/web/tsconfig.json
            ${CMAKE_SOURCE_DIR}/web/vite.config.ts
    COMMENT "Building the page"
    VERBATIM)
  add_library(tracker_web_assets STATIC ${assets_dir}/assets.S ${assets_dir}/assets.cpp)
  # The embedded files are made together with the assembler file, whose time therefore tells.
  target_compile_options(tracker_web_assets PRIVATE
                         $<$<COMPILE_LANGUAGE:ASM>:-Wno-unused-command-line-argument>)
else()
  file(CONFIGURE OUTPUT ${assets_dir}/empty.cpp CONTENT [[
#include "http/web_assets.hpp"

std::span<const tracker::http::Asset> tracker::http::web_assets() { return {}; }
]])
  add_library(tracker_web_assets STATIC ${assets_dir}/empty.cpp)
endif()
target_include_directories(tracker_web_assets PUBLIC ${CMAKE_SOURCE_DIR}/src)
# For the macros that every file which sees Asio must share.
target_link_libraries(tracker_web_assets PUBLIC tracker_http)
