# The rows of the attack catalogue that meet every route: what is malformed
# gets the one error shape, and the same request without the attack succeeds.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use JSON::PP ();
use Sark;
use Sark::FCGI;
use Sark::Temp;
use Test::More;

my $sark = Sark->start(qw(login registry policy audit status));
my $admin = $sark->login('admin');
my $made = $admin->post('/api/v1/servers', { name => 'jira',
    transport => 'http', endpoint => 'https://jira.example/mcp',
    tools => [ { name => 'jira.get' } ] })->json;
my $tool = $made->{tools}[0]{tool_id};
my $n = 0;

# Route: program, path, a body that is accepted (or none), its status.
my @routes = (
	[ login => '/api/v1/auth/login/local', sub { { username => 'dev',
	    password => Sark::password('dev') } }, 200 ],
	[ login => '/api/v1/auth/me' ],
	[ login => '/api/v1/auth/providers' ],
	[ login => '/.well-known/jwks.json' ],
	[ registry => '/api/v1/servers', sub { { name => 's' . ++$n,
	    transport => 'stdio', command => 'c' } }, 201 ],
	[ registry => '/api/v1/servers' ],
	[ registry => "/api/v1/servers/$made->{server_id}" ],
	[ registry => '/api/v1/tools' ],
	[ registry => '/api/v1/tools/detect-sensitivity',
	    sub { { tool_name => 'x' } }, 200 ],
	[ registry => "/api/v1/tools/$tool/sensitivity" ],
	[ registry => "/api/v1/tools/$tool/sensitivity",
	    sub { { sensitivity_level => 'low', reason => 'r' } }, 200 ],
	[ registry => "/api/v1/tools/$tool/sensitivity/history" ],
	[ policy => '/api/v1/policy/evaluate',
	    sub { { action => 'tool:invoke', tool => 'jira.get' } },
	    200 ],
	[ policy => '/api/v1/policy' ],
	[ audit => '/api/v1/audit/events' ],
	[ audit => '/api/v1/audit/stats' ],
	[ status => '/health/live' ],
	[ status => '/health' ],
);
my @posts = grep { $_->[2] } @routes;
my @gets = grep { !$_->[2] } @routes;
my $json = JSON::PP->new->utf8->canonical;

sub fcgi ($route) {
	return Sark::FCGI->new($sark->socket($route->[0]));
}

# The error shape, whoever sent it: status may be one of several.
sub problem ($answer, $statuses, $name) {
	my $body = eval { $answer->json } // {};
	my $ok = (grep { $answer->status == $_ } @$statuses) &&
	    ($answer->header('content-type') // '') =~
	    m{^application/problem\+json} && ref $body eq 'HASH' &&
	    ($body->{status} // 0) == $answer->status &&
	    defined $body->{code} && defined $body->{request_id};

	ok $ok, $name or diag $answer->status . ' ' . $answer->body;
}

sub post_raw ($route, $body, %header) {
	return fcgi($route)->request(POST => $route->[1], body => $body,
	    token => $admin->token, headers => {
	    'Content-Type' => 'application/json', %header });
}

subtest 'controls: each route answers an honest request' => sub {
	for my $route (@posts) {
		is post_raw($route, $json->encode($route->[2]->()))->status,
		    $route->[3], "POST $route->[1]";
	}
	for my $route (@gets) {
		is fcgi($route)->get($route->[1], token => $admin->token)
		    ->status, 200, "GET $route->[1]";
	}
};

subtest 'JSON' => sub {
	my %malformed = (
		'JSON-01 empty' => '', 'JSON-01 open' => '{"a":',
		'JSON-01 comma' => '{"a":1,}', 'JSON-01 comment' => '{/**/}',
		'JSON-01 single quotes' => "{'a':1}",
		'JSON-01 bare word' => '{a:1}', 'JSON-01 hex' => '{"a":0x10}',
		'JSON-01 leading zero' => '{"a":01}',
		'JSON-01 plus' => '{"a":+1}', 'JSON-01 tab in text' =>
		"{\"a\":\"\t\"}", 'JSON-04 twice' => '{"a":1,"a":1}',
		'JSON-04 twice by escape' => '{"a":1,"\u0061":1}',
		'JSON-04 twice, nested' => '{"a":[{"b":1,"b":2}]}',
		'JSON-05 33 deep' => '[' x 33 . ']' x 33,
		'JSON-05 100000 open' => '[' x 100_000,
		'JSON-06 1e400' => '{"a":1e400}',
		'JSON-06 2^63' => '{"a":9223372036854775808}',
		'JSON-07 NUL' => '{"a":"\u0000"}',
		'JSON-07 lone surrogate' => '{"a":"\ud800"}',
		'JSON-07 overlong' => "{\"a\":\"\xc0\xaf\"}",
		'JSON-07 not UTF-8' => "{\"a\":\"\xff\"}",
		'JSON-07 BOM' => "\xef\xbb\xbf{}",
		'JSON-10 two' => '{}{}', 'JSON-10 trailing' => '{} x',
		'JSON-10 NaN' => '{"a":NaN}',
	);
	my %wrong = ('JSON-10 array' => '[]', 'JSON-10 text' => '"a"',
		'JSON-10 null' => 'null', 'JSON-11 unknown' => '{"nope":1}',
		'JSON-11 empty object' => '{}', 'JSON-12 proto' =>
		'{"__proto__":{"a":1}}');

	for my $route (@posts) {
		# A login's body may not even be so long.
		problem post_raw($route, $malformed{$_}),
		    /100000/ ? [ 400, 413 ] : [ 400 ],
		    "$_: $route->[1]" for sort keys %malformed;
		problem post_raw($route, $wrong{$_}), [ 400, 422 ],
		    "$_: $route->[1]" for sort keys %wrong;
	}
};

subtest 'every member: another type, too long' => sub {
	for my $route (@posts) {
		my $honest = $route->[2]->();
		for my $member (sort keys %$honest) {
			for my $value ([], {}, -1, 1.5, 'x' x 70_000) {
				my %body = (%{ $route->[2]->() },
				    $member => $value);
				problem post_raw($route, $json->encode(\%body)),
				    [ 400, 413, 422 ], 'JSON-11 ' .
				    "$route->[1] $member " .
				    substr $json->allow_nonref->encode($value),
				    0, 10;
			}
		}
	}
};

subtest 'the body' => sub {
	for my $route (@posts) {
		my $honest = $json->encode($route->[2]->());
		my $name = "POST $route->[1]";

		problem post_raw($route, $honest, 'Content-Type' => $_),
		    [ 415 ], "HTTP-17 $_: $name" for 'text/plain',
		    'application/json;charset=utf-16', 'multipart/form-data',
		    'application/jsonx';
		problem fcgi($route)->request(POST => $route->[1],
		    body => $honest, token => $admin->token), [ 415 ],
		    "HTTP-17 no type: $name";
		problem post_raw($route, $honest, 'Content-Encoding' =>
		    'gzip'), [ 415 ], "HTTP-20 $name";
		problem fcgi($route)->request(POST => $route->[1], token =>
		    $admin->token, body => $honest, params => {
		    CONTENT_TYPE => 'application/json',
		    CONTENT_LENGTH => $_ }), [ 400 ], "HTTP-02 length '$_': " .
		    $name for '+5', '-48', '0x10', '1Z', '010',
		    '18446744073709551616', length($honest) + 1,
		    length($honest) - 1;
		problem post_raw($route, ' ' x 1_200_000), [ 413 ],
		    "HTTP-13 $name";
	}
};

subtest 'target and method' => sub {
	for my $route (@gets) {
		my $path = $route->[1];
		my $ask = sub ($method, $target) {
			fcgi($route)->request($method => $target,
			    token => $admin->token) };

		problem $ask->(GET => $_), [ 400, 404 ], "HTTP-11 $_"
		    for "/$path", "$path/", "$path;x=1", "$path/..;/x",
		    "/.$path", "/x/..$path", $path =~ s{/}{/%2e/}r,
		    "$path%2f", $path =~ s{(.)$}{sprintf '%%%02x', ord $1}er,
		    $path =~ s{/}{\\}r, uc($path);
		problem $ask->(GET => "$path$_"), [ 400, 404 ],
		    'HTTP-10 ' . unpack('H*', $_) for '%00', '%0d%0aX:1',
		    "\x01", "\x80", '%ff';
		problem $ask->($_ => $path), [ 400, 405 ], "HTTP-12 $_ $path"
		    for 'TRACE', 'DELETE', 'get', 'G=":<>', 'PROPFIND';
		my $head = $ask->(HEAD => $path);
		is $head->status, 200, "HTTP-12 HEAD $path";
		is $head->body, '', 'has no body';
		problem $ask->(GET => "$path?" . 'a' x 70_000),
		    [ 400, 414, 431 ], "HTTP-18 a long query: $path";
		problem $ask->(GET => "http://evil.example$path"), [ 400 ],
		    "HTTP-19 an absolute target: $path";
	}
};

subtest 'credentials' => sub {
	my $token = $admin->token;

	for my $route (grep { $_->[1] !~ m{health|jwks|providers} } @gets) {
		my $path = $route->[1];
		my $with = sub (%header) { fcgi($route)->get($path,
		    headers => \%header) };

		problem $with->(), [ 401 ], "nobody: $path";
		
		is fcgi($route)->request(HEAD => $path)->status, 401,
		    "HTTP-12 HEAD by nobody: $path";
		problem $with->(Authorization => "Bearer $token, Bearer $token"),
		    [ 400 ], "HTTP-08 two of them: $path";
		problem $with->(Authorization => "Bearer $token",
		    'X-API-Key' => 'sark_test_x'), [ 400 ],
		    "both kinds: $path";
		is $with->(Authorization => "$_ $token")->status, 200,
		    "JWT-27 $_: $path" for 'bearer', 'BEARER';
		problem $with->(Authorization => $_), [ 400, 401 ],
		    'JWT-27 malformed' for "Bearer  $token", "Bearer\t$token",
		    $token, 'Bearer', 'Basic YTpi';
		problem fcgi($route)->get("$path?access_token=$token"),
		    [ 401, 422 ], "JWT-26 in the query: $path";
		problem fcgi($route)->get($path, headers => {
		    Cookie => "access_token=$token" }), [ 401 ],
		    "JWT-26 in a cookie: $path";
		for my $name ('Remote-User', 'X-User', 'X-Forwarded-User') {
			problem $with->($name => 'admin'), [ 401 ],
			    "HTTP-07 $name: $path";
		}
		problem fcgi($route)->get($path, token => $token, more_params =>
		    [ [ HTTP_AUTHORIZATION => "Bearer $token" ] ]), [ 400 ],
		    "HTTP-05 FCGI-04 a name twice: $path";
	}
};

subtest 'SQL' => sub {
	my @payloads = ("' OR 1=1--", "'; DROP TABLE sark.users;--",
	    "\\", "%", "_", "(a+)+\$", "\x{2019} OR 1=1", '$1', "a\0b",
	    "' UNION SELECT password_hash FROM sark.users--");
	my %text = ('/api/v1/servers' => [ registry => qw(search team owner
	    tags) ], '/api/v1/tools' => [ registry => 'search' ],
	    '/api/v1/audit/events' => [ audit => qw(actor action resource q
	    type request_id trace_id) ]);

	for my $path (sort keys %text) {
		my ($program, @names) = @{ $text{$path} };
		my $all = scalar @{ $admin->get($path)->json->{items} };
		cmp_ok $all, '>', 0, "control: $path finds something";
		for my $name (@names) {
			for my $payload (@payloads) {
				my $value = $payload;
				utf8::encode($value);
				$value =~ s/([^A-Za-z0-9])/sprintf '%%%02X',
				    ord $1/ge;
				my $answer = $admin->get("$path?$name=$value");
				cmp_ok $answer->status, '<', 500,
				    "SQL-01 SQL-03 $path $name $value";
				# A real '_' stands in many an action.
				next if $answer->status != 200 ||
				    $payload eq '_' && $name eq 'q';
				is scalar @{ $answer->json->{items} }, 0,
				    'finds nothing';
			}
		}
	}
	is $sark->psql('SELECT count(*) > 5 FROM sark.users'), 't',
	    'the users are still there';
};

subtest 'headers of every answer' => sub {
	for my $answer ($admin->get('/api/v1/auth/me'),
	    $sark->stranger->get('/api/v1/auth/me'),
	    $admin->get('/api/v1/nowhere'), $sark->stranger->get('/health'),
	    $admin->post('/api/v1/policy/evaluate', {})) {
		my $status = $answer->status;

		is $answer->header('x-content-type-options'), 'nosniff',
		    "WEB-06 $status nosniff";
		is $answer->header('cache-control'), 'no-store', 'no-store';
		like $answer->header('content-security-policy'),
		    qr/frame-ancestors 'none'/, 'CSP';
		ok defined $answer->header('referrer-policy'), 'referrer';
		like $answer->header('x-request-id'), qr/^[A-Za-z0-9._-]+$/,
		    'request id';
		like $answer->header('content-type'),
		    qr{^application/(problem\+)?json}, 'WEB-08 JSON';
	}
	is $admin->with('x-request-id' => 'mine-1')->get('/api/v1/auth/me')
	    ->header('x-request-id'), 'mine-1', 'the caller\'s id is kept';
	for my $id ('a b', "a\x7f", 'x' x 129, '<script>', '') {
		isnt $admin->with('x-request-id' => $id)
		    ->get('/api/v1/auth/me')->header('x-request-id'), $id,
		    'another is not';
	}
};

subtest 'two users in turn: nothing of one reaches the other' => sub {
	my %who = map { $_ => $sark->login($_) } qw(dev viewer);
	my $wrong = 0;

	for (1 .. 300) {
		for my $name (sort keys %who) {
			my $me = $who{$name}->get('/api/v1/auth/me')->json;
			$wrong++ if $me->{username} ne $name;
		}
	}
	is $wrong, 0, 'FCGI-10 six hundred answers';
};

subtest 'no secret in a log' => sub {
	my $token = $admin->token;
	my $all = join '', map { $sark->log($_) }
	    qw(login registry policy audit status);

	like $all, qr/event=request/, 'control: requests are logged';
	unlike $all, qr/\Q$token\E/, 'G6 no token';
	unlike $all, qr/correct horse/, 'G6 no password';
	unlike $all, qr/[^\n\x20-\x7e\x80-\xff]/, 'no control byte';
};

done_testing;
