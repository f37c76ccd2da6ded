# Pages of other origins: which of them may call SARK, and what they may read,
# of every program and with every status.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use Sark;
use Sark::FCGI;
use Sark::Program;
use Sark::Temp;
use Test::More;

my $origin = 'https://ok.example';
my $sark = Sark->start(qw(login registry policy status), { conf => {
	cors_origins => [ $origin, 'http://localhost:3000' ] } });
my $admin = $sark->login('admin');
my %get = (login => '/api/v1/auth/me', registry => '/api/v1/servers',
	policy => '/api/v1/policy', status => '/health');

sub acao ($answer) {
	return $answer->header('access-control-allow-origin');
}

subtest 'WEB-05 controls: a listed origin is answered' => sub {
	for my $who (values(%get)) {
		my $answer = $admin->with(origin => $origin)->get($who);

		is $answer->status, 200, $who;
		is acao($answer), $origin, 'may be read';
		is $answer->header('vary'), 'Origin', 'Vary';
		like $answer->header('access-control-expose-headers'),
		    qr/\bX-Request-ID\b.*\bRetry-After\b/, 'with our headers';
		is $answer->header('access-control-allow-credentials'), undef,
		    'never with cookies';
	}
};

subtest 'WEB-05 no other origin' => sub {
	my @evil = ('https://evil', 'null', '*', 'https://ok.example.evil',
	    'https://evilok.example', 'http://ok.example',
	    'https://ok.example:8443', 'https://sub.ok.example',
	    "$origin, https://evil", "$origin/", uc $origin, '');

	for my $program (sort keys %get) {
		my $client = Sark::FCGI->new($sark->socket($program));
		for my $evil (@evil, undef) {
			my $answer = $client->get($get{$program}, token =>
			    $admin->token, defined $evil
			    ? (headers => { Origin => $evil }) : ());

			is $answer->status, 200, "WEB-05 $program " .
			    ($evil // 'none');
			is_deeply [ grep { /^access-control/ }
			    keys %{ $answer->{headers} } ], [], 'not answered';
			is $answer->header('vary'), 'Origin', 'Vary';
		}
		my $twice = $client->get($get{$program}, headers => { Origin =>
		    'https://evil' }, more_params => [ [ HTTP_ORIGIN =>
		    $origin ] ]);
		is $twice->status, 400, 'WEB-05 HTTP-05 two origins';
		is acao($twice), undef, 'and the second is not answered';
	}
};

subtest 'errors can be read, too' => sub {
	my $page = $sark->stranger->with(origin => $origin);
	my %ask = (
		401 => sub { $page->get('/api/v1/auth/me') },
		404 => sub { $page->get('/api/v1/servers/nowhere/x') },
		405 => sub { $page->delete('/api/v1/servers') },
		415 => sub { $page->with('content-type' => 'text/plain')
		    ->post('/api/v1/auth/login/local', 'x') },
		422 => sub { $page->post('/api/v1/auth/login/local', {}) },
		413 => sub { $page->post('/api/v1/auth/login/local',
		    { username => 'x' x 20_000 }) },
	);

	for my $status (sort keys %ask) {
		my $answer = $ask{$status}->();
		refused $answer, $status, "an error: $status";
		is acao($answer), $origin, 'may be read';
		is $answer->header('vary'), 'Origin', 'Vary';
	}
};

subtest 'a preflight needs no credential and reads none' => sub {
	my %ask = ('access-control-request-method' => 'POST',
	    'access-control-request-headers' => 'authorization,content-type');
	my $page = $sark->stranger->with(origin => $origin, %ask);
	my $answer = $page->send(OPTIONS => '/api/v1/servers');

	is $answer->status, 204, 'is answered';
	is acao($answer), $origin, 'the origin';
	is $answer->header('access-control-allow-methods'), 'GET, HEAD, POST',
	    'the methods of the route';
	is $answer->header('access-control-allow-headers'), 'Authorization, ' .
	    'Content-Type, X-API-Key, Idempotency-Key, If-Match, ' .
	    'If-None-Match, X-Request-ID, traceparent', 'the headers';
	is $answer->header('access-control-max-age'), 600, 'for ten minutes';
	is $answer->header('vary'), 'Origin', 'Vary';
	is $page->send(OPTIONS => '/api/v1/policy/evaluate')
	    ->header('access-control-allow-methods'), 'POST', 'of another';
	is $page->with(authorization => 'Bearer x.y.z')->send(OPTIONS =>
	    '/api/v1/servers')->status, 204, 'whoever asks';
	for my $evil ('https://evil', 'null') {
		$answer = $page->with(origin => $evil)->send(OPTIONS =>
		    '/api/v1/servers');
		is $answer->status, 204, "WEB-05 a preflight of $evil";
		is_deeply [ grep { /^access-control/ }
		    keys %{ $answer->{headers} } ], [], 'is told nothing';
	}
	is $page->send(OPTIONS => '/api/v1/nowhere')->status, 404,
	    'for a path that is none';
};

subtest 'no list, the default: no page of another origin' => sub {
	my $temp = Sark::Temp->new;
	my $status = Sark::Program->new($temp, 'sark-status')->start;
	my $answer = $status->client->get('/health', headers => {
	    Origin => $origin });

	is $answer->status, 200, 'control: it answers';
	is_deeply [ grep { /^(?:access-control|vary)/ }
	    keys %{ $answer->{headers} } ], [], 'without a word on origins';
	for my $wrong ('*', 'null', 'https://ok.example/') {
		my $bad = Sark::Program->new($temp, 'sark-status',
		    cors_origins => [ $wrong ]);
		my ($rc, undef, $err) = $bad->run('--config', $bad->conf,
		    '--check-config');
		is $rc, 78, "WEB-05 the setting '$wrong' is refused";
		like $err, qr/cors_origins.*\Q$wrong\E/, 'by its name';
	}
};

done_testing;
