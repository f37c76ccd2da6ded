# Settings, keys, schema, users, policy: made once, kept afterwards.

# settings_make: what an installation has in /etc/sark.
settings_make() {
	settings_port
	[ -s "$conf" ] || settings_write
	mkdir -p -m 700 "$etc/keys"
	[ -s "$etc/seal.key" ] || keys seal-key
	[ -s "$etc/apikey.pepper" ] || keys pepper
	[ -s "$etc/keys/public/keyring.json" ] || keys make
	give "$service_user" "$etc/keys" "$etc/seal.key" "$etc/apikey.pepper"
	secrets_make
}

# keys COMMAND: of sark-keys.
keys() {
	"$bin/sark-keys" --config "$conf" "$1" >>"$log/setup.log" 2>&1 ||
	    fail "no key could be made" "$log/setup.log" \
		"$bin/sark-keys --config $conf $1"
}

# Tokens name the URL: another port is another issuer.
settings_port() {
	if [ -s "$conf" ] && ! grep -qF "issuer = \"$url\"" "$conf"; then
		sed -i "s|^issuer = .*|issuer = \"$url\"|" "$conf"
		for name in $programs web; do
			stop_component "$name"
		done
	fi
}

settings_write() {
	local user=

	[ -z "$root" ] || user="user = \"$service_user\""
	cat >"$conf.new" <<-END
	# Settings of this quickstart; all there are: sark.conf(5) and
	# $prefix/share/sark/etc/sark.conf
	issuer = "$url"
	postgresql = "host=$pg_sock dbname=sark"
	redis_socket = "$redis_sock"
	$user
	END
	mv "$conf.new" "$conf"
}

# secret_file PATH TEXT: for its owner's eyes only, from the start.
secret_file() (
	umask 077
	printf '%s\n' "$2" >"$1.new"
	mv "$1.new" "$1"
)

# Passwords of the two users.
secrets_make() {
	local name

	for name in admin demo; do
		[ -s "$secrets/$name" ] || secret_file "$secrets/$name" \
		    "$(head -c 18 /dev/urandom | base64 | tr '+/' '-_')"
	done
}

database_fill() {
	"$bin/sark-migrate" --config "$conf" \
	    --database "host=$pg_sock dbname=sark user=sark_owner" \
	    >>"$log/setup.log" 2>&1 || fail 'the schema cannot be made' \
		"$log/setup.log" 'if the log does not help and the data may go: ./quickstart reset'
	user_make admin --role admin
	user_make demo --role developer
}

# user_make NAME OPTION...
user_make() {
	local name=$1

	shift
	[ ! -e "$secrets/.$name-made" ] || return 0
	"$bin/sark-user" --config "$conf" add "$@" --password-stdin "$name" \
	    <"$secrets/$name" >>"$log/setup.log" 2>&1 ||
	    fail "the user $name cannot be made" "$log/setup.log" \
		'if the data may go: ./quickstart reset'
	touch "$secrets/.$name-made"
}

# The policy is compiled while the servers start.
policy_start() {
	policy_pid=
	if [ -s "$policy/manifest.json" ] &&
	    [ ! "$var/inst/.installed" -nt "$policy/manifest.json" ]; then
		return
	fi
	"$bin/sark-policy-build" --output "$policy" \
	    "$prefix/share/sark/policy" >"$log/policy.log" 2>&1 </dev/null &
	policy_pid=$!
}

policy_wait() {
	[ -z "$policy_pid" ] || wait "$policy_pid" ||
	    fail 'the policy cannot be built' "$log/policy.log" \
		"$bin/sark-policy-build --output $policy $prefix/share/sark/policy"
}
