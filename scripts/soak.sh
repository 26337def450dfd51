#!/usr/bin/env bash
# Hostile input to the parsers of channels and templates, FUZZ=200 times as much as make test tries. Then the crash harness
# for hours: kill -9 at random moments and at every named point, restart, check that nothing was lost or doubled.
# ROUNDS=3000 unless told. A failure prints the seed that repeats it.
source "$(dirname "$0")/lib.sh"
scripts/setup.sh build tests smtp-sink
export ROOST_PYTHON=$ROOT/.venv-tests/bin/python
export ROOST_SMTP_SINK=$SETUP/bin/smtp-sink
export ROOST_CRASH_ROUNDS=${ROUNDS:-3000}

# The flags of make test, so that it is the same binary.
say "building"
within 3600 swift build --build-tests "${STRICT[@]}"
ROOST_BINARY=$(swift build --show-bin-path "${STRICT[@]}")/roost
export ROOST_BINARY

say "hostile input, ${FUZZ:-200} times as much as usual"
ROOST_FUZZ_FACTOR=${FUZZ:-200} within 86400 swift test --skip-build "${STRICT[@]}" --filter Hostile

say "$ROOST_CRASH_ROUNDS rounds of the crash harness"
within 86400 .venv-tests/bin/pytest -q -ra -p no:cacheprovider Tests/EndToEnd/crash
