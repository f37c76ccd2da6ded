# PW-04, PW-06, PW-07: guessing at passwords; and passwords that have to be
# changed.  Clients come from networks of their own, by what the web server
# would say of them.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use Sark;
use Sark::FCGI;
use Test::More;

my $sark = Sark->start(qw(login admin), { workers => 4, conf => {
	login_delay_after => 5, login_account_delay_after => 8,
	login_delay_max_s => 86400 } });
my $admin = $sark->login('admin');
my $path = '/api/v1/auth/login/local';
my $users = '/api/v1/users';

sub try_from ($from, $user, $password, %more) {
	return Sark::FCGI->new($sark->socket('login'))->post($path,
	    { username => $user, password => $password, %more },
	    params => { REMOTE_ADDR => $from });
}

sub code ($answer) {
	return $answer->status == 200 ? 'in' : $answer->json->{code};
}

sub id_of ($name) {
	return $sark->psql("SELECT user_id FROM sark.users"
	    . " WHERE username = '$name'");
}

# The clock of whoever waits, put forward.
sub wait_over () {
	$sark->psql(q{UPDATE sark.login_attempt
	    SET locked_until = now() - interval '1 second'
	    WHERE locked_until IS NOT NULL});
}

sub failures ($name, $network) {
	return $sark->psql(qq{SELECT coalesce(max(failures), 0)
	    FROM sark.login_attempt WHERE network = '$network'
	    AND account = encode(sha256('$name'), 'hex')});
}

subtest 'PW-06 who guesses has to wait' => sub {
	my $right = Sark::password('dev');

	is code(try_from('192.0.2.1', 'dev', 'wrong')), 'invalid_credentials',
	    "guess $_" for 1 .. 4;
	is code(try_from('192.0.2.1', 'dev', $right)), 'in',
	    'control: four wrong ones keep nobody out';
	is failures('dev', '192.0.2.1/32'), 0, 'and are forgotten then';
	try_from('192.0.2.1', $_, 'wrong')
	    for 'dev', 'DEV', 'dEv', 'dev', 'Dev';
	is failures('dev', '192.0.2.1/32'), 5, 'one name, however written';
	my $told = $sark->audited(account_locked => id_of('dev'));
	is_deeply $told->{detail}, { network => '192.0.2.1', failures => 5,
	    seconds => 1 }, 'the fifth is told, and makes the next one wait';
	wait_over;
	try_from('192.0.2.1', 'dev', 'wrong');
	my $as_wrong = try_from('192.0.2.1', 'nobody', 'wrong');
	$sark->psql(q{UPDATE sark.login_attempt
	    SET locked_until = now() + interval '1 hour'
	    WHERE locked_until IS NOT NULL});
	my $locked = try_from('192.0.2.1', 'dev', $right);
	is code($locked), 'invalid_credentials',
	    'the right one is refused while it waits';
	is_deeply [ sort keys %{ $locked->{headers} } ],
	    [ sort keys %{ $as_wrong->{headers} } ], 'with the same headers';
	is $locked->body =~ s/"request_id":"[^"]+"//r,
	    $as_wrong->body =~ s/"request_id":"[^"]+"//r, 'and the same body';
	is $sark->audited('authentication_failure' => id_of('dev'))->{reason},
	    'locked', 'only the audit trail tells';
	is failures('dev', '192.0.2.1/32'), 6, 'what waits is not counted';
	is_deeply [ map { $_->{detail}{seconds} }
	    $sark->events(type => 'account_locked') ], [ 2, 1 ],
	    'twice as long';
	$sark->restart_program('login');
	is code(try_from('192.0.2.1', 'dev', $right)), 'invalid_credentials',
	    'a restart forgets nothing';
	wait_over;
	is code(try_from('192.0.2.1', 'dev', $right)), 'in',
	    'control: when the time is over it opens the door';
	try_from('192.0.2.2', "n%sbody'", 'wrong') for 1 .. 5;
	ok $sark->audited('account_locked', undef, actor => "n%sbody'"),
	    'a name that nobody has counts as well';
};

subtest 'PW-07 not the user on his own network' => sub {
	my $right = Sark::password('viewer');

	is code(try_from('198.51.100.7', 'viewer', $right)), 'in',
	    'he has been here';
	try_from('192.0.2.7', 'viewer', 'wrong') for 1 .. 5;
	is code(try_from('192.0.2.7', 'viewer', $right)),
	    'invalid_credentials', 'control: where guesses come from it is shut';
	is code(try_from('198.51.100.7', 'viewer', $right)), 'in',
	    'he comes in here all the same';
	is code(try_from('203.0.113.7', 'viewer', $right)), 'in',
	    'elsewhere too';
	try_from("192.0.2.$_", 'viewer', 'wrong') for 20 .. 40;
	is failures('viewer', '0.0.0.0/0'), 8,
	    'PW-06 guesses from everywhere are counted together';
	is code(try_from('192.0.2.50', 'viewer', $right)),
	    'invalid_credentials', 'and shut the door to who was never here';
	is code(try_from($_, 'viewer', $right)), 'in', "but not to $_"
	    for '198.51.100.7', '203.0.113.7';
	try_from('2001:db8::1', 'officer', 'wrong') for 1 .. 3;
	try_from('2001:db8::ffff', 'officer', 'wrong') for 1 .. 2;
	is failures('officer', '2001:db8::/64'), 5, 'an IPv6 network is a /64';
};

subtest 'unlocking' => sub {
	my $id = id_of('officer');
	my $right = Sark::password('officer');

	$sark->psql(q{UPDATE sark.login_attempt
	    SET locked_until = now() + interval '1 hour'
	    WHERE locked_until IS NOT NULL});
	is code(try_from('2001:db8::2', 'officer', $right)),
	    'invalid_credentials', 'control: he waits';
	ok $admin->get("$users/$id")->json->{locked_until}, 'and it is seen';
	is $admin->post("$users/$id/unlock")->status, 204, 'unlocked';
	$sark->audited(account_unlocked => $id);
	is $admin->get("$users/$id")->json->{locked_until}, undef, 'seen too';
	is code(try_from('2001:db8::2', 'officer', $right)), 'in', 'he comes in';
	refused $sark->login('dev')->post("$users/$id/unlock"), 403,
	    'forbidden', 'a developer unlocks nobody';
	refused $admin->post("$users/01980000-0000-7000-8000-000000000000"
	    . '/unlock'), 404, 'not_found', 'nobody';
	try_from('2001:db8::2', 'officer', 'wrong') for 1 .. 5;
	$sark->tool('sark-user', 'unlock', 'officer');
	is code(try_from('2001:db8::2', 'officer', $right)), 'in',
	    'by sark-user too';
	$sark->without(postgresql => sub {
		refused $admin->post("$users/$id/unlock"), 503,
		    'it needs PostgreSQL';
	});
	$sark->without(redis => sub {
		refused $admin->post("$users/$id/unlock"), 503, 'and Redis';
	});
};

subtest 'PW-06 one guess of many at once' => sub {
	my @guess = map { Sark::FCGI->new($sark->socket('login')) } 1 .. 12;
	my @socket = map { $_->begin($_->encode(POST => $path, json =>
	    { username => 'operator', password => 'wrong' },
	    params => { REMOTE_ADDR => '192.0.2.99' })) } @guess;
	is code($guess[$_]->finish($socket[$_])), 'invalid_credentials',
	    'refused' for 0 .. $#guess;
	cmp_ok failures('operator', '192.0.2.99/32'), '>=', 5, 'five at least';
	cmp_ok failures('operator', '192.0.2.99/32'), '<=', 8,
	    'and no more than were under way';
};

subtest "one's own password is no way round" => sub {
	my $service = $sark->login_again('service');
	my $own = $users . '/' . id_of('service') . '/password';

	for (1 .. 5) {
		refused $service->put($own, { current_password => 'wrong',
		    password => 'seven purple elephants' }), 422,
		    '/current_password', 'a wrong one';
	}
	$sark->psql(q{UPDATE sark.login_attempt
	    SET locked_until = now() + interval '1 hour'
	    WHERE locked_until IS NOT NULL});
	refused $service->put($own, { password => 'seven purple elephants',
	    current_password => Sark::password('service') }), 422,
	    '/current_password', 'the right one is too late';
	wait_over;
	is $service->put($own, { password => 'seven purple elephants',
	    current_password => Sark::password('service') })->status, 204,
	    'control: not when it has waited';
};

subtest 'a password that has to be changed' => sub {
	my %new = (username => 'new', password => 'seven purple elephants');
	my $made = $admin->post($users, \%new)->json;
	my @from = ('192.0.2.1', 'new', 'seven purple elephants');

	is code(try_from(@from)), 'password_change_required',
	    'the first password opens no door';
	is try_from(@from)->status, 401, 'by 401';
	is $sark->psql("SELECT count(*) FROM sark.session"
	    . " WHERE user_id = '$made->{user_id}'"), 0, 'no session';
	is $sark->audited(authentication_failure => $made->{user_id})->{reason},
	    'password_change_required', 'which is told';
	is code(try_from(@from[0, 1], 'wrong', new_password => 'six blue cats')),
	    'invalid_credentials', 'a wrong one changes nothing';
	refused try_from(@from, new_password => 'short'), 422, '/new_password',
	    'a short one is none';
	refused try_from(@from, new_password => $from[2]), 422,
	    '/new_password', 'nor the same';
	is code(try_from(@from, new_password => 'six blue cats')), 'in',
	    'control: a good one, and in he is';
	is $sark->audited(user_password_changed => $made->{user_id})->{actor},
	    'new', 'he changed it';
	is code(try_from(@from)), 'invalid_credentials',
	    'the first one is over';
	is code(try_from(@from[0, 1], 'six blue cats')), 'in',
	    'his own goes on';
	refused try_from(@from[0, 1], 'six blue cats',
	    new_password => 'five red dogs'), 422, '/new_password',
	    'nobody changes one by the way';
};

subtest 'PW-04 so many hashes at once' => sub {
	$sark->set(login_hash_slots => 1, login_hash_wait_ms => 0,
	    argon2_memory_kib => 65536, argon2_passes => 20);
	$sark->restart_program('login');
	my @login = map { Sark::FCGI->new($sark->socket('login')) } 1 .. 12;
	my @socket = map { $_->begin($_->encode(POST => $path, json =>
	    { username => 'nobody', password => 'wrong' },
	    params => { REMOTE_ADDR => '192.0.2.111' })) } @login;
	my %seen;

	for my $i (0 .. $#login) {
		my $answer = $login[$i]->finish($socket[$i]);
		$seen{ code($answer) }++;
		ok $answer->header('retry-after'), '503 says when to come back'
		    if $answer->status == 503;
	}
	ok $seen{invalid_credentials}, 'control: there are slots';
	ok $seen{overloaded}, 'and no more than there are';
	is $seen{invalid_credentials} + $seen{overloaded}, 12,
	    'nothing else comes of it';
	kill KILL => $_ for $sark->workers('login');
	Sark::Temp->until('there are workers again', sub {
		code(try_from('192.0.2.112', 'nobody', 'wrong'))
		    eq 'invalid_credentials' });
	pass 'a worker that is killed takes no slot with it';
};

done_testing;
