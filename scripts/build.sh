#!/usr/bin/env bash
# Builds the page and the program: scripts/build.sh [PRESET [TARGET…]]   (default: release)
#
# The page is built only when something under web/ is newer than web/dist. Output on stderr.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
preset=${1:-release}
[ $# -eq 0 ] || shift
export PATH="$PWD/.tools/bin:$PATH"

build_page() {
  [ -f web/package.json ] || return 0
  if [ -f web/dist/index.html ] && [ -z "$(find web -newer web/dist/index.html -type f \
      -not -path 'web/node_modules/*' -not -path 'web/dist/*' -print -quit)" ]; then
    return 0
  fi
  if [ ! -d web/node_modules ] || [ web/package-lock.json -nt web/node_modules/.package-lock.json ]
  then
    npm --prefix web ci --ignore-scripts --no-audit --no-fund --loglevel=error
  fi
  npm --prefix web run --silent build
}

build_program() {
  # Configuring is repeated by Ninja itself whenever a CMake file changes.
  [ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" --log-level=WARNING
  ninja -C "build/$preset" --quiet "$@"
}

{
  build_page
  build_program "$@"
} >&2
