#!/usr/bin/perl
# sark-user: users come, change and are shut out, each with its event.

use v5.36;
use JSON::PP;
use Test::More;

use Sark;
use Sark::Tree 'spew';

my $sark = Sark->start('login');
my $password = 'correct horse battery';

sub user (@args) {
	return $sark->run('sark-user', @args);
}

sub quiet ($what, @args) {
	my ($rc, $out, $err) = user(@args);

	return is "$rc$out$err", '0', $what;
}

sub login ($name, $with = $password) {
	return $sark->stranger->post('/api/v1/auth/login/local',
	    { username => $name, password => $with });
}

sub listed ($name) {
	my ($user) = grep { $_->{username} eq $name }
	    @{ decode_json($sark->tool('sark-user', 'list', '--json'))
	    ->{users} };

	return $user;
}

sub generation ($name) {
	return $sark->redis->cli('GET',
	    'policy:generation:user:' . listed($name)->{user_id});
}

subtest 'add' => sub {
	my $file = spew($sark->temp->path('password'), "$password\n", 0600);

	quiet('from a file', 'add', 'Ann', '--email', 'ann@example.com',
	    '--name', 'Ann B', '--role', 'viewer', '--role', 'operator',
	    '--team', 'red', '--manages', 'blue', '--password-file', $file);
	my $ann = listed('Ann');
	is $ann->{email}, 'ann@example.com', 'e-mail';
	is_deeply $ann->{roles}, [qw(operator viewer)], 'roles';
	is_deeply $ann->{teams}, [qw(blue red)], 'teams';
	is_deeply $ann->{managed_teams}, ['blue'], 'managed teams';
	is login('ann')->json->{user}{name}, 'Ann B', 'logs in';
	my $event = $sark->audited('user_created', $ann->{user_id},
	    outcome => 'success');
	is $event->{actor}, getpwuid($<), 'who did it';
	is $event->{detail}{username}, 'Ann', 'to whom';
	unlike encode_json($event), qr/argon2|battery/, 'and no secret';
};

subtest 'refusals of add' => sub {
	my $before = $sark->psql('SELECT count(*) FROM sark.users');
	my @rows = (
		[ 'a name twice', 73, "$password\n", 'ANN' ],
		[ 'a short password', 65, "only eleven\n", 'bob' ],
		[ 'eleven characters of two bytes', 65, "\xc3\xa9" x 11, 'bob' ],
		[ 'a long password', 65, 'x' x 1025, 'bob' ],
		[ 'no password', 65, '', 'bob' ],
		[ 'a NUL', 64, "correct\0horse battery\n", 'bob' ],
		[ 'an unknown role', 65, "$password\n", 'bob', '--role', 'king' ],
		[ 'a name with a blank', 65, "$password\n", 'b ob' ],
		[ 'an empty name', 65, "$password\n", '' ],
		[ 'no UTF-8', 65, "$password\n", "b\xff" ],
	);

	for my $row (@rows) {
		my ($what, $exit, $stdin, @args) = @$row;
		my ($rc, $out, $err) = user('add', @args, '--password-stdin',
		    { stdin => $stdin });
		is $rc, $exit, "$what: exit";
		isnt $err, '', "$what: a word";
		unlike $err, qr/correct|eleven/, "$what: not the password";
	}
	my $open = spew($sark->temp->path('open'), "$password\n", 0644);
	is((user('add', 'bob', '--password-file', $open))[0], 78,
	    'a file that others can read');
	is $sark->psql('SELECT count(*) FROM sark.users'), $before, 'nobody';
	my ($rc) = user('add', 'bob', '--password-stdin',
	    { stdin => 'exactly 12ch' });
	is $rc, 0, 'control: twelve characters';
};

subtest 'passwd' => sub {
	my $old = generation('Ann') // '';

	is login('ann')->status, 200, 'control: the old one';
	my ($rc) = user('passwd', 'ann', '--password-stdin',
	    { stdin => "another horse battery\n" });
	is $rc, 0, 'changes';
	is login('ann')->status, 401, 'the old one is over';
	is login('ann', 'another horse battery')->status, 200, 'the new one';
	my $id = listed('Ann')->{user_id};
	is $sark->psql('SELECT count(*) FROM sark.session WHERE user_id ='
	    . " '$id' AND revoked_at IS NULL"), 1, 'older sessions are over';
	isnt generation('Ann'), $old, 'cached decisions are, too';
	$sark->audited('user_password_changed', $id);
};

subtest 'disable and enable' => sub {
	my $id = listed('Ann')->{user_id};

	quiet('disable', 'disable', 'ANN');
	ok listed('Ann')->{disabled_at}, 'is listed so';
	is login('ann', 'another horse battery')->status, 401, 'no login';
	is $sark->psql('SELECT count(*) FROM sark.session WHERE user_id ='
	    . " '$id' AND revoked_at IS NULL"), 0, 'no session';
	is $sark->redis->cli('--scan', '--pattern',
	    "refresh_token:user:$id:*"), '', 'nor its record';
	$sark->audited('user_disabled', $id);
	quiet('enable', 'enable', 'ann');
	is login('ann', 'another horse battery')->status, 200, 'login';
	$sark->audited('user_enabled', $id);
};

subtest 'roles' => sub {
	my $id = listed('Ann')->{user_id};
	my $old = generation('Ann');

	quiet('roles', 'roles', 'ann', '--role', 'developer');
	is_deeply listed('Ann')->{roles}, ['developer'], 'are these';
	is_deeply listed('Ann')->{teams}, [qw(blue red)], 'teams stay';
	isnt generation('Ann'), $old, 'another generation';
	is $sark->redis->cli('EXISTS', "policy:hold:user:$id"), 0,
	    'the hold is released';
	$sark->audited('user_roles_changed', $id);
	quiet('teams', 'roles', 'ann', '--team', 'green');
	is_deeply listed('Ann')->{teams}, [qw(blue green)],
	    'a managed team is a team';
	is((user('roles', 'ann', '--role', 'king'))[0], 65, 'no such role');
	is_deeply listed('Ann')->{roles}, ['developer'], 'changes nothing';
};

subtest 'servers away' => sub {
	$sark->without(redis => sub {
		is((user('disable', 'ann'))[0], 69, 'no Redis, no change');
		ok !listed('Ann')->{disabled_at}, 'nothing has changed';
	});
	$sark->without(postgresql => sub {
		is((user('list'))[0], 69, 'no PostgreSQL');
	});
	quiet('control', 'disable', 'ann');
};

subtest 'command line' => sub {
	is((user(@$_))[0], 64, "@$_") for [], ['burn'], ['add'], ['list', 'x'],
	    [ 'add', 'a', 'b' ], [ 'add', '--no-such' ];
	is((user('disable', 'nobody'))[0], 66, 'an unknown user');
	my ($rc, $out) = user('--help');
	is $rc, 0, '--help';
	unlike $out, qr/--password=/, 'has no password on the command line';
	($rc, $out) = user('list');
	like $out, qr/^USER .*\n(?:.*\n)*Ann +disabled /, 'a table';
};

done_testing;
