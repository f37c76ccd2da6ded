# What runs: each component is one process (with children) and one pid file.

programs='sark-admin sark-login sark-refresh sark-registry sark-policy'
programs="$programs sark-audit sark-status"
components="postgresql redis $programs audit-load web"

# The name of a component by what people call it.
component_named() {
	local name

	for name in $components; do
		case $name in
		"$1" | "sark-$1" | "${1#sark-}")
			echo "$name"
			return ;;
		esac
	done
	fail "there is no component $1" '' "one of: $components"
}

# The process of a component, when it is one of ours and lives.
pid_of() {
	local pid

	pid=$(cat "$pids/$1.pid" 2>/dev/null) || return 1
	[ -n "$pid" ] && kill -0 "$pid" 2>/dev/null &&
	    tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF -e "$var/" -e "$sock/" &&
	    echo "$pid"
}

runs() {
	pid_of "$1" >/dev/null
}

# launch NAME USER COMMAND...: in the background, in a session of its own.
launch() {
	local name=$1 user=$2

	shift 2
	(as "$user" setsid "$@") </dev/null >>"$log/$name.log" 2>&1 9>&- &
	echo $! >"$pids/$name.pid"
}

start_component() {
	[ -d "$log" ] || fail 'nothing is set up here' '' 'run ./quickstart first'
	! runs "$1" || return 0
	case $1 in
	postgresql) start_postgresql ;;
	redis) start_redis ;;
	web) start_web ;;
	audit-load) start_audit_load ;;
	*) start_program "$1" ;;
	esac
}

# ended NAME WHAT-TO-DO
not_started() {
	fail "$1 does not start" "$log/$1.log" "$2"
}

# started NAME CHECK...: lives, and the check succeeds within 20 seconds.
started() {
	local name=$1 tries=400

	shift
	# Not runs: until its exec the new process does not look like ours.
	until "$@" >/dev/null 2>&1; do
		kill -0 "$(cat "$pids/$name.pid")" 2>/dev/null &&
		    [ $((tries -= 1)) -gt 0 ] || return 1
		sleep 0.05
	done
	runs "$name"
}

stop_component() {
	local signal=TERM pid

	pid=$(pid_of "$1") || { rm -f "$pids/$1.pid"; return 0; }
	[ "$1" != postgresql ] || signal=INT
	kill -$signal "$pid"
	if ! eventually 30 gone "$pid"; then
		kill -KILL "$pid"
		eventually 5 gone "$pid" || fail "$1 (process $pid) does not end" \
		    "$log/$1.log" "end it by hand"
	fi
	rm -f "$pids/$1.pid"
}

gone() {
	[ ! -e "/proc/$1" ] || grep -q '^State:[[:space:]]*Z' "/proc/$1/status"
}

# ---- PostgreSQL: one Unix socket; who may be which role is in pg_ident.conf

postgresql_bin() {
	printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1
}

start_postgresql() {
	[ -s "$data/PG_VERSION" ] || init_postgresql ||
	    fail 'PostgreSQL cannot make its data folder' \
		"$log/postgresql.log" "look for what is said of $data"
	launch postgresql "$postgresql_user" "$(postgresql_bin)/postgres" \
	    -D "$data" -c "unix_socket_directories=$pg_sock" \
	    -c listen_addresses= -c timezone=UTC
	started postgresql owner_psql -d postgres -c 'SELECT 1' ||
	    not_started postgresql 'if its data is damaged: ./quickstart reset'
}

init_postgresql() {
	rm -rf "$data"
	mkdir -m 700 "$data"
	give "$postgresql_user" "$data"
	(as "$postgresql_user" "$(postgresql_bin)/initdb" --pgdata "$data" \
	    --username postgres --auth peer --encoding UTF8 --locale C.UTF-8 \
	    --no-instructions) >>"$log/postgresql.log" 2>&1 || return 1
	postgresql_access
	printf '%s\n' 'CREATE ROLE sark_owner LOGIN CREATEROLE;' \
	    'CREATE DATABASE sark OWNER sark_owner;' >"$var/tmp/owner.sql"
	while read -r statement; do
		printf '%s\n' "$statement" | (as "$postgresql_user" \
		    "$(postgresql_bin)/postgres" --single -j -D "$data" postgres) \
		    >>"$log/postgresql.log" 2>&1 || return 1
	done <"$var/tmp/owner.sql"
	rm "$var/tmp/owner.sql"
}

# The kernel says who is at the other end of the socket; no passwords.
postgresql_access() {
	local role

	printf 'local all all peer map=sark\n' >"$data/pg_hba.conf"
	{
		printf 'sark %s postgres\n' "$postgresql_user"
		printf 'sark %s sark_owner\n' "$(id -un)"
		for role in login refresh registry policy audit status admin \
		    audit_load expire; do
			printf 'sark %s sark_%s\n' "$service_user" "$role"
			[ -z "$root" ] || printf 'sark root sark_%s\n' "$role"
		done
	} >"$data/pg_ident.conf"
	give "$postgresql_user" "$data/pg_hba.conf" "$data/pg_ident.conf"
}

owner_psql() {
	PGHOST=$pg_sock PGUSER=sark_owner psql -XAtq -v ON_ERROR_STOP=1 "$@"
}

# ---- Redis

start_redis() {
	rm -f "$redis_sock"
	launch redis "$service_user" redis-server --port 0 \
	    --unixsocket "$redis_sock" --unixsocketperm 700 \
	    --dir "$var/redis" --appendonly yes --save '' --daemonize no
	started redis redis_answers ||
	    not_started redis 'if its data is damaged: ./quickstart reset'
}

redis_answers() {
	[ "$(redis-cli -s "$redis_sock" ping 2>&1)" = PONG ]
}

# ---- programs: the listening socket is handed over as descriptor 0

start_programs() {
	local name

	for name in $programs audit-load; do
		# an older one than what is installed now
		if runs "$name" &&
		    [ "$var/inst/.installed" -nt "$pids/$name.pid" ]; then
			stop_component "$name"
		fi
		start_component "$name"
	done
}

start_program() {
	local owner=

	rm -f "$sock/$1.sock"
	[ -z "$root" ] || owner="-U $service_user -G $(id -gn "$service_user")"
	launch "$1" "$(id -un)" spawn-fcgi -n -s "$sock/$1.sock" -M 0600 $owner \
	    -- "$prefix/libexec/sark/$1" --config "$conf" \
	    --workers "${SARK_WORKERS:-2}"
	started "$1" has_workers "$1" || not_started "$1" \
	    "$prefix/libexec/sark/$1 --config $conf --check-config"
	# lighttpd leaves one that was away alone for two seconds
	! runs web || eventually 5 served "$1" || true
}

# Whether requests get through to a program, whatever it says to them.
served() {
	local path

	case $1 in
	sark-login) path=/api/v1/auth/providers ;;
	sark-refresh) path=/api/v1/auth/sessions ;;
	sark-registry) path=/api/v1/tools ;;
	sark-policy) path=/api/v1/policy ;;
	sark-admin) path=/api/v1/users ;;
	sark-audit) path=/api/v1/audit/events ;;
	*) path=/health/live ;;
	esac
	[ "$(curl -s -o /dev/null -w '%{http_code}' --max-time 5 \
	    "$url$path")" != 503 ]
}

has_workers() {
	local pid

	pid=$(pid_of "$1") || return 1
	[ "$(pgrep -c -P "$pid")" -eq "${SARK_WORKERS:-2}" ]
}

start_audit_load() {
	launch audit-load "$(id -un)" "$bin/sark-audit-load" --config "$conf" \
	    --follow
	started audit-load runs audit-load && sleep 0.2 &&
	    runs audit-load || not_started audit-load \
	    "$bin/sark-audit-load --config $conf"
}

# ---- web server

start_web() {
	local user=

	! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null ||
	    fail "port $port is taken by another program" '' \
		"SARK_PORT=$((port + 1)) ./quickstart"
	[ -z "$root" ] || user="server.username = \"$service_user\""
	cat >"$etc/lighttpd.conf" <<-END
	# made by quickstart
	server.bind = "127.0.0.1"
	server.port = $port
	server.document-root = "$prefix/share/sark"
	server.upload-dirs = ( "$var/run/sark" )
	$user
	var.sark_sockets = "$sock"
	include "$prefix/share/sark/etc/lighttpd/sark.conf"
	END
	PATH=$PATH:/usr/sbin launch web "$(id -un)" lighttpd -D \
	    -f "$etc/lighttpd.conf"
	started web curl -sf -o /dev/null --max-time 5 "$url/health/live" ||
	    not_started web "./quickstart status; ./quickstart logs sark-status"
}

# ---- telling

status() {
	local name pid ret=0

	for name in $components; do
		if pid=$(pid_of "$name"); then
			printf '%-14s runs, process %s\n' "$name" "$pid"
		else
			printf '%-14s is down\n' "$name"
			ret=3
		fi
	done
	[ $ret != 0 ] || say "$url"
	return $ret
}

logs() {
	local name

	for name in ${1:-$components}; do
		[ -s "$log/$name.log" ] || continue
		printf '==> %s <==\n' "$log/$name.log"
		tail -n 20 "$log/$name.log"
	done
}
