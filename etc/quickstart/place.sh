# Where everything lies, who runs it, and how the user is told.

# ---- telling

say() {
	printf '%s\n' "$*"
}

# fail WHAT LOG WHAT-TO-DO
fail() {
	printf '\nquickstart: %s\n' "$1" >&2
	if [ -n "${2:-}" ] && [ -s "$2" ]; then
		printf 'The end of its log, %s:\n\n' "$2" >&2
		tail -n 15 "$2" | sed 's/^/    /' >&2
	fi
	[ -z "${3:-}" ] || printf '\nWhat to do: %s\n' "$3" >&2
	exit 69
}

# phase TITLE FUNCTION [ARGUMENT...]: says what goes on and how long it took.
phase() {
	local title=$1 began=$SECONDS

	shift
	phases=$((${phases:-0} + 1))
	printf '[%2d/10] %-46s' "$phases" "$title"
	"$@"
	printf ' ok (%d s)\n' $((SECONDS - began))
}

# Runs what takes a while into a log; on a terminal a dot a second.
patiently() {
	local log=$1 pid

	shift
	"$@" >"$log" 2>&1 </dev/null &
	pid=$!
	while [ -t 1 ] && kill -0 $pid 2>/dev/null; do
		sleep 1
		printf .
	done
	wait $pid
}

# eventually SECONDS COMMAND...: until it succeeds.
eventually() {
	local tries=$(($1 * 20))

	shift
	until "$@" >/dev/null 2>&1; do
		[ $((tries -= 1)) -gt 0 ] || return 1
		sleep 0.05
	done
}

reversed() {
	printf '%s\n' "$@" | tac
}

# ---- who runs what

# As root the servers become users that Debian has; else everything is mine.
if [ "$(id -u)" = 0 ]; then
	root=1 service_user=www-data postgresql_user=postgres
	id -u postgres >/dev/null 2>&1 || postgresql_user=nobody
else
	root= service_user=$(id -un) postgresql_user=$service_user
fi

# as USER COMMAND...: becomes USER and the command.
as() {
	local user=$1

	shift
	cd /
	if [ -n "$root" ] && [ "$user" != root ]; then
		exec setpriv --reuid="$user" --regid="$(id -g "$user")" \
		    --clear-groups -- env HOME=/nonexistent "$@"
	fi
	exec "$@"
}

may_enter() {
	(as "$1" test -x "$2") 2>/dev/null
}

give() {
	local user=$1

	shift
	[ -z "$root" ] || chown -R "$user:" "$@"
}

# ---- where

# Sets var: the folder itself, not a link to it.
place_find() {
	case $here in
	*[!A-Za-z0-9/._+-]*)
		fail "the path $here has characters that make(1) refuses" '' \
		    'put the checkout where the path has letters, digits and ._+- only' ;;
	esac
	var=$here/var
	[ ! -d "$var" ] || var=$(cd "$var" && pwd -P)
	place_names
}

place_names() {
	prefix=$var/inst bin=$var/inst/bin log=$var/log pids=$var/pids
	etc=$var/etc/sark conf=$var/etc/sark/sark.conf secrets=$var/secrets
	data=$var/pg spool=$var/spool/sark policy=$var/lib/sark/policy
	sock=$var/sock
	[ ! -d "$sock" ] || sock=$(cd "$sock" && pwd -P)
	pg_sock=$sock/pg redis_sock=$sock/redis/redis.sock
	port=${SARK_PORT:-$(cat "$var/port" 2>/dev/null || echo 8080)}
	case $port in
	0* | *[!0-9]* | ??????*)
		fail "SARK_PORT is no port: $port" '' \
		    'SARK_PORT=8081 ./quickstart, or any port from 1 to 65535' ;;
	esac
	url=http://127.0.0.1:$port
}

# Where the servers' users may not go, var is a link to where they may.
place_make() {
	if [ ! -e "$var" ]; then
		mkdir "$here/var"
		if ! may_enter "$service_user" "$here/var" ||
		    ! may_enter "$postgresql_user" "$here/var"; then
			rmdir "$here/var"
			place_elsewhere
		fi
	elif [ ! -O "$var" ]; then
		fail "$var belongs to $(stat -c %U "$var")" '' \
		    "run quickstart as $(stat -c %U "$var"), or in another checkout"
	fi
	place_find
	mkdir -p "$log" "$pids" "$etc" "$spool" "$policy" "$var/tmp" \
	    "$var/run/sark" "$var/redis"
	mkdir -p -m 700 "$secrets"
	place_sockets
	place_find
	give "$service_user" "$spool" "$var/run/sark" "$var/redis"
	mkdir -p "$pg_sock" "$sock/redis"
	chmod 700 "$sock/redis"
	give "$postgresql_user" "$pg_sock"
	give "$service_user" "$sock/redis"
	place_lock
	echo "$port" >"$var/port"
}

place_elsewhere() {
	local there

	there=/var/lib/sark-quickstart-$(printf %s "$here" | cksum | cut -d' ' -f1)
	mkdir -p "$there"
	[ -O "$there" ] || fail "$there is not mine" '' "remove it"
	ln -s "$there" "$here/var"
}

# The path of a Unix socket has 107 bytes at most.
place_sockets() {
	[ ! -d "$var/sock" ] || return 0
	if [ ${#var} -le 70 ]; then
		mkdir "$var/sock"
	else
		ln -sfn "$(mktemp -d /tmp/sark.XXXXXX)" "$var/sock"
		chmod 755 "$var/sock/"
	fi
}

# One quickstart at a time.
place_lock() {
	[ -d "$var" ] || return 0
	[ -e /proc/self/fd/9 ] || exec 9>"$var/.lock"
	flock -w 120 9 || fail 'another quickstart is at work here' '' \
	    'wait for it to end'
}

# Takes everything away but what was built.
place_forget() {
	[ -d "$var" ] || return 0
	[ ! -L "$var/sock" ] || rm -rf -- "$sock"
	rm -rf -- "$var"/{etc,keys,lib,log,pg,pids,port,redis,run,secrets,sock,spool,tmp}
	say 'All data is gone; ./quickstart starts anew.'
}

have_up() {
	[ -s "$secrets/admin" ] && [ -s "$secrets/demo" ] && [ -s "$conf" ] ||
	    fail 'nothing is set up here' '' 'run ./quickstart first'
}

# Shell assignments and nothing else.
print_env() {
	have_up
	cat <<-END
	SARK_URL='$url'
	SARK_ADMIN_USER='admin'
	SARK_ADMIN_PASSWORD='$(cat "$secrets/admin")'
	SARK_DEMO_USER='demo'
	SARK_DEMO_PASSWORD='$(cat "$secrets/demo")'
	SARK_CONF='$conf'
	SARK_VAR='$var'
	SARK_SPOOL='$spool'
	SARK_PG_URI='postgresql://sark_owner@/sark?host=$pg_sock'
	SARK_REDIS_SOCKET='$redis_sock'
	SARK_BIN='$bin'
	SARK_PIDS='$pids'
	END
}
