# What roles and bindings do to requests: at the next one, of every program,
# with the token that the user has; on a team or server; and who may give them.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use POSIX ();
use Sark;
use Sark::Tree 'spew';
use Test::More;

# Requests are made to wait for each other.
my $sark = Sark->start(qw(login admin registry policy),
    { conf => { postgresql_timeout_ms => 20_000 } });
my $admin = $sark->login('admin');
my $viewer = $sark->login('viewer');
my $roles = '/api/v1/roles';
my $bindings = '/api/v1/role-bindings';
my %id = map { split /[|\t]/ } split /\n/, $sark->psql(
    'SELECT username, user_id FROM sark.users');

sub make_role ($name, @permissions) {
	my $made = $admin->post($roles, { name => $name,
	    permissions => \@permissions });
	$made->status == 201 or die "role $name: " . $made->body;
}

# The path of a new binding.
sub bind_role ($role, %to) {
	my $made = $admin->post($bindings, { role => $role, %to });

	$made->status == 201 or die "binding of $role: " . $made->body;
	return $made->header('location');
}

sub gone ($path) {
	return is $admin->delete($path)->status, 204, 'taken away';
}

# The server's tool of this name, made for a team by the administrator.
sub tool_of ($team, $name) {
	my $server = $admin->post('/api/v1/servers', { name => "s-$name",
	    transport => 'stdio', command => 'x', team => $team,
	    tools => [ { name => $name } ] })->json;

	return ($server->{server_id}, $server->{tools}[0]{tool_id});
}

sub decision ($who, $tool, %more) {
	my $answer = $who->post('/api/v1/policy/evaluate', {
	    action => 'tool:invoke', tool => $tool, %more });

	return $answer->status == 200 ? $answer->json->{decision}
	    : $answer->status . $answer->body;
}

subtest 'at the next request' => sub {
	refused $viewer->get($roles), 403, 'forbidden', 'a viewer may not look';
	make_role('clerk', 'role:read');
	my $mine = bind_role('clerk', user_id => $id{viewer});
	is $viewer->get($roles)->status, 200, 'bound, he may at once';
	is_deeply $viewer->get('/api/v1/auth/me')->json->{permissions},
	    [ qw(policy:evaluate role:read server:read tool:read) ],
	    'in other programs too';
	is_deeply $viewer->get('/api/v1/auth/me')->json->{roles},
	    [ qw(clerk viewer) ], 'by this role';
	is $admin->put("$roles/clerk", { permissions => ['health:read'] })
	    ->status, 200, 'the role permits something else';
	refused $viewer->get($roles), 403, 'forbidden',
	    'a changed role counts at once';
	is $admin->put("$roles/clerk", { permissions => ['role:read'] })
	    ->status, 200, 'as before';
	is $viewer->get($roles)->status, 200, 'and back';
	gone($mine);
	refused $viewer->get($roles), 403, 'forbidden', 'unbound, no more';

	$sark->psql("INSERT INTO sark.user_group VALUES ('$id{viewer}',"
	    . " 'clerks')");
	my $all = bind_role('clerk', group => 'Clerks');
	is $viewer->get($roles)->status, 200, 'by a group, too';
	gone($all);
	refused $viewer->get($roles), 403, 'forbidden', 'and no more';
	gone("$roles/clerk");
};

subtest 'nobody gives what he has not got' => sub {
	make_role('keeper', 'role:read', 'role:write', 'audit:read');
	make_role('strong', 'audit:read', 'policy:write');
	make_role('weak', 'audit:*');
	make_role('fair', 'audit:read');
	my $keeper = bind_role('keeper', user_id => $id{viewer});

	refused $viewer->post($bindings, { role => $_, user_id => $id{dev} }),
	    403, 'forbidden', "not $_"
	    for qw(admin strong weak developer security_officer);
	refused $viewer->post($bindings, { role => 'admin',
	    user_id => $id{viewer} }), 403, 'forbidden', 'nor to himself';
	refused $viewer->post($bindings, { role => 'strong',
	    group => 'all' }), 403, 'forbidden', 'nor to a group';
	refused $viewer->post($roles, { name => 'mine',
	    permissions => [$_] }), 403, 'forbidden', "no role that permits $_"
	    for qw(* policy:write audit:* role:*);
	refused $viewer->put("$roles/keeper", { permissions => [$_] }), 403,
	    'forbidden', "no more for his own: $_" for qw(* policy:write);
	is_deeply $admin->get("$roles/keeper")->json->{permissions},
	    [ qw(audit:read role:read role:write) ], 'which is as it was';
	is $sark->psql('SELECT count(*) FROM sark.role_binding'), 1,
	    'nothing was bound';

	my $made = $viewer->post($bindings, { role => 'fair',
	    user_id => $id{dev} });
	is $made->status, 201, 'what he has he may give' or diag $made->body;
	is $made->json->{granted_by}, 'viewer', 'in his name';
	is $viewer->post($bindings, { role => 'viewer',
	    user_id => $id{dev} })->status, 201, 'his built-in role';
	is $viewer->put("$roles/strong", { permissions => ['policy:write'] })
	    ->status, 200, 'and he may make less of a stronger role';

	# What he has for a time he gives for no longer.
	gone($keeper);
	make_role('writer', 'role:write');
	bind_role('writer', user_id => $id{viewer});
	my $timed = bind_role('fair', user_id => $id{viewer},
	    expires_at => '2100-01-01T00:00:00Z');
	my %on = (role => 'fair', user_id => $id{dev});
	refused $viewer->post($bindings, { %on }), 403, 'forbidden',
	    'not for good';
	refused $viewer->post($bindings, { %on, user_id => $id{viewer} }), 403,
	    'forbidden', 'not to himself';
	refused $viewer->post($bindings, { %on,
	    expires_at => '2100-01-01T00:00:00.001Z' }), 403, 'forbidden',
	    'not for longer';
	refused $viewer->post($roles, { name => 'long',
	    permissions => ['audit:read'] }), 403, 'forbidden',
	    'nor to a role, which has no end';
	is $viewer->post($bindings, { %on,
	    expires_at => '2100-01-01T00:00:00Z' })->status, 201,
	    'for as long, yes';
	gone($timed);
	my $hours = bind_role('fair', user_id => $id{viewer}, windows => [
	    { from => '00:00', to => '12:00', zone => 'UTC' },
	    { from => '12:00', to => '24:00', zone => 'UTC' } ]);
	ok +(grep { $_ eq 'audit:read' } @{ $viewer->get('/api/v1/auth/me')
	    ->json->{permissions} }), 'control: in his hours he has it';
	refused $viewer->post($bindings, { %on,
	    expires_at => '2100-01-01T00:00:00Z' }), 403, 'forbidden',
	    'what he has at some hours he does not give beyond them';
	gone($hours);

	# What counts somewhere is not his to give on.
	bind_role('fair', user_id => $id{viewer},
	    scope => { type => 'team', id => 'red' });
	refused $viewer->post($bindings, { role => 'fair',
	    user_id => $id{dev} }), 403, 'forbidden', 'not what is scoped';
	bind_role('fair', user_id => $id{viewer});
	is $viewer->post($bindings, { role => 'fair', user_id => $id{dev} })
	    ->status, 201, 'unless he has it everywhere';
	$sark->psql('DELETE FROM sark.role_binding');
};

# Two at once: neither sees that the other takes the other one.
subtest 'the last administrator, at once' => sub {
	my $paths;

	$sark->psql("INSERT INTO sark.user_group VALUES ('$id{admin}',"
	    . " 'admins')");
	bind_role('admin', group => 'admins');
	for my $round (1 .. 5) {
		$paths = [ map { bind_role('admin', user_id => $id{$_}) }
		    qw(dev officer) ];
		$sark->psql("DELETE FROM sark.user_role WHERE role = 'admin'");
		my $latch = latch();
		my @pids = map { take_away($_) } @$paths;
		my @was = sort map { waitpid($_, 0); $? >> 8 } @pids;
		is "@was", '1 2', 'one is taken away, the other stays';
		Sark::Temp->end($latch);
		$sark->psql("INSERT INTO sark.user_role (user_id, role)"
		    . " VALUES ('$id{admin}', 'admin')");
		$admin->delete($_) for @$paths;
	}
	$sark->psql('DELETE FROM sark.role_binding');
};

# Holds up events until two wait, so that both are under way.
sub latch () {
	my $sql = spew($sark->temp->path('latch'), <<~'END');
		DO $$ BEGIN
		    LOCK TABLE sark.audit_pending IN SHARE MODE;
		    FOR i IN 1 .. 3000 LOOP
		        EXIT WHEN (SELECT count(*) FROM pg_locks
		            WHERE NOT granted) >= 2;
		        PERFORM pg_sleep(0.01);
		    END LOOP;
		END $$
		END

	open my $in, '<', $sql or die "$sql: $!\n";
	my $pid = $sark->temp->spawn(name => 'latch', stdin => $in,
	    command => [ 'psql', '-XqAt', $sark->postgresql->conninfo('owner') ]);
	Sark::Temp->until('the latch', sub {
		$sark->psql(q{SELECT count(*) FROM pg_locks WHERE granted AND
		    relation = 'sark.audit_pending'::regclass
		    AND mode = 'ShareLock'}) == 1 });
	return $pid;
}

# In a process of its own: exits with 1 for 204, 2 for 409.
sub take_away ($path) {
	my $token = $admin->{token};
	my $pid = fork // die "fork: $!\n";

	return $pid if $pid != 0;
	my $status = eval { Sark::Client->new(url => $sark->url,
	    token => $token)->delete($path)->status } // 0;
	POSIX::_exit({ 204 => 1, 409 => 2 }->{$status} // 3);
}

subtest 'on a team or server' => sub {
	my ($red, $red_tool) = tool_of('red', 'red.get');
	my ($blue, $blue_tool) = tool_of('blue', 'blue.get');
	my %new = (name => 'n', transport => 'stdio', command => 'x');

	is decision($viewer, 'red.get'), 'deny', 'a viewer invokes nothing';
	is decision($admin, 'red.get', user_id => $id{viewer}), 'deny',
	    'whoever asks';
	refused $viewer->post('/api/v1/servers', { %new, team => 'red' }), 403,
	    'forbidden', 'and registers nothing';

	my $here = bind_role('developer', user_id => $id{viewer},
	    scope => { type => 'team', id => 'red' });
	is_deeply $viewer->get('/api/v1/auth/me')->json->{roles}, ['viewer'],
	    'he is no developer in general';
	is decision($viewer, 'red.get'), 'allow', 'but for the tool of the team';
	is decision($viewer, 'red.get'), 'allow', 'also remembered';
	is decision($viewer, 'blue.get'), 'deny', 'not of another';
	is decision($viewer, 'none.get'), 'deny', 'nor of nobody';
	is decision($admin, 'red.get', user_id => $id{viewer}), 'allow',
	    'so it is when another asks';
	is decision($admin, 'blue.get', user_id => $id{viewer}), 'deny',
	    'and so not';
	is $viewer->post('/api/v1/servers', { %new, team => 'red' })->status,
	    201, 'he registers for the team';
	refused $viewer->post('/api/v1/servers', { %new, team => 'blue' }), 403,
	    'forbidden', 'not for another';
	refused $viewer->post('/api/v1/servers', \%new), 403, 'forbidden',
	    'nor for none';
	gone($here);
	is decision($viewer, 'red.get'), 'deny', 'unbound, no more';
	is decision($admin, 'red.get', user_id => $id{viewer}), 'deny',
	    'nor when another asks';

	my $there = bind_role('developer', user_id => $id{viewer},
	    scope => { type => 'server', id => $blue });
	is decision($viewer, 'blue.get'), 'allow', 'on one server';
	is decision($viewer, 'red.get'), 'deny', 'not on another';
	refused $viewer->post('/api/v1/servers', { %new, name => 'm',
	    team => 'blue' }), 403, 'forbidden',
	    'which is not for a team';
	gone($there);

	make_role('judge', 'tool:sensitivity');
	my $judge = bind_role('judge', user_id => $id{viewer},
	    scope => { type => 'team', id => 'blue' });
	my %level = (sensitivity_level => 'medium', reason => 'it writes');
	is $viewer->post("/api/v1/tools/$blue_tool/sensitivity", \%level)
	    ->status, 200, 'the level of a tool of the team';
	refused $viewer->post("/api/v1/tools/$red_tool/sensitivity", \%level),
	    403, 'forbidden', 'not of another team';
	gone($judge);
	refused $viewer->post("/api/v1/tools/$blue_tool/sensitivity", \%level),
	    403, 'forbidden', 'unbound, no more';
};

subtest 'by an API key' => sub {
	make_role('reader', 'audit:read', 'role:read');
	my $made = $admin->post('/api/v1/api-keys', { name => 'bound',
	    scopes => [ 'role:read', 'server:read' ],
	    user_id => $id{viewer} });
	is $made->status, 201, 'a key of the viewer' or diag $made->body;
	my $key = $sark->stranger->with('x-api-key' => $made->json->{key});
	my $key_id = $made->json->{api_key}{id};

	is $key->get('/api/v1/servers')->status, 200, 'may what he may';
	refused $key->get($roles), 403, 'forbidden', 'and no more';
	my $bound = bind_role('reader', api_key_id => $key_id);
	is $key->get($roles)->status, 200, 'with a role of its own more';
	refused $viewer->get($roles), 403, 'forbidden', 'which is not his';
	is_deeply $key->get('/api/v1/auth/me')->json->{permissions},
	    [ 'role:read', 'server:read' ], 'within its scopes';
	gone($bound);
	refused $key->get($roles), 403, 'forbidden', 'unbound, no more';
};

subtest 'another\'s roles end' => sub {
	my $soon = POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time + 200));
	my $made = bind_role('developer', user_id => $id{viewer},
	    expires_at => $soon);
	my $answer = $admin->post('/api/v1/policy/evaluate', { tool => 'red.get',
	    action => 'tool:invoke', user_id => $id{viewer} })->json;

	is $answer->{decision}, 'allow', 'a decision by a role that ends';
	cmp_ok $answer->{cache_ttl}, '<=', 200, 'is not kept for longer';
	gone($made);
};

done_testing;
