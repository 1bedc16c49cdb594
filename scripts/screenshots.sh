#!/usr/bin/env bash
# Takes the pictures of docs/images anew, from the real program with its sample production.
#   scripts/screenshots.sh [real|mock]
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$top/docs/images"
# shellcheck disable=SC2016  # NODE is known to the inner shell only
exec "$top/tests/page/with_server.sh" "${1:-real}" bash -c 'exec "$NODE" "$@"' pictures \
  "$top/tests/page/screenshots.mjs" "$top/docs/images"
