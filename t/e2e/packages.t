# The Debian packages: built from a clean copy, put into a new Debian, set up
# and asked for a decision there.  Needs root, and what apt can reach.

use v5.36;
use Sark::Skip;
use Sark::Temp;
use Sark::Tree qw(srcdir slurp spew);
use Test::More;

skip_all('only root can make a Debian') if $> != 0;
need($_) for qw(dpkg-buildpackage dh mandoc lintian mmdebstrap unshare ip git);
skip_all('not a git checkout') if !-e srcdir() . '/.git';

my $temp = Sark::Temp->new;
my $root = $temp->path('root');
my $password = 'correct horse packages staple';

sub sh ($script, @args) {
	return $temp->run([ 'sh', '-euc', $script, 'sh', @args ],
	    env => { MAKEFLAGS => '', MAKELEVEL => '', LC_ALL => 'C.UTF-8' });
}

# Runs a script; its output, or the end of this test.
sub must ($what, $script, @args) {
	my ($rc, $out, $err) = sh($script, @args);

	is $rc, 0, $what or do {
		diag substr($out, -2000), substr($err, -2000);
		done_testing;
		exit 1;
	};
	return $out;
}

# ---- build

must('packages are built from what is tracked', <<'END', $temp->dir, srcdir());
mkdir "$1/source"
cd "$2"
git -c safe.directory='*' ls-files -z | xargs -0 cp -P --parents -t "$1/source"
cd "$1/source"
DEB_BUILD_OPTIONS="noautodbgsym parallel=2" dpkg-buildpackage -us -uc -b
END

my %deb = map { m{/(sark-\w+)_[^/]*\.deb$} ? ($1 => $_) : () }
    glob $temp->dir . '/*.deb';
is join(' ', sort keys %deb), 'sark-common sark-doc sark-server sark-tools',
    'four packages' or BAIL_OUT('nothing to go on with');

my ($rc, $out, $err) = sh('lintian --allow-root --fail-on error "$1"/*.changes',
	$temp->dir);
is $rc, 0, 'lintian has no error';
unlike $out, qr/^[EW]:/m, 'nor a warning' or diag $out;

# path => mode, as dpkg -c shows it
sub contents ($name) {
	my (undef, $list) = sh('dpkg -c "$1"', $deb{$name});

	return map { m{^(\S+) root/root .* \.(/\S*)(?: -> .*)?$} ? ($2 => $1) : () }
	    split /\n/, $list;
}

subtest 'what is where' => sub {
	my %server = contents('sark-server');
	my %common = contents('sark-common');

	for my $name (qw(login registry policy audit status)) {
		is $server{"/usr/libexec/sark/sark-$name"}, '-rwxr-xr-x',
		    "sark-$name";
		ok $server{"/lib/systemd/system/sark-$name.$_"}, "its $_"
		    for qw(socket service);
	}
	for my $name (qw(setup run migrate keys user policy-build audit-load
	    expire trace-forward)) {
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
	ok {contents('sark-tools')}->{'/usr/bin/sarkctl'}, 'sarkctl';
	ok {contents('sark-doc')}->{'/usr/share/doc/sark-doc/html/sark.7.html'},
	    'the manual as HTML';
	is scalar(grep { /^-..s|^-.....s|^-.......w/ } values %server,
	    values %common), 0, 'nothing is setuid or writable by all';
};

# ---- a Debian that has nothing else

must('they are installed into a new Debian', <<'END', $temp->dir);
cd "$1"
apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
    'Created-By: Packages' 'Origin: Debian' | sort -u >sources.list
set --
for deb in "$PWD"/*.deb; do
	set -- "$@" --include="$deb"
done
mmdebstrap --quiet --variant=minbase "$@" \
    --hook-dir=/usr/share/mmdebstrap/hooks/file-mirror-automount \
    --include=postgresql,redis-server,lighttpd,curl \
    bookworm root sources.list
END

sub inside ($script) {
	return sh(<<'END', $root, $script);
exec unshare --mount --pid --net --fork --kill-child sh -euc '
	ip link set lo up
	mount -t proc proc "$1/proc"
	mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm"
	mount -t devpts -o newinstance,ptmxmode=0666 devpts "$1/dev/pts"
	exec chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
	    LC_ALL=C.UTF-8 bash -euc "$2"' sh "$1" "$2"
END
}

sub settles ($want, $what, $script) {
	my ($rc, $out, $err) = inside($script);

	is $rc, $want, $what or diag $out, substr $err, -2000;
	return $out;
}

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
my $before = slurp($hba);

# as a person at a terminal
$out = settles(69, 'asked to show, sark-setup writes into nobody\'s files',
    "$servers\nprintf '%s\\n' '' '' http://127.0.0.1 show |"
    . " script -qec sark-setup /dev/null");
like $out, qr/^PostgreSQL .* \[dbname=sark\]: /m, 'it asks';
like $out, qr/^local sark sark_owner,.* peer map=sark\r?$/m, 'and shows lines';
is slurp($hba), $before, 'pg_hba.conf is as it was';
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

$out = settles(0, 'it runs, and decides', <<"END");
$servers
sark-run 2>>/var/log/sark/sark.log &
printf '%s\\n' 'var.sark_sockets = "/run/sark/sock"' \\
    'include "/usr/share/sark/etc/lighttpd/sark.conf"' \\
    >/etc/lighttpd/conf-enabled/99-sark.conf
lighttpd -f /etc/lighttpd/lighttpd.conf
for i in \$(seq 100); do
	curl -sf -o /dev/null http://127.0.0.1/health/ready && break
	sleep 0.1
done
sarkctl --url http://127.0.0.1 login --user admin --password-file - </root/password
sarkctl evaluate server:read
sarkctl evaluate server:read | grep Cache
curl -s -o /dev/null -w 'stranger %{http_code}\\n' --json '{"action":"server:read"}' \\
    http://127.0.0.1/api/v1/policy/evaluate
for i in \$(seq 50); do
	sarkctl audit list --type policy_decision | grep server:read && break
	sleep 0.1
done
stat -c '%a %U:%G' /run/sark/sock/sark-policy.sock
kill \$(cat /run/sark/sark-run.lock)
wait
echo ended
END
like $out, qr/^Decision +allow$/m, 'an allowed request';
like $out, qr/^Cache +HIT$/m, 'from the cache the second time';
like $out, qr/^stranger 401$/m, 'a stranger is refused';
like $out, qr/policy_decision.*server:read.*allow/, 'the audit trail has it';
like $out, qr/^660 root:www-data$/m, 'the web server may, others may not';
like $out, qr/^ended$/m, 'all of it ends';

subtest 'installed once more' => sub {
	must('a package', 'cp "$1" "$2/root/"', $deb{'sark-server'}, $root);
	chmod 0700, "$root/var/spool/sark";
	my $said = settles(0, 'over itself', 'dpkg -i /root/sark-server_*.deb');
	like $said, qr/run sark-setup to bring database and policy/,
	    'it says what to do';
	is +(stat "$root/var/spool/sark")[2] & 07777, 0700,
	    'modes that the administrator has set stay';
};

subtest 'removed, then purged' => sub {
	settles(0, 'removed', 'dpkg --remove sark-server >/dev/null');
	ok -e "$root$_", "$_ stays" for qw(/etc/sark/sark.conf
	    /etc/sark/seal.key /var/spool/sark /var/lib/sark/policy);
	ok !-e "$root/usr/sbin/sark-run", 'the programs are gone';

	spew("$root/var/spool/sark/x.sark-policy.spool", "S1 2 0 {}\n");
	my $said = settles(0, 'purged', 'dpkg --purge sark-server');
	like $said, qr{/var/spool/sark holds audit events and stays},
	    'events that are not loaded stay';
	like $said, qr/the database, its roles .* left alone/, 'so it says';
	ok -e "$root/var/spool/sark/x.sark-policy.spool", 'and they do';
	ok !-e "$root$_", "$_ is gone" for qw(/etc/sark /var/lib/sark);
	ok -d "$root/var/lib/postgresql/15/main", 'the database is not';
};

done_testing;
