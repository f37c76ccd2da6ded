# JWT-01, 02, 05, 08, 18, 20, 22..24, 26, 27 against the programs as they run:
# tokens that were never issued, and tokens that come another way.  What is
# wrong inside a token is held, row by row, by t/lib/crypto/jwt_test.c.

use v5.36;
use Digest::SHA 'hmac_sha256';
use JSON::PP ();
use MIME::Base64 qw(encode_base64url decode_base64url);
use Sark::Attack;
use Sark::Skip;
use Sark::Tree qw(slurp spew);
use Test::More;

my $openssl = need('openssl');
my $sark = Sark::Attack->start;
my $json = JSON::PP->new->utf8->canonical;
my $token = $sark->login('dev')->token;
my ($header, $claims, $signature) = split /\./, $token;
my @guarded = Sark::Attack::guarded($sark);
my ($me) = @guarded;
# What an operator may.
my @mine = grep { $_->[1] =~ m{/me$|/servers$} } @guarded;
my ($key) = @{ $sark->stranger->get('/.well-known/jwks.json')->json->{keys} };
my $point = decode_base64url($key->{x}) . decode_base64url($key->{y});

sub with ($bearer, $route = $me) {
	return Sark::Attack::fcgi($sark, $route)->get($route->[1],
	    defined $bearer ? (token => $bearer) : ());
}

# Twice: the first try must leave nothing that the second would find.
sub forged ($bearer, $what) {
	$what =~ s/[^ -~]/?/g;
	problem with($bearer), [ 401 ], $what;
	problem with($bearer), [ 401 ], "$what, again";
}

sub genuine () {
	accepted with($token), 'the token as it was issued';
}

sub each_genuine () {
	accepted with($sark->login('admin')->token, $_), $_->[1] for @guarded;
}

sub part ($data) {
	return encode_base64url($json->encode($data));
}

# The header of the genuine token with other members.
sub header_with (%more) {
	return part({ %{ $json->decode(decode_base64url($header)) }, %more });
}

sub hmac ($head, $secret) {
	my $text = "$head.$claims";

	return "$text." . encode_base64url(hmac_sha256($text, $secret));
}

sub by_openssl (@args) {
	my ($rc, undef, $err) = $sark->temp->run([ $openssl, @args ]);

	die "openssl @args: $err" if $rc != 0;
}

my $rsa = $sark->temp->path('rsa.pem');
by_openssl('genrsa', '-out', $rsa, '2048');

# A signature of RSA over text, however the digest is wrapped.
sub rsa_token ($head, @options) {
	my $text = spew($sark->temp->path('rsa.text'), "$head.$claims");
	my $out = $sark->temp->path('rsa.out');

	by_openssl('dgst', '-sha256', '-sign', $rsa, @options, '-out', $out,
	    $text);
	return "$head.$claims." . encode_base64url(slurp($out));
}

# The SubjectPublicKeyInfo of the published key, and its PEM (RFC 5480).
my $spki = pack('H*', '3059301306072a8648ce3d020106082a8648ce3d03010703420004')
	. $point;
my $pem = "-----BEGIN PUBLIC KEY-----\n" . join("\n", unpack '(a64)*',
	MIME::Base64::encode_base64($spki, '')) . "\n-----END PUBLIC KEY-----\n";
my %public = (PEM => $pem, 'PEM, no newline' => $pem =~ s/\n\z//r,
	'blank and PEM' => " $pem", DER => $spki, point => "\4$point",
	'x and y' => $point, JWK => $json->encode($key));
# The first of every list of secrets that people have found in the wild.
my @weak = ('', ' ', "\0", 'secret', 'Secret', 'password', 'changeme', 'key',
	'jwt', 'jwt_secret', 'your-256-bit-secret', 'your_jwt_secret',
	'supersecret', 'super-secret-key', 'mysecret', 'test', '123456',
	'qwerty', 'admin', 'sark', 'default', 'development', 'shhhhh',
	'AllYourBase', 'gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr9C',
	'hard!to-guess_secret', 'C2s7GnTmqKbzUYxzdqfS', 'has a van',
	'-----BEGIN PUBLIC KEY-----', 'a' x 32, '0' x 32, '0' x 64);

sub elsewhere () {
	for my $route (@guarded) {
		my $path = $route->[1];
		problem Sark::Attack::fcgi($sark, $route)->get(
		    "$path?access_token=$token"), [ 401, 422 ],
		    "in the query: $path";
		problem Sark::Attack::fcgi($sark, $route)->get($path,
		    headers => { Cookie => "access_token=$token" }), [ 401 ],
		    "in a cookie: $path";
		problem Sark::Attack::fcgi($sark, $route)->get($path, token =>
		    $token, headers => { 'X-API-Key' => 'sark_test_x' }),
		    [ 400 ], "with an API key: $path";
		problem with(undef, $route), [ 401 ], "none: $path";
	}
}

sub schemes () {
	for my $route (@guarded) {
		for my $value ("Bearer  $token", "Bearer\t$token", $token,
		    'Bearer', 'Bearer ', 'Basic YTpi', "Bearer $token ",
		    "Bearer $token, Bearer $token", "Bearer $token,",
		    "Token $token", "Bearer=$token") {
			problem Sark::Attack::fcgi($sark, $route)->get(
			    $route->[1], headers => { Authorization =>
			    $value }), [ 400, 401 ], "$route->[1]: " .
			    substr($value, 0, 8);
		}
	}
}

attacks(
	[ 'JWT-01', 'no signature', sub {
		for my $alg (qw(none NONE nOnE), '', undef, 256) {
			my $head = header_with(alg => $alg);
			forged("$head.$claims.", 'none');
			forged("$head.$claims", 'two parts');
			forged("$head.$claims.$signature", 'the genuine one');
		}
	}, \&genuine ],
	[ 'JWT-02', 'the public key as an HMAC key', sub {
		forged(hmac(header_with(alg => 'HS256'), $public{$_}), $_)
		    for sort keys %public;
	}, \&genuine ],
	[ 'JWT-05', 'another algorithm', sub {
		forged(header_with(alg => $_) . ".$claims.$signature", $_) for
		    qw(ES384 ES512 ES256K EdDSA RS512 PS256 HS256 es256);
	}, \&genuine ],
	[ 'JWT-08', 'a kid that leads elsewhere', sub {
		forged(header_with(kid => $_) . ".$claims.$signature",
		    substr $_, 0, 20) for '../../dev/null', '/etc/hostname',
		    "' OR 1=1--", '|id', "a\0b", "\r\nSET x 1", '*', 'x' x 4000,
		    "$key->{kid}.pub", "../keys/$key->{kid}", '';
		is $sark->redis->cli('EXISTS', 'x'), 0, 'Redis has no x';
	}, \&genuine ],
	[ 'JWT-18', 'huge tokens', sub {
		problem with('A' x $_), [ 400, 401, 431 ], "$_ bytes"
		    for 8_193, 60_000, 1_000_000;
		problem with("$header." . 'A' x 9_000 . ".$signature"),
		    [ 401 ], 'three parts';
	}, \&genuine ],
	[ 'JWT-20', 'an encrypted token', sub {
		forged(part({ alg => 'dir', enc => 'A128GCM' }) .
		    '..AAAA.AAAA.AAAA', 'five parts');
		forged(part({ alg => 'PBES2-HS256+A128KW', p2c => 1e9,
		    p2s => 'AAAA', enc => 'A128CBC-HS256' }) .
		    '.AAAA.AAAA.AAAA.AAAA', 'a billion rounds');
		forged(header_with(zip => 'DEF') . ".$claims.$signature", 'zip');
	}, \&genuine ],
	# RSA is no algorithm here; whoever signs with it signs for nothing.
	[ 'JWT-22', 'RSA', sub {
		my $head = header_with(alg => 'RS256');
		forged(rsa_token($head), 'PKCS #1 v1.5');
		forged(rsa_token(header_with(alg => 'PS256'), '-sigopt',
		    'rsa_padding_mode:pss'), 'PSS');
		forged(rsa_token($header), 'said to be ES256');
		forged("$head.$claims." . encode_base64url("\0\1" .
		    "\xff" x 202 . "\0" . pack('H*', '3031300d0609608648016503'
		    . '04020105000420') . "\0" x 32), 'DigestInfo in the open');
	}, \&genuine ],
	[ 'JWT-23', 'a signature cut, longer, changed', sub {
		my $raw = decode_base64url($signature);
		for my $bad (substr($raw, 0, 32), substr($raw, 0, 63),
		    "$raw\0", $raw x 2, '', "\0" x 64, "\xff" x 64,
		    scalar reverse $raw) {
			forged("$header.$claims." . encode_base64url($bad),
			    length($bad) . ' bytes');
		}
		for my $at (0, 31, 32, 63) {
			my $bad = $raw;
			substr($bad, $at, 1) ^.= "\1";
			forged("$header.$claims." . encode_base64url($bad),
			    "byte $at");
		}
	}, \&genuine ],
	[ 'JWT-24', 'secrets that everybody knows', sub {
		my $head = header_with(alg => 'HS256');
		forged(hmac($head, $_), "'$_'") for @weak;
		forged(hmac($header, $_), "'$_', said to be ES256") for @weak;
	}, \&genuine ],
	[ 'JWT-25', 'a user disabled, a session ended', sub {
		my $gone = $sark->login_again('operator')->token;
		accepted with($gone, $_), $_->[1] for @mine, @mine;
		$sark->tool('sark-user', 'disable', 'operator');
		problem with($gone, $_), [ 401 ], "disabled: $_->[1]" for @mine;
		$sark->tool('sark-user', 'enable', 'operator');
		problem with($gone, $_), [ 401 ], "his session: $_->[1]"
		    for @mine;
	}, sub {
		accepted with($sark->login_again('operator')->token, $_),
		    $_->[1] for @mine;
	} ],
	[ 'JWT-26', 'a token elsewhere than in the header', \&elsewhere,
	    \&each_genuine ],
	[ 'JWT-27', 'schemes', \&schemes, sub {
		for my $scheme (qw(bearer BEARER bEaReR)) {
			accepted Sark::Attack::fcgi($sark, $me)->get($me->[1],
			    headers => { Authorization => "$scheme $token" }),
			    $scheme;
		}
	} ],
);
is $sark->stranger->get('/.well-known/jwks.json')->json->{keys}[0]{alg},
    'ES256', 'ES256 is what is published';
unharmed($sark);

done_testing;
