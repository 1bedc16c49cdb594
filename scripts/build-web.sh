#!/usr/bin/env bash
# Builds the page: web/dist, and with an argument also the files that embed it.
#   scripts/build-web.sh [FOLDER]    FOLDER gets assets.S, assets.cpp and the compressed files
#   scripts/build-web.sh --node      only prints the path of the node that it would use
# Uses the machine's node where it is new enough for Vite (20.19 or 22.12), else the one that
# scripts/install-deps.sh has put into .tools/.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
out=${1:-}

new_enough() {
  "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number);
           process.exit((a === 20 && b >= 19) || (a === 22 && b >= 12) || a > 22 ? 0 : 1)' \
    2>/dev/null
}

node=
for candidate in "$(command -v node || true)" \
                 "$top"/.tools/node_modules/node-linux-{x64,arm64}/bin/node; do
  if [ -n "$candidate" ] && [ -x "$candidate" ] && new_enough "$candidate"; then
    node=$candidate
    break
  fi
done
if [ -z "$node" ]; then
  echo "build-web: the page needs Node 20.19 or newer. Run scripts/install-deps.sh, or build" \
       "without the page: cmake -DTRACKER_WEB=OFF" >&2
  exit 1
fi
if [ "$out" = --node ]; then
  echo "$node"
  exit 0
fi
PATH=$(dirname "$node"):$PATH
export PATH

# Two build folders may want the page at once; they share web/dist and web/node_modules.
cd "$top/web"
exec 9>"$top/web/.build.lock"
flock 9

lock_sum=$(sha256sum package-lock.json | cut -d' ' -f1)
if [ "$(cat node_modules/.installed 2>/dev/null || true)" != "$lock_sum" ]; then
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  echo "$lock_sum" > node_modules/.installed
fi
"$node" node_modules/vite/bin/vite.js build --logLevel warn >&2
"$node" build/pack.mjs dist ${out:+"$out"}
