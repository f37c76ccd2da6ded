# One suite behind every web server that etc/ has a sample for: lighttpd,
# nginx, Apache with mod_proxy_fcgi and with mod_fcgid; and, as far as one
# program goes, sark-status as plain CGI.

use v5.36;
use JSON::PP ();
use Sark;
use Sark::Apache;
use Sark::Client;
use Sark::FCGI;
use Sark::Lighttpd;
use Sark::Nginx;
use Sark::Skip;
use Sark::Tree qw(builddir spew);
use Sark::Wire;
use Test::More;

need($_) for qw(lighttpd nginx apache2);
for my $module (qw(apache2/modules/mod_fcgid lighttpd/mod_openssl)) {
	skip_all("$module is not installed") if !-e "/usr/lib/$module.so";
}

my @programs = qw(admin login refresh registry policy audit status);
my $sark = Sark->start(@programs, { web => 0, conf => {
	trusted_proxies => ['127.0.0.2'], metrics_allow => ['127.0.0.1'] } });
my ($temp, $json) = ($sark->temp, JSON::PP->new->utf8->canonical);
my ($curl, $openssl) = map { need($_) } qw(curl openssl);
my $mega = 1024 * 1024;
my ($login, $evaluate, $me) = map { "/api/v1/$_" }
    qw(auth/login/local policy/evaluate auth/me);

# Each program of the build in one folder, as they are installed: the web
# server's user may not be able to enter the build.
my $installed = $temp->mkdir('programs');
my $real = $temp->mkdir('real');
system('cp', '-L', '--', builddir() . '/.libs/libsarkcommon.so',
    (map { Sark::Tree::binary("sark-$_") } @programs), $real) == 0
    or die "cannot copy the programs\n";
spew("$installed/sark-$_", "#!/bin/sh\nLD_LIBRARY_PATH=$real " .
    "exec $real/sark-$_ \"\$@\"\n", 0755) for @programs;
$temp->give($installed, $real);

# The binary itself: a shell would hide a variable that stands twice in the
# environment.
my $cgi = <<"END";
server.modules += ( "mod_cgi", "mod_alias", "mod_setenv" )
alias.url = ( "/" => "$real/sark-status/" )
cgi.assign = ( "" => "" )
server.tag = ""
setenv.set-environment = ( "SARK_CONF" => "${\ $sark->conf }",
	"LD_LIBRARY_PATH" => "$real" )
END
my @here = (sockets => $sark->{sock}, tls => 1);
my @fcgid = (programs => $installed, conf => $sark->conf, tls => 1);
my %web = (
	lighttpd => sub { Sark::Lighttpd->new($temp, @here, @_) },
	nginx => sub { Sark::Nginx->new($temp, @here, @_) },
	proxy_fcgi => sub { Sark::Apache->new($temp, @here, @_) },
	fcgid => sub { Sark::Apache->new($temp, @fcgid, @_) },
	cgi => sub { Sark::Lighttpd->new($temp, config => $cgi, @_) },
);

sub request ($method, $target, $headers = '', $body = '') {
	return "$method $target HTTP/1.1\r\nHost: localhost\r\n" .
	    "$headers\r\n$body";
}

sub post ($target, $body, $headers = '') {
	return request('POST', $target, "Content-Type: application/json\r\n" .
	    'Content-Length: ' . length($body) . "\r\n$headers", $body);
}

sub chunks (@parts) {
	return join '', map { sprintf "%x\r\n%s\r\n", length, $_ } @parts, '';
}

sub chunked ($target, $body, $headers = '') {
	return request('POST', $target, "Content-Type: application/json\r\n" .
	    "Transfer-Encoding: chunked\r\n$headers", $body);
}

my $credentials = $json->encode({ username => 'dev',
	password => Sark::password('dev') });
my $live = request(GET => '/health/live');

# What web servers do by themselves, and so not all alike; sark-webserver(7)
# tells it.  Status and who gave it: S is SARK, W the web server.
my @unlike = (
	# request, its bytes; lighttpd nginx proxy_fcgi fcgid
	[ 'TRACE', request(TRACE => '/health'), qw(405S 405W 405W 405W) ],
	[ 'a path above the root', request(GET => '/../health'),
	    qw(400S 400W 400W 400W) ],
	[ 'a path with %00', request(GET => '/health%00'),
	    qw(400S 400W 404W 404W) ],
	[ 'an absolute target', request(GET => 'http://localhost/health'),
	    qw(200S 200S 400S 400S) ],
	[ 'an absolute target of another host',
	    request(GET => 'http://evil.example/health'),
	    qw(400W 200S 400S 400S) ],
	[ 'Host: a@b', "GET /health HTTP/1.1\r\nHost: a\@b\r\n\r\n",
	    qw(400W 400S 400W 400W) ],
	[ 'POST without a length', request(POST => $login),
	    qw(411W 415S 415S 415S) ],
	[ 'a chunked body', chunked($login, chunks($credentials)),
	    qw(200S 200S 200S 411W) ],
	[ '3 MB of body', post($evaluate, ' ' x 3_000_000),
	    qw(413W 413W 413W 413W) ],
	[ '3 MB of chunked body', chunked($evaluate, chunks(' ' x 3_000_000)),
	    qw(413W 413W 401S 411W) ],
	[ 'a request line of 20 kB', request(GET => '/health?' . 'a' x 20_000),
	    qw(414S 414W 414W 414W) ],
	[ 'headers of 40 kB', request(GET => '/health', 'X-A: ' .
	    'a' x 40_000 . "\r\n"), qw(431W 400W 400W 400W) ],
	[ 'a control byte in a header', request(GET => '/health',
	    "X-A: a\x01b\r\n"), qw(400W 400S 400W 400W) ],
	[ 'X-A-B and X_A_B', request(GET => '/health',
	    "X-A-B: 1\r\nX_A_B: 2\r\n"), qw(400S 200S 200S 200S) ],
	[ 'two of a header', request(GET => '/health',
	    "X-A: 1\r\nX-A: 2\r\n"), qw(200S 400S 200S 200S) ],
	[ 'two of Accept', request(GET => '/health',
	    "Accept: a/b\r\nAccept: c/d\r\n"), qw(200S 200S 200S 200S) ],
	[ 'Authorization twice', request(GET => $me,
	    "Authorization: Bearer a\r\n" x 2), qw(400S 400W 400S 400S) ],
);

# How many requests SARK has answered, whichever way they came.
sub seen () {
	my $metrics = Sark::FCGI->new($sark->socket('status'))
	    ->get('/metrics')->body;
	my $n = 0;

	while ($metrics =~ /^sark_requests_total\{([^}]*)\} (\d+)/mg) {
		$n += $2 if $1 !~ m{route="/metrics"};
	}
	return $n;
}

# All the answers to some bytes, and how many requests SARK saw in them.
sub exchange ($web, $bytes, $from = '127.0.0.1') {
	my $before = seen();
	my $wire = Sark::Wire->new($web->connect($from))->send($bytes);
	my @answers;

	while (my $answer = $wire->answer(@answers ? 0.3 : 20)) {
		push @answers, $answer;
	}
	return (seen() - $before, @answers);
}

sub one ($web, $bytes, $from = '127.0.0.1') {
	return Sark::Wire->new($web->connect($from))->send($bytes)->answer;
}

sub by ($answer) {
	return defined $answer->header('x-request-id') ? 'S' : 'W';
}

sub unlike_others ($web, $column) {
	for my $row (@unlike) {
		my ($name, $bytes, @want) = @$row;
		my ($seen, @answers) = exchange($web, $bytes);

		is join(' ', map { $_->status . by($_) } @answers),
		    $want[$column], $name;
		is $seen, $want[$column] =~ /S/ ? 1 : 0, '  seen by SARK';
	}
}

sub happy ($web) {
	my $stranger = Sark::Client->new(url => $web->url);
	my %as;

	for my $user (qw(dev officer)) {
		my $answer = $stranger->post($login, { username => $user,
		    password => Sark::password($user) });
		is $answer->status, 200, "login of $user";
		$as{$user} = Sark::Client->new(url => $web->url,
		    token => $answer->json->{access_token});
	}
	is $as{dev}->get($me)->json->{username}, 'dev', 'me';
	my $name = 'web' . ++(state $n);
	my $made = $as{dev}->post('/api/v1/servers', { name => $name,
	    transport => 'stdio', command => 'c',
	    tools => [ { name => "$name.get" } ] });
	is $made->status, 201, 'register';
	my $decision = $as{dev}->post($evaluate, { action => 'tool:invoke',
	    tool => "$name.get" });
	is $decision->json->{decision}, 'allow', 'evaluate';
	$sark->tool('sark-audit-load');
	my $event = $as{officer}->get('/api/v1/audit/events/' .
	    $decision->json->{audit_id});
	is $event->json->{resource} // $event->body, "$name.get", 'audit';
	is $stranger->get('/.well-known/jwks.json')->status, 200, 'keys';
	is $as{dev}->get('/api/v1/tools')->status, 200, 'tools';
	like $stranger->get('/docs')->header('content-type'), qr{^text/html},
	    'docs';
	return $as{dev}->token;
}

sub credentials ($web, $token) {
	my $with = sub ($headers) { one($web, request(GET => $me, $headers)) };

	is $with->("Authorization: Bearer $token\r\n")->status, 200,
	    'HTTP-09 a token arrives';
	refused $with->(''), 401, 'HTTP-09 without it 401';
	refused $with->("Authorization: Basic YTpi\r\n"), 401,
	    'HTTP-09 another scheme';
	refused $with->("Remote-User: admin\r\nX-User: admin\r\n"), 401,
	    'HTTP-07 no name is believed';
}

sub methods ($web) {
	my $wire = Sark::Wire->new($web->connect);
	my $ask = sub ($method, $target) {
		$wire->send(request($method, $target));
		return $wire->answer(20, head => $method eq 'HEAD');
	};

	my $answer = $ask->(HEAD => '/health/live');
	is $answer->status, 200, 'HEAD';
	my $length = length $ask->(GET => '/health/live')->body;
	is $answer->header('content-length'), $web->{name} eq 'proxy_fcgi'
	    ? undef : $length, 'has the length, if any, and no body';
	$answer = $ask->(OPTIONS => '/health/live');
	is $answer->status, 204, 'OPTIONS';
	like $answer->header('allow'), qr/\bGET\b/, 'says what is allowed';
	refused $answer = $ask->(DELETE => '/health/live'), 405, 'DELETE';
	like $answer->header('allow'), qr/\bGET\b/, 'and 405 too';
	refused $ask->(GET => '/nowhere'), 404, 'no such path';
	ok !$wire->closed(0.1), 'all on one connection, which stays open';
	for my $path ('/health%2flive', '/health/%6cive', '//health/live',
	    '/x/../health/live', '/health/live;a', '/health/./live',
	    '/%2e/health', '/health?a=%zz') {
		refused one($web, request(GET => $path)), 400, "HTTP-11 $path";
	}
}

sub bodies ($web, $token) {
	my $auth = "Authorization: Bearer $token\r\n";
	my $honest = $json->encode({ action => 'tool:invoke' });
	my $fill = sub ($n) { $honest . ' ' x ($n - length $honest) };

	is one($web, post($evaluate, $fill->($mega), $auth))->status, 200,
	    'a body of 1 MiB';
	refused one($web, post($evaluate, $fill->($mega + 1), $auth)), 413,
	    'HTTP-13 one byte more';
	is one($web, post($evaluate, $honest, $auth .
	    "Expect: 100-continue\r\n"))->status, 200, 'Expect: 100-continue';
	my $before = seen();
	my $cut = Sark::Wire->new($web->connect)->send(
	    substr post($login, $credentials . ' ' x 10), 0, -10);
	$cut->{socket}->shutdown(1);
	my $answer = $cut->answer;
	ok !$answer || $answer->status >= 400, 'HTTP-16 a body that is cut'
	    or diag $answer->status;
	is seen(), $before, 'is not acted upon';
}

# CL.TE and its like.  hidden is a request if the body is misread.
sub smuggling ($web, $target) {
	my $type = "Content-Type: application/json\r\n";
	my $n = length $live;
	my $te = 'Transfer-Encoding: chunked';
	my $ask = sub ($headers, $body) {
		return request(POST => $target, $type . $headers, $body) };
	my $cl = sub ($length) { "Content-Length: $length\r\n" };
	my @rows = (
		'HTTP-01 CL.TE' => $ask->($cl->(5 + $n) . "$te\r\n",
		    "0\r\n\r\n$live"),
		'HTTP-01 TE.CL' => $ask->("$te\r\n" . $cl->(4),
		    chunks($live)),
		'HTTP-01 TE.TE' => $ask->("$te\r\nTransfer-Encoding: " .
		    "identity\r\n", "0\r\n\r\n$live"),
		(map { ("HTTP-01 TE $_" => $ask->("Transfer-Encoding: $_\r\n" .
		    $cl->(5 + $n), "0\r\n\r\n$live")) }
		    'xchunked', ',chunked', "\xa0chunked", 'chunked, identity',
		    "\x0bchunked"),
		'HTTP-01 TE, a blank' => $ask->("Transfer-Encoding : chunked" .
		    "\r\n" . $cl->(5 + $n), "0\r\n\r\n$live"),
		'HTTP-02 two, unlike' => $ask->($cl->(0) . $cl->($n), $live),
		'HTTP-02 two, alike' => $ask->($cl->(2) . $cl->(2), '{}'),
		(map { ("HTTP-02 '$_'" => $ask->($cl->($_), $live)) }
		    '', '+1_0', '-48', '0x10', '1Z', "$n, $n", 2 ** 64 .'',
		    '18446744073709551616'),
		(map { ('HTTP-03 ' . s/[\r\n]/./gr => $ask->("$te\r\n",
		    "$_\r\n$live\r\n0\r\n\r\n")) } '0_2e', '0x5', '-1', "\r\r;",
		    'fffffffffffffffff', ''),
		'HTTP-03 bare LF' => $ask->("$te\r\n", "2\n{}\n0\n\n"),
		'HTTP-03 an end missing' => $ask->("$te\r\n", "2\r\n{}0\r\n" .
		    "\r\n$live"),
		'HTTP-04 trailers' => $ask->("$te\r\n", "2\r\n{}\r\n0\r\n" .
		    "Content-Length: $n\r\nConnection: close\r\n" .
		    "X-API-Key: sark_a_b\r\n\r\n"),
	);

	my ($seen, @answers) = exchange($web, $live . $live);
	is $seen, 2, 'control: two honest requests are two';
	is scalar @answers, 2, 'with two answers';
	while (my ($name, $bytes) = splice @rows, 0, 2) {
		($seen, @answers) = exchange($web, $bytes);
		my @status = map { $_->status } @answers;

		ok @status == 1 && ($seen == 1 && by($answers[0]) eq 'S' ||
		    $seen == 0 && $status[0] =~ /^(?:400|411|413|501)$/),
		    "$name: one request or none" or diag "seen $seen: @status";
		isnt $status[0], 401, 'no key out of a trailer'
		    if $name =~ /HTTP-04/;
	}
}

sub headers ($web) {
	my $id = 'mine-' . ++(state $n);
	my $answer = one($web, request(GET => '/health',
	    "X-Request-ID: $id\r\n"));

	is $answer->header('x-request-id'), $id, 'X-Request-ID is kept';
	is scalar @{ $answer->{headers}{$_} // [] }, 1, "WEB-06 one $_"
	    for qw(content-security-policy referrer-policy cache-control
	    x-content-type-options content-type);
	is $answer->header('strict-transport-security'), undef,
	    'no HSTS without TLS';
	unlike $answer->header('server') // '', qr/\d/, 'no version';
	like one($web, request(GET => '/health'))->header('x-request-id'),
	    qr/^[0-9a-f-]{36}$/, 'or made';
}

# Conditions and keys arrive, and their answers go out as SARK gave them.
sub conditions ($web, $token) {
	my $get = sub ($headers) {
		one($web, request(GET => '/api/openapi.json', $headers)) };
	my $tag = $get->('')->header('etag');
	my $server = '{"name":"keyed' . ++(state $n) . '","transport":"stdio","command":"c"}';
	my $make = sub () { one($web, post('/api/v1/servers', $server,
	    "Authorization: Bearer $token\r\nIdempotency-Key: \"c$n\"\r\n")) };

	like $tag, qr/^"[0-9a-f]{32}"$/, 'a strong tag';
	for my $list ($tag, qq{"x", W/$tag}, '*') {
		is $get->("If-None-Match: $list\r\n")->status, 304,
		    "If-None-Match: $list";
	}
	is $get->("If-None-Match: \"x\"\r\n")->status, 200, 'of another';
	is $get->("If-Match: $tag\r\n")->status, 200, 'If-Match';
	refused $get->("If-Match: \"x\"\r\n"), 412, 'or not';
	my ($first, $second) = ($make->(), $make->());
	is $first->status, 201, 'made by a key';
	is $second->body, $first->body, 'once';
	is $second->header('idempotent-replayed'), 'true', 'as it says';
}

# 127.0.0.2 is a trusted proxy, 127.0.0.1 is not; only 127.0.0.1 may have the
# metrics.
sub forwarded ($web) {
	my $ask = sub ($from, $header) {
		one($web, request(GET => '/metrics', $header), $from)->status };

	is $ask->('127.0.0.1', ''), 200, 'one who may';
	is $ask->('127.0.0.2', ''), 403, 'one who may not';
	is $ask->('127.0.0.1', "X-Forwarded-For: 192.0.2.1\r\n"), 200,
	    'HTTP-07 X-Forwarded-For of anybody is nothing';
	is $ask->('127.0.0.2', "X-Forwarded-For: $_->[0]\r\n"), $_->[1],
	    "HTTP-07 of a trusted proxy: $_->[0]"
	    for [ '127.0.0.1', 200 ], [ '192.0.2.1', 403 ],
	    [ '127.0.0.1, 192.0.2.1', 403 ], [ '192.0.2.1, 127.0.0.1', 200 ];
	is $ask->('127.0.0.2', "$_: 127.0.0.1\r\n"), 403, "HTTP-07 $_"
	    for 'X-Real-IP', 'Forwarded', 'Client-IP';
	isnt $ask->('127.0.0.2', join "\r\n", @$_, ''), 200,
	    "HTTP-05 HTTP-07 $_->[0] before the other" for
	    map { [ @$_ ], [ reverse @$_ ] } [ 'X-Forwarded-For: 192.0.2.1',
	    'X_Forwarded_For: 127.0.0.1' ];
}

sub audited_address ($web, $token) {
	my $ask = sub ($from) {
		my $answer = one($web, post($evaluate, '{"action":"a:b"}',
		    "Authorization: Bearer $token\r\n" .
		    "X-Forwarded-For: 203.0.113.7\r\n"), $from);
		my ($event) = $sark->events(id => $answer->json->{audit_id});
		return $event->{client_ip};
	};

	is $ask->('127.0.0.2'), '203.0.113.7', 'audited as the proxy says';
	is $ask->('127.0.0.1'), '127.0.0.1', 'audited as the peer';
}

# Sixteen connections at once, five requests each.
sub parallel ($web, $bytes) {
	my %ids;

	for my $round (1 .. 5) {
		my @wires = map { Sark::Wire->new($web->connect) } 1 .. 16;
		$wires[$_]->send($bytes =~ s/^Host:/X-Request-ID: r$round-$_\r
Host:/mr) for 0 .. $#wires;
		for my $wire (@wires) {
			my $answer = $wire->answer // next;
			$ids{$answer->header('x-request-id')}++
			    if $answer->status == 200;
		}
	}
	my @mine = grep { $ids{$_} } map { my $r = $_;
		map { "r$r-$_" } 0 .. 15 } 1 .. 5;
	is scalar @mine, 80, 'each of 80 requests has its own answer';
}

sub tls_fetch ($web, @args) {
	my ($rc, $out) = $temp->run([ $curl, '-sS', '-i', '--max-time', 20,
	    '--http1.1', '--cacert', $web->certificate, @args ]);
	my @hsts = $out =~ /^strict-transport-security: ([^\r\n]*)/mgi;

	return ($rc, $out, join '|', @hsts);
}

sub tls ($web) {
	my $url = $web->tls_url;
	my $year = 'max-age=31536000';
	my ($rc, $out, $hsts) = tls_fetch($web, "$url/health");

	is $rc, 0, 'TLS';
	like $out, qr{^HTTP/1.1 200}, 'answers';
	is $hsts, $year, 'WEB-06 HSTS, once';
	is +(tls_fetch($web, "$url/nowhere"))[2], $year, 'on SARK\'s 404';
	my $large = $temp->path('large');
	Sark::Tree::spew($large, ' ' x 3_000_000);
	($rc, $out, $hsts) = tls_fetch($web, '-H', 'Expect:', '--data-binary',
	    "\@$large", "$url$evaluate");
	like $out, qr{^HTTP/1.1 413}, 'the web server\'s own 413';
	is $hsts, $web->{name} eq 'lighttpd' ? '' : $year, 'has it too';
	for my $version (qw(1.2 1.3)) {
		($rc) = tls_fetch($web, "--tlsv$version", '--tls-max',
		    $version, "$url/health");
		is $rc, 0, "TLS $version";
	}
	my (undef, $said, $error) = $temp->run([ $openssl, 's_client',
	    '-connect', $url =~ s{https://}{}r, '-tls1_1', '-cipher',
	    'DEFAULT@SECLEVEL=0' ]);
	like $said . $error, qr/alert protocol version/, 'no TLS 1.1';
}

sub away ($web) {
	is one($web, $live)->status, 200, 'sark-status is there';
	$sark->stop_program('status');
	is one($web, $live)->status, 503, 'away: 503';
	is one($web, request(GET => '/api/v1/auth/providers'))->status, 200,
	    'the others are not';
	$sark->start_program('status');
	ok Sark::Temp->until('sark-status again', sub {
		one($web, $live)->status == 200 }), 'there again';
}

sub everywhere ($web) {
	subtest 'methods and paths' => sub { methods($web) };
	subtest 'headers' => sub { headers($web) };
	subtest 'X-Forwarded-For' => sub { forwarded($web) };
	subtest 'sixteen at once' => sub { parallel($web, $live) };
}

my @columns = qw(lighttpd nginx proxy_fcgi fcgid);
for my $column (0 .. $#columns) {
	my $name = $columns[$column];
	my $web = $web{$name}->(name => $name)->start;
	my $token;

	subtest "$name: a way through all programs" => sub {
		$token = happy($web) };
	subtest "$name" => sub {
		everywhere($web);
		subtest 'credentials' => sub { credentials($web, $token) };
		subtest 'conditions and keys' => sub {
			conditions($web, $token) };
		subtest 'bodies' => sub { bodies($web, $token) };
		subtest 'smuggling' => sub { smuggling($web, $login) };
		subtest 'the audited address' => sub {
			audited_address($web, $token) };
		subtest 'sixteen decisions at once' => sub {
			parallel($web, post($evaluate, '{"action":"a:b"}',
			    "Authorization: Bearer $token\r\n")) };
		subtest 'TLS' => sub { tls($web) };
		subtest 'its own' => sub { unlike_others($web, $column) };
		subtest 'away' => sub { away($web) } if $name ne 'fcgid';
	};
	$web->stop;
	next if $name !~ /fcgi/;
	$web = $web{$name}->(config => "<Location \"/\">\n" .
	    "CGIPassAuth Off\n</Location>\n")->start;
	is one($web, request(GET => $me, "Authorization: Bearer $token\r\n"))
	    ->status, 401, "$name: control: without CGIPassAuth no token";
	$web->stop;
}

subtest 'plain CGI' => sub {
	my $web = $web{cgi}->(name => 'cgi')->start;

	everywhere($web);
	refused one($web, post('/health', ' ' x ($mega + 1))), 405,
	    'HTTP-13 a body of more than 1 MiB: judged before it is read';
	refused one($web, post('/health', ' ' x 1000)), 405, 'of less';
	subtest 'smuggling' => sub { smuggling($web, '/health') };
	$web->stop;
};

done_testing;
