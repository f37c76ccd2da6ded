#!/usr/bin/perl
# sark-refresh for resource servers beside SARK: what a token is (RFC 7662), and
# the end of its session (RFC 7009); and the bodies of both, which are forms.

use v5.36;
use JSON::PP;
use MIME::Base64 qw(decode_base64url);
use Sark;
use Test::More;

my $sark = Sark->start(qw(login refresh));
my ($introspect, $revoke) = map { "/api/v1/auth/$_" } qw(introspect token/revoke);
my %form = ('content-type' => 'application/x-www-form-urlencoded');
my $admin = $sark->login('admin')->with(%form);

sub enter ($user) {
	return $sark->stranger->post('/api/v1/auth/login/local',
	    { username => $user, password => Sark::password($user) })->json;
}

sub claims ($tokens) {
	return decode_json(decode_base64url(
	    (split /\./, $tokens->{access_token})[1]));
}

sub state_of ($token) {
	my $answer = $admin->post($introspect, "token=$token");

	is $answer->status, 200, 'introspected' or diag $answer->body;
	return $answer->json;
}

sub inactive ($token, $name) {
	is_deeply state_of($token), { active => JSON::PP::false }, $name;
}

subtest 'an access token' => sub {
	my $tokens = enter('dev');
	my ($state, $claims) = (state_of($tokens->{access_token}),
	    claims($tokens));

	is $state->{active}, JSON::PP::true, 'active';
	is $state->{$_}, $claims->{$_}, $_
	    for qw(sub sid iss aud exp iat nbf jti auth_time username);
	is $state->{token_type}, 'Bearer', 'token_type';
	is_deeply $state->{roles}, ['developer'], 'roles';
	like $state->{scope}, qr/^(?:[a-z*:_]+ )*server:register(?: |$)/,
	    'scope';

	$sark->stranger->with(authorization => "Bearer $tokens->{access_token}")
	    ->post('/api/v1/auth/logout');
	inactive($tokens->{access_token}, 'of a session that is over');
	inactive(substr($tokens->{access_token}, 0, -1) . '!', 'a bent one');
};

subtest 'a refresh token' => sub {
	my $first = enter('operator');
	my $state = state_of($first->{refresh_token});

	is $state->{active}, JSON::PP::true, 'the live one';
	is $state->{refresh}, JSON::PP::true, 'says what it is';
	is $state->{sid}, claims($first)->{sid}, 'and of which session';
	my $second = $sark->stranger->post('/api/v1/auth/refresh',
	    { refresh_token => $first->{refresh_token} })->json;
	inactive($first->{refresh_token}, 'one that was used up');
	is state_of($second->{refresh_token})->{active}, JSON::PP::true,
	    'the next';
	$sark->psql("UPDATE sark.users SET disabled_at = now()"
	    . " WHERE username = 'operator'");
	inactive($second->{$_}, "of a disabled user: $_")
	    for qw(refresh_token access_token);
	$sark->psql("UPDATE sark.users SET disabled_at = NULL"
	    . " WHERE username = 'operator'");
	inactive($_, 'no token') for 'x', 'srt_' . 'A' x 107, 'a.b.c';
};

subtest 'revocation' => sub {
	for my $kind (qw(access_token refresh_token)) {
		my $tokens = enter('viewer');
		my $answer = $admin->post($revoke,
		    "token=$tokens->{$kind}&token_type_hint=whatever");

		is $answer->status, 200, $kind;
		is_deeply $answer->json, { success => JSON::PP::true },
		    'as for every token';
		$sark->audited('session_ended', claims($tokens)->{sid},
		    reason => 'token_revoked', actor => 'admin');
		refused $sark->stranger->post('/api/v1/auth/refresh',
		    { refresh_token => $tokens->{refresh_token} }), 401,
		    'invalid_refresh_token', 'the refresh token is dead';
		refused $sark->stranger->with(authorization =>
		    "Bearer $tokens->{access_token}")->get('/api/v1/auth/me'),
		    401, 'invalid_token', 'and the access token';
	}
	is $admin->post($revoke, 'token=unknown')->status, 200,
	    'the same for what is no token';
};

subtest 'who may' => sub {
	my $dev = $sark->login('dev')->with(%form);

	for my $path ($introspect, $revoke) {
		refused $dev->post($path, 'token=x'), 403, 'forbidden',
		    "$path: without the permission";
		refused $sark->stranger->with(%form)->post($path, 'token=x'),
		    401, 'unauthenticated', "$path: a stranger";
	}
};

subtest 'forms' => sub {
	my $token = enter('dev')->{access_token};

	is $admin->post($introspect, "resource=https%3A%2F%2Fa%20b&token=" .
	    join('', map { sprintf '%%%02x', ord } split //, $token) .
	    '&token_type_hint=')->json->{active}, JSON::PP::true,
	    'escapes, unknown and empty parameters';
	refused $admin->post($introspect, $_->[0]), 400, 'bad_request', $_->[1]
	    for ['', 'nothing'], ['token=', 'an empty token'],
	    ['token=a&token=b', 'a token twice'], ['token', 'no value'],
	    ['token=%', 'a bad escape'], ['token=%00', 'a NUL'],
	    ["token=a\0b", 'a raw NUL'], ['token=%ff', 'no UTF-8'],
	    ['token=' . 'a' x 8193, 'a long one'], ['{"token":"x"}', 'JSON'];
	refused $admin->with('content-type' => 'application/json')
	    ->post($introspect, { token => $token }), 415, 'JSON by its name';
	refused $admin->with('content-type' => undef)->post($introspect,
	    'token=x'), 415, 'no type';
	refused $admin->post($introspect, 'token=' . '%61' x 12000), 413,
	    'a body beyond the limit';
	refused $sark->stranger->with(%form)->post('/api/v1/auth/refresh',
	    'refresh_token=x'), 415, 'a form where JSON is expected';
	like $admin->post($introspect, 'a=b')->json->{detail},
	    qr/^token is required/, 'it is said what is wrong';
};

subtest 'stores away' => sub {
	my $tokens = enter('dev');

	for my $path ($introspect, $revoke) {
		$sark->without(postgresql => sub {
			refused $admin->post($path,
			    "token=$tokens->{access_token}"), 503,
			    "$path: no PostgreSQL";
		});
	}
	$sark->without(redis => sub {
		refused $admin->post($revoke, "token=$tokens->{access_token}"),
		    503, 'no Redis, no revocation';
	});
	is state_of($tokens->{access_token})->{active}, JSON::PP::true,
	    'control: it goes on';
};

done_testing;
