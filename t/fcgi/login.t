#!/usr/bin/perl
# sark-login: login with a password, the account, the providers, the keys.

use v5.36;
use Digest::SHA qw(sha256_hex);
use JSON::PP;
use MIME::Base64 qw(decode_base64url);
use Test::More;

use Sark;

my $sark = Sark->start('login', { conf => { session_limit => 5 } });
my $stranger = $sark->stranger;
my $path = '/api/v1/auth/login/local';

sub login ($user, $password = Sark::password($user), %more) {
	return $stranger->post($path,
	    { username => $user, password => $password, %more });
}

# What is the same for every refused login, byte by byte.
sub seen ($answer) {
	my %headers = %{ $answer->{headers} };
	my $body = $answer->body;

	delete @headers{qw(x-request-id date traceparent
	    x-ratelimit-remaining x-ratelimit-reset)};
	$body =~ s/"request_id":"[^"]+"/"request_id":"?"/;
	return JSON::PP->new->canonical->encode(
	    [ $answer->status, \%headers, $body ]);
}

sub sessions ($where = 'revoked_at IS NULL') {
	return $sark->psql('SELECT count(*) FROM sark.session s'
	    . " JOIN sark.users u USING (user_id) WHERE $where");
}

sub records () {
	return scalar split /\n/, $sark->redis->cli('--scan', '--pattern',
	    'refresh_token:user:*');
}

subtest 'a login gives tokens' => sub {
	my $answer = login('dev', Sark::password('dev'), otp => '123456');
	my $tokens = $answer->json;

	is $answer->status, 200, 'status';
	is $answer->header('cache-control'), 'no-store', 'is not kept';
	is_deeply [ sort keys %$tokens ], [ qw(access_token expires_in
	    refresh_expires_in refresh_token token_type user) ], 'members';
	is $tokens->{token_type}, 'Bearer', 'type';
	is $tokens->{expires_in}, 3600, 'life of the access token';
	is $tokens->{refresh_expires_in}, 604800, 'life of the refresh token';

	my $user = $tokens->{user};
	is $user->{username}, 'dev', 'username';
	is_deeply $user->{roles}, ['developer'], 'roles';
	is_deeply [ grep { /^(?:server:register|policy:evaluate)$/ }
	    @{ $user->{permissions} } ], [qw(policy:evaluate server:register)],
	    'permissions';
	is $user->{provider}, 'local', 'provider';
	is $user->{mfa}, JSON::PP::false, 'mfa';

	my ($header, $claims) = map { decode_json(decode_base64url($_)) }
	    (split /\./, $tokens->{access_token})[0, 1];
	is_deeply [ @$header{qw(alg typ)} ], [qw(ES256 at+jwt)], 'header';
	is $claims->{iss}, 'http://localhost', 'iss';
	is $claims->{aud}, 'sark', 'aud';
	is $claims->{sub}, $user->{user_id}, 'sub';
	is $claims->{exp} - $claims->{iat}, 3600, 'exp';
	is_deeply $claims->{amr}, ['pwd'], 'amr';
	ok defined $claims->{$_}, $_ for qw(jti sid nbf auth_time teams
	    managed_teams email name provider);
	ok !exists $claims->{agent}, 'no agent';

	my $event = $sark->audited('authentication_success', $claims->{sid},
	    actor => 'dev', client_ip => '127.0.0.1', outcome => 'success');
	is $event->{actor_id}, $user->{user_id}, 'the event names the user';
	is $event->{request_id}, $answer->header('x-request-id'),
	    'and the request';
	is $sark->psql("SELECT last_login_at IS NOT NULL FROM sark.users"
	    . " WHERE username = 'dev'"), 't', 'last login is kept';
};

subtest 'a refresh token is nowhere but with the client' => sub {
	my $tokens = login('operator')->json;
	my ($text) = $tokens->{refresh_token} =~ /^srt_([A-Za-z0-9_-]{107})$/
	    or return fail('the form of a refresh token');
	my ($session, $id, $secret) = unpack 'H32 H32 a32',
	    decode_base64url($text);
	my $uuid = sub ($hex) {
		return join '-', unpack 'A8 A4 A4 A4 A12', $hex;
	};
	my $key = "refresh_token:user:$tokens->{user}{user_id}:" . $uuid->($id);
	my $record = $sark->redis->cli('GET', $key);

	is $sark->psql("SELECT session_id FROM sark.session WHERE token_id = '"
	    . $uuid->($id) . "'"), $uuid->($session), 'it holds its session';
	like $record, qr/^[A-Za-z0-9_-]{100,}$/, 'the record is sealed';
	unlike decode_base64url($record), qr/operator|session_id/,
	    'and shows nothing';
	cmp_ok $sark->redis->cli('TTL', $key), '>', 604790, 'for 7 days';
	is $sark->psql('SELECT secret_hash FROM sark.session WHERE token_id'
	    . " = '" . $uuid->($id) . "'"), sha256_hex($secret),
	    'the row holds the hash of the secret';
};

subtest 'whoever is refused learns nothing' => sub {
	$sark->add_user('gone', 'viewer');
	$sark->tool('sark-user', 'disable', 'gone');
	$sark->add_user('elsewhere', 'viewer');
	$sark->psql("UPDATE sark.users SET provider = 'ldap'"
	    . " WHERE username = 'elsewhere'");
	my $before = sessions();
	my %refused = (
		wrong_password => login('dev', 'not the password'),
		unknown_user => login('nobody-here'),
		disabled => login('gone'),
		other_provider => login('elsewhere'),
	);
	refused $refused{wrong_password}, 401, 'invalid_credentials', 'wrong';
	for my $why (sort keys %refused) {
		is seen($refused{$why}), seen($refused{wrong_password}),
		    "$why: the same answer";
		my @events = $sark->events(request_id =>
		    $refused{$why}->header('x-request-id'));
		is scalar @events, 1, "$why: one event";
		is $events[0]{type}, 'authentication_failure', 'its type';
		is $events[0]{reason}, $why, 'its reason';
		is $events[0]{actor}, $refused{$why}->request->{username},
		    'and whom it is about';
	}
	is sessions(), $before, 'no session';
	is login('dev')->status, 200, 'control: the right password';
	$sark->tool('sark-user', 'enable', 'gone');
	is login('gone')->status, 200, 'control: enabled again';
};

subtest 'one session too many drops the oldest' => sub {
	$sark->add_user('many', 'viewer');
	my @tokens = map { login('many')->json } 1 .. 6;
	my @sids = map { decode_json(decode_base64url(
	    (split /\./, $_->{access_token})[1]))->{sid} } @tokens;

	is sessions("username = 'many' AND revoked_at IS NULL"), 5, 'five';
	is $sark->psql('SELECT revoke_reason FROM sark.session WHERE'
	    . " session_id = '$sids[0]'"), 'session_limit', 'the first is over';
	$sark->audited('session_dropped', $sids[0], actor => 'many');
	is scalar(() = $sark->redis->cli('--scan', '--pattern',
	    "refresh_token:user:$tokens[0]{user}{user_id}:*") =~ /\S+/g), 5,
	    'five records';
};

subtest 'the account of the caller' => sub {
	my $dev = $sark->login('dev');
	my $me = $dev->get('/api/v1/auth/me');

	is $me->status, 200, 'me';
	is_deeply $me->json, login('dev')->json->{user}, 'the same user object';
	refused $stranger->get('/api/v1/auth/me'), 401, 'unauthenticated',
	    'a stranger has none';
	like $stranger->get('/api/v1/auth/me')->header('www-authenticate'),
	    qr/^Bearer/, 'WWW-Authenticate';
	my $broken = $dev->token =~ s/(.{20})$/reverse $1/er;
	refused $dev->with(authorization => "Bearer $broken")
	    ->get('/api/v1/auth/me'), 401, 'invalid_token', 'a broken token';
};

subtest 'providers and keys' => sub {
	my $providers = $stranger->get('/api/v1/auth/providers')->json;

	is_deeply [ sort keys %{ $providers->{providers}[0] } ],
	    [qw(id login_url name type)], 'members of a provider';
	is $providers->{providers}[0]{login_url}, $path, 'where to log in';
	my $keys = $stranger->get('/.well-known/jwks.json');
	is $keys->header('cache-control'), 'public, max-age=300', 'cacheable';
	my ($key) = @{ $keys->json->{keys} };
	is_deeply [ @$key{qw(kty crv alg use)} ], [qw(EC P-256 ES256 sig)],
	    'a P-256 key';
	ok !exists $key->{d}, 'without its private half';
	refused $stranger->post('/api/v1/auth/login/ldap',
	    { username => 'a', password => 'b' }), 404, 'provider_disabled',
	    'no directory';
};

subtest 'PostgreSQL away' => sub {
	my $records = records();

	$sark->without(postgresql => sub {
		refused login('dev'), 503, 'the right password';
		refused login('dev', 'wrong'), 503, 'a wrong one';
		ok login('dev')->header('retry-after'), 'Retry-After';
	});
	sleep 1;	# a worker asks an absent server twice a second
	is login('dev')->status, 200, 'back, without a restart';
	cmp_ok records(), '<=', $records + 1, 'no record was left behind';
};

subtest 'Redis away' => sub {
	my $before = sessions('true');

	$sark->without(redis => sub {
		refused login('dev'), 503, 'the right password';
		refused login('dev', 'wrong'), 503, 'a wrong one alike';
	});
	is sessions('true'), $before, 'no session came to be';
	sleep 1;
	is login('dev')->status, 200, 'back, without a restart';
};

subtest 'no secret in the log' => sub {
	my $log = $sark->log('login');
	my $tokens = login('viewer')->json;

	like $log, qr/invalid_credentials/, 'control: there is a log';
	unlike $log, qr/\Q@{[ Sark::password('dev') ]}\E|staple/, 'no password';
	unlike $sark->log('login'), qr/\Q$tokens->{$_}\E/, "no $_"
	    for qw(access_token refresh_token);
	unlike $log, qr/not the password/, 'no wrong password';
};

done_testing;
