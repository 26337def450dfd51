#!/usr/bin/env bash
# Measures: parts alone (Benchmarks/, a package of its own), then the whole over HTTP. Ratios compare with something
# outside the project, in the same run. Nothing else should be at work on the machine meanwhile.
source "$(dirname "$0")/lib.sh"
scripts/setup.sh build sqlite data liquid push smtp-sink

say "building with optimisation"
within 3600 swift build -c release --product roost
within 3600 swift build -c release --package-path Benchmarks
ROOST=$(swift build -c release --show-bin-path)/roost
BENCHES=$(swift build -c release --package-path Benchmarks --show-bin-path)

run() {
  say "$*"
  within 1800 "$@"
}
{
  echo "$(date -u +%Y-%m-%dT%H:%MZ)  $(git rev-parse --short HEAD 2>/dev/null || echo -)  $(nproc) cores  $(uname -srm)"
  for source in Benchmarks/Sources/*Bench; do
    name=$(basename "$source")
    case $name in
      StorageBench) for engine in log rocksdb sqlite; do run "$BENCHES/$name" "$engine"; done ;;
      *) run "$BENCHES/$name" ;;
    esac
  done
  run "$ROOST" bench
} | tee "$LOGS/bench.log"
say "kept in ${LOGS#"$ROOT/"}/bench.log"
