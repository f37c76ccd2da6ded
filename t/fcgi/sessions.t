#!/usr/bin/perl
# sark-refresh: sessions and their end.

use v5.36;
use JSON::PP;
use MIME::Base64 qw(decode_base64url);
use Sark;
use Test::More;

my $sark = Sark->start(qw(login refresh), { conf => { session_limit => 5 } });

sub enter ($user) {
	return $sark->stranger->post('/api/v1/auth/login/local',
	    { username => $user, password => Sark::password($user) })->json;
}

sub as ($tokens) {
	return Sark::Client->new(url => $sark->url,
	    token => $tokens->{access_token});
}

sub claims ($tokens) {
	return decode_json(decode_base64url(
	    (split /\./, $tokens->{access_token})[1]));
}

# Live sessions and records of a user.
sub live ($tokens) {
	my $id = $tokens->{user}{user_id};
	my @records = split /\n/, $sark->redis->cli('--scan', '--pattern',
	    "refresh_token:user:$id:*");

	return $sark->psql('SELECT count(*) FROM sark.session WHERE user_id ='
	    . " '$id' AND revoked_at IS NULL") . ' ' . @records;
}

sub generation ($tokens) {
	return $sark->redis->cli('GET',
	    "policy:generation:user:$tokens->{user}{user_id}");
}

subtest 'logout' => sub {
	my $stays = enter('dev');
	my $goes = enter('dev');
	my $before = generation($goes);
	my $answer = as($goes)->post('/api/v1/auth/logout');

	is $answer->status, 200, 'it ends the session';
	is_deeply $answer->json, { success => JSON::PP::true }, 'and says so';
	is live($stays), '1 1', 'that one and no other';
	refused as($goes)->get('/api/v1/auth/me'), 401, 'invalid_token',
	    'its access token is dead, here at another program';
	is as($stays)->get('/api/v1/auth/me')->status, 200, 'the other is not';
	isnt generation($goes), $before, 'whoever remembers the user asks anew';
	my $event = $sark->audited('session_ended', undef, actor => 'dev',
	    reason => 'logout', action => 'session:end', severity => 'low');
	is $event->{program}, 'sark-refresh', 'by this program';
	is $sark->psql('SELECT revoke_reason FROM sark.session WHERE'
	    . " session_id = '$event->{resource}'"), 'logout', 'its row';

	refused $sark->stranger->post('/api/v1/auth/logout'), 401,
	    'unauthenticated', 'a stranger has no session';
	for my $store (qw(postgresql redis)) {
		$sark->without($store => sub {
			refused as($stays)->post('/api/v1/auth/logout'), 503,
			    "no $store, no logout";
		});
		like live($stays), qr/^1 /, 'and nothing has ended';
	}
	is as($stays)->post('/api/v1/auth/logout')->status, 200,
	    'control: it works again';
	is live($stays), '0 0', 'the last one';
};

my $list = '/api/v1/auth/sessions';

subtest 'the list' => sub {
	my @tokens = map { enter('operator') } 1 .. 3;
	my $me = as($tokens[1]);
	my $page = $me->get($list)->json;
	my @ids = map { claims($_)->{sid} } reverse @tokens;

	is_deeply [ map { $_->{session_id} } @{ $page->{items} } ], \@ids,
	    'one\'s own sessions, newest first';
	is_deeply [ map { $_->{current} ? 1 : 0 } @{ $page->{items} } ],
	    [ 0, 1, 0 ], 'the current one';
	my $one = $page->{items}[1];
	is $one->{client_ip}, '127.0.0.1', 'from where';
	is $one->{user_agent}, 'sark-test', 'by what';
	is $one->{last_used_at}, $one->{created_at}, 'not used yet';
	is_deeply $one->{amr}, ['pwd'], 'how he came in';

	my $elsewhere = $sark->stranger->with('user-agent' => 'sark-test2');
	$elsewhere->post('/api/v1/auth/refresh',
	    { refresh_token => $tokens[1]{refresh_token} });
	my $used = $me->get($list)->json->{items}[1];
	is $used->{user_agent}, 'sark-test2', 'a refresh is a use';
	cmp_ok $used->{last_used_at}, 'gt', $one->{last_used_at}, 'its time';
	is $used->{created_at}, $one->{created_at}, 'it was created when it was';

	my $first = $me->get("$list?limit=2")->json;
	ok $first->{has_more}, 'a page of two';
	my $second = $me->get("$list?cursor=$first->{next_cursor}")->json;
	is_deeply [ map { $_->{session_id} } map { @{ $_->{items} } } $first,
	    $second ], \@ids, 'and the rest';
	is $second->{next_cursor}, undef, 'which is all';

	my $viewer = as(enter('viewer'));
	refused $viewer->get("$list?cursor=$first->{next_cursor}"), 400,
	    'invalid_cursor', 'the cursor of another';
	is scalar @{ $viewer->get($list)->json->{items} }, 1,
	    'and another sees his own';
	refused $me->get("$list?limit=0"), 422, 'limit out of range';
	refused $sark->stranger->get($list), 401, 'unauthenticated', 'a stranger';
	$sark->without(postgresql => sub {
		refused $me->get($list), 503, 'no PostgreSQL, no list';
	});
};

subtest 'one of them' => sub {
	my ($mine, $other) = map { enter('viewer') } 1, 2;
	my $foreign = enter('dev');
	my $sid = claims($other)->{sid};
	my $before = generation($mine);

	refused as($mine)->delete("$list/$_"), 404, 'not_found', "ending $_"
	    for claims($foreign)->{sid}, 'x', "$sid'", '01980000-0000-7000-8000-000000000000';
	is live($foreign), '1 1', 'another\'s goes on';
	is as($mine)->delete("$list/$sid")->status, 204, 'one of one\'s own';
	isnt generation($mine), $before, 'for every program';
	$sark->audited('session_ended', $sid, reason => 'ended', actor => 'viewer');
	refused as($mine)->delete("$list/$sid"), 404, 'not_found', 'once';
	ok !grep({ $_->{session_id} eq $sid }
	    @{ as($mine)->get($list)->json->{items} }), 'it is in no list';
	refused $sark->stranger->post('/api/v1/auth/refresh',
	    { refresh_token => $other->{refresh_token} }), 401,
	    'invalid_refresh_token', 'its refresh token is dead';
	for my $store (qw(postgresql redis)) {
		$sark->without($store => sub {
			refused as($mine)->delete("$list/" .
			    claims($mine)->{sid}), 503, "no $store, no end";
		});
	}
	is as($mine)->get($list)->status, 200, 'control: nothing has ended';
};

subtest 'all of them' => sub {
	my @tokens = map { enter('officer') } 1 .. 3;
	my $foreign = enter('admin');

	is_deeply as($tokens[0])->delete($list)->json, { revoked => 3 },
	    'as many as there are';
	is live($tokens[0]), '0 0', 'none is left';
	refused as($_)->get($list), 401, 'invalid_token',
	    'nor an access token' for @tokens;
	is live($foreign), '1 1', 'but those of others';
	is scalar($sark->events(type => 'session_ended', actor => 'officer',
	    reason => 'all_ended')), 3, 'an event each';
	for my $store (qw(postgresql redis)) {
		$sark->without($store => sub {
			refused as($foreign)->delete($list), 503,
			    "no $store, no end";
		});
	}
	like live($foreign), qr/^1 /, 'and nothing has ended';
};

subtest 'revocation' => sub {
	my $revoke = '/api/v1/auth/revoke';
	my ($mine, $other) = map { enter('dev') } 1, 2;
	my $foreign = enter('operator');
	my %said;

	for my $token ($foreign->{refresh_token}, 'unknown') {
		my $answer = as($mine)->post($revoke,
		    { refresh_token => $token });
		is $answer->status, 200, 'a token that is not his';
		$said{ $answer->body }++;
	}
	is $sark->stranger->post('/api/v1/auth/refresh', { refresh_token =>
	    $foreign->{refresh_token} })->status, 200, 'works as before';
	my $next = $sark->stranger->post('/api/v1/auth/refresh',
	    { refresh_token => $other->{refresh_token} })->json;
	for my $store (qw(postgresql redis)) {
		$sark->without($store => sub {
			refused as($mine)->post($revoke, { refresh_token =>
			    $next->{refresh_token} }), 503,
			    "no $store, no revocation";
		});
	}
	my $answer = as($mine)->post($revoke,
	    { refresh_token => $other->{refresh_token} });
	$said{ $answer->body }++;
	is_deeply \%said, { '{"success":true}' => 3 }, 'all are told the same';
	$sark->audited('session_ended', claims($other)->{sid},
	    reason => 'token_revoked');
	refused $sark->stranger->post('/api/v1/auth/refresh', { refresh_token =>
	    $next->{refresh_token} }), 401, 'invalid_refresh_token',
	    'the live token of that session is dead';
	is as($mine)->get($list)->status, 200, 'his other session goes on';
	refused $sark->stranger->post($revoke, { refresh_token => 'x' }), 401,
	    'unauthenticated', 'a stranger';
	refused as($mine)->post($revoke, {}), 422, '/refresh_token', 'no token';
};

subtest 'a sixth login' => sub {
	my @tokens = map { enter('service') } 1 .. 5;
	my $before = generation($tokens[0]) // '';
	my $sixth = enter('service');

	is live($sixth), '5 5', 'five sessions';
	isnt generation($sixth), $before, 'the oldest ends for every program';
	refused as($tokens[0])->get('/api/v1/auth/me'), 401, 'invalid_token',
	    'with its access token';
	refused $sark->stranger->post('/api/v1/auth/refresh', { refresh_token =>
	    $tokens[0]{refresh_token} }), 401, 'invalid_refresh_token',
	    'so does its refresh token';
};

done_testing;
