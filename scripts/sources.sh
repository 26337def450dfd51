# The project's own Swift files: what is tracked or new, never what was built. Sourced after lib.sh.
# shellcheck shell=bash
SWIFT_SOURCES=()
while IFS= read -r -d '' file; do
  SWIFT_SOURCES+=("$file")
done < <(find Package.swift Sources Tests Benchmarks -path '*/.build' -prune -o -name '*.swift' -print0)
