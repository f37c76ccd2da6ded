# Users as an administrator sees and changes them.
use v5.36;
use Digest::SHA ();
use FindBin;
use lib "$FindBin::Bin/../perl";
use JSON::PP ();
use POSIX ();
use Sark;
use Test::More;

my $sark = Sark->start(qw(login admin));
my $admin = $sark->login('admin');
my $viewer = $sark->login('viewer');
my $users = '/api/v1/users';
my $nobody = '01980000-0000-7000-8000-000000000000';

sub id_of ($name) {
	return $sark->psql("SELECT user_id FROM sark.users"
	    . " WHERE username = '$name'");
}

subtest 'looking' => sub {
	my $all = $admin->get($users);

	is $all->status, 200, 'an administrator lists users';
	is_deeply [ map { $_->{username} } @{ $all->json->{items} } ],
	    [ qw(admin dev officer operator service viewer) ], 'by name';
	ok !$all->json->{has_more}, 'all on one page';
	my ($dev) = grep { $_->{username} eq 'dev' } @{ $all->json->{items} };
	is_deeply $dev->{roles}, ['developer'], 'with roles';
	unlike $all->body, qr/argon2|password_hash/, 'no hash of a password';

	my $one = $admin->get("$users/$dev->{user_id}");
	is_deeply $one->json, $dev, 'one is shown as in the list';
	is $admin->with('if-none-match' => $one->header('etag'))
	    ->get("$users/$dev->{user_id}")->status, 304, 'and has a tag';
	refused $admin->get("$users/$nobody"), 404, 'not_found', 'nobody';
	refused $admin->get("$users/x"), 404, 'not_found', 'no id';
	refused $viewer->get($users), 403, 'forbidden', 'a viewer may not';
	refused $viewer->get("$users/$dev->{user_id}"), 403, 'forbidden',
	    'not one either';
	refused $sark->stranger->get($users), 401, 'unauthenticated',
	    'nor a stranger';
};

subtest 'lists' => sub {
	my (@seen, $cursor);

	do {
		my $page = $admin->get("$users?limit=1" .
		    (defined $cursor ? "&cursor=$cursor" : ''));
		push @seen, map { $_->{username} } @{ $page->json->{items} };
		$cursor = $page->json->{next_cursor};
	} while (defined $cursor && @seen < 20);
	is "@seen", 'admin dev officer operator service viewer', 'page by page';

	my $first = $admin->get("$users?limit=1")->json->{next_cursor};
	refused $admin->get("$users?cursor=$_"), 400, 'invalid_cursor',
	    'JSON-14 a forged cursor' for 'x', "${first}A", substr $first, 1;
	refused $admin->get("$users?$_"), 422, $_ for qw(limit=0 limit=201
	    disabled=maybe sort=name role=);
	my %found = ('role=developer' => 'dev', 'search=FFIC' => 'officer',
	    'search=%25' => '', 'search=%27%20or%201=1--' => '',
	    'team=nobody' => '', 'disabled=true' => '',
	    'disabled=false&search=v' => 'dev service viewer');
	for my $query (sort keys %found) {
		is join(' ', map { $_->{username} } @{ $admin->get("$users?$query")
		    ->json->{items} // [ { username => 'broken' } ] }),
		    $found{$query}, "SQL-03 $query";
	}
};

my $long = 'seven purple elephants';
my %new = (username => 'Mallory', password => $long,
    email => 'm@example.org', name => 'M', roles => ['viewer', 'developer'],
    teams => ['red'], managed_teams => ['blue']);

subtest 'making' => sub {
	my $made = $admin->post($users, { %new,
	    password_change_required => JSON::PP::false });

	is $made->status, 201, 'a user is made';
	is $made->header('location'), "$users/@{[ $made->json->{user_id} ]}",
	    'where he is';
	is_deeply $made->json->{roles}, ['developer', 'viewer'], 'roles';
	is_deeply $made->json->{teams}, ['blue', 'red'],
	    'what he manages is his team';
	unlike $made->body, qr/argon2|elephants/, 'no password';
	is_deeply $admin->get($made->header('location'))->json, $made->json,
	    'as it is shown then';
	my $event = $sark->audited(user_created => $made->json->{user_id});
	is $event->{actor}, 'admin', 'by whom';
	is $event->{program}, 'sark-admin', 'where';
	unlike JSON::PP::encode_json($event), qr/elephants|argon2/,
	    'the event has no password';
	is $sark->stranger->post('/api/v1/auth/login/local',
	    { username => 'mallory', password => $long })->status, 200,
	    'he logs in';
	refused $admin->post($users, { %new, username => 'MALLORY' }), 409,
	    'conflict', 'a name is there once';

	my $keyed = $admin->with('idempotency-key' => 'users-1');
	my @twice = map { $keyed->post($users, { %new, username => 'twice' }) }
	    1, 2;
	is $twice[1]->status, 201, 'the same request again';
	is $twice[1]->body, $twice[0]->body, 'has the same answer';
	is $twice[1]->header('idempotent-replayed'), 'true', 'and says so';
	ok $twice[0]->json->{password_change_required},
	    'a password that somebody else knows has to be changed';
	my $sent = JSON::PP->new->utf8->canonical;
	my $kept = $sark->psql('SELECT request_digest FROM sark.idempotency_key');
	isnt $kept, Digest::SHA::sha256_hex('4:POST,' . length($users)
	    . ":$users," . $sent->encode({ %new, username => 'twice' })),
	    'what is kept of a request does not tell its password';
};

subtest 'what a user must be' => sub {
	my %bare = (username => 'x1', password => $long);
	my @wrong = ([ {}, '/username' ], [ {}, '/password' ],
		[ { %bare, username => "a\x{200b}b" }, '/username' ],
		[ { %bare, username => 'a b' }, '/username' ],
		[ { %bare, password => 'elephants!1' }, '/password' ],
		[ { %bare, password => 'x' x 1025 }, '/password' ],
		[ { %bare, password => 'Password1234' }, '/password' ],
		[ { %bare, password => 'p4$$w0rd2026' }, '/password' ],
		[ { %bare, password => 'abcdefghijkl' }, '/password' ],
		[ { %bare, username => 'margot',
		    password => 'the queen MARGOT' }, '/password' ],
		[ { %bare, roles => ['owner'] }, '/roles' ],
		[ { %bare, roles => 'viewer' }, '/roles' ],
		[ { %bare, teams => [''] }, '/teams/0' ],
		[ { %bare, email => 'e' x 321 }, '/email' ],
		[ { %bare, agent => 'yes' }, '/agent' ],
		[ { %bare, provider => 'ldap' }, '/provider' ]);

	for my $case (@wrong) {
		refused $admin->post($users, $case->[0]), 422, $case->[1],
		    "wrong: $case->[1]";
	}
	is $admin->post($users, { %bare, password => 'elephants!12' })->status,
	    201, 'control: twelve characters of one kind or another will do';
	refused $viewer->post($users, { %bare, username => 'x2' }), 403,
	    'forbidden', 'a viewer may not';
};

subtest 'changing' => sub {
	my $id = id_of('Mallory');
	my $mallory = Sark::Client->new(url => $sark->url, token =>
	    $sark->stranger->post('/api/v1/auth/login/local',
	    { username => 'mallory', password => $long })->json->{access_token});
	my $was = $admin->get("$users/$id");
	my $now = $admin->send(PATCH => "$users/$id", { email => '',
	    name => "M\x{e4}l", agent => JSON::PP::true, roles => ['operator'],
	    teams => ['green'] });

	is $now->status, 200, 'a user is changed';
	is $now->json->{email}, '', 'a text is taken away';
	is $now->json->{name}, "M\x{e4}l", 'one is set';
	ok $now->json->{agent}, 'he is an agent now';
	is_deeply $now->json->{roles}, ['operator'], 'with another role';
	is_deeply $now->json->{teams}, ['blue', 'green'],
	    'what he manages stays';
	is $now->header('etag'), $admin->get("$users/$id")->header('etag'),
	    'the tag is that of the user as he is now';
	$sark->audited($_ => $id) for qw(user_changed user_roles_changed);
	my $nothing = $admin->send(PATCH => "$users/$id", {});
	is_deeply $nothing->json, $now->json, 'nothing named, nothing changed';
	refused $admin->with('if-match' => $was->header('etag'))
	    ->send(PATCH => "$users/$id", { name => 'late' }), 412,
	    'precondition_failed', 'one that was changed since';
	is $admin->with('if-match' => $now->header('etag'))
	    ->send(PATCH => "$users/$id", { name => 'M' })->status, 200,
	    'control: one that was not';
	refused $admin->send(PATCH => "$users/$id", { username => 'eve' }), 422,
	    '/username', 'a name stays';
	refused $admin->send(PATCH => "$users/$nobody", {}), 404, 'not_found',
	    'nobody';
	refused $viewer->send(PATCH => "$users/$id", { name => 'x' }), 403,
	    'forbidden', 'a viewer may not';

	is $admin->send(DELETE => "$users/$id")->status, 204, 'disabled';
	$sark->audited(user_disabled => $id);
	ok $admin->get("$users/$id")->json->{disabled}, 'and it is seen';
	is scalar @{ $admin->get("$users?disabled=true")->json->{items} }, 1,
	    'and found';
	refused $sark->stranger->post('/api/v1/auth/login/local',
	    { username => 'mallory', password => $long }), 401,
	    'invalid_credentials', 'he does not log in';
	is $sark->psql("SELECT count(*) FROM sark.session WHERE user_id = '$id'"
	    . " AND revoked_at IS NULL"), 0, 'his sessions are over';
	my $events = () = $sark->events(type => 'user_disabled');
	is $admin->send(DELETE => "$users/$id")->status, 204, 'again';
	is scalar(() = $sark->events(type => 'user_disabled')), $events,
	    'is nothing that happened';
	is $admin->send(PATCH => "$users/$id", { disabled => JSON::PP::false })
	    ->status, 200, 'enabled';
	$sark->audited(user_enabled => $id);
	is $sark->stranger->post('/api/v1/auth/login/local',
	    { username => 'mallory', password => $long })->status, 200,
	    'and in he comes';
	refused $admin->send(DELETE => "$users/$nobody"), 404, 'not_found',
	    'nobody';
	refused $viewer->send(DELETE => "$users/$id"), 403, 'forbidden',
	    'a viewer may not';
};

# A permission that no built-in role has but an administrator's: bound to
# somebody who is none.
sub helper () {
	$sark->psql(q{INSERT INTO sark.role (name, permissions)
	    VALUES ('helper', '{user:read,user:write}')});
	$sark->add_user('helper', 'viewer');
	$sark->psql(sprintf q{INSERT INTO sark.role_binding (binding_id, role,
	    user_id) VALUES (gen_random_uuid(), 'helper', '%s')},
	    id_of('helper'));
	return $sark->login_again('helper');
}

subtest 'privileges' => sub {
	my ($helper, $admin_id) = (helper(), id_of('admin'));
	my %mine = (%new, username => 'mine');

	refused $helper->post($users, { %mine, roles => [$_] }), 403,
	    'forbidden', "who is no $_ makes none"
	    for qw(admin operator security_officer);
	my $made = $helper->post($users, { %mine, roles => ['viewer'] });
	is $made->status, 201, 'control: he makes what he is';
	my $id = $made->json->{user_id};
	refused $helper->send(PATCH => "$users/$id", { roles => ['admin'] }),
	    403, 'forbidden', 'nor does he raise anybody';
	refused $helper->send(PATCH => $users . '/' . id_of('helper'),
	    { roles => ['admin'] }), 403, 'forbidden', 'least of all himself';
	refused $helper->send(PUT => "$users/$admin_id/password",
	    { password => $long }), 403, 'forbidden',
	    "an administrator's password is not his to set";
	refused $helper->send(DELETE => "$users/$admin_id"), 403, 'forbidden',
	    'nor the administrator to disable';
	refused $helper->send(PATCH => "$users/$admin_id", { roles => [] }),
	    403, 'forbidden', 'nor to lower';
	is $sark->login('admin')->get($users)->status, 200,
	    'who still is what he was';
	is $helper->send(PATCH => "$users/$id", { roles => [] })->status, 200,
	    'control: what he may give he may take';
	is $helper->send(DELETE => "$users/$id")->status, 204, 'as well';
};

subtest 'the last administrator' => sub {
	my $id = id_of('admin');

	refused $admin->send(DELETE => "$users/$id"), 409, 'conflict',
	    'is not disabled';
	refused $admin->send(PATCH => "$users/$id", { roles => ['viewer'] }),
	    409, 'conflict', 'and remains one';
	is $admin->get($users)->status, 200, 'nothing of it was done';
	$sark->add_user('root2', 'admin');
	my $other = $sark->login_again('root2');
	is $other->send(PATCH => "$users/$id", { roles => ['viewer'] })->status,
	    200, 'control: one of two';
	is $sark->psql("SELECT role FROM sark.user_role WHERE user_id = '$id'"),
	    'viewer', 'is one no more';
	refused $other->send(DELETE => $users . '/' . id_of('root2')), 409,
	    'conflict', 'the other is the last now';
	is $other->send(PATCH => "$users/$id", { roles => ['admin'] })->status,
	    200, 'and makes him one again';
	$sark->psql("UPDATE sark.user_role SET expires_at = now()"
	    . " + interval '1 hour' WHERE user_id = '$id'");
	refused $other->send(DELETE => $users . '/' . id_of('root2')), 409,
	    'conflict', 'one for an hour does not count';
	$sark->psql("UPDATE sark.user_role SET expires_at = NULL"
	    . " WHERE user_id = '$id'");
};

# Each of two disables the other at the same moment: one of them remains.
subtest 'two at once' => sub {
	my %id = map { $_ => id_of($_) } qw(admin root2);
	my %client = map { $_ => $sark->login_again($_) } keys %id;

	for my $round (1 .. 5) {
		my @child = map {
			my ($from, $to) = @$_;
			my $pid = fork // die "fork: $!\n";
			if (!$pid) {
				my $got = $client{$from}->send(DELETE =>
				    "$users/$id{$to}")->status;
				POSIX::_exit($got == 204 ? 0 : 1);
			}
			$pid;
		} [ 'admin', 'root2' ], [ 'root2', 'admin' ];
		waitpid $_, 0 for @child;
		is $sark->psql(q{SELECT count(*) FROM sark.users u
		    JOIN sark.user_role r USING (user_id) WHERE r.role = 'admin'
		    AND u.disabled_at IS NULL}), 1, "one remains ($round)";
		$sark->psql('UPDATE sark.users SET disabled_at = NULL');
		%client = map { $_ => $sark->login_again($_) } keys %id;
	}
};

$admin = $sark->login_again('admin');

subtest 'passwords' => sub {
	my $id = id_of('dev');
	my $dev = $sark->login_again('dev');
	my $other = $sark->login_again('dev');
	my $own = "$users/$id/password";
	my %change = (current_password => Sark::password('dev'));
	my $sessions = qq{SELECT count(*) FROM sark.session
	    WHERE user_id = '$id' AND revoked_at IS NULL};

	refused $dev->send(PUT => $own, { password => $long }), 422,
	    '/current_password', 'one shows the old one';
	refused $dev->send(PUT => $own, { password => $long,
	    current_password => 'not this' }), 422, '/current_password',
	    'which has to be right';
	is $sark->audited('authentication_failure' => $id)->{reason},
	    'wrong_password', 'a wrong one is told';
	refused $dev->send(PUT => $own, { %change,
	    password => Sark::password('dev') }), 422, '/password',
	    'PW-08 the same is no new one';
	refused $dev->send(PUT => $own, { %change, password => 'short' }), 422,
	    '/password', 'PW-08 a short one is none';
	is $dev->send(PUT => $own, { %change, password => $long })->status, 204,
	    'control: a new one';
	is $sark->psql($sessions), 1, 'the other sessions are over';
	is $sark->audited(user_password_changed => $id)->{actor}, 'dev',
	    'by whom';
	is $sark->stranger->post('/api/v1/auth/login/local',
	    { username => 'dev', password => $long })->status, 200,
	    'it opens the door';
	refused $dev->send(PUT => $own, { current_password => $long,
	    password => Sark::password('dev') }), 422, '/password',
	    'PW-08 nor is one of before';
	refused $dev->send(PUT => $users . '/' . id_of('viewer') . '/password',
	    { password => $long }), 403, 'forbidden', "another's is not his";
	refused $dev->send(PUT => "$users/$nobody/password",
	    { password => $long }), 403, 'forbidden', "nor nobody's";

	is $admin->send(PUT => $own, { password => 'five green giraffes',
	    change_required => JSON::PP::false })->status, 204,
	    'an administrator sets it';
	is $sark->psql($sessions), 0, 'all sessions are over';
	is $sark->stranger->post('/api/v1/auth/login/local',
	    { username => 'dev', password => 'five green giraffes' })->status,
	    200, 'and he goes on with it';
	is $admin->send(PUT => $own, { password => 'four green giraffes' })
	    ->status, 204, 'again';
	ok $admin->get("$users/$id")->json->{password_change_required},
	    'without a word he has to choose his own';
	for my $n (1 .. 4) {
		$admin->send(PUT => $own, { password => "no $n green giraffes" });
	}
	is $admin->send(PUT => $own, { password => $long })->status, 204,
	    'PW-08 one of long ago may come back';
	is $sark->psql("SELECT count(*) FROM sark.password_history"
	    . " WHERE user_id = '$id'"), 4, 'four are remembered';
	$sark->psql("UPDATE sark.users SET provider = 'ldap'"
	    . " WHERE user_id = '$id'");
	refused $admin->send(PUT => $own, { password => 'far away' x 2 }), 409,
	    'conflict', 'one that another keeps';
};

subtest 'without stores' => sub {
	my $dev = id_of('dev');

	my @change = ([ POST => $users, { %new, username => 'late' } ],
	    [ PATCH => "$users/$dev", { name => 'late' } ],
	    [ PUT => "$users/$dev/password", { password => 'late ' x 4 } ],
	    [ DELETE => "$users/$dev" ]);

	$sark->psql("UPDATE sark.users SET provider = 'local'");
	$sark->without(redis => sub {
		refused $admin->send(@$_), 503,
		    "$_->[0] holds the generation in Redis"
		    for @change[1 .. 3];
	});
	is $sark->psql("SELECT name FROM sark.users WHERE user_id = '$dev'"), '',
	    'nothing was done';
	$sark->without(postgresql => sub {
		refused $admin->send(@$_), 503, "$_->[0] needs PostgreSQL"
		    for @change;
		refused $admin->get($users), 503, 'a list needs PostgreSQL';
		refused $admin->get("$users/$dev"), 503, 'so does one user';
	});
};

done_testing;
