#!/usr/bin/env bash
# Installs what the named parts need and is not there yet; a second call finds everything and does nothing.
#   scripts/setup.sh PART…     parts: build sqlite data liquid tests segment rudder push telegram smtp-sink kannel browser firefox
source "$(dirname "$0")/lib.sh"

SWIFT_MIN=6.2
STAMPS=$SETUP/stamps
mkdir -p "$STAMPS" "$LOGS"

# done_already NAME INPUT…: whether NAME was set up from the same inputs. Stamps hold a checksum, so a changed version
# in a requirements file is noticed.
fingerprint() { cat "$@" | cksum; }
done_already() { [ -e "$STAMPS/$1" ] && [ "$(cat "$STAMPS/$1")" = "$(fingerprint "${@:2}")" ]; }
mark_done() { fingerprint "${@:2}" >"$STAMPS/$1"; }

# How to become root: nothing to do, through sudo, or not at all.
ROOT_COMMAND=()
can_be_root() {
  [ "$(id -u)" -eq 0 ] && return 0
  command -v sudo >/dev/null && ROOT_COMMAND=(sudo)
}

# install_missing PACKAGE…: Debian packages that a probe found missing.
install_missing() {
  [ $# -gt 0 ] || return 0
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@")
  command -v apt-get >/dev/null \
    || die "missing: $*. There is no apt-get here; install what your system calls these Debian packages."
  say "installing Debian packages: $*"
  if ! can_be_root; then
    die "missing: $*. Run as root: apt-get update && apt-get install -y $*"
  fi
  {
    within 600 "${ROOT_COMMAND[@]}" apt-get update -q && within 1800 "${ROOT_COMMAND[@]}" "${install[@]}"
  } >"$LOGS/apt.log" 2>&1 || {
    tail -n 20 "$LOGS/apt.log" >&2
    die "apt-get failed; the whole output is in $LOGS/apt.log"
  }
}

has_header() {
  local directory
  for directory in /usr/include /usr/local/include /usr/include/*-linux-gnu; do
    [ -e "$directory/$1" ] && return 0
  done
  return 1
}

has_venv() { command -v python3 >/dev/null && python3 -c 'import ensurepip, venv' 2>/dev/null; }

check_swift() {
  local version
  command -v swift >/dev/null \
    || die "there is no swift; install Swift $SWIFT_MIN or newer from https://www.swift.org/install/linux/"
  version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
  [ "$(printf '%s\n' "$SWIFT_MIN" "$version" | sort -V | head -n 1)" = "$SWIFT_MIN" ] \
    || die "Swift $version is too old; install $SWIFT_MIN or newer from https://www.swift.org/install/linux/"
}

setup_build() {
  local missing=()
  check_swift
  has_header rocksdb/c.h || missing+=(librocksdb-dev)
  has_header zlib.h || missing+=(zlib1g-dev)
  has_header openssl/evp.h || missing+=(libssl-dev)
  has_venv || missing+=(python3 python3-venv)
  command -v curl >/dev/null || missing+=(curl)
  [ -e "${TZDIR:-/usr/share/zoneinfo}/zone.tab" ] || missing+=(tzdata)
  install_missing "${missing[@]}"
}

# The benchmarks compare with SQLite; the product does not use it.
setup_sqlite() { has_header sqlite3.h || install_missing libsqlite3-dev; }

# make_venv NAME [REQUIREMENTS]: a private Python in .venv-NAME.
make_venv() {
  local name=$1 requirements=${2:-/dev/null} folder=$ROOT/.venv-$1
  [ -x "$folder/bin/python" ] && done_already "venv-$name" "$requirements" && return 0
  has_venv || install_missing python3 python3-venv
  say "making a private Python in .venv-$name"
  rm -rf "$folder"
  python3 -m venv "$folder"
  if [ -s "$requirements" ]; then
    within 600 "$folder/bin/pip" install --quiet --disable-pip-version-check -r "$requirements" >"$LOGS/pip-$name.log" 2>&1 \
      || { tail -n 20 "$LOGS/pip-$name.log" >&2; die "pip failed; the whole output is in $LOGS/pip-$name.log"; }
  fi
  mark_done "venv-$name" "$requirements"
}

setup_tests() {
  command -v openssl >/dev/null || install_missing openssl
  make_venv tests scripts/requirements/tests.txt
  fetch_bounces
}
# Real bounces: the test data of flufl.bounce, which only its source distribution has.
fetch_bounces() {
  local folder=$SETUP/bounces package=flufl.bounce==6.0.0
  [ -e "$folder/dsn_01.txt" ] && return 0
  say "fetching real bounces (inside PyPI's $package, 0.1 MB)"
  rm -rf "$folder" "$folder.new" && mkdir -p "$folder.new"
  {
    within 300 .venv-tests/bin/pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: \
      --dest "$folder.new" "$package" && tar -xzf "$folder.new"/flufl*.tar.gz -C "$folder.new" --strip-components=1 \
      && mv "$folder.new/tests/data" "$folder"
  } >"$LOGS/pip-bounces.log" 2>&1 || { tail -n 20 "$LOGS/pip-bounces.log" >&2; die "pip could not fetch $package"; }
  rm -rf "$folder.new"
}
# Two clients that want different versions of the same libraries, hence two venvs.
setup_segment() { make_venv segment scripts/requirements/segment.txt; }
setup_rudder() { make_venv rudder scripts/requirements/rudder.txt; }
# Senders of push messages: they prove the servers that ours is tested with, and are measured beside ours.
setup_push() { make_venv push scripts/requirements/push.txt; }
setup_telegram() { make_venv telegram scripts/requirements/telegram.txt; }
# What the bench compares templates with.
setup_liquid() { make_venv liquid scripts/requirements/liquid.txt; }

# 69,659 purchases of 23,570 customers of CDNOW, 1997-1998 (Fader and Hardie), as the package lifetimes carries them.
setup_data() {
  local data=$SETUP/data package=lifetimes==0.11.3
  [ -s "$data/cdnow.ndjson" ] && done_already cdnow scripts/cdnow.py && return 0
  mkdir -p "$data"
  if [ ! -s "$data/CDNOW_master.txt" ]; then
    say "fetching the CDNOW purchases (inside PyPI's $package, 0.6 MB)"
    make_venv data
    within 300 .venv-data/bin/pip download --quiet --disable-pip-version-check --no-deps --no-build-isolation \
      --only-binary :all: --dest "$data" "$package" >"$LOGS/pip-data.log" 2>&1 \
      || { tail -n 20 "$LOGS/pip-data.log" >&2; die "pip could not fetch $package; is the network reachable?"; }
  fi
  say "converting the purchases to events"
  python3 scripts/cdnow.py "$data"
  mark_done cdnow scripts/cdnow.py
}

# Postfix's sink for mail, without installing Postfix: its package would set up and start a mail server.
setup_smtp_sink() {
  local folder=$SETUP/postfix
  [ -x "$SETUP/bin/smtp-sink" ] && [ -x "$SETUP/bin/smtp-source" ] && return 0
  mkdir -p "$SETUP/bin"
  if [ -x /usr/sbin/smtp-sink ]; then
    ln -sfn /usr/sbin/smtp-sink "$SETUP/bin/smtp-sink"
    ln -sfn /usr/sbin/smtp-source "$SETUP/bin/smtp-source"
    return 0
  fi
  command -v apt-get >/dev/null || die "there is no smtp-sink; install Postfix (it need not run)"
  say "fetching Postfix's smtp-sink (unpacked, not installed)"
  rm -rf "$folder" && mkdir -p "$folder"
  (cd "$folder" && { fetch_postfix || { can_be_root && "${ROOT_COMMAND[@]}" apt-get update -q && fetch_postfix; }; }) >"$LOGS/postfix.log" 2>&1 \
    || { tail -n 20 "$LOGS/postfix.log" >&2; die "apt-get could not fetch postfix; run apt-get update as root and try again"; }
  dpkg-deb --extract "$folder"/postfix_*.deb "$folder"
  local tool
  for tool in smtp-sink smtp-source; do
    cat >"$SETUP/bin/$tool.new" <<WRAPPER
#!/bin/sh
LD_LIBRARY_PATH='$folder/usr/lib/postfix' exec '$folder/usr/sbin/$tool' "\$@"
WRAPPER
    chmod +x "$SETUP/bin/$tool.new"
    mv "$SETUP/bin/$tool.new" "$SETUP/bin/$tool"
  done
}
fetch_postfix() { within 300 apt-get -q download postfix; }

# Kannel's simulator of a message centre with the libraries it is linked with, without installing any of them. Where they cannot
# be fetched its test is skipped, and says so.
setup_kannel() {
  local folder=$SETUP/kannel package
  [ -x "$SETUP/bin/drive_smpp" ] && return 0
  command -v apt-get >/dev/null || { say "there is no apt-get: text messages are not tested with Kannel"; return 0; }
  say "fetching Kannel's message centre (unpacked, not installed)"
  mkdir -p "$SETUP/bin" && rm -rf "$folder" && mkdir -p "$folder"
  (cd "$folder" && { fetch_kannel || { can_be_root && "${ROOT_COMMAND[@]}" apt-get update -q && fetch_kannel; }; }) >"$LOGS/kannel.log" 2>&1 \
    || { say "apt-get could not fetch Kannel: text messages are not tested with it (see $LOGS/kannel.log)"; return 0; }
  for package in "$folder"/*.deb; do dpkg-deb --extract "$package" "$folder"; done
  rm -f "$folder"/*.deb
  cat >"$SETUP/bin/drive_smpp.new" <<WRAPPER
#!/bin/sh
LD_LIBRARY_PATH="$(find "$folder" -name 'lib*.so.3' -printf '%h:' | tr -d '\n')" exec '$folder/usr/lib/kannel/test/drive_smpp' "\$@"
WRAPPER
  chmod +x "$SETUP/bin/drive_smpp.new"
  mv "$SETUP/bin/drive_smpp.new" "$SETUP/bin/drive_smpp"
}
fetch_kannel() { within 300 apt-get -q download kannel-extras libmariadb3 libpcre3; }

find_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
setup_browser() {
  find_browser >/dev/null || install_missing chromium
  make_venv browser scripts/requirements/browser.txt
}

# The browser in which web push is tested. Where it cannot be installed its test is skipped, and says so.
setup_firefox() {
  command -v firefox-esr >/dev/null && return 0
  (install_missing firefox-esr) || say "there is no firefox-esr: web push is not tested in a browser"
}

for part in "$@"; do
  case $part in
    build) setup_build ;;
    sqlite) setup_sqlite ;;
    data) setup_data ;;
    liquid) setup_liquid ;;
    tests) setup_tests ;;
    segment) setup_segment ;;
    rudder) setup_rudder ;;
    push) setup_push ;;
    telegram) setup_telegram ;;
    smtp-sink) setup_smtp_sink ;;
    kannel) setup_kannel ;;
    browser) setup_browser ;;
    firefox) setup_firefox ;;
    *) die "setup.sh knows no part \"$part\"" ;;
  esac
done
