#!/usr/bin/env bash
# Takes the pictures of docs/images anew, from the real program with its sample production.
#   scripts/screenshots.sh              the README's
#   scripts/screenshots.sh FOLDER all   every screen in both themes and sizes, into a folder
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-$top/docs/images}
mkdir -p "$folder"
# shellcheck disable=SC2016  # NODE is known to the inner shell only
exec "$top/tests/page/with_server.sh" real bash -c 'exec "$NODE" "$@"' pictures \
  "$top/tests/page/screenshots.mjs" "$folder" "${2:-}"
