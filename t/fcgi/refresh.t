#!/usr/bin/perl
# sark-refresh: new tokens for a refresh token, and what is made of old ones.

use v5.36;
use Digest::SHA qw(sha256_hex);
use IO::Select;
use JSON::PP;
use MIME::Base64 qw(decode_base64url encode_base64url);
use Sark;
use Test::More;

# a busy machine is no reason to be too late
my $sark = Sark->start(qw(login refresh), { conf => { refresh_grace_s => 60 } });
my $path = '/api/v1/auth/refresh';

sub enter ($user = 'dev') {
	return $sark->stranger->post('/api/v1/auth/login/local',
	    { username => $user, password => Sark::password($user) })->json;
}

sub refresh ($token, $client = $sark->stranger) {
	return $client->post($path,
	    { refresh_token => ref $token ? $token->{refresh_token} : $token });
}

sub dead ($token, $name) {
	refused refresh($token), 401, 'invalid_refresh_token', $name;
}

sub claims ($tokens) {
	return decode_json(decode_base64url(
	    (split /\./, $tokens->{access_token})[1]));
}

# A column of the session.
sub row ($tokens, $what) {
	return $sark->psql("SELECT $what FROM sark.session WHERE session_id = '"
	    . claims($tokens)->{sid} . "'");
}

sub set_row ($tokens, $what) {
	$sark->psql("UPDATE sark.session SET $what WHERE session_id = '"
	    . claims($tokens)->{sid} . "'");
}

# The grace of the last rotation is over.
sub later ($tokens) {
	set_row($tokens, "rotated_at = rotated_at - interval '60.1 s'");
}

sub keys_like ($pattern) {
	return sort split /\n/, $sark->redis->cli('--scan', '--pattern', $pattern);
}

sub generation ($tokens) {
	return $sark->redis->cli('GET',
	    "policy:generation:user:$tokens->{user}{user_id}");
}

subtest 'a refresh gives new tokens' => sub {
	my $old = enter();
	my $answer = refresh($old);
	my $new = $answer->json;

	is $answer->status, 200, 'status';
	is_deeply [ sort keys %$new ], [ sort keys %$old ],
	    'the members of a login';
	isnt $new->{refresh_token}, $old->{refresh_token}, 'another token';
	is $new->{refresh_expires_in}, 604800, 'for as long';
	is $new->{expires_in}, 3600, 'and an access token';
	is_deeply $new->{user}, $old->{user}, 'of the same user';
	my ($before, $after) = map { claims($_) } $old, $new;
	is $after->{$_}, $before->{$_}, $_ for qw(sub sid auth_time);
	is_deeply $after->{amr}, ['pwd'], 'amr';
	isnt $after->{jti}, $before->{jti}, 'jti';

	my $event = $sark->audited('token_refreshed', $after->{sid},
	    actor => 'dev', action => 'token:refresh', severity => 'low',
	    client_ip => '127.0.0.1', program => 'sark-refresh');
	is $event->{request_id}, $answer->header('x-request-id'),
	    'the event names the request';
	is $sark->psql("SELECT count(*) FROM sark.audit_sequence WHERE id ="
	    . " '$event->{id}'"), 1, 'and has its place in the trail';
	is row($new, 'rotations'), 1, 'one rotation';
	is refresh($new)->status, 200, 'the new token goes on';
};

subtest 'a token is nowhere but with the client' => sub {
	my $new = refresh(enter('operator'))->json;
	my ($text) = $new->{refresh_token} =~ /^srt_([A-Za-z0-9_-]{107})$/
	    or return fail('the form of a refresh token');
	my ($session, $id, $secret) = unpack 'H32 H32 a32 a16',
	    decode_base64url($text);
	my $uuid = sub ($hex) {
		return join '-', unpack 'A8 A4 A4 A4 A12', $hex;
	};
	my $user_id = $new->{user}{user_id};
	my $key = "refresh_token:user:$user_id:" . $uuid->($id);
	my $successor = 'refresh_token:successor:' . $uuid->($id);

	unlike decode_base64url($text), qr/\Q${\ pack 'H*', $user_id =~ s{-}{}gr}/,
	    'it does not hold the user';
	is $uuid->($session), claims($new)->{sid}, 'it is of its session';
	is row($new, 'token_id'), $uuid->($id), 'which has it as the live one';
	is row($new, 'secret_hash'), sha256_hex($secret), 'by its hash';
	is_deeply [ keys_like("refresh_token:user:$user_id:*") ], [ $key ],
	    'one record, that of the live token';
	cmp_ok $sark->redis->cli('TTL', $key), '>', 604700, 'for 7 days';
	cmp_ok $sark->redis->cli('TTL', $successor), '<=', 65,
	    'the successor goes with the grace';
	for my $value (map { $sark->redis->cli('GET', $_) } $key, $successor) {
		like $value, qr/^[A-Za-z0-9_-]{100,}$/, 'sealed';
		unlike $value . decode_base64url($value),
		    qr/operator|srt_|\Q$secret\E|\Q$text\E/, 'and shows nothing';
	}
};

subtest 'the user as he is now' => sub {
	$sark->add_user('promoted', 'viewer');
	my $tokens = enter('promoted');

	$sark->tool('sark-user', 'roles', '--role', 'developer', 'promoted');
	$tokens = refresh($tokens)->json;
	is_deeply $tokens->{user}{roles}, ['developer'], 'his new roles';
	is_deeply claims($tokens)->{roles}, ['developer'], 'in the token, too';
	ok grep({ $_ eq 'server:register' } @{ $tokens->{user}{permissions} }),
	    'and permissions';

	# Disabled behind everybody's back, so that his sessions go on.
	my $before = generation($tokens);
	$sark->psql("UPDATE sark.users SET disabled_at = now()"
	    . " WHERE username = 'promoted'");
	dead $tokens, 'who is disabled gets none';
	is row($tokens, 'revoke_reason'), 'user_disabled', 'his session ends';
	isnt generation($tokens), $before, 'for every program';
	$sark->audited('session_ended', claims($tokens)->{sid},
	    reason => 'user_disabled', severity => 'medium');
};

subtest 'grace' => sub {
	my $first = enter();
	my $second = refresh($first)->json;
	my $again = refresh($first);

	is $again->status, 200, 'the token before the live one, soon';
	is $again->json->{refresh_token}, $second->{refresh_token},
	    'gets the live one once more';
	is row($first, 'rotations'), 1, 'which is no rotation';
	isnt $again->json->{access_token}, $second->{access_token},
	    'with an access token of its own';
	$sark->audited('token_refreshed', claims($first)->{sid},
	    reason => 'grace');

	$sark->redis->cli('FLUSHALL');
	dead $first, 'what Redis has lost cannot be given again';
	is row($first, 'revoked_at IS NULL'), 't', 'that ends nothing';
	my $third = refresh($second);
	is $third->status, 200, 'the live token goes on without Redis\' help';

	dead $first, 'two before the live one is reuse, however soon';
	is row($first, 'revoke_reason'), 'refresh_reuse', 'the session is over';
	dead $third->json, 'and its live token';
};

subtest 'reuse' => sub {
	my $other = enter();
	my $first = enter();
	my $second = refresh($first)->json;
	my $before = generation($first);

	later($first);
	dead $first, 'after the grace the token before is reuse';
	my $event = $sark->audited('refresh_reuse', claims($first)->{sid},
	    severity => 'high', outcome => 'failure', actor => 'dev');
	is $event->{action}, 'session:end', 'it ends the session';
	dead $second, 'with its live token';
	refused Sark::Client->new(url => $sark->url, token =>
	    $second->{access_token})->get('/api/v1/auth/me'), 401,
	    'invalid_token', 'and its access tokens';
	isnt generation($first), $before, 'for every program';
	is refresh($other)->status, 200, 'no other session';
	dead $first, 'and again';
	is scalar($sark->events(type => 'refresh_reuse',
	    resource => claims($first)->{sid})), 1, 'it is told once';
};

subtest 'its time' => sub {
	my $tokens = enter();

	set_row($tokens, "expires_at = now() + interval '1 h'");
	$tokens = refresh($tokens)->json;
	is row($tokens, "expires_at > now() + interval '167 h'"), 't',
	    'it is put off by each use';
	set_row($tokens, "created_at = now() - interval '719.5 h'");
	$tokens = refresh($tokens)->json;
	cmp_ok $tokens->{refresh_expires_in}, '<=', 1800, 'up to a limit';
	cmp_ok $tokens->{expires_in}, '<=', 1800, 'no access token goes beyond';
	my $claims = claims($tokens);
	cmp_ok $claims->{exp} - $claims->{iat}, '<=', 1800, 'as it says itself';
	set_row($tokens, "created_at = now() - interval '720.1 h'");
	dead $tokens, 'beyond the limit there is nothing';
	is row($tokens, 'revoked_at IS NULL'), 't', 'its time is over, no more';

	$tokens = enter();
	set_row($tokens, "expires_at = now() - interval '1 s'");
	dead $tokens, 'one that nobody used in time';
	set_row($tokens, "expires_at = now() + interval '1 h'");
	is refresh($tokens)->status, 200, 'control: with time left';
};

# Each on a connection of its own, all sent before the first is answered.
sub at_once ($n, $token) {
	my (@answers, @pipes);

	for (1 .. $n) {
		pipe my $from, my $to or die;
		my $pid = fork // die;
		if ($pid == 0) {
			my $answer = refresh($token);
			print $to join ' ', $answer->status,
			    $answer->json->{refresh_token} // '-';
			close $to;
			POSIX::_exit(0);
		}
		push @pipes, [ $from, $pid ];
	}
	for my $pipe (@pipes) {
		push @answers, readline $pipe->[0];
		waitpid $pipe->[1], 0;
	}
	return @answers;
}

subtest 'a hundred at once' => sub {
	require POSIX;
	my $tokens = enter();
	my @answers = at_once(100, $tokens);
	my %count;

	$count{$_}++ for @answers;
	my @good = grep { /^200/ } keys %count;
	is scalar @answers, 100, 'each is answered';
	is scalar @good, 1, 'one successor for all';
	is join(' ', grep { !/^(?:200|401) / } keys %count), '',
	    'or a refusal';
	is row($tokens, 'rotations'), 1, 'one rotation';
	is scalar($sark->events(type => 'token_refreshed', reason => '',
	    resource => claims($tokens)->{sid})), 1, 'one event of it';
	is refresh((split / /, $good[0])[1])->status, 200,
	    'the successor is live';
};

subtest 'whose hands' => sub {
	my $browser = $sark->stranger->with('user-agent' => 'Fox/1.0 (X11) 9');
	my $newer = $sark->stranger->with('user-agent' => 'Fox/21.5 (X11) 10');
	my $tool = $sark->stranger->with('user-agent' => 'curl/1.0');
	my $tokens = $browser->post('/api/v1/auth/login/local', {
	    username => 'dev', password => Sark::password('dev') })->json;

	refused refresh($tokens, $tool), 401, 'invalid_refresh_token',
	    'another kind of client';
	$sark->audited('refresh_refused', claims($tokens)->{sid},
	    reason => 'other_client', severity => 'high', outcome => 'failure');
	is refresh($tokens, $newer)->status, 200,
	    'control: a newer version of the same';
};

subtest 'what is no token' => sub {
	my $token = enter()->{refresh_token};
	my $raw = decode_base64url(substr $token, 4);

	dead $_, 'a text: ' . substr $_, 0, 20 for 'x', 'srt_',
	    substr($token, 0, -1), "${token}A", 'SRT_' . substr($token, 4),
	    "$token=", 'srt_' . 'A' x 107, q(srt_%s%n'"\\) . 'A' x 98;
	for my $at (0, 16, 32, 64, 79) {
		my $bent = $raw;
		substr($bent, $at, 1) ^.= "\x01";
		dead 'srt_' . encode_base64url($bent), "another byte at $at";
	}
	is refresh($token)->status, 200, 'control: as it was made';
	refused refresh(''), 422, '/refresh_token', 'an empty one';
	refused refresh('x' x 513), 422, '/refresh_token', 'a long one';
	refused $sark->stranger->post($path, {}), 422, '/refresh_token', 'none';
};

subtest 'stores away' => sub {
	my $tokens = enter();

	$sark->without(postgresql => sub {
		refused refresh($tokens), 503, 'no PostgreSQL, no tokens';
		dead 'srt_' . 'A' x 107, 'what was never made here is refused';
	});
	$sark->without(redis => sub {
		refused refresh($tokens), 503, 'no Redis, no tokens';
	});
	is row($tokens, 'rotations'), 0, 'nothing was used up';
	is refresh($tokens)->status, 200, 'and it works again';
};

subtest 'without rotation' => sub {
	$sark->set(refresh_rotation => 'false');
	$sark->restart_program('refresh');
	Time::HiRes::sleep(2.1);	# lighttpd leaves one that was away alone
	my $tokens = enter();

	for (1, 2) {
		my $answer = refresh($tokens);
		is $answer->status, 200, 'a token works';
		is $answer->json->{refresh_token}, $tokens->{refresh_token},
		    'and stays';
	}
	is row($tokens, 'rotations'), 0, 'no rotation';
	is scalar($sark->events(type => 'token_refreshed',
	    resource => claims($tokens)->{sid})), 2, 'an event each';
};

done_testing;
