#!/usr/bin/env bash
# Takes the README's picture of the console while make run is at work.
#   scripts/screenshot.sh [URL=http://127.0.0.1:8080] [PATH=/console/cdnow] [FILE=docs/images/console.png]
source "$(dirname "$0")/lib.sh"
[ $# -le 3 ] || die "usage: scripts/screenshot.sh [URL] [PATH] [FILE]"
url=${1:-http://127.0.0.1:8080} path=${2:-/console/cdnow} file=${3:-docs/images/console.png}
scripts/setup.sh build browser
mkdir -p "$(dirname "$file")"
within 120 .venv-browser/bin/python scripts/screenshot.py "$url$path" "$SETUP/demo-data/operator.token" "$file"
say "wrote $file"
