#!/usr/bin/perl
# The rows PW-01, 02, 03, 05, 09 and 10: passwords and user names as they
# come from outside.

use v5.36;
use utf8;
use Encode 'encode_utf8';
use Test::More;

use Sark;

my $sark = Sark->start('login');
my $stranger = $sark->stranger;
my $path = '/api/v1/auth/login/local';

sub login ($user, $password = Sark::password($user)) {
	return $stranger->post($path,
	    { username => $user, password => $password });
}

sub add ($user, $password) {
	$sark->tool('sark-user', 'add', '--role', 'viewer', '--password-stdin',
	    encode_utf8($user), { stdin => encode_utf8("$password\n") });
}

sub hash_of ($user) {
	return $sark->psql('SELECT password_hash FROM sark.users'
	    . " WHERE username = '$user'");
}

sub fine () {
	return is login('dev')->status, 200, 'control: the right password';
}

subtest 'PW-01: a hash is made again when the parameters rose' => sub {
	my $first = hash_of('dev');

	like $first, qr/^\$argon2id\$v=19\$m=8192,t=1,p=1\$/, 'as configured';
	fine;
	is hash_of('dev'), $first, 'control: the same parameters, no new hash';
	$sark->set(argon2_memory_kib => 19456, argon2_passes => 2);
	$sark->restart_program('login');
	is login('dev', 'not the password')->status, 401, 'a wrong password';
	is hash_of('dev'), $first, 'changes nothing';
	fine;
	my $second = hash_of('dev');
	like $second, qr/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/, 'new parameters';
	fine;
	is hash_of('dev'), $second, 'once';
	$sark->set(argon2_memory_kib => 8192, argon2_passes => 1);
	$sark->restart_program('login');
	fine;
	is hash_of('dev'), $second, 'a hash that costs more stays';
};

subtest 'PW-02: the length is looked at before anything is hashed' => sub {
	my $longest = substr join('-', 1 .. 300), 0, 1024;

	add('longest', $longest);
	is login('longest', $longest)->status, 200, 'control: 1024 bytes';
	is login('longest', substr $longest, 0, 1023)->status, 401,
	    '1023 are others';
	refused login('longest', "${longest}x"), 422, '/password',
	    '1025 bytes';
	refused login('longest', "\x{e9}" x 513), 422, '/password',
	    '1026 bytes in 513 characters';
	for my $size (65536, 1024 * 1024 - 100, 1024 * 1024) {
		my $before = ticks();

		refused login('longest', 'x' x $size), 413, "$size bytes";
		cmp_ok ticks() - $before, '<', 10, 'without a hash of them';
	}
	refused login('longest', ''), 422, '/password', 'none';
};

subtest 'PW-03: every byte counts' => sub {
	my $long = 'seven purple elephants sing ' x 4;

	add('bytes', "${long}a");
	is login('bytes', "${long}a")->status, 200, 'control: the password';
	is login('bytes', "${long}b")->status, 401, 'beyond 72 bytes';
	is login('bytes', "${long}a ")->status, 401, 'a blank behind it';
	is login('bytes', " ${long}a")->status, 401, 'a blank before it';
	refused $stranger->post($path, '{"username":"bytes","password":"'
	    . $long . 'a\u0000"}'), 400, 'a NUL';
	add('composed', "caf\x{e9} caf\x{e9} caf\x{e9}");
	is login('composed', "caf\x{e9} caf\x{e9} caf\x{e9}")->status, 200,
	    'control: composed';
	is login('composed', "cafe\x{301} cafe\x{301} cafe\x{301}")->status,
	    401, 'decomposed is another password';
};

# The processor time of the workers, in ticks: a loaded machine changes what
# the clock on the wall says, not this.  A coarse look all the same.
sub ticks () {
	my $sum = 0;

	for my $pid ($sark->workers('login')) {
		my @field = split ' ',
		    Sark::Tree::slurp("/proc/$pid/stat") =~ s/^.*\) //sr;
		$sum += $field[11] + $field[12];
	}
	return $sum;
}

sub cost ($user) {
	my $before = ticks();

	login($user, 'not the password') for 1 .. 40;
	return ticks() - $before;
}

subtest 'PW-05: an unknown user costs what a wrong password costs' => sub {
	add('known', 'seven purple elephants');
	my $known = cost('known');

	cmp_ok $known, '>', 5, 'control: a hash costs something';
	for my $user ('nobody', "no\x{200b}body") {
		my $unknown = cost($user);

		cmp_ok $unknown, '>', $known / 3, 'not less';
		cmp_ok $unknown, '<', $known * 3, 'not more';
	}
};

subtest 'PW-09: a user name is data' => sub {
	for my $name ('%n%n%s', "' or 1=1--", '*)(uid=*', "dev'--", 'dev"',
	    'dev;', "dev' UNION SELECT 1--", '$(id)', '`id`', '../dev', '%',
	    '_ev', 'd%', '{"$ne":null}', '\\', "dev\\'") {
		refused login($name, Sark::password('dev')), 401,
		    'invalid_credentials', $name;
	}
	fine;
	unlike $sark->log('login'), qr/status=5/, 'nothing went wrong';
};

subtest 'PW-10: one normal form of a user name' => sub {
	is login('DEV', Sark::password('dev'))->status, 200,
	    'ASCII letters in any case';
	is login('dEv', Sark::password('dev'))->json->{user}{username}, 'dev',
	    'are one user';
	for my $name ("dev\x{200b}", "\x{feff}dev", "d\x{ad}ev", ' dev', 'dev ',
	    "dev\t", "dev\x{a0}", "d\x{202e}ev", "\x{ff44}\x{ff45}\x{ff56}",
	    "d\x{435}v", "de\x{301}v") {
		refused login($name, Sark::password('dev')), 401,
		    'invalid_credentials', sprintf 'not %vx', $name;
	}
	my ($rc) = $sark->run('sark-user', 'add', '--password-stdin', 'DEV',
	    { stdin => "correct horse battery\n" });
	isnt $rc, 0, 'DEV cannot be added beside dev';
	($rc) = $sark->run('sark-user', 'add', '--password-stdin',
	    encode_utf8("dev\x{200b}"), { stdin => "correct horse battery\n" });
	is $rc, 65, 'nor a name that looks like it';
	add("\x{130}nan", 'correct horse battery');
	is login("\x{130}nan", 'correct horse battery')->status, 200,
	    'a Turkish name is itself';
	is login('inan', 'correct horse battery')->status, 401,
	    'and no other';
	fine;
};

subtest 'fields' => sub {
	refused $stranger->post($path, {}), 422, '/username', 'no user name';
	refused $stranger->post($path, { username => 'dev' }), 422,
	    '/password', 'no password';
	refused $stranger->post($path, { username => 'dev', password => 1 }),
	    422, '/password', 'a number';
	refused $stranger->post($path, { username => 'x' x 201,
	    password => 'x' }), 422, '/username', '201 bytes';
	refused $stranger->post($path, { username => 'dev', password => 'x',
	    admin => JSON::PP::true }), 422, '/admin', 'something else';
	refused $stranger->post($path, '{"username":"dev","username":"admin",'
	    . '"password":"x"}'), 400, 'a member twice';
	refused $stranger->post($path, '{'), 400, 'no JSON';
	refused $stranger->with('content-type' => 'text/plain')->post($path,
	    { username => 'dev', password => 'x' }), 415, 'no JSON by type';
	refused $stranger->get($path), 405, 'GET';
	fine;
};

done_testing;
