#!/usr/bin/env bash
# Runs a command against a server of its own and stops the server afterwards.
#   tests/page/with_server.sh mock COMMAND…    the mock server of web/dev (Node and Chromium only)
#   tests/page/with_server.sh real COMMAND…    the real program: ./run --no-install, in a new folder
# PAGE_PROGRAM="…/animation-tracker demo" takes a program that is built already; with WEB_ROOT=web/dist
# it shows the page of scripts/build-web.sh instead of its own.
# The command gets PAGE_URL, PAGE_SIGN_IN, PAGE_STATE, and PAGE_MOCK, or
# PAGE_WORKBOOK and PAGE_DATA (the data folder).
set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
kind=${1:-}
shift
node=$("$top/scripts/build-web.sh" --node)
umask 077
work=$(mktemp -d /tmp/page-test.XXXXXX)
chmod 711 "$work" # the database's own user passes through it when root starts the program
server=

stop() {
  if [ -n "$server" ]; then
    kill -TERM "$server" 2>/dev/null || true
    kill -CONT "$server" 2>/dev/null || true # a test that failed half-way may have made it sleep
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap stop EXIT

free_port() {
  /usr/bin/python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])'
}

# Waits until a line "ready ADDRESS" stands in the server's output; prints the address.
wait_ready() {
  for _ in $(seq 1500); do
    if sed -n 's/^ready //p' "$work/log" | grep -m1 .; then return 0; fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.2
  done
  echo "the server did not get ready:" >&2
  tail -n 40 "$work/log" >&2
  return 1
}

run_value() {
  /usr/bin/python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' \
    "$work/data/run.json" "$1"
}

: > "$work/log"
case $kind in
  mock)
    "$top/scripts/build-web.sh"
    "$node" "$top/web/dev/mock_server.mjs" --port 0 > "$work/log" 2>&1 &
    server=$!
    PAGE_URL=$(wait_ready)
    export PAGE_MOCK=1 PAGE_SIGN_IN='/#setup=mock'
    ;;
  real)
    ${PAGE_PROGRAM:-"$top/run" --no-install} --data "$work/data" --port "$(free_port)" \
      --local-port "$(free_port)" > "$work/log" 2>&1 &
    server=$!
    PAGE_URL=$(wait_ready)
    PAGE_WORKBOOK=$(run_value workbook)
    PAGE_SIGN_IN=$(grep -om1 'http[^ ]*/#[a-z-]*=[^ ]*' "$work/log")
    PAGE_DATA=$work/data
    export PAGE_WORKBOOK PAGE_SIGN_IN PAGE_DATA
    ;;
  *)
    echo "with_server: mock or real, not '$kind'" >&2
    exit 2
    ;;
esac
export PAGE_URL PAGE_STATE=$work/state.json NODE=$node
"$@"
