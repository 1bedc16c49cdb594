# Flags, and tracker_library(): the one way a folder of src/ becomes a library.

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Werror
                    -Wno-c23-extensions -fno-omit-frame-pointer)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong)
  add_link_options(-Wl,-z,relro,-z,now -pie)
endif()
if(TRACKER_SANITIZE)
  add_compile_options(-fsanitize=${TRACKER_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${TRACKER_SANITIZE})
endif()
if(TRACKER_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(TRACKER_LLD NAMES ld.lld-19 ld.lld)
if(TRACKER_LLD)
  add_link_options(--ld-path=${TRACKER_LLD})
endif()
find_program(TRACKER_CCACHE ccache)
if(TRACKER_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${TRACKER_CCACHE})
endif()

# tracker_library(folder [libraries…]): every .cpp of src/<folder> except main.cpp and *_main.cpp.
function(tracker_library folder)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${folder}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "[/_]main\\.cpp$")
  if(sources)
    add_library(tracker_${folder} STATIC ${sources})
    target_include_directories(tracker_${folder} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(tracker_${folder} PUBLIC ${ARGN})
  else()
    add_library(tracker_${folder} INTERFACE)
    target_include_directories(tracker_${folder} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(tracker_${folder} INTERFACE ${ARGN})
  endif()
endfunction()
