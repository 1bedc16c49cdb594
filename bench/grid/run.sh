#!/usr/bin/env bash
# Compares our grid with the libraries (compare.mjs says what and how). The libraries are installed by
# the first use into build/grid_others, never into web/.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
others=$top/build/grid_others
"$top/scripts/build-web.sh"
node=$("$top/scripts/build-web.sh" --node)
mkdir -p "$others"
if ! cmp -s "$here/package-lock.json" "$others/package-lock.json"; then
  cp "$here/package.json" "$here/package-lock.json" "$others/"
  (cd "$others" && PATH=$(dirname "$node"):$PATH npm ci --no-audit --no-fund --loglevel=error >&2)
fi
exec "$node" "$here/compare.mjs" "$others" "$@"
