#!/usr/bin/env bash
# The package as lintian and systemd judge it.
# shellcheck source=tests/packaging/lib.sh
. "$(dirname -- "$0")/lib.sh"

step "lintian has nothing to say"
debs=("$package"/*.deb)
expect 1 "${#debs[@]}" "packages"
expect "" "$(lintian --allow-root --no-cfg --fail-on none "${debs[0]}")" "lintian"

step "systemd reads the units, and finds the service exposed by 2.0 of 10 at most"
dpkg-deb -x "${debs[0]}" "$work/root"
mkdir -p "$work/root/etc/systemd"
units=$work/root/lib/systemd/system
# The unit's program stands in another root here.
for unit in rollcall.service rollcall.socket; do
  sed -i "s#/usr/bin/rollcall#$work/root/usr/bin/rollcall#" "$units/$unit"
done
expect "" "$(SYSTEMD_UNIT_PATH="$units:/lib/systemd/system" systemd-analyze verify --man=no --recursive-errors=no \
  "$units/rollcall.service" "$units/rollcall.socket" 2>&1)" "systemd-analyze verify"
systemd-analyze security --offline=yes --threshold=20 --no-pager "$units/rollcall.service" | tail -n 1
