# API keys: made, shown, changed, rotated and revoked by their owners and by
# administrators; and what somebody may who shows one.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use Sark;
use Sark::Tree qw(slurp spew);
use Test::More;

my $sark = Sark->start(qw(login registry policy audit status admin),
	{ conf => { apikey_use_interval_s => 1 } });
my $admin = $sark->login('admin');
my $dev = $sark->login('dev');
my $viewer = $sark->login('viewer');
my $keys = '/api/v1/api-keys';
my $nobody = '01980000-0000-7000-8000-000000000000';
my $shape = qr/^sark_live_([a-z2-7]{12})_[a-z2-7]{40}$/;
my $number = 0;

sub fresh (%more) {
	return { name => 'key ' . ++$number, scopes => ['server:read'], %more };
}

# A key of somebody, made now: its object and its text.
sub key_of ($who, %more) {
	my $made = $who->post($keys, fresh(%more));

	die 'no key: ' . $made->body . "\n" if $made->status != 201;
	return ($made->json->{api_key}, $made->json->{key});
}

# Somebody with nothing but a key.
sub with ($key) {
	return $sark->stranger->with('x-api-key' => $key);
}

sub id_of ($name) {
	return $sark->psql("SELECT user_id FROM sark.users"
	    . " WHERE username = '$name'");
}

subtest 'making one' => sub {
	my $made = $dev->post($keys, fresh(name => 'gateway', description =>
	    'of the gateway', rate_limit => 500, expires_in_days => 30,
	    scopes => [ 'server:read', 'policy:evaluate', 'server:read' ],
	    allowed_networks => [ '127.0.0.0/8', '::1' ]));
	my ($key, $text) = @{ $made->json }{qw(api_key key)};

	is $made->status, 201, 'a developer makes a key' or diag $made->body;
	like $text, $shape, 'of the shape that scanners know';
	is $key->{key_prefix}, $text =~ $shape ? $1 : '', 'known by its prefix';
	is_deeply $key->{scopes}, [ 'policy:evaluate', 'server:read' ],
	    'its scopes, each once';
	is_deeply [ @$key{qw(name description username rate_limit is_active
	    usage_count last_used_at)} ], [ 'gateway', 'of the gateway', 'dev',
	    500, JSON::PP::true, 0, undef ], 'and what else was asked for';
	cmp_ok $key->{expires_at}, 'gt', $key->{created_at}, 'with an end';
	is $made->header('location'), "$keys/$key->{id}", 'its place';
	is $made->header('cache-control'), 'no-store', 'kept by nobody';
	my $event = $sark->audited(api_key_created => $key->{id},
	    actor => 'dev');
	is $event->{detail}{key_prefix}, $key->{key_prefix}, 'with its prefix';

	my $one = $dev->get("$keys/$key->{id}");
	is_deeply $one->json, $key, 'it is shown as it was made';
	is $one->header('etag'), $made->header('etag'), 'with the same tag';
	unlike $one->body . $dev->get($keys)->body, qr/\Q$text/,
	    'and its text never again';
	my $dump = $sark->psql('SELECT string_agg(t::text, chr(10)) FROM (' .
	    join(' UNION ALL ', map { "SELECT x::text AS t FROM sark.$_ x" }
	    qw(api_key api_key_secret audit_event idempotency_key)) . ') y');
	like $dump, qr/$key->{key_prefix}/, 'control: the dump has its prefix';
	unlike $dump, qr/\Q${\ substr $text, 23, 32 }/, 'and not its secret';
};

subtest 'making none' => sub {
	my %wrong = (
		'/name' => { name => '' }, '/scopes' => { scopes => [] },
		'/scopes/0' => { scopes => ['admin'] },
		'/rate_limit' => { rate_limit => 0 },
		'/expires_in_days' => { expires_in_days => 0 },
		'/allowed_networks/1' => { allowed_networks =>
		    [ '10.0.0.0/8', '10.0.0.1/8' ] },
		'/owner' => { owner => id_of('admin') },
		'/key' => { key => 'sark_live_mine' },
		'/is_active' => { is_active => JSON::PP::true },
		'/usage_count' => { usage_count => 5 },
	);
	refused $dev->post($keys, fresh(%{ $wrong{$_} })), 422, $_,
	    "wrong: $_" for sort keys %wrong;
	refused $admin->post($keys, fresh(scopes => [$_])), 422, '/scopes/0',
	    "no scope: $_" for '*', ':*', 'nothing:here', 's*', 'server:r*',
	    'server', 'server:read:', 'SERVER:READ';
	refused $viewer->post($keys, fresh(scopes => ['audit:read'])), 403,
	    'forbidden', 'nobody gives what he has not';
	refused $dev->post($keys, fresh(scopes => ['server:*'])), 403,
	    'forbidden', 'nor more than he has of an area';
	refused $dev->post($keys, fresh(rate_limit => 1001)), 403, 'forbidden',
	    'nor a limit above that of every key';
	is $admin->post($keys, fresh(rate_limit => 5000))->status, 201,
	    'control: an administrator does';
	refused $dev->post($keys, fresh(user_id => id_of('viewer'))), 403,
	    'forbidden', 'nobody makes a key of somebody else';
	refused $dev->post($keys, fresh(user_id => $nobody)), 403, 'forbidden',
	    'nor learns who there is';
	refused $sark->stranger->post($keys, fresh()), 401, 'unauthenticated',
	    'nor a stranger';
	$dev->post($keys, fresh(name => 'one name'));
	refused $dev->post($keys, fresh(name => 'one name')), 409, 'conflict',
	    'no two of one name';
	is $viewer->post($keys, fresh(name => 'one name'))->status, 201,
	    'control: of two users there may be';
};

subtest 'an administrator and the keys of others' => sub {
	my ($key, $text) = key_of($admin, user_id => id_of('service'),
	    scopes => [ 'tool:*', 'policy:evaluate', 'server:read' ]);

	is $key->{username}, 'service', 'he makes one for a service';
	is with($text)->get('/api/v1/servers')->status, 200,
	    'which may what its scopes say';
	refused with($text)->get('/api/v1/audit/events'), 403, 'forbidden',
	    'and nothing else';
	refused $admin->post($keys, fresh(user_id => $nobody)), 422,
	    '/user_id', 'nobody has no key';
	refused $viewer->get("$keys/$key->{id}"), 404, 'not_found',
	    'others do not see it';
	refused $viewer->patch("$keys/$key->{id}", {}), 404, 'not_found',
	    'nor change it';
	refused $viewer->post("$keys/$key->{id}/rotate"), 404, 'not_found',
	    'nor rotate it';
	refused $viewer->delete("$keys/$key->{id}"), 404, 'not_found',
	    'nor end it';
	refused $admin->get("$keys/$_"), 404, 'not_found', "no key: $_"
	    for $nobody, 'x', uc $key->{id};
	is $admin->get("$keys/$key->{id}")->status, 200, 'he sees it';
	is $admin->delete("$keys/$key->{id}")->status, 204, 'he ends it';

	# One who helps with keys is no administrator by that.
	$sark->psql("INSERT INTO sark.role (name, permissions) VALUES ('helper',"
	    . " '{apikey:read:any,apikey:write:any,server:read}');"
	    . " INSERT INTO sark.user_role (user_id, role) VALUES ('"
	    . id_of('operator') . "', 'helper')");
	my $helper = $sark->login_again('operator');
	my ($his) = key_of($admin);
	refused $helper->post($keys, fresh(user_id => id_of('admin'))), 403,
	    'forbidden', 'no key of somebody who may more';
	refused $helper->post("$keys/$his->{id}/rotate"), 403, 'forbidden',
	    'nor a new secret of one';
	is $helper->post($keys, fresh(user_id => id_of('service')))->status,
	    201, 'control: of somebody who may less';
	is $helper->patch("$keys/$his->{id}", { is_active => JSON::PP::false })
	    ->status, 200, 'control: to suspend one takes no more';
};

subtest 'lists' => sub {
	my $officer = $sark->login('officer');
	my @made = map { (key_of($officer))[0]{id} } 1 .. 5;
	my (@seen, $cursor);

	do {
		my $page = $officer->get("$keys?limit=2" .
		    (defined $cursor ? "&cursor=$cursor" : ''));
		push @seen, map { $_->{id} } @{ $page->json->{items} };
		$cursor = $page->json->{next_cursor};
	} while (defined $cursor && @seen < 20);
	is_deeply \@seen, [ reverse @made ], 'his own, newest first';
	my $of = id_of('officer');
	is scalar @{ $admin->get("$keys?user_id=$of")->json->{items} }, 5,
	    'an administrator sees those of a user';
	my %owner = map { $_->{username} => 1 }
	    @{ $admin->get("$keys?all=true&limit=200")->json->{items} };
	ok $owner{dev} && $owner{officer}, 'or of everybody';
	refused $viewer->get("$keys?$_"), 403, 'forbidden', "a viewer: $_"
	    for 'all=true', "user_id=$of";
	refused $officer->get("$keys?cursor=$_"), 400, 'invalid_cursor',
	    'a forged cursor' for 'x', 'eA.AAAAAAAAAAAAAAAAAAAAAA';
	refused $officer->get("$keys?$_"), 422, $_
	    for qw(limit=0 user_id=x odd=1);
};

subtest 'changing one' => sub {
	my ($key, $text) = key_of($dev, rate_limit => 100,
	    expires_in_days => 3);
	my $path = "$keys/$key->{id}";
	my $tag = $dev->get($path)->header('etag');

	my $changed = $dev->with('if-match' => $tag)->patch($path, { name =>
	    'renamed', scopes => ['tool:read'], rate_limit => undef,
	    expires_in_days => undef });
	is $changed->status, 200, 'name, scopes, limit and end'
	    or diag $changed->body;
	is_deeply [ @{ $changed->json }{qw(name scopes rate_limit expires_at)} ],
	    [ 'renamed', ['tool:read'], undef, undef ], 'as they were asked for';
	is_deeply $dev->get($path)->json, $changed->json, 'and they stay';
	refused with($text)->get('/api/v1/servers'), 403, 'forbidden',
	    'the old scope is gone';
	is with($text)->get('/api/v1/tools')->status, 200, 'the new one counts';
	refused $dev->with('if-match' => $tag)->patch($path, { name => 'x' }),
	    412, 'precondition_failed', 'not by who saw another version';
	is $sark->audited(api_key_changed => $key->{id})->{detail}{name},
	    'renamed', 'with the new name';
	refused $dev->patch($path, { scopes => ['audit:read'] }), 403,
	    'forbidden', 'no scope that he has not';
	refused $dev->patch($path, { rate_limit => 100_000 }), 403, 'forbidden',
	    'no limit beyond that of all';
	refused $dev->patch($path, { user_id => id_of('admin') }), 422,
	    '/user_id', 'a key stays whose it is';

	is $dev->patch($path, { is_active => JSON::PP::false })->status, 200,
	    'suspended';
	refused with($text)->get('/api/v1/tools'), 401, 'invalid_token',
	    'it does not work';
	ok !$dev->get($path)->json->{is_active}, 'and says so';
	is $dev->patch($path, { is_active => JSON::PP::true })->status, 200,
	    'active again';
	is with($text)->get('/api/v1/tools')->status, 200, 'it works';
	is $dev->patch($path, {})->status, 200, 'nothing changes nothing';
	ok $dev->get($path)->json->{is_active}, 'not even that';
};

subtest 'rotating one' => sub {
	my ($key, $old) = key_of($dev);
	my $path = "$keys/$key->{id}";
	my $rotated = $dev->post("$path/rotate", { overlap_seconds => 600 });
	my $new = $rotated->json->{key};

	is $rotated->status, 200, 'a new secret' or diag $rotated->body;
	like $new, $shape, 'of the same shape';
	isnt $new, $old, 'another one';
	is_deeply $dev->get($path)->json, $rotated->json->{api_key},
	    'the key is the same with another prefix';
	is $dev->get($path)->header('etag'), $rotated->header('etag'),
	    'of that version';
	is with($_)->get('/api/v1/servers')->status, 200,
	    'both work while they overlap' for $old, $new;
	$sark->audited(api_key_rotated => $key->{id});

	my $third = $dev->post("$path/rotate", { overlap_seconds => 0 })
	    ->json->{key};
	refused with($_)->get('/api/v1/servers'), 401, 'invalid_token',
	    'without an overlap those of before end' for $old, $new;
	is with($third)->get('/api/v1/servers')->status, 200, 'the last works';
	is $dev->post("$path/rotate")->status, 200, 'no body is the default';
	is with($third)->get('/api/v1/servers')->status, 200, 'an overlap';
	refused $dev->post("$path/rotate", { overlap_seconds => $_ }), 422,
	    '/overlap_seconds', "no overlap: $_" for -1, 604_801, '"1"';
};

subtest 'asked twice with one Idempotency-Key' => sub {
	my $once = $dev->with('idempotency-key' => 'k-1');
	my $body = fresh();
	my $first = $once->post($keys, $body);
	my $again = $once->post($keys, $body);

	is $first->status, 201, 'the first';
	is $again->body, $first->body, 'the same answer, with the same key';
	is $again->header('idempotent-replayed'), 'true', 'and it says so';
	unlike $sark->psql('SELECT answer FROM sark.idempotency_key'),
	    qr/\Q${\ $first->json->{key} }/, 'sealed where it is kept';
	my $path = "$keys/" . $first->json->{api_key}{id} . '/rotate';
	is $once->post($path)->json->{key}, $once->post($path)->json->{key},
	    'one new secret';
	is $sark->psql('SELECT count(*) FROM sark.api_key_secret s WHERE key_id'
	    . " = '" . $first->json->{api_key}{id} . "'"), 2, 'and no more';
};

subtest 'revoking one' => sub {
	my ($key, $text) = key_of($dev);
	my $path = "$keys/$key->{id}";

	is with($text)->get('/api/v1/servers')->status, 200, 'it works';
	my $gone = $dev->delete($path);
	is $gone->status, 204, 'revoked';
	is $gone->body, '', 'without a word';
	refused with($text)->get('/api/v1/servers'), 401, 'invalid_token',
	    'at the next request it is over';
	refused $dev->get($path), 404, 'not_found', 'nobody sees it';
	refused $dev->delete($path), 404, 'not_found', 'nor ends it twice';
	$sark->audited(api_key_revoked => $key->{id});
	is $dev->post($keys, { %{ fresh() }, name => $key->{name} })->status,
	    201, 'its name is free';
};

subtest 'what a key may' => sub {
	my ($key, $text) = key_of($admin,
	    scopes => [ 'server:read', 'policy:evaluate' ]);
	my $client = with($text);
	my $me = $client->get('/api/v1/auth/me')->json;

	is $me->{username}, 'admin', 'it is its owner';
	is_deeply $me->{permissions}, [ 'policy:evaluate', 'server:read' ],
	    'with what its scopes leave of his permissions';
	refused $client->get('/api/v1/audit/events'), 403, 'forbidden',
	    'not all that he may';
	refused $client->post($keys, fresh()), 403, 'forbidden',
	    'it makes no keys';
	refused $client->get($keys), 403, 'forbidden', 'it sees none';
	refused $client->post("$keys/$key->{id}/rotate"), 403, 'forbidden',
	    'it does not renew itself';
	refused $client->delete("$keys/$key->{id}"), 403, 'forbidden',
	    'it ends none';
	refused $client->post('/api/v1/policy/evaluate', { action =>
	    'tool:discover', user_id => id_of('dev') }), 403, 'forbidden',
	    'it asks about nobody else';
	my $said = $client->post('/api/v1/policy/evaluate', { action =>
	    'tool:discover', tool => 'x', explain => JSON::PP::true });
	is $said->status, 200, 'it asks about itself';
	is_deeply $said->json->{explanation}{input}{user}{scopes},
	    [ 'policy:evaluate', 'server:read' ], 'the policy sees its scopes'
	    or diag $said->body;
	refused $sark->stranger->with('x-api-key' => $text, authorization =>
	    'Bearer ' . $admin->token)->get('/api/v1/servers'), 400,
	    'bad_request', 'not beside a token';
};

subtest 'a service may what its scopes name' => sub {
	my (undef, $may) = key_of($admin, user_id => id_of('service'),
	    scopes => [ 'policy:evaluate', 'tool:discover' ]);
	my (undef, $not) = key_of($admin, user_id => id_of('service'),
	    scopes => ['policy:evaluate']);
	my %said = map { $_ => with($_)->post('/api/v1/policy/evaluate', {
	    action => 'tool:discover' })->json } $may, $not;

	is $said{$may}{decision}, 'allow', 'the policy allows it'
	    or diag explain $said{$may};
	is $said{$not}{decision}, 'deny', 'control: another scope does not do';
};

subtest 'what changes of its owner' => sub {
	$sark->add_user('owner', 'developer');
	my $owner = $sark->login('owner');
	my (undef, $text) = key_of($owner);
	my $client = with($text);

	is $client->get('/api/v1/servers')->status, 200, 'his key works';
	$sark->tool('sark-user', 'disable', 'owner');
	refused $client->get('/api/v1/servers'), 401, 'invalid_token',
	    'he is disabled: it does not';
	$sark->tool('sark-user', 'enable', 'owner');
	is $client->get('/api/v1/servers')->status, 200, 'enabled: it does';
};

subtest 'from where' => sub {
	my ($key, $text) = key_of($dev, allowed_networks => ['192.0.2.0/24']);

	refused with($text)->get('/api/v1/servers'), 403, 'forbidden',
	    'not from here';
	is $dev->patch("$keys/$key->{id}",
	    { allowed_networks => [ '192.0.2.0/24', '127.0.0.1' ] })->status,
	    200, 'this address is added';
	is with($text)->get('/api/v1/servers')->status, 200, 'now it may';
	is $dev->patch("$keys/$key->{id}", { allowed_networks => [] })->status,
	    200, 'no network';
	is with($text)->get('/api/v1/servers')->status, 200, 'is any';
};

subtest 'until when' => sub {
	my ($key, $text) = key_of($dev, expires_in_days => 1);

	is with($text)->get('/api/v1/servers')->status, 200, 'it works';
	$sark->psql("UPDATE sark.api_key SET expires_at = now() WHERE key_id"
	    . " = '$key->{id}'");
	# by hand, holding no generation: a change of its own makes it count
	$dev->patch("$keys/$key->{id}", { description => 'over' });
	refused with($text)->get('/api/v1/servers'), 401, 'invalid_token',
	    'it is over';
	ok !$dev->get("$keys/$key->{id}")->json->{is_active}, 'and says so';
	$dev->patch("$keys/$key->{id}", { expires_in_days => 1 });
	is with($text)->get('/api/v1/servers')->status, 200, 'it may go on';
};

subtest 'in every program' => sub {
	my (undef, $text) = key_of($admin, scopes => [ 'server:read',
	    'tool:read', 'policy:read', 'audit:read', 'health:read',
	    'user:read' ]);
	my $client = with($text);

	is $client->get($_)->status, 200, $_ for qw(/api/v1/auth/me
	    /api/v1/servers /api/v1/tools /api/v1/policy
	    /api/v1/audit/events /health/detailed /api/v1/users);
};

subtest 'how often it may be used' => sub {
	my ($few) = (key_of($dev, rate_limit => 3))[1];
	my ($other) = (key_of($dev))[1];
	my $limited = 0;

	# each of two workers learns of the limit by a first request, and
	# minutes that pass meanwhile let a few more through
	for (1 .. 60) {
		my $answer = with($few)->get('/api/v1/servers');
		last if ($limited = $answer->status == 429);
	}
	ok $limited, 'a key has a limit of its own';
	my $answer = with($other)->get('/api/v1/servers');
	is $answer->status, 200, 'another key of the same owner goes on';
	is $answer->header('x-ratelimit-limit'), 1000, 'by what every key gets';
	is $dev->get('/api/v1/servers')->status, 200, 'and so does he';
};

subtest 'how often it was used' => sub {
	my ($key, $text) = key_of($dev);
	my $path = "$keys/$key->{id}";
	my $shown = sub { $dev->get($path)->json };
	my $tag = $dev->get($path)->header('etag');

	with($text)->get('/api/v1/servers') for 1 .. 4;
	with($text)->get('/api/v1/auth/me');
	with($text)->get('/api/v1/audit/events');	# let in, and refused
	Sark::Temp->until('six requests are shown', sub {
		$shown->()->{usage_count} == 6 });
	cmp_ok $shown->()->{last_used_at}, 'ge', $key->{created_at}, 'and when';
	is $dev->get($path)->header('etag'), $tag, 'that is no other version';
	with($text =~ s/(.)$/$1 eq 'a' ? 'b' : 'a'/er)->get('/api/v1/servers')
	    for 1 .. 3;
	$dev->patch($path, { is_active => JSON::PP::false });
	with($text)->get('/api/v1/servers') for 1 .. 3;
	$dev->patch($path, { is_active => JSON::PP::true });
	with($text)->get('/api/v1/servers');
	Sark::Temp->until('the seventh is shown', sub {
		$shown->()->{usage_count} >= 7 });
	is $shown->()->{usage_count}, 7, 'and none that was turned away';
};

subtest 'no store' => sub {
	my ($key, $text) = key_of($dev);
	my $path = "$keys/$key->{id}";
	my %change = (PATCH => sub { $dev->patch($path, { name => 'n' }) },
	    rotate => sub { $dev->post("$path/rotate") },
	    DELETE => sub { $dev->delete($path) });

	$sark->without(redis => sub {
		refused $change{$_}->(), 503, 'unavailable',
		    "without Redis no $_" for sort keys %change;
		is with($text)->get('/api/v1/servers')->status, 200,
		    'and the key works';
	});
	# one worker, which sees the key before PostgreSQL goes
	local $sark->{workers} = 1;
	$sark->restart_program('login');
	Sark::Temp->until('the login is back', sub {
		with($text)->get('/api/v1/auth/me')->status == 200 });
	$sark->without(postgresql => sub {
		refused $change{$_}->(), 503, 'unavailable',
		    "without PostgreSQL no $_" for sort keys %change;
		refused $dev->post($keys, fresh()), 503, 'unavailable',
		    'no new one';
		is with($text)->get('/api/v1/auth/me')->status, 200,
		    'a key that was seen is known';
		refused $dev->get($_), 503, 'unavailable', 'none is shown'
		    for $keys, $path;
	});
	is $dev->get($path)->json->{name}, $key->{name}, 'nothing has changed';
	is with($text)->get('/api/v1/servers')->status, 200, 'the key works';
};

subtest 'another pepper' => sub {
	my (undef, $text) = key_of($dev);
	my $path = $sark->temp->path('apikey.pepper');
	my $old = slurp($path);

	# where it is read from the file never is half of one
	my $put = sub ($key) {
		$sark->temp->give(spew("$path.new", $key, 0600));
		rename "$path.new", $path or die "$path: $!\n";
	};
	$put->(('0123456789abcdef' x 4) . "\n");
	Sark::Temp->until('the registry has it', sub {
		with($text)->get('/api/v1/servers')->status == 401 });
	pass 'no key of before counts';
	$put->($old);
	Sark::Temp->until('the registry has the old one again', sub {
		with($text)->get('/api/v1/servers')->status == 200 });
	pass 'control: with the old one they do';
};

done_testing;
