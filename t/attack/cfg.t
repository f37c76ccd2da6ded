# CFG-01..09: secrets, settings, randomness, comparisons, TLS, what is told to
# strangers, lengths, memory, and what it is all built of.

use v5.36;
use JSON::PP ();
use Sark::Attack;
use Sark::Authority;
use Sark::FCGI;
use Sark::Program;
use Sark::Skip;
use Sark::Source ();
use Sark::Temp;
use Sark::Tree qw(builddir program slurp spew srcdir);
use Test::More;

my $sark = Sark::Attack->start;
my $temp = $sark->temp;
my $json = JSON::PP->new->utf8->canonical;
my $admin = $sark->login('admin');
my @posts = Sark::Attack::posts($sark);
my @gets = Sark::Attack::gets($sark);
my $shim = builddir() . '/t/attack/.libs/shim.so';
# The preloaded would stand before the sanitizer's own.
my $sanitized = Sark::Attack::sanitized();

# ---- CFG-01, CFG-07: settings

# Name, type and bounds of every setting.
my @settings = slurp(srcdir() . '/lib/conf/keys.c') =~
    /\{\s"(\w+)",\sSARK_CONF_(\w+),\sAT\(\w+\),\s*(?:SARK_\w+\s)?
    "(?:[^"\\]|\\.)*",\s*(-?\d+),\s(-?\d+),/gx;
my @rows;
push @rows, [ splice @settings, 0, 4 ] while @settings;
my $dump = Sark::Tree::binary('sark-status');
my %library = (LD_LIBRARY_PATH => builddir() . '/.libs');

# Reads a file of one more line: exit value and the lines of the error.
sub read_setting ($line) {
	my $path = spew($temp->path('one.conf'), "$line\n");
	my ($rc, undef, $err) = $temp->run([ $dump, '--config', $path,
	    '--dump-config' ], env => \%library);

	return ($rc, $err);
}

sub refuses_setting ($line) {
	my ($rc, $err) = read_setting($line);
	my ($name) = $line =~ /^(\w+)/;

	ok $rc == 78 && $err =~ /\A[^\n]*one\.conf:1: [^\n]*\n\z/ &&
	    $err =~ /\Q$name\E/, "refused: $line" or diag "$rc $err";
}

sub takes_setting ($line) {
	my ($rc, $err) = read_setting($line);

	is "$rc$err", '0', "control: $line";
}

sub bad_settings () {
	refuses_setting($_) for 'no_such_setting = 1', 'spool_sync = perhaps',
	    'key_dir = "keys"', 'log_level = "loud"';
	for my $row (grep { $_->[1] eq 'INT' } @rows) {
		my ($name, undef, $min, $max) = @$row;

		refuses_setting("$name = $_") for '300x', $min - 1, $max + 1,
		    2**40, '0x10', "0$max", '""', '1.5', '99999999999999999999';
	}
	for my $row (grep { $_->[1] eq 'TEXT' && $_->[3] > 0 } @rows) {
		refuses_setting("$row->[0] = \"" . 'x' x ($row->[3] + 1) . '"');
	}
}

sub good_settings () {
	for my $row (grep { $_->[1] eq 'INT' } @rows) {
		takes_setting("$row->[0] = $_") for @$row[2, 3];
	}
}

# The sealing key in another state: exit value and error of --check-config.
sub with_seal_key ($text, $mode = 0640) {
	my $path = $temp->path('seal.key');
	my $before = slurp($path);

	unlink $path;
	if (defined $text) {
		spew($path, $text, $mode);
		chmod $mode, $path;
		$temp->give($path);
	}
	my @said = $sark->run('sark-registry', '--check-config');
	unlink $path;
	spew($path, $before, 0640);
	$temp->give($path);
	return @said[0, 2];
}

sub bad_secrets () {
	my $good = slurp($temp->path('seal.key'));
	my %bad = (missing => [undef], empty => [''], blank => ["  \n"],
		short => [ substr $good, 0, 62 ], long => ["00$good"],
		'no digits' => [ 'x' x 64 ], zeros => [ '0' x 64 ],
		'one byte' => [ 'a5' x 32 ], 'for all to read' => [ $good, 0644 ],
		'for all to write' => [ $good, 0602 ]);

	for my $what (sort keys %bad) {
		my ($rc, $err) = with_seal_key(@{ $bad{$what} });
		is $rc, 78, "a sealing key that is $what";
		like $err, qr/\A[^\n]*seal\.key: [^\n]+\n\z/, 'one line says so';
		unlike $err, qr/\Q@{[ substr $good, 0, 16 ]}\E/, 'not the key';
	}
}

# ---- CFG-02, CFG-08: what hardly ever fails, fails

sub without_randomness () {
	my $flag = spew($temp->path('no-random'), '');
	my $keys = $temp->mkdir('other-keys');
	my $conf = spew($temp->path('other.conf'), "key_dir = \"$keys\"\n" .
	    "seal_key_file = \"$keys/seal.key\"\n");
	my %env = (LD_PRELOAD => $shim, SARK_SHIM_RANDOM => $flag);
	my @make = (program('sark-keys'), '--config', $conf);

	chmod 0644, $flag;
	my ($rc, undef, $err) = $temp->run([ @make, 'seal-key' ], env => \%env);
	is $rc, 71, 'no key is made';
	like $err, qr/no random bytes/, 'and why';
	is join(' ', grep { !/lock$/ } glob "$keys/*"), '', 'nothing is left';
	unlink $flag;
	is +($temp->run([ @make, 'seal-key' ], env => \%env))[0], 0,
	    'control: with random bytes';

	my $status = Sark::Program->new(Sark::Temp->new, 'sark-status')
	    ->start(env => \%env, workers => 1);
	spew($flag, '');
	chmod 0644, $flag;
	my @got;
	do {
		push @got, $status->client(timeout => 60)->get('/health');
	} while ($got[-1]->status == 200 && @got < 200);
	is $got[-1]->error, 'closed', 'a worker without them answers nobody';
	my %ids = map { $_->header('x-request-id') => 1 }
	    grep { $_->status == 200 } @got;
	is scalar keys %ids, scalar(grep { $_->status == 200 } @got),
	    'no id was given twice';
	like $status->log, qr/no random bytes/, 'it says why it ends';
	unlink $flag;
	ok eval { Sark::Temp->until('random bytes', sub {
		$status->client->get('/health')->status == 200 }, 30) },
	    'control: with random bytes it is back';
	$status->stop;
}

sub without_memory () {
	my $status = Sark::Program->new(Sark::Temp->new, 'sark-status');
	my $count = $temp->path('count');
	my @check = ($dump, '--config', $status->conf, '--check-config');
	my %ends;
	my $allocations = sub (@command) {
		$temp->run(\@command, env => { %library, LD_PRELOAD => $shim,
		    SARK_SHIM_COUNT => $count });
		return slurp($count) + 0;
	};
	my $n = $allocations->(@check);
	# libconfuse itself gives up by abort(3) while it reads settings.
	my $from = $allocations->(@check[0 .. 2], '--dump-config');

	cmp_ok $n - $from, '>', 1_000, "allocations: $from to $n";
	# Most are in the libraries; a prime spreads over all of them.
	for (my $i = $from + 50; $i <= $n; $i += $ENV{SARK_LONG} ? 1 : 211) {
		my ($rc, undef, $err) = $temp->run(\@check, env => { %library,
		    LD_PRELOAD => $shim, SARK_SHIM_MALLOC => $i });
		push @{ $ends{$rc} }, $i if $rc >= 128 || $err =~ /\n.*\n/s;
	}
	is_deeply \%ends, {}, 'none of them ends in a crash' or
	    diag explain \%ends;
}

# ---- CFG-03

my $comparison = qr/\b(?:str(?:n?case)?n?cmp|memcmp|bcmp|sark_str_eq\w*)
    (\((?:[^()]|(?1))*\))/x;
my $secret = qr/secret|\bmac\b|passw|signature|token(?!_id|->)|digest|\btag\b|\botp\b|
    csrf|api_key|bearer|\bhash\b|nonce|cursor/ix;
# Digests of what a caller has presented or of a file that all may read, the
# checksum that stands in a key, and the filters of a cursor whose own mark was verified before.
my %public = map { $_ => 1 } qw(lib/auth/token_cache.c
	lib/policy/manifest_dir.c lib/audit/search.c lib/serve/idempotency.c
	lib/auth/key_text.c);

sub loose_comparison ($path, $text) {
	my $code = Sark::Source::code($text);
	my @seen;

	return () if $public{$path};
	while ($code =~ /$comparison/g) {
		push @seen, "$path: $&" if $1 =~ $secret;
	}
	return @seen;
}

# ---- CFG-04

my $ours = Sark::Authority->new($temp, 'ours');
my $others = Sark::Authority->new($temp, 'others');
my @good = $ours->sign('DNS:localhost', 'IP:127.0.0.1');

# PostgreSQL anew with this certificate, and a login over it: the status.
sub login_over_tls ($certificate, $key, %settings) {
	my $pg = $sark->{postgresql};

	$pg->over_tls($certificate, $key, %settings);
	$sark->set(postgresql => 'host=localhost dbname=sark port=' .
	    $pg->port . ' sslmode=verify-full sslrootcert=' . $ours->path,
	    postgresql_timeout_ms => 20_000);
	$sark->restart_program('login');
	return Sark::FCGI->new($sark->socket('login'), timeout => 60)->post(
	    '/api/v1/auth/login/local', { username => 'dev',
	    password => Sark::password('dev') });
}

sub false_databases () {
	is login_over_tls($others->sign('DNS:localhost'))->status, 503,
	    'a certificate of another authority';
	is login_over_tls($ours->sign('DNS:db.example'))->status, 503,
	    'of another host';
	is login_over_tls(@good, ssl => 'off')->status, 503, 'no TLS';
	is login_over_tls(@good, ssl_min_protocol_version => 'TLSv1',
	    ssl_max_protocol_version => 'TLSv1.1')->status, 503, 'TLS 1.1';
}

sub true_database () {
	my $answer = login_over_tls(@good);

	accepted $answer, 'a login over TCP and TLS, in the sandbox';
	is $sark->psql(q{SELECT DISTINCT s.version FROM pg_stat_ssl s JOIN
	    pg_stat_activity a USING (pid) WHERE a.usename = 'sark_login' AND
	    a.client_addr = '127.0.0.1' AND s.ssl}), 'TLSv1.3',
	    'PostgreSQL says the same';
	like $sark->run('sark-login', '--dump-config') ? slurp($sark->conf) : '',
	    qr/verify-full/, 'the name and the authority were verified';
	unlike slurp($sark->conf), qr/^sandbox/m, 'and the sandbox was on';
	$sark->set(postgresql => $sark->{postgresql}->conninfo);
	$sark->restart_program($_) for @{ $sark->{programs} };
	Sark::Attack::remember($sark);
}

# A web server with TLS, and sarkctl's way to it.
sub ctl_over_tls ($certificate, $key, @args) {
	my $web = Sark::Lighttpd->new($temp, sockets => $sark->{sock}, tls => 1);

	system('cp', '--', $certificate, $web->certificate) == 0 or die 'cp';
	system('cp', '--', $key, $web->{key}) == 0 or die 'cp';
	$web->start;
	my ($rc, $out, $err) = $temp->run([ program('sarkctl'), '--url',
	    $web->tls_url, @args, 'status' ]);
	$web->stop;
	return $rc;
}

sub false_servers () {
	is ctl_over_tls(@good), 69, 'an authority that is not Debian\'s';
	is ctl_over_tls(@good, '--insecure'), 69, '--insecure is about http';
	is ctl_over_tls(@good, '--ca', $others->path), 69, 'another authority';
	is ctl_over_tls($ours->sign('DNS:sark.example'), '--ca', $ours->path),
	    69, 'another host';
}

# ---- CFG-06, CFG-07

my @formats = ('%n%s%n%s', '%1$n', '%999999999d', '%08x.%08x', '%%%');

sub formats_everywhere () {
	for my $text (@formats) {
		my $escaped = $text =~ s/(\W)/sprintf '%%%02X', ord $1/ger;
		my %headers = map { $_ => $text } 'User-Agent', 'X-Request-ID',
		    'X-Forwarded-For', 'Traceparent', 'Content-Type', 'Accept',
		    'If-None-Match', 'Origin', 'Idempotency-Key';
		for my $route (@gets) {
			Sark::Attack::ask($sark, $route, GET => "$route->[1]$_",
			    headers => \%headers) for '', "/$escaped",
			    "?q=$escaped";
			Sark::Attack::fcgi($sark, $route)->get($route->[1],
			    headers => { Authorization => "Bearer $text" });
			Sark::Attack::fcgi($sark, $route)->request($text =>
			    $route->[1]);
		}
		for my $route (@posts) {
			my $body = $route->[2]->();
			Sark::Attack::post($sark, $route, { %$body,
			    $_ => $text }) for sort keys %$body;
			Sark::Attack::post($sark, $route, { $text => 1 });
		}
	}
	my $log = join '', map { $sark->log($_) } @{ $sark->{programs} };
	ok index($log, $formats[0]) >= 0, 'they are in the logs, as they came';
	is scalar(grep { !/^(?:time=|sark-)/ } split /\n/, $log), 0,
	    'whose lines are whole';
	like slurp(srcdir() . '/configure.ac'), qr/-Wformat=2/,
	    'and the compiler looks at every format';
}

# What the API document says of lengths, at each edge.
sub lengths () {
	my $api = $json->decode(slurp(srcdir() . '/share/openapi.json'));
	my $n = 0;

	for my $route (@posts) {
		my $path = $route->[1] =~ s{/[0-9a-f-]{36}/}{/{id}/}r;
		my $schema = $api->{paths}{$path}{post}{requestBody}{content}
		    {'application/json'}{schema}{'$ref'} =~ s{.*/}{}r;
		my $fields = $api->{components}{schemas}{$schema}{properties};
		for my $name (sort keys %$fields) {
			my $max = $fields->{$name}{maxLength} // next;
			my $long = sub ($length) { my $answer =
			    Sark::Attack::post($sark, $route, {
			    %{ $route->[2]->() }, $name => 'a' x $length });
			    return $answer->body =~ /bytes long/ ? 1 : 0 };
			is join('', map { $long->($_) } $fields->{$name}
			    {minLength} // 1, $max - 1, $max, $max + 1,
			    2 * $max), '00011', "$path $name: $max";
			$n++;
		}
	}
	cmp_ok $n, '>', 10, 'fields';
}

sub content_lengths () {
	for my $route (@posts) {
		for my $length ('-1', 2**31 - 1, 2**31, 2**32 - 1, 2**32,
		    2**32 + 2, '9223372036854775807', '9223372036854775808',
		    '18446744073709551614', '18446744073709551616') {
			problem Sark::Attack::ask($sark, $route, POST =>
			    $route->[1], body => '{}', params => {
			    CONTENT_TYPE => 'application/json',
			    CONTENT_LENGTH => $length }), [ 400, 413 ],
			    "CONTENT_LENGTH $length: $route->[1]";
		}
	}
	for my $limit (0, 201, 2**31 - 1, 2**32, 2**32 + 1,
	    '18446744073709551617') {
		problem Sark::Attack::ask($sark, $gets[3], GET =>
		    "$gets[3][1]?limit=$limit"), [ 422 ], "limit=$limit";
	}
}

sub body_limit () {
	my ($route) = grep { $_->[0] eq 'policy' } @posts;
	my $good = $json->encode($route->[2]->());

	for my $row ([ 1_048_575, 200 ], [ 1_048_576, 200 ],
	    [ 1_048_577, 413 ]) {
		my ($length, $status) = @$row;
		is Sark::Attack::post($sark, $route, $good .
		    ' ' x ($length - length $good))->status, $status,
		    "control: a body of $length bytes";
	}
}

# ---- CFG-09

sub bill () {
	my ($rc, $out, $err) = $temp->run([ srcdir() . '/contrib/sbom',
	    builddir() ]);

	is $rc, 0, 'the bill of materials is written' or diag $err;
	return eval { $json->decode($out) } // {};
}

sub libraries () {
	my $bill = bill();
	my %version = map { $_->{name} => $_->{version} }
	    @{ $bill->{components} };

	is $bill->{bomFormat}, 'CycloneDX', 'as CycloneDX';
	ok $version{$_}, "it has $_" for qw(libpq5 libssl3 libhiredis0.14
	    libsodium23 libc6);
	my (undef, $said) = $temp->run([ 'dpkg-query', '-W', '-f',
	    '${Version}', 'libpq5' ]);
	is $version{libpq5}, $said, 'and the version that is installed';
}

my %tell = map { my $answer = Sark::Attack::fcgi($sark, ['status'])->get($_);
    $_ => $answer } '/health', '/health/live', '/health/ready';
my @table = (
	[ 'CFG-01', 'settings that are none', \&bad_settings, \&good_settings ],
	[ 'CFG-01', 'secrets that are none', \&bad_secrets, sub {
		is +($sark->run('sark-registry', '--check-config'))[0], 0,
		    'control: as it was' } ],
	[ 'CFG-03', 'comparisons that tell how far they came', sub {
		Sark::Source::check('none near a secret', \&loose_comparison,
		    Sark::Source::sources(qr/\.c$/, qw(lib fcgi bin)));
	}, sub {
		Sark::Source::planted(\&loose_comparison, 'lib/a.c',
		    "\tif (memcmp(mac, given, 16) == 0)\n\t\treturn 1;\n",
		    "\tif (sark_secret_eq(mac, given, 16))\n\t\treturn 1;\n");
	} ],
	[ 'CFG-04', 'a database that is not ours', \&false_databases,
	    \&true_database ],
	[ 'CFG-04', 'a server that is not ours', \&false_servers, sub {
		is ctl_over_tls(@good, '--ca', $ours->path), 0,
		    'control: the authority that vouches for it' } ],
	[ 'CFG-05', 'what strangers are told', sub {
		for my $path (sort keys %tell) {
			is $tell{$path}->status, 200, $path;
			cmp_ok length $tell{$path}->body, '<', 400, 'is short';
			unlike $tell{$path}->body, qr{/|latency|host|pid|conn},
			    'and tells nothing of the inside';
		}
		problem Sark::Attack::fcgi($sark, ['status'])->get(
		    '/health/detailed'), [ 401 ], 'details are not for all';
		problem Sark::Attack::fcgi($sark, ['status'])->get('/metrics',
		    params => { REMOTE_ADDR => '203.0.113.9' }), [ 403 ],
		    'nor are metrics';
		problem Sark::Attack::fcgi($sark, ['status'])->get($_), [ 404 ],
		    $_ for qw(/debug /debug/pprof /server-status /status /env
		    /actuator /.env /.git/config /phpinfo.php /trace /console
		    /swagger /graphql);
	}, sub {
		accepted Sark::Attack::ask($sark, ['status'], GET => $_), $_
		    for '/health/detailed', '/metrics';
	} ],
	[ 'CFG-06', 'formats in every text that is logged',
	    \&formats_everywhere, sub {
		accepted Sark::Attack::ask($sark, $_, GET => $_->[1]), $_->[1]
		    for @gets } ],
	[ 'CFG-07', 'lengths at their edges', sub {
		lengths();
		content_lengths() }, \&body_limit ],
	[ 'CFG-09', 'a bill of materials', \&libraries, sub {
		ok !(grep { $_->{name} eq 'exim4' } @{ bill()->{components} }),
		    'control: it has nothing that nothing needs' } ],
);
my @failing = (
	[ 'CFG-02', 'no random bytes', \&without_randomness, sub {
		accepted $sark->login('dev')->get('/api/v1/auth/me'),
		    'who has them' } ],
	[ 'CFG-08', 'no memory', \&without_memory, sub {
		my $status = Sark::Program->new(Sark::Temp->new, 'sark-status');
		is +($status->run('--config', $status->conf, '--check-config'))
		    [0], 0, 'control: with memory' } ],
);

attacks(@table, $sanitized ? () : @failing);
unharmed($sark);

done_testing;
