# What counts now of a session: the next request of every program heeds it,
# however warm its caches are.
use v5.36;
use Sark;
use Sark::Temp;
use Test::More;

my $sark = Sark->start(qw(login refresh registry policy audit status),
    { conf => { session_limit => 5 } });
my $redis = $sark->redis;
my $evaluate = '/api/v1/policy/evaluate';
my %ask = (action => 'tool:invoke', tool => 'jira.get');
# One that each program guards.
my %guarded = (
	login => sub ($who) { $who->get('/api/v1/auth/me') },
	registry => sub ($who) { $who->get('/api/v1/servers') },
	policy => sub ($who) { $who->get('/api/v1/policy') },
	decision => sub ($who) { $who->post($evaluate, \%ask) },
	audit => sub ($who) { $who->get('/api/v1/audit/events') },
	status => sub ($who) { $who->get('/health/detailed') },
);

$sark->login('admin')->post('/api/v1/servers', { name => 'jira',
    transport => 'http', endpoint => 'https://jira.example/mcp',
    tools => [ { name => 'jira.get', sensitivity_level => 'low' },
    { name => 'jira.put', sensitivity_level => 'medium' } ] })->status == 201
    or die;

# Both workers of each program shall have seen him.
sub warm ($who, $status = 200) {
	for my $name (sort keys %guarded) {
		my %seen = map { $guarded{$name}->($who)->status => 1 } 1 .. 8;

		is join(' ', sort keys %seen), $status, "control: $name";
	}
}

sub gone ($who, $why) {
	for my $name (sort keys %guarded) {
		refused $guarded{$name}->($who), 401, 'invalid_token',
		    "$name: $why" for 1 .. 4;
	}
}

sub enter ($user) {
	my $tokens = $sark->stranger->post('/api/v1/auth/login/local', {
	    username => $user, password => Sark::password($user) })->json;
	my $who = Sark::Client->new(url => $sark->url,
	    token => $tokens->{access_token});

	$who->{user_id} = $tokens->{user}{user_id};
	$who->{session_id} = $sark->psql('SELECT session_id FROM sark.session'
	    . " WHERE user_id = '$who->{user_id}'"
	    . ' ORDER BY created_at DESC, session_id DESC LIMIT 1');
	return $who;
}

# As somebody does who changes a user in the database and knows how.
sub change ($who, $sql) {
	$sark->psql($sql);
	$redis->cli('SET', "policy:generation:user:$who->{user_id}",
	    'changed by hand ' . rand);
}

$sark->add_user($_, 'admin') for qw(ann ben cat);

subtest 'a session is ended' => sub {
	my ($ends, $stays) = (enter('ann'), enter('ann'));

	warm($_) for $ends, $stays;
	is $ends->post('/api/v1/auth/logout')->status, 200, 'logout';
	gone($ends, 'the session is over');
	warm($stays);
	refused $ends->post('/api/v1/auth/logout'), 401, 'invalid_token',
	    'nor can it end again';
	my $challenge = $guarded{decision}->($ends)->header('www-authenticate');
	like $challenge, qr/^Bearer .*error="invalid_token"/, 'how it is said';
	my $event = $sark->audited('access_denied', undef, actor => 'ann',
	    reason => 'invalid_token');
	is $event->{severity}, 'medium', 'it is known who that was';
};

subtest 'a user is disabled' => sub {
	my $who = enter('ben');

	warm($who);
	$sark->tool('sark-user', 'disable', 'ben');
	gone($who, 'the user is disabled');
	$sark->tool('sark-user', 'enable', 'ben');
	gone($who, 'his sessions have ended');
	warm(enter('ben'));

	my $other = enter('ben');
	warm($other);
	change($other, 'UPDATE sark.users SET disabled_at = now() WHERE'
	    . " user_id = '$other->{user_id}'");
	gone($other, 'disabled, whatever his sessions are');
	change($other, 'UPDATE sark.users SET disabled_at = NULL WHERE'
	    . " user_id = '$other->{user_id}'");
	warm($other);
};

subtest 'a password is changed' => sub {
	my $who = enter('cat');

	warm($who);
	$sark->tool('sark-user', 'passwd', '--password-stdin', 'cat',
	    { stdin => "another horse cat staple\n" });
	gone($who, 'the password was changed');
	# the rest goes on with the first: nothing remembers it
	$sark->psql('DELETE FROM sark.password_history');
	$sark->tool('sark-user', 'passwd', '--password-stdin', 'cat',
	    { stdin => Sark::password('cat') . "\n" });
};

subtest 'roles come and go' => sub {
	my $who = enter('ann');
	my $put = sub { $who->post($evaluate, { %ask, tool => 'jira.put' })
	    ->json->{decision} };

	warm($who);
	is $put->(), 'allow', 'control: an admin may' for 1 .. 8;
	$sark->tool('sark-user', 'roles', '--role', 'viewer', 'ann');
	is $put->(), 'deny', 'a viewer may not' for 1 .. 4;
	for my $name (qw(policy audit status)) {
		refused $guarded{$name}->($who), 403, 'forbidden',
		    "$name: not for a viewer" for 1 .. 4;
	}
	is $guarded{$_}->($who)->status, 200, "control: $_ is"
	    for qw(login registry decision);
	is_deeply $guarded{login}->($who)->json->{roles}, ['viewer'],
	    'he sees it';
	$sark->tool('sark-user', 'roles', '--role', 'admin', 'ann');
	is $put->(), 'allow', 'and is an admin again' for 1 .. 4;
	warm($who);

	# Without a role nobody may even ask: that counts before the decision.
	change($who, 'DELETE FROM sark.user_role WHERE user_id ='
	    . " '$who->{user_id}'");
	refused $guarded{decision}->($who), 403, 'forbidden', 'without a role'
	    for 1 .. 4;
	change($who, "INSERT INTO sark.user_role (user_id, role) VALUES"
	    . " ('$who->{user_id}', 'admin')");
	is $guarded{decision}->($who)->status, 200, 'with one' for 1 .. 4;
};

subtest 'asking about another' => sub {
	my $who = enter('ann');
	my $other = enter('cat')->{user_id};
	my $about = sub { $who->post($evaluate, { %ask, user_id => $other }) };

	warm($who);
	is $about->()->status, 200, 'control: an admin may' for 1 .. 8;
	$sark->tool('sark-user', 'roles', '--role', 'developer', 'ann');
	refused $about->(), 403, 'forbidden', 'a developer may not' for 1 .. 8;
	$sark->tool('sark-user', 'roles', '--role', 'admin', 'ann');
	is $about->()->status, 200, 'an admin may, at once' for 1 .. 4;
};

subtest 'whoever is out learns nothing else' => sub {
	my ($who, $stays) = (enter('ann'), enter('ann'));
	my %bad = (
	    'no action' => [ {} ],
	    'a bad action' => [ { action => 'X' } ],
	    'no JSON' => [ '{' ],
	    'another type' => [ '{}', 'content-type' => 'text/plain' ],
	    'an unknown member' => [ { %ask, more => 1 } ],
	    'past the cache' => [ \%ask, 'cache-control' => 'no-cache' ],
	    'explained' => [ { %ask, explain => JSON::PP::true } ],
	    'about another' => [ { %ask,
		user_id => '0192f000-0000-7000-8000-000000000000' } ],
	    'much' => [ { %ask, parameters => { a => 'x' x 200_000 } } ],
	);
	my $send = sub ($client, $name) {
		my ($body, %headers) = @{ $bad{$name} };

		return $client->with(%headers)->post($evaluate, $body)->status;
	};
	my %want = ('no action' => 422, 'a bad action' => 422, 'no JSON' => 400,
	    'another type' => 415, 'an unknown member' => 422,
	    'past the cache' => 200, explained => 200, 'about another' => 422,
	    much => 200);

	warm($_) for $who, $stays;
	is $who->post('/api/v1/auth/logout')->status, 200, 'logout';
	for my $name (sort keys %bad) {
		is $send->($who, $name), 401, $name for 1 .. 3;
		is $send->($stays, $name), $want{$name}, "control: $name";
	}
};

subtest 'one session too many' => sub {
	my $first = enter('cat');

	warm($first);
	enter('cat') for 1 .. 5;
	gone($first, 'the oldest of six has ended');
};

subtest 'what ends by itself' => sub {
	my $who = enter('ben');
	my $left = sub { warm($who); $redis->cli('PTTL',
	    "session:standing:$who->{session_id}") };
	my $session = "WHERE session_id = '$who->{session_id}'";

	cmp_ok $left->(), '>', 600_000, 'control: for long';
	change($who, 'INSERT INTO sark.user_role (user_id, role, expires_at)'
	    . " VALUES ('$who->{user_id}', 'viewer', now() + interval"
	    . q{ '10 minutes')});
	cmp_ok $left->(), '<=', 600_000, 'no longer than his role';
	change($who, "UPDATE sark.session SET expires_at = now() + interval"
	    . " '5 minutes' $session");
	cmp_ok $left->(), '<=', 300_000, 'than his session';
	change($who, "UPDATE sark.session SET expires_at = now() $session");
	gone($who, 'it has expired');
};

subtest 'a session that there never was' => sub {
	my $who = enter('ben');

	warm($who);
	change($who, 'DELETE FROM sark.session WHERE session_id ='
	    . " '$who->{session_id}'");
	gone($who, 'there is no such session');
	my ($mine, $his) = (enter('ben'), enter('ann'));
	change($mine, "UPDATE sark.session SET user_id = '$his->{user_id}'"
	    . " WHERE session_id = '$mine->{session_id}'");
	gone($mine, 'another\'s session');
};

subtest 'stores away' => sub {
	my ($who, $ends) = (enter('ann'), enter('ann'));

	warm($who);
	warm($ends);
	$sark->without(postgresql => sub {
		is $guarded{$_}->($who)->status, 200, "no PostgreSQL: $_"
		    for qw(login policy decision status);
		$redis->cli('DEL', "session:standing:$ends->{session_id}");
		refused $guarded{$_}->($ends), 503, "nobody knows: $_"
		    for qw(login policy decision status);
		$redis->stop;
		refused $guarded{$_}->($who), 503, "neither: $_"
		    for qw(login policy decision status);
		$redis->start;
	});
	warm($_) for $who, $ends;
	$sark->without(redis => sub {
		warm($_) for $who, $ends;
		$sark->psql('UPDATE sark.session SET revoked_at = now() WHERE'
		    . " session_id = '$ends->{session_id}'");
		gone($ends, 'no Redis');
		warm($who);
	});
	gone($ends, 'and it is back');
	warm($who);
};

done_testing;
