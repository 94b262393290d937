#!/usr/bin/env bash
# The image is built, has nothing in it but the file and an empty folder, and runs as nobody.
# shellcheck source=tests/packaging/lib.sh
. "$(dirname -- "$0")/lib.sh"

export BUILDAH_ISOLATION=chroot STORAGE_DRIVER=vfs
buildah() { command buildah --root "$work/storage" --runroot "$work/run" --registries-conf /dev/null "$@"; }

step "Build"
buildah build --quiet -f "$source/packaging/container/Containerfile" -t localhost/rollcall:test "$package" >/dev/null
container=$(buildah from localhost/rollcall:test)
mounted=$(buildah mount "$container")
expect $'rollcall\nvar\nvar/lib\nvar/lib/rollcall' "$(cd "$mounted" && find . -mindepth 1 | sed 's#^./##' | sort)" "what is inside"
expect 65532:65532 "$(buildah inspect --type image --format '{{.OCIv1.Config.User}}' localhost/rollcall:test)" "its user"

step "Run"
expect "$("$package/rollcall" version)" "$(buildah run "$container" -- /rollcall version)" "version"
buildah run "$container" -- /rollcall serve --listen-addr 127.0.0.1:0 --private-listen-addr 127.0.0.1:0 \
  --app-list-url= >"$work/out" 2>"$work/out.err" &
processes+=($!)
mapfile -t port < <(ports "$work/out")
expect 1 "$(report_and_count "${port[0]}" a)" "installations"
server=$(pgrep -n -f '^/rollcall serve --listen-addr 127.0.0.1:0')
expect 65532 "$(awk '/^Uid:/ { print $2 }' "/proc/$server/status")" "the process's user"
kill "$server"
wait "${processes[0]}" || fail "exit code $?"
