#!/usr/bin/env bash
# The one file needs nothing: it serves, as nobody, from a root that holds the file, a folder for its
# store and two files about names, and may be written nowhere else.
# shellcheck source=tests/packaging/lib.sh
. "$(dirname -- "$0")/lib.sh"

step "It names no library and no loader, and is loaded anywhere"
rollcall=$package/rollcall
expect "" "$(readelf -d "$rollcall" | grep NEEDED || true)" "libraries"
expect "" "$(readelf -lW "$rollcall" | grep INTERP || true)" "loader"
readelf -h "$rollcall" | grep -q 'Type: *DYN' || fail "not position independent"

step "Its version, its commit and whose work is inside"
"$rollcall" version --licenses >"$work/licences"
expect "commit $(git -C "$source" describe --always --dirty --abbrev=40 '--exclude=*')" \
  "$(sed -n 2p "$work/licences")" "commit"
for name in librocksdb-dev libssl-dev libc6-dev; do
  grep -q "^$name [0-9]" "$work/licences" || fail "licences: $name is missing"
done

step "A root with nothing else in it"
root=$work/root
mkdir -p "$root/etc" "$root/data"
cp "$rollcall" "$root/rollcall"
echo '127.0.0.1 by-file.test' >"$root/etc/hosts"
echo 'nameserver 127.0.0.99' >"$root/etc/resolv.conf"
# One that would have glibc load libraries for names, if it were asked.
echo 'hosts: mymachines resolve files myhostname mdns4 dns' >"$root/etc/nsswitch.conf"
chown 65532:65532 "$root/data"
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount --bind "$root/data" "$root/data"
mount -o remount,bind,rw "$root/data"
if touch "$root/x" 2>/dev/null; then fail "the root is not read-only"; fi
inside=(env -i PATH="$PATH" chroot --userspec=65532:65532 "$root" /rollcall)

step "It serves there"
"${inside[@]}" serve --data-dir /data --listen-addr 127.0.0.1:0 --private-listen-addr 127.0.0.1:0 \
  --private-hosts by-file.test,by-dns.test --app-list-url= >"$work/out" 2>"$work/out.err" &
processes+=($!)
mapfile -t port < <(ports "$work/out")
expect 1 "$(report_and_count "${port[0]}" a)" "installations"
curl -sSf -o /dev/null "http://127.0.0.1:${port[1]}/metrics"

step "It looks up names: in /etc/hosts, and by the server of /etc/resolv.conf"
touch "$work/names"
python3 "$tests/name_server.py" 127.0.0.99 by-dns.test >"$work/names" 2>"$work/names.err" &
processes+=($!)
await "$work/names" '^ready'
for name in by-file.test by-dns.test; do
  "${inside[@]}" clock --server "http://$name:${port[1]}" >"$work/clock" 2>&1 || fail "$name: $(cat "$work/clock")"
done
grep -q '^by-dns.test$' "$work/names" || fail "nobody asked the name server"
if "${inside[@]}" clock --server "http://unknown.test:${port[1]}" >"$work/clock" 2>&1; then
  fail "a name that nobody knows was found"
fi

step "It ends in order, and its store is whole"
kill "${processes[0]}"
wait "${processes[0]}" || fail "exit code $?"
"${inside[@]}" verify --data-dir /data
