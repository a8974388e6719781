# Sourced by the scripts beside this folder.
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
root=$PWD
started=$SECONDS

say() { printf '[%4d s] %s\n' $((SECONDS - started)) "$*" >&2; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

# need_packages FILE…: installs what is missing, as root; else prints the one line that has root do this.
need_packages() {
  local missing=() name
  for name in $(cat "$@" | grep -v '^#'); do
    dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" -ne 0 ]; then
    printf "Some Debian packages are missing: %s. Run this once, then start again:\n\n  sudo bash -c '. \"%s\" && need_packages %s'\n\n" \
      "${missing[*]}" "$root/Deploy/support/common.sh" "$*" >&2
    exit 1
  fi
  say "Installing ${#missing[@]} Debian packages: ${missing[*]}"
  # No service of these packages is wanted: an installation has its own.
  local policy=/usr/sbin/policy-rc.d made= before
  before=$(ls /etc/rc2.d)
  if [ ! -e $policy ]; then printf '#!/bin/sh\nexit 101\n' > $policy && chmod 755 $policy && made=1; fi
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"; } \
    > "$root/var/log/apt.log" 2>&1
  local result=$?
  [ -n "$made" ] && rm -f $policy
  # Nor at the machine's next start: some would listen to the whole network, and a directory where those of the tests do.
  for name in $(comm -13 <(echo "$before") <(ls /etc/rc2.d)); do update-rc.d "${name#S[0-9][0-9]}" disable; done \
    >> "$root/var/log/apt.log" 2>&1
  [ $result -eq 0 ] || { tail -n 15 "$root/var/log/apt.log" >&2; die "apt-get failed; all of it is in var/log/apt.log"; }
}

need_swift() {
  command -v swift > /dev/null || die "Swift is not installed. Get 6.3 or later for Debian 12 from https://www.swift.org/install/linux/"
  local version
  version=$(swift --version 2>/dev/null | grep -oE 'Swift version [0-9]+\.[0-9]+' | grep -oE '[0-9.]+')
  [ "$(printf '%s\n6.3\n' "$version" | sort -V | head -n 1)" = 6.3 ] || die "Swift 6.3 or later is needed, here is $version."
}

# build CONFIGURATION ARGUMENTS…: swift build with its progress, and its errors if it fails.
build() {
  local configuration=$1; shift
  local log=$root/var/log/build-$configuration.log
  # Not without an index: on Linux the tests are found in it.
  swift build -c "$configuration" "$@" > "$log" 2>&1 &
  local pid=$! last=0 line
  while kill -0 $pid 2>/dev/null; do
    sleep 1
    if [ $((SECONDS - last)) -ge 10 ]; then
      last=$SECONDS
      line=$(tr '\r' '\n' < "$log" | grep -oE '^\[[0-9]+/[0-9]+\] [A-Za-z]+ [A-Za-z0-9_-]+' | tail -n 1)
      [ -n "$line" ] && say "  $line"
    fi
  done
  wait $pid || { grep -E 'error:' "$log" | sort -u | head -n 20 >&2; die "The build failed; all of it is in ${log#"$root"/}"; }
}
mkdir -p var/log && chmod 711 var
