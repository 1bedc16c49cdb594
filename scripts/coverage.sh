#!/usr/bin/env bash
# Branch coverage of src/merge and src/sync by their unit tests and by schedules of the simulator in
# every mode: scripts/coverage.sh [SCHEDULES A MODE [FILE]]   (default: 3000; 0 = unit tests alone).
# Prints llvm-cov's table; with FILE (src/merge/align.cpp) that file's lines whose branches are open.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
count=${1:-3000}
build=build/cov
[ -f $build/build.ninja ] || cmake -B $build -G Ninja -DCMAKE_BUILD_TYPE=Debug \
  -DCMAKE_C_COMPILER=clang-19 -DCMAKE_CXX_COMPILER=clang++-19 \
  -DCMAKE_CXX_FLAGS="-O1 -fprofile-instr-generate -fcoverage-mapping" --log-level=WARNING
ninja -C $build --quiet unit_merge unit_sync animation-tracker-sim
rm -f $build/*.profraw
export LLVM_PROFILE_FILE="$PWD/$build/%p.profraw"
for test in unit_merge unit_sync; do $build/$test --gtest_brief=1 > $build/$test.txt; done
modes="one-editor in-our-window without-locks two-editors two-editors-without-locks"
for mode in $modes; do
  [ "$count" -gt 0 ] || break
  # What a mode finds is told by ./test and by the campaigns; here only the branches count.
  $build/animation-tracker-sim --mode $mode --count "$count" --count-all > $build/$mode.txt || true
done
llvm-profdata-19 merge -o $build/all.profdata $build/*.profraw
seen=("$build/animation-tracker-sim" -object "$build/unit_merge" -object "$build/unit_sync"
      -instr-profile="$build/all.profdata")
llvm-cov-19 report "${seen[@]}" --show-region-summary=false src/merge src/sync
[ $# -lt 2 ] || llvm-cov-19 show "${seen[@]}" --show-branches=count "$2" |
  grep -B1 -E "\[(True: +0, False: +[1-9]|True: +[0-9.kM]+, False: +0\])" || true
