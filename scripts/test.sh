#!/usr/bin/env bash
# All tests: Swift's (unit, scenario, storage) and Python's (end to end with real clients and mail servers, crash).
# Ends with "N passed, 0 failed"; fewer tests than scripts/expected-tests names is a failure too.
source "$(dirname "$0")/lib.sh"
scripts/setup.sh build tests segment rudder push telegram smtp-sink kannel data firefox
mkdir -p "$LOGS"

# What tests find other people's programs by.
export ROOST_PYTHON=$ROOT/.venv-tests/bin/python
export ROOST_SEGMENT_PYTHON=$ROOT/.venv-segment/bin/python
export ROOST_RUDDER_PYTHON=$ROOT/.venv-rudder/bin/python
export ROOST_TELEGRAM_PYTHON=$ROOT/.venv-telegram/bin/python
export ROOST_SMTP_SINK=$SETUP/bin/smtp-sink
export ROOST_CDNOW=$SETUP/data/cdnow.ndjson

say "building everything, warnings are errors"
within 2400 swift build --build-tests "${STRICT[@]}"
ROOST_BINARY=$(swift build --show-bin-path "${STRICT[@]}")/roost
export ROOST_BINARY

failed=0
say "running the Swift tests"
within 900 swift test --skip-build "${STRICT[@]}" 2>&1 | tee "$LOGS/swift-test.log" || failed=1

say "running the end-to-end tests"
within 1500 .venv-tests/bin/pytest -q -ra -p no:cacheprovider Tests/EndToEnd 2>&1 | tee "$LOGS/pytest.log" || failed=1

python3 scripts/expect_tests.py "$LOGS/swift-test.log" "$LOGS/pytest.log" || failed=1
exit "$failed"
