# tests/unit/<folder>/*.cpp -> one GoogleTest program per folder, unit_<folder>, linked to that
# folder's library. tests/contract/*.cpp likewise, one program per file. Tests of whole processes
# (tests/system, tests/page) are driven by ./test.
# Test programs are compiled file by file: their fixtures are named alike.
set(CMAKE_UNITY_BUILD OFF)
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
    if(folder MATCHES "^(probe|local|sample)$")
      add_dependencies(unit_${folder} animation-tracker-media)  # the worker that they start
    endif()
    add_test(NAME unit_${folder} COMMAND unit_${folder})
    set_tests_properties(unit_${folder} PROPERTIES TIMEOUT 300)
  endif()
endforeach()

# The simulator: the real engine (floors 0-1 only) under random schedules. ./test runs it from the
# release build; a few hundred schedules run here, under the sanitizers.
file(GLOB sim_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/sim/*.cpp)
list(FILTER sim_sources EXCLUDE REGEX "_main\\.cpp$")
add_library(sim_parts STATIC ${sim_sources})
target_link_libraries(sim_parts PUBLIC tracker_sync)
add_executable(animation-tracker-sim ${CMAKE_SOURCE_DIR}/tests/sim/sim_main.cpp)
target_link_libraries(animation-tracker-sim PRIVATE sim_parts CLI11::CLI11)
add_test(NAME sim COMMAND animation-tracker-sim --seed 1 --count 300)
set_tests_properties(sim PROPERTIES TIMEOUT 600)

# One turn of the local role, to be killed at every system call by tests/system/crash_points_test.py.
add_executable(animation-tracker-cycle ${CMAKE_SOURCE_DIR}/tests/crash/cycle.cpp)
target_link_libraries(animation-tracker-cycle PRIVATE tracker_local)
# Stops a local role right before it exchanges names, for tests/system/window_test.py.
add_library(pause_exchange SHARED ${CMAKE_SOURCE_DIR}/tests/crash/pause_exchange.c)
target_link_libraries(pause_exchange PRIVATE ${CMAKE_DL_LIBS})

# tests/contract/<name>_test.cpp -> contract_<name>; the other .cpp there are shared by all of them.
file(GLOB contract_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/contract/*_test.cpp)
file(GLOB contract_parts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/contract/*.cpp)
list(FILTER contract_parts EXCLUDE REGEX "_test\\.cpp$")
if(contract_tests)
  add_library(contract_parts STATIC ${contract_parts})
  target_include_directories(contract_parts PUBLIC ${CMAKE_SOURCE_DIR}/tests/contract)
  target_link_libraries(contract_parts PUBLIC tracker_store tracker_runtime GTest::gtest_main)
  target_compile_definitions(contract_parts PUBLIC TRACKER_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
endif()
foreach(source ${contract_tests})
  get_filename_component(name ${source} NAME_WE)
  string(REGEX REPLACE "_test$" "" name ${name})
  add_executable(contract_${name} ${source})
  target_link_libraries(contract_${name} PRIVATE contract_parts)
  if(name MATCHES "_histories$")
    target_link_libraries(contract_${name} PRIVATE sim_parts tracker_journal)
  endif()
  add_test(NAME contract_${name} COMMAND contract_${name})
  set_tests_properties(contract_${name} PROPERTIES TIMEOUT 300)
endforeach()

# bench/<folder>_bench.cpp -> the Google Benchmark program <folder>_bench, built only by name.
file(GLOB benches CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/bench/*_bench.cpp)
foreach(source ${benches})
  get_filename_component(name ${source} NAME_WE)
  string(REPLACE "_bench" "" folder ${name})
  if(TARGET tracker_${folder})
    add_executable(${name} EXCLUDE_FROM_ALL ${source})
    target_link_libraries(${name} PRIVATE tracker_${folder} tracker_sample benchmark::benchmark
                          $<$<STREQUAL:${folder},store>:contract_parts>)
  endif()
endforeach()

# Mutated media through the real worker process, by hand (tests/fuzz/probe/run.sh).
add_executable(mutated_media EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tests/fuzz/probe/mutated_media.cpp)
target_link_libraries(mutated_media PRIVATE tracker_probe)
add_dependencies(mutated_media animation-tracker-media)

# tests/fuzz/<folder>/<what>_fuzz.cpp -> a libFuzzer program, fuzz_<folder>_<what> (preset fuzz).
# tests/fuzz/<folder>/seeds/<what>/* once broke something, or show what there is: a test in every build.
file(GLOB fuzz_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/fuzz/*/*_fuzz.cpp)
foreach(source ${fuzz_sources})
  get_filename_component(directory ${source} DIRECTORY)
  get_filename_component(folder ${directory} NAME)
  get_filename_component(what ${source} NAME_WE)
  string(REGEX REPLACE "_fuzz$" "" what ${what})
  if(TRACKER_FUZZ)
    add_executable(fuzz_${folder}_${what} ${source})
    target_link_libraries(fuzz_${folder}_${what} PRIVATE tracker_${folder})
    target_link_options(fuzz_${folder}_${what} PRIVATE -fsanitize=fuzzer)
  elseif(IS_DIRECTORY ${directory}/seeds/${what})
    add_executable(seeds_${folder}_${what} ${source} ${CMAKE_SOURCE_DIR}/tests/fuzz/run_seeds.cpp)
    target_link_libraries(seeds_${folder}_${what} PRIVATE tracker_${folder})
    add_test(NAME seeds_${folder}_${what}
             COMMAND seeds_${folder}_${what} ${directory}/seeds/${what})
    set_tests_properties(seeds_${folder}_${what} PROPERTIES TIMEOUT 300)
  endif()
endforeach()
