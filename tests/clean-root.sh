#!/bin/sh
# What a person meets who has an empty Debian 12 and a fresh clone: builds both in a temporary
# folder, runs ./run and ./check there, and tells how long each took.
#
#     tests/clean-root.sh [MIRROR]
#
# As root, for chroot; about 2 GB in /var/tmp; what is committed is what is tested.
set -eu

mirror=${1:-http://deb.debian.org/debian}
top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$top/.ci/setup.sh"

[ "$(id -u)" -eq 0 ] || give_up "tests/clean-root.sh must run as root, for chroot"
set_up_packages root

root=$(mktemp -d /var/tmp/safi-root.XXXXXX)
leave() {
	umount "$root/proc" 2>/dev/null || :
	rm -rf --one-file-system "$root"
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

inside() {
	chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
		sh -euc "cd /root/safi; $1" </dev/null
}

# Runs a command inside and says how many minutes it took, on stderr.
timed() {
	start=$(date +%s)
	status=0
	inside "$1" || status=$?
	seconds=$(($(date +%s) - start))
	say "$1: exit status $status after $((seconds / 60)) min $((seconds % 60)) s"
	return "$status"
}

say "making an empty Debian 12 in $root"
quietly debootstrap --variant=minbase bookworm "$root" "$mirror" || give_up "debootstrap failed"
# The way to the mirror is the host's.
apt-config dump | grep -i '^Acquire::[a-z]*::Proxy' >"$root/etc/apt/apt.conf.d/proxy" || :
mount -t proc proc "$root/proc"
git clone -q --no-local "$top" "$root/root/safi"

records=$(timed './run | wc -l')
[ "$records" -eq 5 ] || give_up "./run printed $records records, not 5"
timed './check' >"$root/checked" || { tail -n 60 "$root/checked" >&2; give_up "./check failed"; }
tail -n 1 "$root/checked"
