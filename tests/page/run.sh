#!/usr/bin/env bash
# The page's tests in a real Chromium.
#   tests/page/run.sh mock    against the mock server of web/dev
#   tests/page/run.sh real    against the real program, PostgreSQL and workbook
#   PAGE_TESTS="looks live" tests/page/run.sh real    only these files
# Options after that go to `node --test`, e.g. --test-name-pattern=undo.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
kind=${1:-mock}
shift || true
names=${PAGE_TESTS:-$(cd "$here" && ls -- *.test.mjs)}
files=()
for name in $names; do files+=("$here/${name%.test.mjs}.test.mjs"); done
# One file after another: the browser's clipboard and the workbook are shared.
# shellcheck disable=SC2016  # NODE is known to the inner shell only
exec "$here/with_server.sh" "$kind" bash -c \
  'exec "$NODE" --test --test-concurrency=1 "$@"' test "$@" "${files[@]}"
