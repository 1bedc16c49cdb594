#!/usr/bin/env bash
# Builds the program with its page: scripts/build.sh [PRESET [TARGET…]]   (default: release)
# Output on stderr, so that ./run keeps its stdout for the program.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
preset=${1:-release}
[ $# -eq 0 ] || shift
export PATH="$PWD/.tools/bin:$PATH"
{
  # Ninja itself configures again whenever a CMake file changes.
  [ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" --log-level=WARNING
  ninja -C "build/$preset" --quiet "$@"
} >&2
