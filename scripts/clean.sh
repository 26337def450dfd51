#!/usr/bin/env bash
# Removes what make targets made: builds, fetched data, the demo, private Pythons. Data of your own (roost-data) stays.
source "$(dirname "$0")/lib.sh"
if [ -e "$SETUP/run.lock" ]; then
  exec 9>"$SETUP/run.lock"
  flock --nonblock 9 || die "make run is at work; end it first"
fi
say "removing .build, .setup and .venv-*"
rm -rf .build Benchmarks/.build "$SETUP" .venv-*
find Tests scripts \( -name __pycache__ -o -name .pytest_cache \) -prune -exec rm -rf {} +
