# Real requests, as any client makes them: curl, and perl to read JSON.

# Prints a member of the JSON on standard input; nothing when it has none.
member() {
	perl -MJSON::PP -0777 -e '
		binmode STDOUT, ":utf8";
		my $at = eval { decode_json(<STDIN>) };
		for (@ARGV) { $at = ref $at eq "ARRAY" ? $at->[$_] : $at->{$_} }
		print $at if defined $at' -- "$@"
}

# A JSON text from pairs: name, value, ...
object() {
	perl -MJSON::PP -e 'print encode_json({ map { utf8::decode($_); $_ } @ARGV })' \
	    -- "$@"
}

# request METHOD PATH USER [BODY]: the answer; the status is in $var/tmp.
# Neither token nor body is ever on a command line that others can read.
request() {
	local method=$1 path=$2 user=$3 body=${4-}
	local args=(-sS --max-time 30 -X "$method" -o "$var/tmp/answer"
	    -w '%{http_code}' -H 'Content-Type: application/json')

	[ -z "$user" ] || args+=(-H "@$secrets/.$user-token")
	if [ -n "$body" ]; then
		printf %s "$body" | curl "${args[@]}" --data-binary @- \
		    "$url$path" >"$var/tmp/status" 2>"$var/tmp/curl"
	else
		curl "${args[@]}" "$url$path" >"$var/tmp/status" 2>"$var/tmp/curl"
	fi || fail "$method $path: no answer" "$var/tmp/curl" './quickstart logs web'
	cat "$var/tmp/answer"
}

answered() {
	case " $* " in
	*" $(cat "$var/tmp/status") "*) ;;
	*) return 1 ;;
	esac
}

# demand WHAT COMPONENT STATUS...: the last answer had one of these.
demand() {
	local what=$1 component=$2

	shift 2
	answered "$@" || fail "$what: status $(cat "$var/tmp/status")" \
	    "$var/tmp/answer" "see ./quickstart logs $component"
}

demo_login() {
	local user=$1 token

	token=$(request POST /api/v1/auth/login/local '' "$(perl -MJSON::PP -e '
		chomp(my $password = <STDIN>);
		print encode_json({ username => $ARGV[0], password => $password })
		' -- "$user" <"$secrets/$user")" | member access_token)
	demand "login of $user" sark-login 200
	secret_file "$secrets/.$user-token" "Authorization: Bearer $token"
	rm -f "$var/tmp/answer"
}

# A server with a tool that anybody may use and one that needs its owner.
demo_server='{
	"name": "tickets",
	"transport": "http",
	"endpoint": "https://tickets.example/mcp",
	"description": "Tickets of the help desk, for the demonstration",
	"sensitivity_level": "low",
	"tools": [
		{ "name": "tickets.get", "description": "Shows a ticket" },
		{ "name": "tickets.delete", "description": "Deletes a ticket" }
	]
}'

demo_register() {
	demo_login admin
	request POST /api/v1/servers admin "$demo_server" >/dev/null
	demand 'registration of the demo server' sark-registry 201 409
}

# ask TOOL: sets decision, reason and audit_id.
ask() {
	local answer

	answer=$(request POST /api/v1/policy/evaluate demo \
	    "$(object action tool:invoke tool "$1")")
	demand "decision about $1" sark-policy 200
	decision=$(member decision <<<"$answer")
	reason=$(member reason <<<"$answer")
	audit_id=$(member audit_id <<<"$answer")
}

show_decision() {
	local tool=$1 expected=$2

	ask "$tool"
	say ''
	say "  May demo invoke $tool?   $decision: $reason"
	[ "$decision" = "$expected" ] ||
	    fail "the answer should have been $expected" "$log/sark-policy.log" \
		'if the policy in etc/policy was changed, all is well'
	show_event "$audit_id"
}

in_trail() {
	request GET "/api/v1/audit/events/$1" admin >/dev/null
	answered 200
}

show_event() {
	local id=$1 event name

	eventually 15 in_trail "$id" || fail "event $id is not in the trail" \
	    "$log/audit-load.log" './quickstart restart audit-load'
	event=$(cat "$var/tmp/answer")
	say "  In the audit trail:"
	for name in id time type 'actor name' action resource decision reason; do
		printf '    %-9s %s\n' "${name% *}" "$(member $name <<<"$event")"
	done
}

demo_show() {
	demo_login demo
	say ''
	say "demo, a developer, has logged in at $url"
	show_decision tickets.get allow
	show_decision tickets.delete deny
	rm -f "$var/tmp/answer" "$secrets"/.*-token
}

goodbye() {
	cat <<-END

	SARK runs at $url

	Log in:     as admin or demo; ./quickstart env prints their passwords
	API:        $url/docs
	Try next:   eval "\$(./quickstart env)"; PATH=\$PATH:\$SARK_BIN
	            sarkctl --url \$SARK_URL login --user demo
	            sarkctl evaluate tool:invoke --tool tickets.get
	            sarkctl tools list
	Stop:       ./quickstart down; ./quickstart reset also forgets all data
	END
}
