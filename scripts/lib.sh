# What all scripts share; sourced, never run. Sets ROOT and goes there.
# shellcheck shell=bash
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"
SETUP=$ROOT/.setup
# shellcheck disable=SC2034
LOGS=$SETUP/log

# The flags of `make check` and `make test`: the same, so that nothing is compiled twice.
# shellcheck disable=SC2034
STRICT=(-Xswiftc -warnings-as-errors)

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# within SECONDS COMMAND…: ends a command that takes too long. At a terminal the command stays in the foreground, so that
# Ctrl-C reaches it; elsewhere its children end with it.
within() {
  local seconds=$1 code=0
  shift
  if [ -t 0 ]; then
    timeout --foreground --kill-after=30 "$seconds" "$@" || code=$?
  else
    timeout --kill-after=30 "$seconds" "$@" </dev/null || code=$?
  fi
  [ "$code" -ne 124 ] || printf 'error: not done after %s seconds: %s\n' "$seconds" "$*" >&2
  return "$code"
}
