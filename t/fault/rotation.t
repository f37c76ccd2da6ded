#!/usr/bin/perl
# Secrets and certificates that are replaced in their files, in PostgreSQL and
# in Redis, while requests go on: nothing is restarted, and what is old ends.

use v5.36;
use JSON::PP;
use MIME::Base64 qw(decode_base64url);
use Sark;
use Sark::Authority;
use Sark::Fault::Row;
use Sark::Load;
use Sark::Tree qw(slurp spew);
use Test::More;

my @programs = qw(login policy);
my $sark = Sark->start(@programs, { conf => { Sark::Load::patient } });
my $temp = $sark->temp;
my $pg = $sark->postgresql;
my $redis = $sark->redis;
my ($pgpass, $redispass) = map { $temp->path($_) } qw(pgpass redispass);
my %written;

# As an administrator does it: a new file, renamed over the old one.
sub replace ($path, $text) {
	$temp->give(spew("$path.new", $text, 0600));
	rename "$path.new", $path or die "$path: $!\n";
}

sub pgpass ($word) { return "*:*:*:*:$word\n" }

# The passwords in the servers.
sub in_postgresql ($word) {
	$pg->psql(join ';', map { "ALTER ROLE sark_$_ PASSWORD '$word'" }
	    @programs);
}

sub in_redis (@acl) {
	$redis->cli('ACL', 'SETUSER', 'default', 'on', @acl);
}

# Connections made so far end, so that the next are made with what counts now.
sub disconnect () {
	$pg->psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
	    . " WHERE usename LIKE 'sark\\_%'");
	$redis->cli(qw(CLIENT KILL TYPE normal SKIPME yes));
}

# A login asks PostgreSQL and Redis, a decision Redis.
sub ask () {
	my $answer = $sark->stranger->post('/api/v1/auth/login/local',
	    { username => 'dev', password => Sark::password('dev') });

	return 'login: ' . $answer->status . ' ' . $answer->body
	    if $answer->status != 200;
	$answer = Sark::Client->new(url => $sark->url, token =>
	    $answer->json->{access_token})->post('/api/v1/policy/evaluate',
	    { action => 'server:read' });
	return '' if $answer->status == 200
	    && $answer->header('x-cache-status') ne 'BYPASS';
	return 'decision: ' . $answer->status . ' ' . $answer->body;
}

sub works ($name) {
	my $why;
	my $ok = eval { Sark::Temp->until($name, sub {
		($why = ask()) eq '' }, 30) };

	ok($ok, $name) or diag $why;
}

sub workers () {
	return join ' ', map { sort $sark->workers($_) } @programs;
}

# How often the logs of the programs have an event.
sub told ($event) {
	return map { scalar(() = $sark->log($_) =~ /event=$event\b/g) }
	    @programs;
}

# Does it and waits until the programs say so, once more each.
sub until_told ($event, $do) {
	my @before = told($event);

	$do->();
	Sark::Temp->until($event, sub {
		my @now = told($event);
		return !grep { $now[$_] <= $before[$_] } 0 .. $#now;
	}, 30);
}

replace($pgpass, pgpass('one'));
replace($redispass, "one\n");
$ENV{REDISCLI_AUTH} = 'admin';
in_redis('>one', '>admin', 'resetpass', '>one', '>admin');
in_postgresql('one');
spew("$pg->{data}/pg_hba.conf", "local all owner trust\n"
    . "local all all scram-sha-256\n");
$temp->give("$pg->{data}/pg_hba.conf");
kill HUP => $pg->pid;
Sark::Temp->until('passwords are asked for', sub {
	($pg->try('SELECT 1', role => 'sark_login'))[0] != 0 }, 30);

disconnect();
isnt ask(), '', 'control: without a password nothing works';
$sark->set(postgresql => $pg->conninfo . " passfile=$pgpass",
    redis_password_file => $redispass);
until_told(workers_replaced => sub {
	kill HUP => map { $sark->pid($_) } @programs });
works('with the passwords it does');

sub replaced () {
	my $load = Sark::Load->start(3, \&ask);

	$load->more(20);
	in_postgresql('two');
	in_redis('>two');
	until_told(workers_replaced => sub {
		replace($pgpass, pgpass('two'));
		replace($redispass, "two\n");
	});
	in_redis('<one');
	$load->more(20)->stop;
	is_deeply $load->{bad}, [], "all of $load->{good} were answered";
	cmp_ok +(sort { $a <=> $b } told('workers_renewed'))[0], '>=', 1,
	    'the workers were replaced for it';
	disconnect();
	works('new connections use the new passwords');
}

sub rewritten () {
	my $workers = workers();

	in_postgresql('three');
	in_redis('>three', '<two');
	for my $case ([ $pgpass, pgpass('three') ], [ $redispass, 'three' ]) {
		open my $file, '+<', $case->[0] or die;
		syswrite $file, $case->[1];
		truncate $file, length $case->[1];
	}
	disconnect();
	works('new connections use them');
	is workers(), $workers, 'of the same workers';
}

sub wrong () {
	for my $case ([ $pgpass, pgpass('wrong'), pgpass('three'),
	    'password authentication failed' ],
	    [ $redispass, 'wrong', 'three', 'WRONGPASS' ]) {
		my ($path, $wrong, $right, $says) = @$case;

		until_told(workers_replaced => sub { replace($path, $wrong) });
		disconnect();
		like ask(), qr/^login: 503 .*"code":"unavailable"/,
		    "$says: nothing is given";
		like $sark->log('login'), qr/$says/, 'the log says why';
		until_told(workers_replaced => sub { replace($path, $right) });
		works('control: right again, without a restart');
	}
	unlike join('', map { $sark->log($_) } @programs), qr/wrong\b/,
	    'no password is in a log';
	chmod 0644, $redispass;
	disconnect();
	works('a file that others can read is not read: the last word counts');
	until_told(settings_not_reloaded => sub {
		kill HUP => map { $sark->pid($_) } @programs });
	like $sark->log('login'),
	    qr/settings_not_reloaded .*\Q$redispass\E.*others may/,
	    'and no new worker starts on it';
	chmod 0600, $redispass;
	until_told(workers_replaced => sub {
		kill HUP => map { $sark->pid($_) } @programs });
	works('control: one that they cannot is read');
}

sub sealing_key () {
	my $seal = $temp->path('seal.key');
	my $old = slurp($seal);

	until_told(workers_replaced => sub {
		replace($seal, $old =~ tr/0-9a-f/a-f0-9/r) });
	works('is taken');
	until_told(workers_not_renewed => sub { replace($seal, 'broken') });
	works('a broken one leaves those that have the good one');
	replace($seal, $old);
	works('and the old one is back');
}

# The kid of the key that a new login is signed with.
sub signs () {
	my ($header) = split /\./, $sark->login_again('dev')->{token};

	return decode_json(decode_base64url($header))->{kid};
}

sub signing_key () {
	my $dev = $sark->login_again('dev');
	my $first = signs();
	my $load;

	# as an administrator has it: the programs read keys as the group
	chmod 0750, $sark->{keys};
	$load = Sark::Load->start(3, \&ask);
	for (1 .. 2) {
		$load->more(20);
		$sark->tool('sark-keys', 'make');
		$load->more(20);
		$sark->tool('sark-keys', 'rotate');
	}
	$load->more(20)->stop;
	is_deeply $load->{bad}, [], "all of $load->{good} were answered";
	Sark::Temp->until('the new key signs', sub { signs() ne $first });

	my $ask = sub { $dev->post('/api/v1/policy/evaluate',
	    { action => 'server:read' })->status };
	is $ask->(), 200, 'a token of the first key still counts';
	for ($sark->tool('sark-keys', 'list') =~ /^(\S+)\s+retired/mg) {
		$sark->tool('sark-keys', 'retire', $_);
	}
	Sark::Temp->until('its end', sub { $ask->() == 401 }, 30);
	pass 'until that key is retired';
	works('control: one of the new key counts');
}

# ---- certificates that the programs show to PostgreSQL

my $ours = Sark::Authority->new($temp, 'ours');
my ($crt, $key) = map { $temp->path($_) } qw(client.crt client.key);

# Puts a certificate that ends in so many days where the programs find it.
sub certify ($days) {
	my ($new_crt, $new_key) = $ours->sign_client('sark', $days);

	rename $new_key, $key or die "$key: $!\n";
	rename $new_crt, $crt or die "$crt: $!\n";
}

# PostgreSQL lets the programs in by their certificate alone.
sub by_certificate () {
	my ($server_crt, $server_key) = $ours->sign('DNS:localhost');

	$pg->over_tls($server_crt, $server_key, ssl_ca_file => $ours->path);
	spew("$pg->{data}/pg_hba.conf", "local all owner trust\n"
	    . "hostssl all all 127.0.0.1/32 cert map=sark\n");
	spew("$pg->{data}/pg_ident.conf",
	    join '', map { "sark sark sark_$_\n" } @programs);
	$temp->give("$pg->{data}/$_") for qw(pg_hba.conf pg_ident.conf);
	kill HUP => $pg->pid;
	$sark->set(postgresql => 'host=localhost dbname=sark port=' . $pg->port
	    . ' sslmode=verify-full sslrootcert=' . $ours->path
	    . " sslcert=$crt sslkey=$key");
	until_told(workers_replaced => sub {
		kill HUP => map { $sark->pid($_) } @programs });
}

sub certificates () {
	my $serial = sub { $sark->psql('SELECT client_serial FROM pg_stat_ssl'
	    . ' JOIN pg_stat_activity USING (pid) WHERE usename ='
	    . q( 'sark_login' ORDER BY backend_start DESC LIMIT 1)) };

	certify(2);
	by_certificate();
	works('with a certificate it works');
	my $before = $serial->();
	my $load = Sark::Load->start(3, \&ask);
	$load->more(20);
	until_told(workers_replaced => sub { certify(2) });
	$load->more(20)->stop;
	is_deeply $load->{bad}, [], "all of $load->{good} were answered";
	disconnect();
	works('new connections show the new certificate');
	isnt $serial->(), $before, 'PostgreSQL says the same';
}

sub expired () {
	until_told(workers_replaced => sub { certify(-1) });
	disconnect();
	like ask(), qr/^login: 503 .*"code":"unavailable"/,
	    'nothing is given on a certificate that has expired';
	like $sark->log('login'), qr/certificate.*expired/i,
	    'the log says why';
	until_told(workers_replaced => sub { certify(2) });
	works('control: with a good one it works, without a restart');
}

row 'U-02 keys and passwords rotated, a certificate expires' => sub {
	subtest 'passwords under load' => \&replaced;
	subtest 'the sealing key' => \&sealing_key;
	subtest 'the signing key under load' => \&signing_key;
};

row 'G-17 passwords and certificates replaced while running' => sub {
	subtest 'rewritten in place' => \&rewritten;
	subtest 'a wrong password is none' => \&wrong;
	subtest 'certificates under load' => \&certificates;
	subtest 'a certificate that expires' => \&expired;
};

done_testing;
