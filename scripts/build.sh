#!/usr/bin/env bash
# Builds the program with its page: scripts/build.sh [PRESET [TARGET…]]   (default: release)
# A first build compiles several files at once, which halves its time. To work on the code, configure
# with "cmake --preset dev" first: then each file is compiled alone.
# Output on stderr, so that ./run keeps its stdout for the program.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
preset=${1:-release}
[ $# -eq 0 ] || shift
export PATH="$PWD/.tools/bin:$PATH"
{
  # Ninja itself configures again whenever a CMake file changes.
  [ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" --log-level=WARNING \
    -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=8
  ninja -C "build/$preset" --quiet "$@"
} >&2
