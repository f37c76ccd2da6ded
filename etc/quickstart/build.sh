# Packages, and SARK itself, installed under var/inst.

packages_have() {
	local missing

	missing=$(sark_packages_missing $sark_packages_build $sark_packages_run)
	[ -n "$missing" ] || return 0
	missing=$(echo $missing)
	if [ -n "$root" ]; then
		patiently "$log/packages.log" sark_packages_install $missing ||
		    fail 'packages cannot be installed' "$log/packages.log" \
			'see that apt-get install works on this machine'
	elif sudo -n true 2>/dev/null; then
		patiently "$log/packages.log" sudo_install $missing ||
		    fail 'packages cannot be installed' "$log/packages.log" \
			'see that sudo apt-get install works on this machine'
	else
		fail 'packages are missing' '' \
		    "as root: apt-get install --no-install-recommends $missing"
	fi
}

sudo_install() {
	sudo -n apt-get update -q
	sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
	    --no-install-recommends "$@"
}

build_all() {
	patiently "$log/build.log" build_steps || fail 'the build failed' \
	    "$log/build.log" 'on a machine with all packages this is our mistake: report it with the log'
}

build_steps() {
	if [ ! configure -nt configure.ac ] || [ ! Makefile.in -nt Makefile.am ]
	then
		./bootstrap || return 1
	fi
	mkdir -p "$var/build" && cd "$var/build" || return 1
	if [ ! config.status -nt "$here/configure" ]; then
		# where a package puts things, but for the tools in one folder
		"$here/configure" -q --prefix="$prefix" --sbindir="$bin" \
		    --sysconfdir="$var/etc" --localstatedir="$var" \
		    --runstatedir="$var/run" || return 1
	fi
	make -s -j"$(nproc)" all || return 1
	if build_is_new; then
		make -s install && touch "$var/inst/.installed"
	fi
}

# Whether something was built, or may be installed, since the last time.
build_is_new() {
	[ -e "$var/inst/.installed" ] || return 0
	[ -n "$(find "$var/build" "$here/sql" "$here/etc" "$here/share" \
	    "$here/man" -type f -newer "$var/inst/.installed" ! -name '*.log' \
	    -print -quit)" ]
}
