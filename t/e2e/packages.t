# The Debian packages: built from a clean copy, put into a new Debian, set up,
# asked for a decision there, upgraded and downgraded while clients ask,
# removed and purged.  Needs root, and what apt can reach.

use v5.36;
use JSON::PP ();
use MIME::Base64 ();
use Sark::Debian;
use Sark::Skip;
use Sark::Temp;
use Sark::Tree qw(slurp spew srcdir);
use Test::More;

my $debian = Sark::Debian->new(Sark::Temp->new);
my $root = $debian->root;
my $password = 'correct horse packages staple';
my ($rc, $out, $err);

need('lintian');

# ---- build

$debian->build;
my %deb = $debian->packages;
is join(' ', sort keys %deb), 'sark-common sark-doc sark-server sark-tools',
    'four packages' or BAIL_OUT('nothing to go on with');

($rc, $out) = $debian->sh('lintian --allow-root --fail-on error "$1"/*.changes',
	$debian->dir);
is $rc, 0, 'lintian has no error';
unlike $out, qr/^[EW]:/m, 'nor a warning' or diag $out;

subtest 'what is where' => sub {
	my %server = $debian->contents('sark-server');
	my %common = $debian->contents('sark-common');

	for my $name (qw(admin login registry policy audit status)) {
		is $server{"/usr/libexec/sark/sark-$name"}, '-rwxr-xr-x',
		    "sark-$name";
		ok $server{"/lib/systemd/system/sark-$name.$_"}, "its $_"
		    for qw(socket service);
	}
	for my $name (qw(setup run migrate keys user policy-build audit-load
	    expire ldap-sync trace-forward)) {
		is $server{"/usr/sbin/sark-$name"}, '-rwxr-xr-x',
		    "sark-$name";
		ok $server{"/usr/share/man/man8/sark-$name.8.gz"}, 'its page';
	}
	is $server{'/etc/cron.d/sark'}, '-rw-r--r--', 'cron takes its file';
	ok $server{$_}, $_ for qw(/lib/systemd/system/sark-audit-load.service
	    /lib/systemd/system/sark-trace-forward.service
	    /usr/share/sark/contrib/grafana/sark.json
	    /usr/share/sark/contrib/prometheus/sark.rules.yml
	    /etc/logrotate.d/sark /usr/lib/sysusers.d/sark.conf
	    /usr/lib/tmpfiles.d/sark.conf /usr/share/sark/policy/policy.wasm
	    /usr/share/sark/etc/lighttpd/sark.conf);
	ok $common{$_}, $_ for qw(/usr/share/sark/sql/deploy/0001-schema.sql
	    /usr/share/sark/openapi.json /usr/share/man/man7/sark.7.gz);
	ok { $debian->contents('sark-tools')}->{'/usr/bin/sarkctl'}, 'sarkctl';
	ok { $debian->contents('sark-doc')}->{'/usr/share/doc/sark-doc/html/sark.7.html'},
	    'the manual as HTML';
	is scalar(grep { /^-..s|^-.....s|^-.......w/ } values %server,
	    values %common), 0, 'nothing is setuid or writable by all';
};

# ---- a Debian that has nothing else

$debian->make_root;
my %before = $debian->files;
$debian->put('/root/now');

sub settles ($want, $what, $script) {
	my ($rc, $out, $err) = $debian->inside($script);

	is $rc, $want, $what or diag $out, substr $err, -2000;
	return $out;
}

settles(0, 'they are installed', 'dpkg -i /root/now/*.deb');
$out = settles(0, 'the folders are there, with their modes', <<'END');
stat -c '%a %U:%G %n' /etc/sark /etc/sark/keys /var/spool/sark /var/log/sark \
    /var/lib/sark/policy
getent passwd sark | cut -d: -f6,7
END
is $out, <<'END', 'as they should be';
750 root:sark /etc/sark
750 root:sark /etc/sark/keys
2770 sark:sark /var/spool/sark
2750 sark:adm /var/log/sark
755 root:root /var/lib/sark/policy
/nonexistent:/usr/sbin/nologin
END

# The parts of the story; a shell each, so the servers are started in each.
my $servers = <<'END';
pg_ctlcluster 15 main start
service redis-server start >/dev/null 2>&1
END

my $hba = "$root/etc/postgresql/15/main/pg_hba.conf";
my $hba_before = slurp($hba);

# as a person at a terminal
$out = settles(69, 'asked to show, sark-setup writes into nobody\'s files',
    "$servers\nprintf '%s\\n' '' '' http://127.0.0.1 show |"
    . " script -qec sark-setup /dev/null");
like $out, qr/^PostgreSQL .* \[dbname=sark\]: /m, 'it asks';
like $out, qr/^local sark sark_owner,.* peer map=sark\r?$/m, 'and shows lines';
is slurp($hba), $hba_before, 'pg_hba.conf is as it was';
is slurp("$root/etc/sark/sark.conf") =~ s/^#.*\n//mgr, <<'END', 'the settings';
issuer = "http://127.0.0.1"
postgresql = "dbname=sark"
redis_socket = "/run/redis/redis-server.sock"
user = "sark"
group = "sark"
END

spew("$root/root/password", "$password\n", 0600);
$out = settles(69, 'the first run of sark-setup leaves Redis to be restarted',
    "$servers\nsark-setup --batch --access write --password-file /root/password");
like $out, qr/TO BE DONE: restart Redis/, 'and says so';
unlike $out, qr/\Q$password\E/, 'the password is not printed';
is scalar(() = slurp($hba) =~ /^# BEGIN sark/mg), 1, 'pg_hba.conf has its block';

$out = settles(0, 'the second run is content, and so is a third', <<"END");
$servers
sark-setup --batch
sark-setup --batch
grep -c '^# BEGIN sark' /etc/postgresql/15/main/pg_hba.conf
stat -c '%a %U:%G' /etc/sark/seal.key
ls /etc/sark/keys/*.key.pem | wc -l
END
like $out, qr/^1\n640 root:sark\n1\n\z/m, 'and has made nothing twice';

# All of it, until the script ends it.
my $running = <<"END";
$servers
sark-run 2>>/var/log/sark/sark.log &
lighttpd -f /etc/lighttpd/lighttpd.conf
for i in \$(seq 600); do
	curl -sf -o /dev/null http://127.0.0.1/health/ready && break
	sleep 0.1
done
END

spew("$root/etc/lighttpd/conf-enabled/99-sark.conf", <<'END');
var.sark_sockets = "/run/sark/sock"
include "/usr/share/sark/etc/lighttpd/sark.conf"
END
$out = settles(0, 'it runs, and decides', <<"END");
$running
sarkctl --url http://127.0.0.1 login --user admin --password-file - </root/password
sarkctl evaluate server:read
sarkctl evaluate server:read | grep Cache
curl -s -o /dev/null -w 'stranger %{http_code}\\n' --json '{"action":"server:read"}' \\
    http://127.0.0.1/api/v1/policy/evaluate
for i in \$(seq 600); do
	sarkctl audit list --type policy_decision | grep server:read && break
	sleep 0.1
done
stat -c '%a %U:%G' /run/sark/sock/sark-policy.sock
sark-run --stop
echo ended
END
like $out, qr/^Decision +allow$/m, 'an allowed request';
like $out, qr/^Cache +HIT$/m, 'from the cache the second time';
like $out, qr/^stranger 401$/m, 'a stranger is refused';
like $out, qr/policy_decision.*server:read.*allow/, 'the audit trail has it';
like $out, qr/^660 root:www-data$/m, 'the web server may, others may not';
like $out, qr/^ended$/m, 'all of it ends';

# ---- another version

my ($newest) = slurp(srcdir() . '/lib/store/schema.h') =~
    /SARK_SCHEMA_VERSION\s+(\d+)/;
my $next = sprintf '%04d-next', $newest + 1;

$debian->put_next('/root/next', '99.0', $next,
    sprintf("-- compatible: %04d\nCREATE TABLE sark.next (a integer);", $newest));

# Clients that ask until /root/enough is there: each answer is one line, the
# body and the status.  The script waits for programs that were replaced: six
# each time, by what runs the files that are there now.
spew("$root/root/clients", <<'END');
url=http://127.0.0.1/api/v1
: >/root/answers
ask() {
	printf '%s\n' "$(curl -s -m 60 -w ' %{http_code}' "$@")"
}
login() {
	ask --json "{\"username\":\"admin\",\"password\":\"$(cat /root/password)\"}" \
	    $url/auth/login/local
}
token=$(login | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
decide() {
	ask -H "Authorization: Bearer $token" --json '{"action":"server:read"}' \
	    $url/policy/evaluate
}
add() {
	n=$((${n:-0} + 1))
	ask -H "Authorization: Bearer $token" $url/servers --json "{
		\"name\":\"load-$n\",\"transport\":\"stdio\",\"command\":\"x\",
		\"tools\":[{\"name\":\"load.read_$n\"}]}"
}
again() {
	until [ -e /root/enough ]; do
		"$1"
	done >>"/root/answers.$1"
}
replaced() {
	for i in $(seq 1200); do
		[ "$(grep -c event=program_replaced /var/log/sark/sark.log)" -lt "$1" ] ||
		    ls -l /proc/[0-9]*/exe 2>/dev/null | grep -q 'sark.*(deleted)' ||
		    return 0
		sleep 0.1
	done
	echo "waited in vain for $1"
	tail /var/log/sark/sark.log
	return 1
}
schema() {
	echo "schema $(psql -XAtc 'SELECT max(version) FROM sark.migration' \
	    'dbname=sark user=sark_owner')"
}
END

# What the programs have logged about an answer.
sub told ($answer) {
	my ($id) = $answer =~ /"request_id":"([^"]+)"/;

	return $answer if !$id;
	return join "\n", $answer, grep { /\b\Q$id\E\b/ }
	    split /\n/, slurp("$root/var/log/sark/sark.log");
}

# What clients have been told: the bodies of the answers.
sub answers ($what, $good) {
	my @lines = split /\n/, slurp("$root/root/answers.$what");
	my @bad = grep { !/ $good$/ } @lines;

	cmp_ok scalar @lines, '>', 3, "$what: " . @lines . ' requests';
	is join("\n", map { told($_) } @bad[0 .. ($#bad < 4 ? $#bad : 4)]), '',
	    "$what: none failed";
	return map { JSON::PP::decode_json(s/ \d+$//r) } grep { / $good$/ } @lines;
}

# The session in an access token.
sub session_of ($answer) {
	my $claims = (split /\./, $answer->{access_token})[1];

	return JSON::PP::decode_json(
	    MIME::Base64::decode_base64url($claims))->{sid};
}

# A 503 here shall mean the upgrade, and not that the machine is slow; clients
# are few and ask without end, also for sessions.
spew("$root/etc/sark/sark.conf", slurp("$root/etc/sark/sark.conf") . <<'END');
redis_timeout_ms = 10000
postgresql_timeout_ms = 60000
policy_deadline_ms = 10000
deadline_ms = 60000
login_deadline_ms = 60000
queue_timeout_ms = 60000
rate_user = 0
rate_login_network = 0
rate_login_account = 0
session_limit = 1000
END

subtest 'upgraded and downgraded while clients ask' => sub {
	my $said = settles(0, 'both go', <<"END");
$running
. /root/clients
schema
again decide & again decide & again login & again add &
clients="\$!"
dpkg -i /root/next/*.deb
replaced 6
sark-setup --batch
replaced 10
schema
dpkg -i /root/now/*.deb
replaced 15
sark-setup --batch
replaced 20
: >/root/enough
wait \$clients
for i in \$(seq 600); do
	[ "\$(jobs -r | wc -l)" -le 1 ] && break
	sleep 0.1
done
schema
sark-run --stop
su -s /bin/sh sark -c sark-audit-load
psql -XAtq 'dbname=sark user=sark_owner' -c \\
    'SELECT id, type, resource, outcome FROM sark.audit_event' >/root/trail
END
	is join(' ', $said =~ /^schema (\d+)$/mg),
	    join(' ', $newest, $newest + 1, $newest + 1),
	    'both versions work with both schemas';
	like $said, qr/sark-run goes on with those/, 'sark-run becomes the other';

	my @trail = map { [ split /\|/ ] } split /\n/, slurp("$root/root/trail");
	my (%id, %about);
	for my $event (@trail) {
		$id{ $event->[0] }++;
		$about{"$event->[1] " . ($event->[2] // '')}++;
	}
	my @lost = grep { ($id{$_} // 0) != 1 }
	    map { $_->{audit_id} } answers('decide', 200);
	is "@lost", '', 'each decision is in the audit trail, once';
	@lost = grep { ($about{"authentication_success $_"} // 0) != 1 }
	    map { session_of($_) } answers('login', 200);
	is "@lost", '', 'each login is';
	@lost = grep { ($about{"server_registered $_"} // 0) != 1 }
	    map { $_->{server_id} } answers('add', 201);
	is "@lost", '', 'each registration is';
	is scalar(grep { $_ > 1 } values %id), 0, 'no event is there twice';
};

subtest 'a version that would not start' => sub {
	my $said = settles(0, 'is installed', <<"END");
$running
. /root/clients
chmod 0 /usr/libexec/sark/sark-policy
! sark-setup --renew
decide
chmod 755 /usr/libexec/sark/sark-policy
sark-setup --renew
sark-run --stop
END
	like $said, qr/the programs that run are those of before/, 'it says so';
	like $said, qr/"decision":"allow".* 200$/m, 'those of before decide';
};

subtest 'installed once more' => sub {
	chmod 0700, "$root/var/spool/sark";
	my $said = settles(0, 'over itself', 'dpkg -i /root/now/sark-server_*.deb');
	like $said, qr/programs: none run/, 'nothing is started';
	like $said, qr/run sark-setup to bring database and policy/,
	    'it says what to do';
	is +(stat "$root/var/spool/sark")[2] & 07777, 0700,
	    'modes that the administrator has set stay';
};

# ---- the end

# What is there that was not before, but for what sark-setup has written into
# files of others and what the servers keep.
sub left () {
	my %now = $debian->files;

	return grep { !$before{$_} && !m{\.before-sark$|^/etc/[a-z]+-$} }
	    sort keys %now;
}

subtest 'removed, then purged' => sub {
	my $said = settles(0, 'removed while it runs', <<"END");
$running
dpkg --remove sark-server sark-tools sark-doc sark-common >/dev/null
ls -l /proc/[0-9]*/exe 2>/dev/null | grep -c '/sark-' || true
END
	like $said, qr/^0$/m, 'no program runs';
	ok -e "$root$_", "$_ stays" for qw(/etc/sark/sark.conf
	    /etc/sark/seal.key /var/spool/sark /var/lib/sark/policy);
	# what is enabled stays so until the purge, as systemd's helper does it
	is join(' ', grep { !m{^/(?:etc/sark|var/(?:spool|lib|log)/sark|run/sark)\b
	    |^/(?:etc|var/lib)/systemd/}x } left()), '/etc/cron.d/sark /etc/lighttpd/conf-enabled/99-sark.conf'
	    . ' /etc/logrotate.d/sark', 'of the rest only conffiles, and ours';

	spew("$root/var/spool/sark/x.sark-policy.spool", "S1 2 0 {}\n");
	$said = settles(0, 'purged',
	    'dpkg --purge sark-server sark-tools sark-doc sark-common');
	like $said, qr{/var/spool/sark holds audit events and stays},
	    'events that are not loaded stay';
	like $said, qr/the database, its roles .* left alone/, 'so it says';
	is join(' ', left()), '/etc/lighttpd/conf-enabled/99-sark.conf'
	    . ' /var/spool/sark /var/spool/sark/x.sark-policy.spool',
	    'nothing else is left';
	my $kept = settles(0, 'the database is', <<"END");
pg_ctlcluster 15 main start
su postgres -c "psql -XAtqd sark -c 'SELECT count(*) FROM sark.audit_event'"
getent passwd sark | cut -d: -f1
END
	like $kept, qr/^[1-9]\d*\nsark$/m, 'with the audit trail, and so is the user';
};

done_testing;
