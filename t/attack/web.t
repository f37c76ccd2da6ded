# WEB-03, 05..10, 12: what a browser could be made to do, as far as it goes
# without a login of browsers.

use v5.36;
use JSON::PP ();
use Sark::Attack;
use Sark::Client;
use Sark::Tree qw(slurp spew);
use Test::More;

my $sark = Sark::Attack->start;
my $json = JSON::PP->new->utf8->canonical;
my $admin = $sark->login('admin');
my $token = $admin->token;
my @posts = Sark::Attack::posts($sark);
my @gets = Sark::Attack::gets($sark);
my @guarded = Sark::Attack::guarded($sark);
my ($me) = @gets;
my $evil = '<img src=x onerror=alert(1)>';

sub ask ($route, $method, %opt) {
	return Sark::Attack::ask($sark, $route, $method => $route->[1], %opt);
}

sub post ($route, $body, %header) {
	return Sark::Attack::post($sark, $route, $body, %header);
}

sub each_get_answers () {
	accepted ask($_, 'GET'), "GET $_->[1]" for @gets;
}

# One answer of each status that can be had.
sub answers () {
	my $big = ' ' x 1_200_000;
	my ($made) = grep { $_->[1] eq '/api/v1/servers' } @posts;

	return (ask($me, 'GET'), post($made, $made->[2]->()),
	    post($posts[0], '{'), Sark::Attack::fcgi($sark, $me)->get($me->[1]),
	    Sark::Attack::ask($sark, $made, POST => $made->[1],
		json => $made->[2]->(), token => $sark->login('viewer')
		->token), Sark::Attack::ask($sark, $me, GET => '/nowhere'),
	    ask($me, 'DELETE'), post($posts[0], $big),
	    post($posts[0], '{}', 'Content-Type' => 'text/plain'),
	    post($posts[0], '{}'));
}

sub headers_of ($answer) {
	my $what = $answer->status;

	is $answer->header('x-content-type-options'), 'nosniff',
	    "$what: nosniff";
	is $answer->header('cache-control'), 'no-store', "$what: no-store";
	like $answer->header('content-security-policy'),
	    qr/frame-ancestors 'none'/, "$what: no frame";
	like $answer->header('content-security-policy'),
	    qr/default-src 'none'/, "$what: nothing is loaded";
	ok defined $answer->header('referrer-policy'), "$what: referrer";
	is $answer->header($_), undef, "$what: no $_"
	    for qw(server x-powered-by set-cookie);
	like $answer->header('x-request-id'), qr/^[A-Za-z0-9._-]+$/,
	    "$what: a request id";
	like $answer->header('content-type'),
	    qr{^application/(?:problem\+)?json}, "$what: JSON";
	unlike $answer->body, qr{/work|/usr|/etc|\.c:\d|libpq|redis|talloc},
	    "$what: nothing of the inside";
}

# The page made of another document, with markup where there is text.
sub docs_of ($text) {
	my $path = "$sark->{share}/openapi.json";
	my $before = slurp($path);
	my $document = $json->decode($before);

	$document->{info}{description} = $text;
	for my $item (values %{ $document->{paths} }) {
		$_->{summary} = $text for grep { ref $_ eq 'HASH' } values %$item;
	}
	spew($path, $json->encode($document));
	chmod 0644, $path;
	$sark->restart_program('status');
	my $page = Sark::Attack::fcgi($sark, ['status'])->get('/docs')->body;
	spew($path, $before);
	chmod 0644, $path;
	$sark->restart_program('status');
	Sark::Attack::remember($sark);
	return $page;
}

attacks(
	[ 'WEB-03', 'a request that a browser could be made to send', sub {
		for my $route (@posts) {
			my $body = $json->encode($route->[2]->());
			problem post($route, $body, 'Content-Type' => $_,
			    Origin => 'https://evil.example',
			    'Sec-Fetch-Site' => 'cross-site'), [ 415 ],
			    "$_: $route->[1]" for 'text/plain',
			    'application/x-www-form-urlencoded',
			    'multipart/form-data; boundary=a';
		}
		for my $route (@guarded, grep { $_->[0] ne 'login' } @posts) {
			my $answer = Sark::Attack::fcgi($sark, $route)->request(
			    ($route->[2] ? 'POST' : 'GET') => $route->[1],
			    $route->[2] ? (json => $route->[2]->()) : (),
			    headers => { Cookie => join '; ', map {
			    "$_=$token" } qw(__Host-sark session access_token
			    Authorization) });
			problem $answer, [ 401 ],
			    "no cookie is a credential: $route->[1]";
		}
	}, sub {
		accepted post($_, $_->[2]->()), $_->[1], $_->[3] for @posts;
	} ],
	[ 'WEB-05', 'other origins', sub {
		for my $origin ('https://evil.example', 'null',
		    'https://localhost.evil.example', 'https://evillocalhost',
		    'http://localhost', "https://a\x{ff}b", '*') {
			for my $method ('GET', 'OPTIONS') {
				my $answer = ask($me, $method, headers => {
				    Origin => $origin,
				    'Access-Control-Request-Method' => 'GET' });
				is $answer->header("access-control-allow-$_"),
				    undef, "$method for $origin: no $_"
				    for qw(origin credentials);
			}
		}
	}, sub {
		accepted ask($me, 'GET', headers => { Origin =>
		    'https://evil.example' }), 'whoever has the token may ask';
	} ],
	[ 'WEB-06', 'the headers of every answer', sub {
		my @answers = answers();
		is join(' ', map { $_->status } @answers),
		    '200 201 400 401 403 404 405 413 415 422',
		    'each of these statuses';
		headers_of($_) for @answers;
	}, sub {
		my $docs = Sark::Attack::fcgi($sark, ['status'])->get('/docs');
		unlike $docs->header('content-type'), qr/json/,
		    'control: the page is something else';
	} ],
	[ 'WEB-07', 'markup', sub {
		my $page = docs_of($evil);
		unlike $page, qr/\Q$evil\E/, 'in the document';
		like $page, qr/&lt;img src=x/, 'is text on the page';
		for my $route (@gets, [ status => '/docs' ]) {
			my $target = "$route->[1]?q=%3Cimg%20src=x%3E";
			unlike Sark::Attack::ask($sark, $route, GET => $target)
			    ->body, qr/<img/, "not reflected: $route->[1]";
			unlike Sark::Attack::ask($sark, $route, GET =>
			    "$route->[1]/%3Cimg%20src=x%3E")->body, qr/<img/,
			    "nor in the path: $route->[1]";
		}
	}, sub {
		like docs_of('plain words'), qr/plain words/,
		    'control: plain words are on the page';
	} ],
	[ 'WEB-08', 'JSON asked for as HTML', sub {
		for my $route (@gets) {
			my $answer = ask($route, 'GET', headers => {
			    Accept => 'text/html' });
			like $answer->header('content-type'),
			    qr{^application/(?:jwk-set\+)?json(?:;|$)},
			    $route->[1];
			problem Sark::Attack::ask($sark, $route, GET =>
			    "$route->[1].html"), [ 404 ], "$route->[1].html";
		}
	}, \&each_get_answers ],
	[ 'WEB-09', 'a page in a frame', sub {
		my $docs = Sark::Attack::fcgi($sark, ['status'])->get('/docs');
		like $docs->header('content-security-policy'),
		    qr/frame-ancestors 'none'/, 'the only page is in none';
		unlike $docs->header('content-security-policy'),
		    qr/unsafe-(?:inline|eval)[^;]*;?.*script|script-src[^;]*unsafe/,
		    'and runs no script that is not its own';
	}, sub {
		like +(Sark::Attack::fcgi($sark, ['status'])->get('/docs'))
		    ->header('content-type'), qr{^text/html},
		    'control: it is a page';
	} ],
	[ 'WEB-10', 'GET of what changes something', sub {
		for my $route (grep { $_->[1] !~ /servers$|sensitivity$/ ||
		    $_->[1] =~ /detect/ } @posts) {
			problem ask($route, $_), [ 405 ], "$_ $route->[1]"
			    for 'GET', 'PUT', 'DELETE';
		}
		my $before = $sark->psql('SELECT count(*) FROM sark.server');
		Sark::Attack::ask($sark, $posts[1], GET => "$posts[1][1]?" .
		    'name=x&transport=stdio&command=c');
		is $sark->psql('SELECT count(*) FROM sark.server'), $before,
		    'a GET registers nothing';
	}, sub {
		accepted post($_, $_->[2]->()), $_->[1], $_->[3] for @posts;
	} ],
	[ 'WEB-12', 'a path that looks as if it could be kept', sub {
		for my $route (@guarded) {
			for my $tail ('/x.css', '%2fx.js', ';x.png', '.css',
			    '%00.png', '%3f.js') {
				my $answer = Sark::Attack::ask($sark, $route,
				    GET => $route->[1] . $tail);
				# 405: below it there is what can be deleted
				problem $answer, [ 400, 404, 405 ],
				    $route->[1] . $tail;
				is $answer->header('cache-control'),
				    'no-store', 'no-store';
			}
		}
	}, \&each_get_answers ],
);
unharmed($sark);

done_testing;
