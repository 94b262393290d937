# What the tests of packaging share. Sourced by each; they are called as TEST PACKAGE_DIRECTORY SOURCE.
# shellcheck shell=bash
set -euo pipefail

package=$1 source=$2 tests=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
export package source tests LC_ALL=C.UTF-8
readonly skipped=77

if ((EUID != 0)); then
  echo "skipped: it needs root for roots of its own"
  exit "$skipped"
fi

work=$(mktemp -d)
processes=()
clean_up() {
  local process
  for process in "${processes[@]}"; do
    kill -KILL "$process" 2>/dev/null || continue
    wait "$process" 2>/dev/null || true
  done
  # Nothing is removed through a mount that is left.
  awk -v work="$work/" 'index($5, work) == 1 { print $5 }' /proc/self/mountinfo | sort -r |
    while read -r mount; do umount -l "$mount"; done
  rm -rf --one-file-system "$work"
}
trap clean_up EXIT

fail() {
  echo "FAILED: $*" >&2
  exit 1
}
step() { echo "-- $*"; }

# expect WANT GOT WHAT
expect() {
  [[ $2 == "$1" ]] || fail "$3: got '$2', want '$1'"
}

# Waits until a file has a line that matches, and prints what the match has in parentheses.
await() {
  local file=$1 pattern=$2 line
  for ((i = 0; i < 600; ++i)); do
    while read -r line; do
      if [[ $line =~ $pattern ]]; then
        echo "${BASH_REMATCH[1]:-}"
        return
      fi
    done < <(cat "$file" 2>/dev/null)
    sleep 0.1
  done
  cat "$file" "$file.err" >&2
  fail "$file: no line matches $pattern"
}

# The ports that a server has printed: public, then private.
ports() {
  await "$1" 'Open +http://localhost:([0-9]+)/'
  await "$1" 'Metrics +http://localhost:([0-9]+)/'
}

# Posts a report, and says how many have reported in the running month.
report_and_count() {
  local port=$1 id=$2
  expect 200 "$(curl -sS -o /dev/null -w '%{http_code}' -H "X-Cluster-ID: $id" \
    --data-binary 'cozy_cluster_info{cozystack_version="v1"} 1' "http://127.0.0.1:$port/")" "report of $id"
  count "$port"
}
count() {
  curl -sS "http://127.0.0.1:$1/api/overview?year=$(date -u +%Y)&month=$(date -u +%m)" |
    sed -E 's/.*"month":\{[^}]*"clusters":([0-9]+).*/\1/'
}
