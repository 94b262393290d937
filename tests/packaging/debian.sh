#!/usr/bin/env bash
# A Debian 12 of the smallest kind, made by debootstrap: the one file runs there, and the package is
# installed, upgraded, removed and purged.
# shellcheck source=tests/packaging/lib.sh
. "$(dirname -- "$0")/lib.sh"

# Made once per build folder; the mirror is this machine's.
base=$package/../debian-12.tar
if [[ ! -f $base ]]; then
  step "A Debian of its own"
  # shellcheck disable=SC2016  # apt's own variables
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' | head -n 1)
  # Without systemd, the user is made by the same program on its own.
  debootstrap --variant=minbase --include=systemd-standalone-sysusers bookworm "$work/base" "$mirror" \
    >"$work/debootstrap.log" || { tail -n 20 "$work/debootstrap.log" && fail "debootstrap"; }
  rm -rf "$work"/base/var/cache/apt "$work"/base/var/lib/apt/lists
  tar -C "$work/base" -cf "$base.part" .
  mv "$base.part" "$base"
fi
root=$work/debian
mkdir "$root"
tar -C "$root" -xf "$base"
mount -t proc proc "$root/proc"
inside() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"; }

starts=0
# serve EXECUTABLE FLAGS…: as the service's user where there is one.
serve() {
  local user=nobody:nogroup
  ((++starts))
  inside getent passwd rollcall >/dev/null && user=rollcall:rollcall
  env -i PATH="$PATH" chroot --userspec="$user" "$root" "$@" --listen-addr 127.0.0.1:0 --private-listen-addr 127.0.0.1:0 \
    --app-list-url= >"$work/out$starts" 2>"$work/out$starts.err" &
  server=$!
  processes+=("$server")
  mapfile -t port < <(ports "$work/out$starts")
}
stop() {
  kill "$server"
  wait "$server" || fail "the server's exit code is $?"
}

step "The one file runs without further packages"
install -m 755 "$package/rollcall" "$root/usr/local/bin/rollcall"
install -d -o nobody -g nogroup "$root/srv/data"
serve /usr/local/bin/rollcall serve --data-dir /srv/data
expect 1 "$(report_and_count "${port[0]}" a)" "installations"
stop
rm "$root/usr/local/bin/rollcall"

debs=("$package"/*.deb)
cp "${debs[0]}" "$root/first.deb"
# The next version: the same with another number and a configuration that says more.
dpkg-deb -R "${debs[0]}" "$work/next"
version=$(sed -n 's/^Version: //p' "$work/next/DEBIAN/control")
sed -i "s/^Version: .*/Version: $version+next/" "$work/next/DEBIAN/control"
echo '# of the next version' >>"$work/next/etc/rollcall/rollcall.conf"
(cd "$work/next" && find usr etc -type f -exec md5sum {} + >DEBIAN/md5sums)
dpkg-deb --root-owner-group -Znone -b "$work/next" "$root/next.deb" >/dev/null

step "Install"
inside dpkg -i first.deb
expect "rollcall:x /var/lib/rollcall" "$(inside getent passwd rollcall | awk -F: '{ print $1":"$2" "$6 }')" "the user"
inside rollcall config check --config /etc/rollcall/rollcall.conf
expect "rollcall $version" "$(inside rollcall version)" "version"
expect $'multi-user.target.wants\nrollcall.service' \
  "$(cd "$root/etc/systemd/system" && find . -name '*rollcall*' -printf '%P\n' | tr / '\n')" "what is enabled"
for file in /usr/share/man/man1/rollcall.1.gz /usr/share/bash-completion/completions/rollcall \
  /usr/share/zsh/vendor-completions/_rollcall /usr/share/rollcall/fleets/syncthing.json \
  /usr/share/rollcall/views/view.schema.json /lib/systemd/system/rollcall.service \
  /lib/systemd/system/rollcall.socket /usr/share/doc/rollcall/copyright /etc/rollcall/fleets; do
  [[ -e $root$file ]] || fail "$file is missing"
done
# Every flag of serve is there as a comment, and two are in force.
expect $'data-dir = /var/lib/rollcall\nfleets = cozystack,/etc/rollcall/fleets/' \
  "$(grep -v -e '^#' -e '^$' "$root/etc/rollcall/rollcall.conf")" "what is in force"

step "It serves what its configuration says, with a fleet of the operator's"
cp "$source/packaging/fleets/syncthing.json" "$root/etc/rollcall/fleets/"
inside install -d -o rollcall -g rollcall -m 750 /var/lib/rollcall  # as StateDirectory= does
serve /usr/bin/rollcall serve --config /etc/rollcall/rollcall.conf
expect 1 "$(report_and_count "${port[0]}" a)" "installations"
curl -sSf -o /dev/null "http://127.0.0.1:${port[0]}/privacy?fleet=syncthing"
stop

step "Upgrade: what the operator changed stays, and so does the store"
echo 'retention = 24' >>"$root/etc/rollcall/rollcall.conf"
inside dpkg --force-confold -i next.deb
# shellcheck disable=SC2016  # dpkg-query's own variable
expect "$version+next" "$(inside dpkg-query -W -f='${Version}' rollcall)" "version"
grep -qx 'retention = 24' "$root/etc/rollcall/rollcall.conf" || fail "the configuration was replaced"
serve /usr/bin/rollcall serve --config /etc/rollcall/rollcall.conf
expect 2 "$(report_and_count "${port[0]}" b)" "installations"
stop
inside rollcall verify --data-dir /var/lib/rollcall

step "Remove: the program goes, configuration and store stay"
inside dpkg -r rollcall
[[ ! -e $root/usr/bin/rollcall ]] || fail "the program is there"
[[ -e $root/etc/rollcall/rollcall.conf && -e $root/var/lib/rollcall/CURRENT ]] || fail "something is gone"
inside dpkg --force-confold -i first.deb
serve /usr/bin/rollcall serve --config /etc/rollcall/rollcall.conf
expect 2 "$(count "${port[0]}")" "installations after it came back"
stop

step "Purge: nothing of it is left"
inside dpkg -P rollcall
for path in /etc/rollcall /var/lib/rollcall /usr/share/rollcall /usr/share/doc/rollcall /usr/bin/rollcall; do
  [[ ! -e $root$path ]] || fail "$path is left: $(ls -R "$root$path")"
done
