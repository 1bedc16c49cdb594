# tests/unit/<folder>/*.cpp -> one GoogleTest program per folder, unit_<folder>, linked to that
# folder's library. tests/contract/*.cpp likewise, one program per file. Tests of whole processes
# (tests/system, tests/page) are driven by ./test.
include(GoogleTest)

file(GLOB unit_folders LIST_DIRECTORIES true CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/*)
foreach(directory ${unit_folders})
  get_filename_component(folder ${directory} NAME)
  file(GLOB sources CONFIGURE_DEPENDS ${directory}/*.cpp)
  if(sources AND TARGET tracker_${folder})
    add_executable(unit_${folder} ${sources})
    target_link_libraries(unit_${folder} PRIVATE tracker_${folder} GTest::gtest_main GTest::gmock
                          rapidcheck rapidcheck_gtest)
    target_compile_definitions(unit_${folder} PRIVATE
                               TRACKER_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    if(folder STREQUAL "probe" OR folder STREQUAL "local")
      add_dependencies(unit_${folder} animation-tracker-media)  # the worker they start
    endif()
    add_test(NAME unit_${folder} COMMAND unit_${folder})
    set_tests_properties(unit_${folder} PROPERTIES TIMEOUT 300)
  endif()
endforeach()
