# HTTP-05..08, 10..13, 15, 17..22: requests that no honest client sends.

use v5.36;
use IO::Socket::INET;
use JSON::PP ();
use Sark::Attack;
use Sark::FCGI;
use Sark::Skip;
use Sark::Temp;
use Sark::Wire;
use Test::More;

my $sark = Sark::Attack->start;
my $admin = $sark->login('admin');
my $token = $admin->token;
my $json = JSON::PP->new->utf8->canonical;
my @posts = Sark::Attack::posts($sark);
my @gets = Sark::Attack::gets($sark);
my @guarded = Sark::Attack::guarded($sark);
my ($me) = @gets;
my ($evaluate) = grep { $_->[0] eq 'policy' } @posts;

sub ask ($route, $method, $target, %opt) {
	return Sark::Attack::ask($sark, $route, $method, $target, %opt);
}

sub post ($route, $body, %header) {
	return Sark::Attack::post($sark, $route, $body, %header);
}

# Without the token of an admin.
sub stranger ($route, $method, %opt) {
	return Sark::Attack::fcgi($sark, $route)->request($method =>
	    $route->[1], %opt);
}

sub each_get_answers () {
	accepted ask($_, GET => $_->[1]), "GET $_->[1]" for @gets;
}

sub each_guarded_answers () {
	accepted ask($_, GET => $_->[1]), "GET $_->[1]" for @guarded;
}

sub each_post_answers () {
	accepted post($_, $_->[2]->()), "POST $_->[1]", $_->[3] for @posts;
}

# A listener on loopback, its address, and how many have come to it.
sub trap () {
	my $listen = IO::Socket::INET->new(Listen => 16, Blocking => 0,
	    LocalAddr => '127.0.0.1') or die "trap: $!\n";

	return ($listen, 'http://127.0.0.1:' . $listen->sockport);
}

sub trapped ($listen) {
	my $n = 0;

	$n++ while $listen->accept;
	return $n;
}

my ($trap, $trap_url) = trap();
my %proxies = map { $_ => $trap_url } qw(http_proxy HTTP_PROXY https_proxy
	HTTPS_PROXY all_proxy ALL_PROXY);

sub httpoxy () {
	accepted ask($me, GET => $me->[1], headers => { Proxy => $trap_url }),
	    'a request that names a proxy';
	my ($rc, $out, $err) = $sark->temp->run([ Sark::Tree::program(
	    'sarkctl'), '--url', $sark->url, 'status' ], env => \%proxies);
	is $rc, 0, 'a tool finds SARK itself' or diag $out, $err;
	is trapped($trap), 0, 'nobody asked the proxy';
}

sub one_that_obeys () {
	my $pid = $sark->temp->spawn(name => 'curl', command => [ need('curl'),
	    '-s', '-m', 60, 'http://sark.invalid/' ], env => {
	    http_proxy => $trap_url, no_proxy => '' });

	ok eval { Sark::Temp->until('curl', sub { trapped($trap) }, 30) },
	    'control: curl goes to the proxy';
	Sark::Temp->end($pid);
}

attacks(
	[ 'HTTP-05', 'a header and its double with an underscore', sub {
		for my $route (@guarded) {
			problem ask($route, GET => $route->[1], more_params =>
			    [ [ HTTP_AUTHORIZATION => "Bearer $token" ] ]),
			    [ 400 ], $route->[1];
			problem ask($route, GET => $route->[1], more_params =>
			    [ [ HTTP_X_A => 1 ], [ HTTP_X_A => 2 ] ]), [ 400 ],
			    "another header: $route->[1]";
		}
	}, \&each_guarded_answers ],
	[ 'HTTP-06', 'httpoxy', \&httpoxy, \&one_that_obeys ],
	[ 'HTTP-07', 'who one says one is', sub {
		for my $name ('Remote-User', 'X-User', 'X-Forwarded-User',
		    'X-Original-URL') {
			problem stranger($_, 'GET', headers => {
			    $name => 'admin' }), [ 401 ], "$name: $_->[1]"
			    for @guarded;
		}
		ask($evaluate, POST => $evaluate->[1], json =>
		    $evaluate->[2]->(), headers => { map { $_ => '10.9.8.7' }
		    'X-Forwarded-For', 'X-Real-IP', 'Forwarded' });
		is_deeply [ $sark->events(client_ip => '10.9.8.7') ], [],
		    'no event has the address that was made up';
	}, sub {
		each_guarded_answers();
		isnt scalar($sark->events(client_ip => '127.0.0.1')), 0,
		    'control: events have the peer\'s';
	} ],
	[ 'HTTP-08', 'two of a kind', sub {
		for my $route (@guarded) {
			my $twice = "Bearer $token, Bearer $token";
			problem stranger($route, 'GET', headers => {
			    Authorization => $twice }), [ 400 ],
			    "Authorization: $route->[1]";
			problem ask($route, GET => $route->[1], headers => {
			    Host => 'a.example, b.example' }), [ 400 ],
			    "Host: $route->[1]";
		}
		problem post($_, $_->[2]->(), 'Content-Type' =>
		    'application/json, application/json'), [ 400, 415 ],
		    "Content-Type: $_->[1]" for @posts;
	}, \&each_guarded_answers ],
	[ 'HTTP-10', 'bytes that are no text', sub {
		for my $route (@gets) {
			problem ask($route, GET => "$route->[1]$_"),
			    [ 400, 404 ], unpack('H*', $_) . " $route->[1]"
			    for '%00', '%0d%0aX:1', "\x01", "\x80", '%ff';
		}
		for my $byte ("\0", "\r", "\n", "\r\nX-B: 1", "\x1b", "\x7f") {
			problem ask($me, GET => $me->[1], headers => {
			    'X-A' => "a${byte}b" }), [ 400 ], 'a header with '
			    . unpack 'H*', $byte;
		}
		for my $text ("a\r\nSet-Cookie: b=c", "a\nX: y", "a\x85b",
		    '%0d%0aSet-Cookie:b=c') {
			my $answer = ask($me, GET => $me->[1], headers => {
			    'X-Request-ID' => $text });
			is $answer->header('set-cookie'), undef,
			    'no header of theirs: ' . unpack 'H*', $text;
			is scalar(grep { index($_, $text) >= 0 }
			    map { @$_ } values %{ $answer->{headers} }), 0,
			    'nor the text';
		}
	}, \&each_get_answers ],
	[ 'HTTP-11', 'a path that is not canonical', sub {
		for my $route (@gets) {
			my $path = $route->[1];
			problem ask($route, GET => $_), [ 400, 404 ], $_
			    for "/$path", "$path/", "$path;x=1",
			    "$path/..;/x", "/.$path", "/x/..$path",
			    $path =~ s{/}{/%2e/}r, $path =~ s{/}{/%2e%2e/}r,
			    "$path%2f", "$path/.", "$path/x/..",
			    $path =~ s{(.)$}{sprintf '%%%02x', ord $1}er,
			    $path =~ s{/}{\\}r, uc($path);
		}
	}, \&each_get_answers ],
	[ 'HTTP-12', 'methods', sub {
		for my $route (@gets) {
			my $path = $route->[1];
			problem ask($route, $_ => $path), [ 400, 405 ],
			    substr($_, 0, 10) . " $path" for 'TRACE',
			    # that one ends the session, as it should
			    ('DELETE') x ($path ne '/api/v1/auth/sessions'),
			    'get', 'G=":<>', 'PROPFIND', 'X' x 10_000;
			my $head = ask($route, HEAD => $path);
			is $head->body, '', "HEAD $path has no body";
		}
		for my $route (@guarded) {
			is stranger($route, 'HEAD')->status, 401,
			    "HEAD by nobody: $route->[1]";
			my $options = stranger($route, 'OPTIONS');
			unlike $options->body, qr/items|user|server/,
			    "OPTIONS tells nothing: $route->[1]";
			is $options->header('x-user'), undef, 'nor who asks';
		}
		problem ask($evaluate, GET => $evaluate->[1], headers => {
		    $_ => 'POST' }), [ 405 ], $_ for 'X-HTTP-Method-Override',
		    'X-Method-Override', 'X-HTTP-Method';
		problem ask($evaluate, GET => "$evaluate->[1]?_method=POST"),
		    [ 405 ], '_method';
	}, sub {
		is ask($_, HEAD => $_->[1])->status, 200,
		    "control: HEAD $_->[1]" for @gets;
	} ],
	[ 'HTTP-13', 'a body beyond the limit', sub {
		problem post($_, ' ' x 1_200_000), [ 413 ], $_->[1] for @posts;
	}, \&each_post_answers ],
	[ 'HTTP-15', 'clients that hang up amid an upload', sub {
		my $body = 'Content-Type: application/json' .
		    "\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":";
		for (1 .. 200) {
			my $wire = Sark::Wire->new($sark->lighttpd->connect);
			$wire->send("POST $evaluate->[1] HTTP/1.1\r\n" .
			    "Host: a\r\nAuthorization: Bearer $token\r\n$body");
			$wire->{socket}->shutdown($_ % 2 ? 1 : 2);
		}
		for (1 .. 200) {
			my $fcgi = Sark::FCGI->new($sark->socket('policy'));
			my $half = $fcgi->encode(POST => $evaluate->[1],
			    token => $token, json => $evaluate->[2]->());
			my $socket = $fcgi->begin(substr $half, 0, -30);
			$socket->shutdown($_ % 2 ? 1 : 2);
		}
		pass 'two hundred, twice';
	}, sub {
		is $admin->post($evaluate->[1], $evaluate->[2]->())->status,
		    200, 'control: one who stays' for 1 .. 8;
	} ],
	[ 'HTTP-17', 'a body that is not said to be JSON', sub {
		for my $route (@posts) {
			my $honest = $json->encode($route->[2]->());
			problem post($route, $honest, 'Content-Type' => $_),
			    [ 415 ], "$_: $route->[1]" for 'text/plain',
			    'application/json;charset=utf-16',
			    'multipart/form-data; boundary=a',
			    'application/jsonx', 'text/json', '';
			problem ask($route, POST => $route->[1],
			    body => $honest), [ 415 ], "none: $route->[1]";
		}
		my $parts = join '', map { "--a\r\nContent-Disposition: " .
		    "form-data; name=\"p$_\"\r\n\r\n1\r\n" } 1 .. 10_000;
		problem post($evaluate, $parts, 'Content-Type' =>
		    'multipart/form-data; boundary=a'), [ 415 ],
		    'ten thousand parts';
	}, \&each_post_answers ],
	[ 'HTTP-18', 'too much of a query', sub {
		for my $route (@gets) {
			problem ask($route, GET => "$route->[1]?" .
			    'a' x 70_000), [ 400, 414, 431 ],
			    "long: $route->[1]";
			problem ask($route, GET => "$route->[1]?" . join '&',
			    map { "p$_=1" } 1 .. 10_000), [ 400, 414, 422, 431 ],
			    "many: $route->[1]";
		}
		problem ask($gets[3], GET => "$gets[3][1]?limit=1&limit=2"),
		    [ 400, 422 ], 'twice';
	}, \&each_get_answers ],
	[ 'HTTP-19', 'another host', sub {
		problem ask($_, GET => "http://evil.example$_->[1]"), [ 400 ],
		    "absolute: $_->[1]" for @gets;
		for my $host ('a@b', 'evil.example:99999', 'a b', '[::1',
		    'evil.example/x', '') {
			my $answer = ask($me, GET => $me->[1], headers => {
			    Host => $host }, params => { SERVER_NAME => $host });
			unlike join("\n", map { @$_ }
			    values %{ $answer->{headers} }) . $answer->body,
			    qr/evil/, "'$host' comes back nowhere";
		}
	}, \&each_get_answers ],
	[ 'HTTP-20', 'a packed body', sub {
		problem post($_, $_->[2]->(), 'Content-Encoding' => 'gzip'),
		    [ 415 ], $_->[1] for @posts;
	}, \&each_post_answers ],
	[ 'HTTP-21', 'ranges and tags by the thousand', sub {
		my $ranges = 'bytes=' . join ',', map { "$_-$_" } 1 .. 5_000;
		my $tags = join ', ', map { "\"$_\"" } 1 .. 5_000;
		for my $route (@gets) {
			my $answer = ask($route, GET => $route->[1],
			    headers => { Range => $ranges });
			is $answer->status, 200, "Range: $route->[1]";
			is $answer->header('content-range'), undef, 'no part';
			like ask($route, GET => $route->[1], headers => {
			    $_ => $tags })->status, qr/^(?:200|400|412|431)$/,
			    "$_: $route->[1]" for 'If-Match', 'If-None-Match';
		}
	}, \&each_get_answers ],
	[ 'HTTP-22', 'headers for the log and the trail', sub {
		my $odd = "\e[2J\e]0;x\a" . '${jndi:ldap://127.0.0.1/a}%n%s';
		for my $name ('Accept', 'Accept-Language', 'User-Agent') {
			problem ask($me, GET => $me->[1], headers => {
			    $name => 'x' x 70_000 }), [ 400, 431 ],
			    "$name of 70,000 bytes";
			problem ask($me, GET => $me->[1], headers => {
			    $name => $odd }), [ 400 ], "$name with escapes";
		}
		my $agent = '${jndi:ldap://127.0.0.1/a}%n%s"\\' . 'x' x 9_000;
		accepted ask($evaluate, POST => $evaluate->[1], json =>
		    $evaluate->[2]->(), headers => { 'User-Agent' => $agent }),
		    'a long one';
		my ($event) = grep { ($_->{user_agent} // '') =~ /jndi/ }
		    $sark->events;
		ok $event, 'it is in the trail';
		cmp_ok length $event->{user_agent}, '<', 2_000, 'cut short';
		is index($agent, substr $event->{user_agent}, 0, 40), 0,
		    'and as it came';
	}, \&each_get_answers ],
);
unharmed($sark);

done_testing;
