# One table over every route of every program: which methods its path takes,
# and what HEAD, OPTIONS and every other method are answered.  The table is
# share/openapi.json, which t/style/openapi.t holds to the tables in C.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use JSON::PP ();
use Sark;
use Sark::FCGI;
use Sark::Tree qw(srcdir slurp);
use Test::More;

my @order = qw(GET HEAD POST PUT PATCH DELETE OPTIONS);
my @others = qw(TRACE CONNECT PROPFIND get Get FOO);
my $api = JSON::PP->new->utf8->decode(slurp(srcdir() . '/share/openapi.json'));
my $sark = Sark->start(qw(login refresh registry policy audit admin status), { web => 0 });
my $token = token();
my $made = client('registry')->post('/api/v1/servers', { name => 'jira',
    transport => 'stdio', command => 'c', tools => [ { name => 'jira.get' } ]
    }, token => $token)->json;
$sark->tool('sark-audit-load');
my $event = client('audit')->get('/api/v1/audit/events?limit=1',
    token => $token)->json->{items}[0]{id};

my $key = client('admin')->post('/api/v1/api-keys', { name => 'ci',
    scopes => ['server:read'] }, token => $token)->json->{api_key}{id};
my $binding = client('admin')->post('/api/v1/role-bindings', { role =>
    'viewer', user_id => user_id() }, token => $token)->json->{binding_id};

# What a path with parameters stands for here.
my %example = (
	'/api/v1/api-keys/{id}' => $key,
	'/api/v1/api-keys/{id}/rotate' => $key,
	'/api/v1/role-bindings/{id}' => $binding,
	'/api/v1/roles/{name}' => 'viewer',
	(map { ("/api/v1/users/{id}/$_" => user_id()) }
	    qw(unlock password permissions)),
	'/api/v1/servers/{id}' => $made->{server_id},
	'/api/v1/tools/{id}/sensitivity' => $made->{tools}[0]{tool_id},
	'/api/v1/tools/{id}/sensitivity/history' => $made->{tools}[0]{tool_id},
	'/api/v1/audit/events/{id}' => $event,
	'/api/v1/auth/sessions/{id}' => $event,
	'/api/v1/users/{id}' => user_id(),
);

# Whoever has the token.
sub user_id () {
	return client('login')->get('/api/v1/auth/me', token => $token)
	    ->json->{user_id};
}

# Headers that differ between two answers to the same question.
my %of_the_moment = map { $_ => 1 } qw(x-request-id content-security-policy
	x-ratelimit-remaining x-ratelimit-reset);
# What counts or measures differs in length, too.
my %lives = map { $_ => 1 } qw(/metrics /health/detailed /docs);

sub client ($program) {
	return Sark::FCGI->new($sark->socket($program =~ s/^sark-//r),
	    timeout => 30);
}

sub token () {
	return client('login')->post('/api/v1/auth/login/local', {
	    username => 'admin', password => Sark::password('admin') })
	    ->json->{access_token};
}

# The rows: { path, program, allow => { METHOD => 1 }, open }.
sub rows () {
	my @rows;

	for my $path (sort keys %{ $api->{paths} }) {
		my %op = map { uc($_) => $api->{paths}{$path}{$_} }
		    grep { /^(?:get|post|put|patch|delete)$/ }
		    keys %{ $api->{paths}{$path} };
		my ($any) = values %op;
		my $target = $path =~ s/\{\w+\}/$example{$path}/r;
		push @rows, { path => $path, target => $target,
			program => $any->{tags}[0], get => $op{GET},
			allow => { OPTIONS => 1, ($op{GET} ? (HEAD => 1) : ()),
			map { $_ => 1 } keys %op } };
	}
	return @rows;
}

sub allow ($row) {
	return join ', ', grep { $row->{allow}{$_} } @order;
}

# The headers that two answers must share.
sub common ($row, $answer) {
	my %headers = %{ $answer->{headers} };

	delete @headers{ keys %of_the_moment };
	delete $headers{'content-length'} if $lives{ $row->{path} };
	return \%headers;
}

sub names ($answer) {
	return join ' ', sort keys %{ $answer->{headers} };
}

# HEAD is GET without the body, for whoever asks.
sub head ($row) {
	my $client = client($row->{program});

	for my $who ([ nobody => ], [ admin => token => $token ]) {
		my ($name, @credential) = @$who;
		my ($get, $head) = map { $client->request(
		    $_ => $row->{target}, @credential) } qw(GET HEAD);

		is $head->status, $get->status, "HTTP-12 HEAD $row->{path} " .
		    "by $name: " . $get->status;
		is $get->status, 200, "which is 200" if $name eq 'admin';
		is $head->body, '', 'no body';
		is names($head), names($get), 'the names of the headers';
		is_deeply common($row, $head), common($row, $get),
		    'and their values';
		is $head->header('content-length') > 0, 1, 'a length'
		    if $get->body ne '';
	}
}

# OPTIONS says Allow, the same to everybody, and nothing else.
sub options ($row) {
	my $client = client($row->{program});
	my @asked = ([ nobody => ], [ admin => token => $token ],
	    [ 'a bad token' => token => 'x.y.z' ]);

	for my $who (@asked) {
		my ($name, @credential) = @$who;
		my $answer = $client->request(OPTIONS => $row->{target},
		    @credential);

		is $answer->status, 204, "HTTP-12 OPTIONS $row->{path} by $name";
		is $answer->header('allow'), allow($row), 'Allow';
		is $answer->body, '', 'no body';
		is names($answer), 'allow cache-control ' .
		    'content-security-policy referrer-policy status ' .
		    'x-content-type-options x-request-id', 'nothing else';
	}
}

# Every other method: 405 with Allow in the one shape, before the credential.
sub refused_methods ($row) {
	my $client = client($row->{program});

	for my $method (grep { !$row->{allow}{$_} } @order, @others) {
		my $answer = $client->request($method => $row->{target},
		    headers => { 'Content-Type' => 'application/json' },
		    body => '{}');

		my $name = "HTTP-12 $method $row->{path}";
		if ($method eq 'HEAD') {
			is $answer->status . $answer->body, 405, $name;
		} else {
			refused $answer, 405, 'method_not_allowed', $name;
		}
		is $answer->header('allow'), allow($row), 'Allow';
	}
}

my @rows = rows();
cmp_ok scalar @rows, '>', 15, 'the table is read';
is scalar(grep { $_->{target} =~ /\{|^$/ } @rows), 0, 'with real paths';
for my $row (@rows) {
	subtest $row->{path} => sub {
		head($row) if $row->{get};
		options($row);
		refused_methods($row);
	};
}

subtest 'a path that is none has no methods' => sub {
	for my $method (@order, @others) {
		my $answer = client('status')->request($method => '/nowhere');

		is $answer->status, 404, "$method /nowhere";
		is $answer->header('allow'), undef, 'no Allow';
	}
};

done_testing;
