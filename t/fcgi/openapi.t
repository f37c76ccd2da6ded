# What the programs answer is what share/openapi.json says: each operation is
# called, and status, headers and body of the answer are held to it.

use v5.36;
use JSON::PP ();
use Sark;
use Sark::Authenticator;
use Sark::Tree qw(srcdir slurp);
use Test::More;

my $api = JSON::PP->new->utf8->decode(slurp(srcdir() . '/share/openapi.json'));

# ---- a value against a schema: what is wrong, a line each

sub resolve ($value) {
	while (ref $value eq 'HASH' && defined $value->{'$ref'}) {
		my $at = $api;
		$at = $at->{$_} for split m{/}, $value->{'$ref'} =~ s{^#/}{}r;
		$value = $at;
	}
	return $value;
}

my $number = qr/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
my %is = (
	object => sub ($v) { ref $v eq 'HASH' },
	array => sub ($v) { ref $v eq 'ARRAY' },
	boolean => sub ($v) { JSON::PP::is_bool($v) },
	null => sub ($v) { !defined $v },
	string => sub ($v) { defined $v && !ref $v && !is_number($v) },
	integer => sub ($v) { is_number($v) && $v == int $v },
	number => sub ($v) { is_number($v) },
);

# JSON::PP tells 5 from "5" when it writes them.
sub is_number ($v) {
	return defined $v && !ref $v && JSON::PP->new->allow_nonref->encode($v)
	    =~ $number;
}

my $uuid = qr/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
my %format = (uuid => $uuid, uri => qr/^[a-z]+:\S+$/,
	'date-time' => qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/);

sub scalar_wrong ($where, $v, $schema) {
	my @wrong;

	push @wrong, "$where: $v is not one of them" if $schema->{enum}
	    && !grep { $_ eq $v } @{ $schema->{enum} };
	push @wrong, "$where: $v is no $schema->{format}" if $schema->{format}
	    && $v !~ $format{ $schema->{format} };
	push @wrong, "$where: $v is less than $schema->{minimum}"
	    if defined $schema->{minimum} && $v < $schema->{minimum};
	return @wrong;
}

sub object_wrong ($where, $v, $schema) {
	my $properties = $schema->{properties} // return;
	my @wrong = map { "$where/$_: missing" } grep { !exists $v->{$_} }
	    @{ $schema->{required} // [] };

	for my $name (sort keys %$v) {
		push @wrong, exists $properties->{$name}
		    ? wrong("$where/$name", $v->{$name}, $properties->{$name})
		    : "$where/$name: not in the document";
	}
	return @wrong;
}

sub wrong ($where, $v, $schema) {
	$schema = resolve($schema);
	my @types = ref $schema->{type} ? @{ $schema->{type} }
	    : $schema->{type} // ();

	return "$where: is no @types" if @types && !grep { $is{$_}->($v) } @types;
	return object_wrong($where, $v, $schema) if ref $v eq 'HASH';
	return if !defined $v;
	return scalar_wrong($where, $v, $schema) if ref $v ne 'ARRAY';
	return map { wrong("$where/$_", $v->[$_], $schema->{items} // {}) }
	    0 .. $#$v;
}

# ---- an answer against an operation

my %seen;

# The headers that every answer has; the document says which one need not.
sub always ($headers) {
	return grep { resolve($headers->{$_})->{required} // 1 } keys %$headers;
}

sub answer_wrong ($operation, $answer) {
	my $responses = $operation->{responses};
	my $response = resolve($responses->{ $answer->status }
	    // $responses->{default});
	my ($type) = keys %{ $response->{content} // {} };
	my ($sent) = ($answer->header('content-type') // '') =~ /^([^;]+)/;
	my @wrong;

	push @wrong, 'status ' . $answer->status . ' is only in default'
	    if !$responses->{ $answer->status } && $answer->status < 400;
	push @wrong, map { "no header $_" }
	    grep { !defined $answer->header($_) } always($response->{headers});
	return (@wrong, 'a body') if !defined $type && $answer->body ne '';
	return @wrong if !defined $type;
	push @wrong, "type $sent, not $type" if ($sent // '') ne $type;
	return @wrong if $type !~ /json$/;
	return (@wrong, 'no JSON') if !defined $answer->json;
	return (@wrong, wrong('', $answer->json,
	    $response->{content}{$type}{schema}));
}

# as_said CLIENT, METHOD, PATH of the document, STATUS, WHAT...: id, query, body
sub as_said ($client, $method, $path, $status, %what) {
	my $target = $path =~ s/\{\w+\}/$what{id}/r;
	my $operation = $api->{paths}{$path}{ lc $method };
	my $answer = $client->send($method, $target . ($what{query} // ''),
	    $what{body});
	my @wrong = answer_wrong($operation, $answer);

	push @wrong, 'status ' . $answer->status if $answer->status != $status;
	$seen{"\L$method\E $path"} = 1 if $status < 400;
	ok !@wrong, "$method $target: $status"
	    or diag join "\n", @wrong, $answer->body;
	return $answer->json;
}

# ---- every operation

my $sark = Sark->start(qw(admin login refresh registry policy audit status));
my $stranger = $sark->stranger;
my $admin = $sark->login('admin');
my $viewer = $sark->login('viewer');
my $nobody = '01980000-0000-7000-8000-000000000000';

my %server = (name => 'jira', transport => 'http', version => '1',
	endpoint => 'https://jira.example/mcp', description => 'tickets',
	sensitivity_level => 'medium', tags => ['a', 'b'],
	capabilities => { x => 1 }, metadata => { y => [ 2 ] }, tools => [
	{ name => 'jira.get', description => 'reads',
	    parameters => { type => 'object' } },
	{ name => 'jira.password', requires_approval => JSON::PP::true } ]);
my $made = as_said($admin, POST => '/api/v1/servers', 201, body => \%server);
as_said($admin, POST => '/api/v1/servers', 201, body => { name => 'local',
	transport => 'stdio', command => 'x' });
my $tool = $made->{tools}[0]{tool_id};
my ($someone) = @{ as_said($admin, GET => '/api/v1/users', 200)->{items} };
as_said($admin, GET => '/api/v1/users', 200, query => '?limit=1&disabled=false');
as_said($admin, GET => '/api/v1/users/{id}', 200, id => $someone->{user_id});
as_said($admin, GET => '/api/v1/users/{id}', 404, id => $nobody);
my %user = (username => 'new', password => 'seven purple elephants');
my $user = as_said($admin, POST => '/api/v1/users', 201, body => \%user);
as_said($admin->with('idempotency-key' => 'user'), POST => '/api/v1/users',
	201, body => { %user, username => 'new2' }) for 1, 2;
as_said($admin, POST => '/api/v1/users', 409, body => \%user);
as_said($admin, POST => '/api/v1/users', 422, body => {});
as_said($admin, PATCH => '/api/v1/users/{id}', 200, id => $user->{user_id},
	body => { name => 'x' });
as_said($admin->with('if-match' => '"x"'), PATCH => '/api/v1/users/{id}', 412,
	id => $user->{user_id}, body => { name => 'y' });
as_said($admin, PUT => '/api/v1/users/{id}/password', 204,
	id => $user->{user_id}, body => { password => 'six purple elephants' });
as_said($admin, PUT => '/api/v1/users/{id}/password', 422,
	id => $user->{user_id}, body => { password => 'short' });
as_said($admin, POST => '/api/v1/users/{id}/unlock', 204,
	id => $user->{user_id});
as_said($admin, DELETE => '/api/v1/users/{id}', 204, id => $user->{user_id});
as_said($viewer, GET => '/api/v1/users', 403);

my $roles = '/api/v1/roles';
my $bindings = '/api/v1/role-bindings';
my %role = (name => 'clerk', description => 'x', permissions => ['audit:*']);
my %bound = (role => 'clerk', user_id => $someone->{user_id});
as_said($admin, POST => $roles, 201, body => \%role);
as_said($admin, POST => $roles, 409, body => \%role);
as_said($admin, GET => $roles, 200, query => $_) for '', '?limit=1';
as_said($admin, GET => "$roles/{name}", 200, id => $_) for qw(clerk admin);
as_said($admin, PUT => "$roles/{name}", 200, id => 'clerk',
	body => { permissions => [] });
as_said($admin, PUT => "$roles/{name}", 403, id => 'admin',
	body => { permissions => [] });
as_said($admin->with('if-match' => '"x"'), PUT => "$roles/{name}", 412,
	id => 'clerk', body => { permissions => [] });
my $binding = as_said($admin, POST => $bindings, 201, body => { %bound,
	expires_at => '2100-01-01T00:00:00Z', windows => [ { days => ['monday'],
	from => '00:00', to => '00:01', zone => 'UTC' } ] });
as_said($admin, POST => $bindings, 201, body => { role => 'viewer',
	group => 'staff', scope => { type => 'team', id => 'red' } });
as_said($admin, POST => $bindings, 422, body => \%role);
as_said($admin, GET => $bindings, 200, query => $_) for '', '?limit=1';
as_said($admin, GET => "$bindings/{id}", 200, id => $binding->{binding_id});
as_said($admin, GET => '/api/v1/users/{id}/permissions', 200,
	id => $someone->{user_id});
as_said($admin, DELETE => "$roles/{name}", 409, id => 'clerk');
as_said($admin, DELETE => "$bindings/{id}", 204, id => $binding->{binding_id});
as_said($admin, DELETE => "$bindings/{id}", 404, id => $binding->{binding_id});
as_said($admin, DELETE => "$roles/{name}", 204, id => 'clerk');
as_said($viewer, GET => $_, 403) for $roles, $bindings;

as_said($stranger, GET => $_, 200) for qw(/health /health/live /health/ready
	/metrics /api/openapi.json /docs /api/v1/auth/providers
	/.well-known/jwks.json);
as_said($admin, GET => $_, 200) for qw(/health/detailed /api/v1/auth/me
	/api/v1/servers /api/v1/tools /api/v1/policy);
as_said($stranger, POST => '/api/v1/auth/login/local', 200, body =>
	{ username => 'dev', password => Sark::password('dev') });
my $page = as_said($admin, GET => '/api/v1/servers', 200,
	query => '?limit=1&status=registered');
as_said($admin, GET => '/api/v1/servers', 200,
	query => "?limit=1&status=registered&cursor=$page->{next_cursor}");
as_said($admin, GET => '/api/v1/servers/{id}', 200,
	id => $made->{server_id});
as_said($admin, POST => '/api/v1/tools/detect-sensitivity', 200,
	body => { tool_name => $_ }) for qw(drop_table something);
my $sensitivity = '/api/v1/tools/{id}/sensitivity';
as_said($admin, POST => $sensitivity, 200, id => $tool,
	body => { sensitivity_level => 'low', reason => 'harmless' });
as_said($admin, GET => $sensitivity, 200, id => $tool);
as_said($admin, GET => "$sensitivity/history", 200, id => $tool);
as_said($admin->with('if-none-match' => '*'), GET => $_, 304, id => $tool)
	for $sensitivity, '/api/openapi.json';
as_said($admin->with('if-match' => '"x"'), $_ => $sensitivity, 412, id => $tool,
	$_ eq 'GET' ? () : (body => { sensitivity_level => 'low', reason => 'x' }))
	for qw(GET POST);
my $keyed = $admin->with('idempotency-key' => 'openapi');
my %keyed = (name => 'keyed', transport => 'stdio', command => 'x');
as_said($keyed, POST => '/api/v1/servers', 201, body => \%keyed) for 1, 2;

my $evaluate = '/api/v1/policy/evaluate';
my %question = (action => 'tool:invoke', tool => 'jira.get');
as_said($admin, POST => $evaluate, 200, body => $_) for { %question },
	{ %question, explain => JSON::PP::true },
	{ %question, tool => 'jira.password' }, { action => 'tool:invoke',
	tool => 'nobody.knows', parameters => { password => 'x' } };
as_said($viewer, POST => $evaluate, 200, body => { %question });

$sark->tool('sark-audit-load');
as_said($admin, GET => '/api/v1/audit/events', 200, query => $_)
	for '', '?limit=1', '?type=policy_decision&decision=deny';
my ($event) = $sark->events(type => 'policy_decision');
as_said($admin, GET => '/api/v1/audit/events/{id}', 200, id => $event->{id});
as_said($admin, GET => '/api/v1/audit/stats', 200);

my $auth = '/api/v1/auth';
my $tokens = as_said($stranger, POST => "$auth/login/local", 200, body =>
	{ username => 'dev', password => Sark::password('dev') });
$tokens = as_said($stranger, POST => "$auth/refresh", 200,
	body => { refresh_token => $tokens->{refresh_token} });
my $session = Sark::Client->new(url => $sark->url,
	token => $tokens->{access_token});
my $sessions = as_said($session, GET => "$auth/sessions", 200);
as_said($session, GET => "$auth/sessions", 200, query => '?limit=1');
my ($other) = grep { !$_->{current} } @{ $sessions->{items} };
as_said($session, DELETE => "$auth/sessions/{id}", 204,
	id => $other->{session_id});
as_said($session, DELETE => "$auth/sessions/{id}", 404, id => $nobody);
as_said($session, POST => "$auth/revoke", 200,
	body => { refresh_token => 'unknown' });
as_said($stranger, POST => "$auth/refresh", 401,
	body => { refresh_token => 'unknown' });
my $server = $admin->with('content-type' =>
	'application/x-www-form-urlencoded');
as_said($server, POST => "$auth/introspect", 200, body => $_) for 'token=x',
	map { "token=$tokens->{$_}" } qw(access_token refresh_token);
as_said($server, POST => "$auth/introspect", 400, body => 'token=');
as_said($server, POST => "$auth/token/revoke", 200, body => 'token=x');
as_said($session, DELETE => "$auth/sessions", 200);
as_said($sark->login_again('dev'), POST => "$auth/logout", 200);

# ---- API keys
my $shown = as_said($admin, POST => '/api/v1/api-keys', 201,
	body => { name => 'ci', scopes => ['server:read'] });
my %key = (id => $shown->{api_key}{id});
as_said($admin, POST => '/api/v1/api-keys', 422,
	body => { name => 'ci', scopes => ['no:such'] });
as_said($admin, GET => '/api/v1/api-keys', 200);
as_said($admin, GET => '/api/v1/api-keys/{id}', 200, %key);
as_said($admin, GET => '/api/v1/api-keys/{id}', 404, id => $nobody);
as_said($admin, PATCH => '/api/v1/api-keys/{id}', 200, %key,
	body => { description => 'of the pipeline' });
as_said($admin, POST => '/api/v1/api-keys/{id}/rotate', 200, %key,
	body => { overlap_seconds => 0 });
as_said($admin, DELETE => '/api/v1/api-keys/{id}', 204, %key);

# ---- the second factor of a user who needs one
my $totp = '/api/v1/auth/mfa/totp';
my $verify = '/api/v1/auth/mfa/verify';
my $dev = $sark->login('dev');
my $phone = Sark::Authenticator->new($sark,
    as_said($dev, POST => $totp, 200)->{secret});
as_said($dev, POST => "$totp/confirm", 401, body => { otp => $phone->wrong });
my $codes = as_said($dev, POST => "$totp/confirm", 200,
    body => { otp => $phone->code })->{recovery_codes};
as_said($dev, POST => $totp, 409);
my $asked = as_said($stranger, POST => '/api/v1/auth/login/local', 401, body =>
	{ username => 'dev', password => Sark::password('dev') });
as_said($stranger, POST => $verify, 200, body =>
	{ mfa_token => $asked->{mfa_token}, recovery_code => $codes->[0] });
as_said($dev, POST => $verify, 200, body => { otp => $phone->fresh });
as_said($dev, DELETE => $totp, 204, body => { otp => $phone->fresh });

# ---- refusals

as_said($stranger, GET => '/api/v1/auth/me', 401);
as_said($stranger, POST => '/api/v1/auth/login/local', 401,
	body => { username => 'dev', password => 'wrong' });
as_said($stranger, POST => '/api/v1/auth/login/ldap', 404,
	body => { username => 'dev', password => 'wrong' });
as_said($viewer, POST => '/api/v1/servers', 403, body => \%server);
as_said($admin, POST => '/api/v1/servers', 409, body => \%server);
as_said($keyed, POST => '/api/v1/servers', 409, body => { %keyed, name => 'x' });
as_said($admin->with('idempotency-key' => 'a b'), POST => '/api/v1/servers',
	400, body => \%keyed);
as_said($admin, POST => '/api/v1/servers', 422, body => { odd => 1 });
as_said($admin, POST => '/api/v1/servers', 400, body => '{');
as_said($admin->with('content-type' => 'text/plain'), POST =>
	'/api/v1/servers', 415, body => '{}');
as_said($admin, POST => '/api/v1/tools/detect-sensitivity', 413,
	body => ' ' x 262145);
as_said($admin, GET => '/api/v1/servers/{id}', 404, id => $nobody);
as_said($admin, GET => '/api/v1/servers', 400, query => '?cursor=forged');
as_said($admin, GET => '/api/v1/servers', 422, query => '?limit=0');
as_said($admin, GET => '/api/v1/audit/events/{id}', 404, id => $nobody);
$sark->without(redis => sub {
	as_said($stranger, POST => '/api/v1/auth/login/local', 503, body =>
	    { username => 'dev', password => Sark::password('dev') });
	as_said($stranger, GET => '/health/ready', 503);
});

my @unseen = grep { !$seen{$_} && $_ ne 'post /api/v1/auth/login/ldap' }
	map { my $p = $_; map { "$_ $p" } keys %{ $api->{paths}{$p} } }
	keys %{ $api->{paths} };
is "@unseen", '', 'every operation has been called';

# ---- the control: a difference is seen

my $schema = { type => 'object', required => ['a'], properties => {
	a => { type => 'integer', minimum => 1 },
	b => { type => 'string', enum => ['x'] },
	c => { type => 'array', items => { type => 'string', format => 'uuid' } } } };
is join(' ', wrong('', { a => 1, b => 'x', c => [ $nobody ] }, $schema)), '',
	'what is right';
for my $odd ({ b => 'x' }, { a => '1' }, { a => 0 }, { a => 1, b => 'y' },
    { a => 1, c => [ 'z' ] }, { a => 1, d => 1 }, [ 1 ]) {
	is scalar(() = wrong('', $odd, $schema)), 1,
	    'a difference: ' . (wrong('', $odd, $schema))[0];
}

done_testing;
