#!/usr/bin/env bash
# Rewrites the Swift sources in the project's format (.swift-format).
source "$(dirname "$0")/lib.sh"
source scripts/sources.sh
scripts/setup.sh build
say "formatting"
within 600 swift format --in-place --parallel --configuration .swift-format "${SWIFT_SOURCES[@]}"
