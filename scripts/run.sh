#!/usr/bin/env bash
# Builds Roost, starts it as a sandbox, fills it once with real purchases, and stays until Ctrl-C.
#   ROOST_PORT   the port, 8080 unless told; if it is taken, the next free one
source "$(dirname "$0")/lib.sh"

DATA=$SETUP/demo-data
FILLED=$SETUP/stamps/demo-filled
SERVER=

# A data directory belongs to one server: taken as soon as the script starts, released by the kernel when it ends.
mkdir -p "$SETUP/stamps" "$LOGS"
exec 9>"$SETUP/run.lock"
flock --nonblock 9 || die "another make run is at work here; end it first"

stop_server() {
  [ -n "$SERVER" ] || return 0
  kill -TERM "$SERVER" 2>/dev/null || true
  wait "$SERVER" || true
  SERVER=
}
trap stop_server EXIT
# Ctrl-C is the ordinary end once the server is up, and an interruption before.
ENDING=130
trap 'say "ending"; exit "$ENDING"' INT TERM

free_port() {
  python3 - "${ROOST_PORT:-8080}" <<'PYTHON'
import socket, sys

first = int(sys.argv[1])
for port in range(first, first + 100):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        print(port)
        break
else:
    print(0)
PYTHON
}

# The value behind a word at the start of a line of the server's output.
announced() { sed -n "s|^$1 ||p" "$LOGS/serve.out" | head -n 1; }

start_server() {
  local waited=0
  : >"$LOGS/serve.out"
  # 9>&-: the server must not keep the lock if this script is killed.
  "$ROOST" serve --sandbox --data "$DATA" --port "$(free_port)" >"$LOGS/serve.out" 2>"$LOGS/serve.log" 9>&- &
  SERVER=$!
  until [ -n "$(announced 'listening on')" ]; do
    kill -0 "$SERVER" 2>/dev/null || { tail -n 5 "$LOGS/serve.log" >&2; die "the server ended; its log is $LOGS/serve.log"; }
    waited=$((waited + 1))
    [ "$waited" -lt 600 ] || die "the server is not ready after a minute; its log is $LOGS/serve.log"
    sleep 0.1
  done
  URL=$(announced 'listening on')
}

build() {
  say "building (the first time takes minutes, nearly all of it compiling)"
  within 3600 swift build -c release --product roost
  ROOST=$(swift build -c release --show-bin-path)/roost
}

# What an interrupted filling left is thrown away: half a demo explains nothing.
fill() {
  say "defining segments, letters and the win-back journey of examples/"
  python3 scripts/demo.py define "$URL" "$DATA/operator.token"
  say "replaying the purchases of 1997 and 1998 on simulated time"
  ROOST_TOKEN=$(cat "$DATA/operator.token") \
    within 600 "$ROOST" import events "$SETUP/data/cdnow.ndjson" --workspace cdnow --replay --url "$URL"
  touch "$FILLED"
}

scripts/setup.sh build data
build
if [ ! -e "$FILLED" ]; then rm -rf "$DATA"; fi
if [ ! -d "$DATA" ]; then rm -f "$FILLED"; fi
say "starting the server"
start_server
if [ ! -e "$FILLED" ]; then fill; fi
python3 scripts/demo.py figures "$URL" "$DATA/operator.token"

ENDING=0
cat <<TEXT

  Roost is at     $URL
  sign in once:   $(announced 'sign in:')
  from a script:  Authorization: Bearer \$(cat ${DATA#"$ROOT/"}/operator.token)
  log:            ${LOGS#"$ROOT/"}/serve.log

Ctrl-C ends it; make run starts it again with the same data.
TEXT
wait "$SERVER" || die "the server ended; its log is $LOGS/serve.log"
SERVER=
