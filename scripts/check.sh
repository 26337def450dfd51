#!/usr/bin/env bash
# Formatting, arrows between modules, and a build of everything in which a warning is an error.
source "$(dirname "$0")/lib.sh"
source scripts/sources.sh
scripts/setup.sh build

say "checking the format (make format mends it)"
within 600 swift format lint --strict --parallel --configuration .swift-format "${SWIFT_SOURCES[@]}"

say "checking imports between modules"
python3 scripts/check_imports.py

say "building everything, warnings are errors"
within 2400 swift build --build-tests "${STRICT[@]}"
say "nothing to object to"
