# What ./run, ./check and tests/bench/run share: the packages and the build.  Sourced by them, with
# $top set to the checkout.  Speaks on stderr only, and only when there is something to do.

say() {
	printf 'safi: %s\n' "$*" >&2
}

give_up() {
	say "$*"
	exit 1
}

# Runs a command, and shows what it said only if it failed.
quietly() {
	log=$(mktemp) || give_up "no temporary file can be made"
	status=0
	"$@" </dev/null >"$log" 2>&1 || status=$?
	[ "$status" -eq 0 ] || cat "$log" >&2
	rm -f "$log"
	return "$status"
}

# The packages of the given groups, each once.
packages() {
	awk -v groups=" $* " '!/^#/ && index(groups, " " $1 " ") && !seen[$2]++ { print $2 }' \
		"$top/.ci/packages.txt"
}

# Those of the given packages that are not installed.
missing() {
	{
		dpkg-query -W -f '+ ${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || :
		printf '%s\n' "$@"
	} | awk '$1 == "+" { if ($3 == "installed") have[$2] = 1; next } !have[$1] { print }'
}

# Installs what is missing of the given groups.  Where there is no apt, says what is needed when
# nothing is built yet, and goes on: it may be there under other names.
set_up_packages() {
	if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
		[ -f "$top/build/build.ninja" ] ||
			say "no apt here; needed, by their Debian names:" $(packages "$@")
		return 0
	fi
	lacking=$(missing $(packages "$@"))
	[ -n "$lacking" ] || return 0

	as_root=
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null ||
			give_up "packages are missing; as root: apt-get install" $lacking
		as_root=sudo
	fi
	say "installing" $lacking
	# The lists may be old or, on a fresh system, absent.  One broken source is not the end.
	quietly $as_root apt-get -q update || say "apt-get update failed; trying with what is known"
	quietly $as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -q -y --no-install-recommends install $lacking ||
		give_up "they cannot be installed; the reason is above"
}

up_to_date() {
	case $(ninja -C "$1" -n 2>&1) in
	*"no work to do"*) return 0 ;;
	*) return 1 ;;
	esac
}

# Configures (with the options given) and builds in a directory.  A build that is up to date costs
# some milliseconds.
set_up_build() {
	dir=$1
	shift
	for tool in meson ninja pkg-config; do
		command -v "$tool" >/dev/null || give_up "$tool is needed and not found"
	done
	if [ ! -f "$dir/build.ninja" ]; then
		say "configuring ${dir##*/}/"
		quietly meson setup "$@" "$dir" "$top" ||
			give_up "it cannot be configured; the reason is above"
	fi
	! up_to_date "$dir" || return 0
	say "building ${dir##*/}/"
	# First what follows from a change of a meson.build: Meson says much, and only errors matter.
	quietly ninja -C "$dir" build.ninja || give_up "it cannot be configured; the reason is above"
	up_to_date "$dir" || ninja --quiet -C "$dir" </dev/null >&2 ||
		give_up "it does not build; the reason is above"
}

# Packages of the given groups, and the build.  One at a time: two in one pipe
# (./run pipe ... | ./run pipe ...) start at once.
set_up() {
	if command -v flock >/dev/null; then
		exec 9<"$top/.ci/setup.sh"
		flock 9
	fi
	set_up_packages "$@"
	set_up_build "$top/build"
	exec 9<&-
}
