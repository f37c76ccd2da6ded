# Roles, bindings and what they come to, as an administrator sees and changes
# them.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use Sark;
use Test::More;

my $sark = Sark->start(qw(login admin));
my $admin = $sark->login('admin');
my $viewer = $sark->login('viewer');
my $roles = '/api/v1/roles';
my $bindings = '/api/v1/role-bindings';
my $nobody = '01980000-0000-7000-8000-000000000000';
my %id = map { split /[|\t]/ } split /\n/, $sark->psql(
    'SELECT username, user_id FROM sark.users');

sub path ($answer) {
	return $answer->header('location') // '/nowhere';
}

sub bind_role ($role, %more) {
	my $made = $admin->post($bindings, { role => $role, %more });

	is $made->status, 201, "$role is bound" or diag $made->body;
	return $made;
}

# What /users/{id}/permissions says: permission => [ roles it comes from ].
sub gained ($user) {
	my $all = $admin->get("/api/v1/users/$id{$user}/permissions")->json;

	return { map { $_->{permission} => [ map { $_->{role} }
	    @{ $_->{from} } ] } @{ $all->{permissions} } };
}

# The roles that have no effect now, each with the reason.
sub hindered ($user) {
	my $all = $admin->get("/api/v1/users/$id{$user}/permissions")->json;

	return { map { $_->{role} => $_->{reason} }
	    @{ $all->{not_in_effect} } };
}

sub generation ($name) {
	return $sark->redis->cli('GET', "policy:generation:$name");
}

subtest 'roles' => sub {
	my $made = $admin->post($roles, { name => 'auditor',
	    description => 'Reads the trail',
	    permissions => [ 'health:read', 'audit:read', 'audit:read' ] });

	is $made->status, 201, 'a role is made' or diag $made->body;
	is path($made), "$roles/auditor", 'and has a place';
	my $role = $made->json;
	is_deeply $role->{permissions}, [ 'audit:read', 'health:read' ],
	    'sorted, each once';
	ok !$role->{built_in}, 'not built in';
	is $role->{created_by}, 'admin', 'made by';
	my $got = $admin->get("$roles/auditor");
	is_deeply $got->json, $role, 'is shown as it was made';
	my $event = $sark->audited('role_created', 'auditor',
	    outcome => 'success');
	is_deeply $event->{detail}{permissions}, $role->{permissions},
	    'with what it permits';

	my $tag = $got->header('etag');
	my $put = $admin->with('if-match' => $tag)->put("$roles/auditor",
	    { permissions => ['audit:*'] });
	is $put->status, 200, 'it is changed' or diag $put->body;
	is_deeply $put->json->{permissions}, ['audit:*'], 'to this';
	is $put->json->{description}, '', 'whole';
	is $admin->get("$roles/auditor")->header('etag'),
	    $put->header('etag'), 'its tag is the new one';
	is_deeply $sark->audited('role_changed', 'auditor')->{detail},
	    { permissions => ['audit:*'],
	    previous => [ 'audit:read', 'health:read' ] }, 'and before';
	refused $admin->with('if-match' => $tag)->put("$roles/auditor",
	    { permissions => [] }), 412, 'precondition_failed',
	    'not over what somebody else wrote';
	is_deeply $admin->get("$roles/auditor")->json->{permissions},
	    ['audit:*'], 'which stays';
	is $admin->put("$roles/auditor", { permissions => ['audit:read'] })
	    ->status, 200, 'without If-Match any version';
	refused $admin->put("$roles/nothing", { permissions => [] }), 404,
	    'not_found', 'what is not there is not made so';

	is $admin->delete("$roles/auditor")->status, 204, 'it is removed';
	refused $admin->get("$roles/auditor"), 404, 'not_found', 'and gone';
	refused $admin->delete("$roles/auditor"), 404, 'not_found', 'once';
	$sark->audited('role_removed', 'auditor');
};

subtest 'built-in roles' => sub {
	for my $name (qw(admin developer operator security_officer service
	    viewer)) {
		my $role = $admin->get("$roles/$name");
		ok $role->json->{built_in}, "$name is built in";
		refused $admin->put("$roles/$name", { permissions => ['*'] }),
		    403, 'forbidden', "$name is not changed";
		refused $admin->delete("$roles/$name"), 403, 'forbidden',
		    "$name is not removed";
		refused $admin->post($roles, { name => $name,
		    permissions => [] }), 409, 'conflict',
		    "$name is not made again";
	}
	is_deeply $admin->get("$roles/admin")->json->{permissions},
	    [ '*', 'policy:evaluate' ], 'what one permits';
};

subtest 'what is no role' => sub {
	my %good = (name => 'x', permissions => ['audit:read']);

	refused $admin->post($roles, { %good, permissions => [$_] }), 422,
	    '/permissions/0', "no permission: $_"
	    for 'audit:wipe', 'audit', 'audit:', 'aud*', ':*', '**',
	    'audit:read ', 'AUDIT:READ', 'nothing:*', 'audit:read:*';
	refused $admin->post($roles, { %good, name => $_ }), 422, '/name',
	    'no name: ' . substr $_, 0, 20
	    for '', 'A', '1a', 'a-b', 'a b', '../x', "a'", 'a' x 64, "\x{e9}";
	# KEY-08: whoever writes more than the fields gets nothing for it
	refused $admin->post($roles, { %good, $_->[0] => $_->[1] }), 422,
	    "/$_->[0]", "KEY-08 mass assignment of $_->[0]"
	    for [ built_in => JSON::PP::true ], [ created_by => 'root' ],
	    [ scopes => ['admin'] ], [ owner => 'admin' ];
	refused $admin->put("$roles/x", { permissions => [],
	    name => 'admin' }), 422, '/name', 'KEY-08 a role keeps its name';
	refused $admin->get("$roles/x"), 404, 'not_found', 'none was made';
	is $admin->post($roles, { %good, permissions => [
	    '*', 'audit:*', 'policy:evaluate:*', 'policy:evaluate:any' ] })
	    ->status, 201, 'and these are permissions';
	refused $admin->post($roles, \%good), 409, 'conflict', 'a name once';
	is $admin->delete("$roles/x")->status, 204, 'away';
};

subtest 'bindings' => sub {
	is $admin->post($roles, { name => 'auditor',
	    permissions => [ 'audit:read', 'tool:read' ] })->status, 201,
	    'a role';
	my $before = generation("user:$id{viewer}");
	my $made = bind_role('auditor', user_id => $id{viewer});
	my $binding = $made->json;
	is_deeply { map { $_ => $binding->{$_} } qw(role user_id username
	    expires_at windows granted_by) }, { role => 'auditor',
	    user_id => $id{viewer}, username => 'viewer',
	    expires_at => undef, windows => [], granted_by => 'admin' },
	    'says what was bound, to whom, by whom';
	isnt generation("user:$id{viewer}"), $before,
	    'the generation of the user has moved';
	is_deeply $admin->get(path($made))->json, $binding, 'it is shown';
	my $event = $sark->audited('role_bound', $binding->{binding_id},
	    reason => 'auditor', outcome => 'success');
	is_deeply $event->{detail}, $binding, 'the event has all of it';
	is_deeply gained('viewer'), {
		'audit:read' => ['auditor'],
		'policy:evaluate' => ['viewer'],
		'server:read' => ['viewer'],
		'tool:read' => [ 'auditor', 'viewer' ],
	    }, 'what the user may, and why';
	refused $admin->delete("$roles/auditor"), 409, 'conflict',
	    'a bound role stays';
	is_deeply $sark->stranger->post('/api/v1/auth/login/local',
	    { username => 'viewer', password => Sark::password('viewer') })
	    ->json->{user}{permissions}, [ 'audit:read', 'policy:evaluate',
	    'server:read', 'tool:read' ], 'a login says so, too';
	is $admin->delete(path($made))->status, 204, 'it is taken away';
	refused $admin->get(path($made)), 404, 'not_found', 'and gone';
	refused $admin->delete(path($made)), 404, 'not_found', 'once';
	$sark->audited('role_unbound', $binding->{binding_id},
	    reason => 'auditor');
	is gained('viewer')->{'audit:read'}, undef, 'with what it gave';
	is $admin->delete("$roles/auditor")->status, 204,
	    'the role can be removed now';
};

subtest 'groups' => sub {
	my $all = generation('all:');
	my $made = bind_role('operator',
	    group => 'CN=Ops , OU=Groups,DC=Example, DC=com');
	is $made->json->{group}, 'cn=ops,ou=groups,dc=example,dc=com',
	    'a group has a normal form';
	isnt generation('all:'), $all, 'a group may be anybody\'s';
	is gained('service')->{'task:*'}, undef, 'who is not in it has nothing';
	$sark->psql("INSERT INTO sark.user_group VALUES ('$id{service}',"
	    . " 'cn=ops,ou=groups,dc=example,dc=com')");
	is_deeply gained('service')->{'task:*'}, ['operator'], 'who is has';
	my ($from) = map { @{ $_->{from} } } grep { $_->{permission} eq 'task:*' }
	    @{ $admin->get("/api/v1/users/$id{service}/permissions")
	    ->json->{permissions} };
	is_deeply $from, { role => 'operator', source => 'group',
	    binding_id => $made->json->{binding_id},
	    group => 'cn=ops,ou=groups,dc=example,dc=com' }, 'with the group';
	is scalar @{ $admin->get("$bindings?group=CN%3DOps,OU=groups,"
	    . 'dc=example,dc=com')->json->{items} }, 1, 'found in any form';
	is $admin->delete(path($made))->status, 204, 'unbound';
	is gained('service')->{'task:*'}, undef, 'the group has nothing';
};

subtest 'for a time' => sub {
	my $made = bind_role('operator', user_id => $id{viewer},
	    expires_at => '2100-01-01T00:00:00Z');
	is $made->json->{expires_at}, '2100-01-01T00:00:00.000Z', 'an end';
	ok gained('viewer')->{'task:*'}, 'counts before it';
	is $admin->get("/api/v1/users/$id{viewer}/permissions")
	    ->json->{until}, '2100-01-01T00:00:00.000Z', 'and until it';
	$sark->psql(q{UPDATE sark.role_binding SET expires_at = now()});
	is gained('viewer')->{'task:*'}, undef, 'an expired one gives nothing';
	is_deeply hindered('viewer'), { operator => 'expired' }, 'and why';
	is_deeply $sark->login_again('viewer')->get('/api/v1/auth/me')
	    ->json->{roles}, ['viewer'], 'nor a login';
	is $admin->delete(path($made))->status, 204, 'away';

	# Open, and closed, at this very moment, whenever that is.
	my $closed = bind_role('operator', user_id => $id{viewer},
	    windows => [ { from => '00:00', to => '00:01', zone => 'UTC',
	    days => ['monday'] } ]);
	$sark->psql(<<~'END');
		UPDATE sark.role_window SET
		    days = ARRAY[(extract(isodow FROM now()
			AT TIME ZONE 'UTC')::integer + 2) % 7 + 1];
		END
	is gained('viewer')->{'task:*'}, undef, 'at another hour: nothing';
	is_deeply hindered('viewer'), { operator => 'outside_window' }, 'why';
	my $open = bind_role('operator', user_id => $id{viewer},
	    windows => [ { from => '00:00', to => '12:00', zone => 'UTC' },
		{ from => '12:00', to => '24:00', zone => 'UTC' } ]);
	is_deeply gained('viewer')->{'task:*'}, ['operator'], 'round the clock';
	is_deeply $open->json->{windows}[1], { from => '12:00', to => '24:00',
	    zone => 'UTC', days => [ qw(monday tuesday wednesday thursday
	    friday saturday sunday) ] }, 'shown as it was meant';
	ok +(grep { $_ eq 'operator' } @{ $sark->login_again('viewer')
	    ->get('/api/v1/auth/me')->json->{roles} }), 'a login has it';
	is $admin->delete(path($_))->status, 204, 'away' for $open, $closed;
};

subtest 'on a resource' => sub {
	my $made = bind_role('developer', user_id => $id{viewer},
	    scope => { type => 'team', id => 'payments' });
	is_deeply $made->json->{scope}, { type => 'team', id => 'payments' },
	    'a scope';
	my $all = $admin->get("/api/v1/users/$id{viewer}/permissions")->json;
	is_deeply $all->{roles}, ['viewer'], 'no role everywhere';
	my ($register) = grep { $_->{permission} eq 'server:register' }
	    @{ $all->{permissions} };
	is_deeply $register->{from}[0]{scope},
	    { type => 'team', id => 'payments' }, 'but there';
	is $admin->delete(path($made))->status, 204, 'away';
};

subtest 'what is no binding' => sub {
	my %good = (role => 'viewer', user_id => $id{dev});
	my %window = (from => '09:00', to => '17:00', zone => 'UTC');

	refused $admin->post($bindings, { %good, @{ $_->[1] } }), 422,
	    $_->[0], "no binding: $_->[2]" for (
	    [ '/role', [ role => 'nothing' ], 'no such role' ],
	    [ '/user_id', [ user_id => $nobody ], 'no such user' ],
	    [ '/user_id', [ user_id => 'x' ], 'no id' ],
	    [ '/api_key_id', [ user_id => undef, api_key_id => $nobody ],
	    'no such key' ],
	    [ '/group', [ user_id => undef, group => '   ' ], 'no group' ],
	    [ '/expires_at', [ expires_at => '2020-01-01T00:00:00Z' ], 'over' ],
	    [ '/scope/type', [ scope => { type => 'x', id => 'y' } ], 'type' ],
	    [ '/scope/id', [ scope => { type => 'team', id => '' } ], 'team' ],
	    [ '/scope/id', [ scope => { type => 'server', id => 'x' } ],
	    'server' ],
	    [ '/scope', [ scope => { type => 'team', id => 'x', all => 1 } ],
	    'more in the scope' ],
	    [ '/windows/0/from', [ windows => [ { %window, from => '24:00' } ] ],
	    'from 24:00' ],
	    [ '/windows/0/to', [ windows => [ { %window, to => '24:01' } ] ],
	    'to 24:01' ],
	    [ '/windows/0/to', [ windows => [ { %window, to => '09:00' } ] ],
	    'no length' ],
	    [ '/windows/0/days', [ windows => [ { %window,
	    days => ['mon'] } ] ], 'day' ],
	    [ '/windows/1/zone', [ windows => [ \%window, { %window,
	    zone => 'Mars/Olympus' } ] ], 'zone' ],
	    map({ [ '/windows/0/zone', [ windows => [ { %window,
	    zone => $_ } ] ], "zone $_" ] } 'CET', 'UTC+3', "UTC'; --",
	    'europe/berlin', 'posix/UTC', '../UTC'),
	    # KEY-08
	    map({ [ "/$_->[0]", [ @$_ ], "KEY-08 mass assignment of $_->[0]" ] }
	    [ granted_by => 'root' ], [ binding_id => $nobody ],
	    [ granted_at => '2020-01-01T00:00:00Z' ],
	    [ permissions => ['*'] ]),
	);
	refused $admin->post($bindings, { role => 'viewer' }), 422, 'to nobody';
	refused $admin->post($bindings, { %good, group => 'x' }), 422,
	    'to two';
	is $sark->psql('SELECT count(*) FROM sark.role_binding'), 0,
	    'none was made';
};

subtest 'lists' => sub {
	my @made = map { bind_role($_, user_id => $id{dev})->json }
	    qw(viewer operator viewer);
	my (@seen, $cursor);
	do {
		my $page = $admin->get("$bindings?limit=1"
		    . (defined $cursor ? "&cursor=$cursor" : ''))->json;
		push @seen, @{ $page->{items} };
		$cursor = $page->{next_cursor};
	} while (defined $cursor && @seen < 9);
	is_deeply \@seen, [ reverse @made ], 'the newest first, page by page';
	my %found = ('role=viewer' => 2, "user_id=$id{dev}" => 3,
	    "user_id=$nobody" => 0, 'group=x' => 0, "api_key_id=$nobody" => 0,
	    'role=operator&role=' => undef);
	for my $query (sort keys %found) {
		my $page = $admin->get("$bindings?$query");
		is $page->status == 200 ? scalar @{ $page->json->{items} }
		    : undef, $found{$query}, $query;
	}
	my $first = $admin->get("$bindings?limit=1")->json->{next_cursor};
	refused $admin->get("$bindings?cursor=$_"), 400, 'invalid_cursor',
	    'JSON-14 a forged cursor' for 'x', "${first}A",
	    $admin->get("$roles?limit=1")->json->{next_cursor};
	refused $admin->get("$bindings?$_"), 422, $_
	    for qw(limit=0 user_id=x sort=role);
	$admin->delete("$bindings/$_->{binding_id}") for @made;

	my @names;
	undef $cursor;
	do {
		my $page = $admin->get("$roles?limit=4"
		    . (defined $cursor ? "&cursor=$cursor" : ''))->json;
		push @names, map { $_->{name} } @{ $page->{items} };
		$cursor = $page->{next_cursor};
	} while (defined $cursor && @names < 20);
	is "@names", 'admin developer operator security_officer service viewer',
	    'roles by name, page by page';
	refused $admin->get("$roles?cursor=$first"), 400, 'invalid_cursor',
	    'a cursor of another list';
};

subtest 'the last administrator' => sub {
	my $made = bind_role('admin', user_id => $id{officer});
	is $sark->audited('role_bound', $made->json->{binding_id})->{severity},
	    'high', 'a new administrator is worth attention';
	# Neither by a group, nor for a time, at some hours or somewhere.
	my @more = (bind_role('admin', group => 'admins'),
	    bind_role('admin', user_id => $id{dev},
	    expires_at => '2100-01-01T00:00:00Z'),
	    bind_role('admin', user_id => $id{dev}, windows => [
	    { from => '00:00', to => '24:00', zone => 'UTC' } ]),
	    bind_role('admin', user_id => $id{dev},
	    scope => { type => 'team', id => 'x' }));
	$sark->psql("INSERT INTO sark.user_group VALUES ('$id{admin}',"
	    . " 'admins')");
	$sark->psql("DELETE FROM sark.user_role WHERE role = 'admin'");
	refused $admin->delete(path($made)), 409, 'conflict',
	    'another who is not for good does not count';
	is $admin->get(path($made))->status, 200, 'the last one stays';
	push @more, bind_role('admin', user_id => $id{dev});
	$sark->psql("UPDATE sark.users SET disabled_at = now()"
	    . " WHERE username = 'dev'");
	refused $admin->delete(path($made)), 409, 'conflict',
	    'nor one who is disabled';
	is_deeply [ map { $_->{reason} } @{ $admin->get(
	    "/api/v1/users/$id{dev}/permissions")->json->{not_in_effect} } ],
	    [ ('user_disabled') x 5 ], 'who may nothing';
	$sark->psql("UPDATE sark.users SET disabled_at = NULL");
	is $admin->delete(path($made))->status, 204, 'with another it can go';
	$sark->psql("INSERT INTO sark.user_role (user_id, role)"
	    . " VALUES ('$id{admin}', 'admin')");
	is $admin->delete(path($_))->status, 204, 'away' for @more;
};

subtest 'who may' => sub {
	my $stranger = $sark->stranger;
	my %body = (name => 'x', permissions => []);
	my @tries = (
		[ 'GET', $roles ], [ 'POST', $roles, \%body ],
		[ 'GET', "$roles/admin" ],
		[ 'PUT', "$roles/admin", { permissions => [] } ],
		[ 'DELETE', "$roles/admin" ],
		[ 'GET', $bindings ],
		[ 'POST', $bindings, { role => 'admin',
		    user_id => $id{viewer} } ],
		[ 'GET', "$bindings/$nobody" ],
		[ 'DELETE', "$bindings/$nobody" ],
		[ 'GET', "/api/v1/users/$id{viewer}/permissions" ],
	);
	for my $try (@tries) {
		my ($method, $path, @body) = @$try;
		my $call = lc $method;
		refused $viewer->$call($path, @body), 403, 'forbidden',
		    "a viewer may not $method $path";
		refused $stranger->$call($path, @body), 401,
		    'unauthenticated', 'nor a stranger';
	}
	refused $admin->get("/api/v1/users/$_/permissions"), 404, 'not_found',
	    "nobody: $_" for $nobody, 'x';
	refused $admin->get("$bindings/x"), 404, 'not_found', 'no binding';
};

subtest 'once' => sub {
	my $keyed = $admin->with('idempotency-key' => 'one-role');
	my %body = (name => 'once', permissions => []);
	my @made = map { $keyed->post($roles, \%body) } 1 .. 2;
	is_deeply [ map { $_->status } @made ], [ 201, 201 ], 'made, once';
	is $made[1]->header('idempotent-replayed'), 'true', 'and told again';
	my $bound = $admin->with('idempotency-key' => 'one-binding');
	@made = map { $bound->post($bindings, { role => 'once',
	    user_id => $id{dev} }) } 1 .. 2;
	is $made[0]->body, $made[1]->body, 'one binding';
	is scalar @{ $admin->get("$bindings?role=once")->json->{items} }, 1,
	    'is there';
	refused $bound->post($bindings, { role => 'once',
	    user_id => $id{viewer} }), 409, 'idempotency_key_reused',
	    'the key is not for another';
	is $admin->delete(path($made[0]))->status, 204, 'away';
};

subtest 'without stores' => sub {
	my $made = bind_role('once', user_id => $id{dev});
	my %body = (name => 'lost', permissions => []);
	my $changes = sub ($why) {
		refused $admin->put("$roles/once", { permissions => [] }),
		    503, "a role is not changed without $why";
		refused $admin->post($bindings, { role => 'once',
		    user_id => $id{dev} }), 503, "nor bound";
		refused $admin->delete(path($made)), 503, 'nor unbound';
	};

	$sark->without(postgresql => sub {
		refused $admin->get($_), 503, "without PostgreSQL: $_"
		    for $roles, "$roles/once", $bindings, path($made),
		    "/api/v1/users/$id{dev}/permissions";
		refused $admin->post($roles, \%body), 503, 'no role is made';
		refused $admin->delete("$roles/once"), 503, 'nor removed';
		$changes->('PostgreSQL');
	});
	$sark->without(redis => sub { $changes->('Redis') });
	is_deeply $admin->get("$roles/once")->json->{permissions}, [],
	    'all is as it was';
	is $admin->get(path($made))->status, 200, 'the binding too';
	refused $admin->get("$roles/lost"), 404, 'not_found', 'nothing new';
};

done_testing;
