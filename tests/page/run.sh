#!/usr/bin/env bash
# The page's tests in a real Chromium.
#   tests/page/run.sh mock    against the mock server of web/dev (needs Node and Chromium only)
#   tests/page/run.sh real    against the real program: ./run --no-install on a folder of its own
# Options after that go to `node --test`, e.g. --test-name-pattern=undo.
set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
kind=${1:-mock}
shift || true
node=$("$top/scripts/build-web.sh" --node)
work=$(mktemp -d /tmp/page-test.XXXXXX)
server=

stop() {
  if [ -n "$server" ]; then
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap stop EXIT

# Waits until a line that begins with "ready" stands in the file; prints the address in it.
wait_ready() {
  for _ in $(seq 600); do
    if sed -n 's/^ready //p' "$1" | grep -m1 .; then return 0; fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.2
  done
  echo "page test: the server did not get ready:" >&2
  tail -n 40 "$1" >&2
  return 1
}

case $kind in
  mock)
    "$top/scripts/build-web.sh"
    "$node" "$top/web/dev/mock_server.mjs" --port 0 > "$work/log" 2>&1 &
    server=$!
    PAGE_URL=$(wait_ready "$work/log")
    export PAGE_MOCK=1 PAGE_SIGN_IN='/#setup=mock'
    ;;
  real)
    "$top/run" --no-install --data "$work/data" --port 0 --local-port 0 > "$work/log" 2>&1 &
    server=$!
    PAGE_URL=$(wait_ready "$work/log")
    read_json() { /usr/bin/python3 -c 'import json,sys; print(json.load(open(sys.argv[1])).get(sys.argv[2],""))' "$work/data/run.json" "$1"; }
    PAGE_WORKBOOK=$(read_json workbook)
    PAGE_SIGN_IN=$(grep -om1 'http[^ ]*/#[a-z-]*=[^ ]*' "$work/log")
    export PAGE_WORKBOOK PAGE_SIGN_IN
    ;;
  *)
    echo "page test: mock or real, not '$kind'" >&2
    exit 2
    ;;
esac
export PAGE_URL PAGE_STATE=$work/state.json

# One after another: all browsers of a machine's user share one clipboard in these tests.
"$node" --test --test-concurrency=1 "$@" "$top"/tests/page/*.test.mjs
