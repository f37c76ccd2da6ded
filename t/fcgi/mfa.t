#!/usr/bin/perl
# The second factor: enrolment, login, showing it again, its end.

use v5.36;
use JSON::PP;
use MIME::Base64 qw(decode_base64url);
use Test::More;

use Sark;
use Sark::Authenticator;
use Sark::Tree qw(srcdir slurp spew);

my $sark = Sark->start(qw(login registry policy),
    { conf => { mfa_tries => 4 } });
my $stranger = $sark->stranger;
my $mfa = '/api/v1/auth/mfa';
my $local = '/api/v1/auth/login/local';

sub login ($user, %more) {
	return $stranger->post($local, { username => $user,
	    password => Sark::password($user), %more });
}

# Somebody with a session of a token.
sub client ($token) {
	return Sark::Client->new(url => $sark->url, token => $token);
}

sub claims ($token) {
	return decode_json(decode_base64url((split /\./, $token)[1]));
}

# A user, his session, his phone and his recovery codes.
sub enrolled ($user, @roles) {
	$sark->add_user($user, @roles);
	my $session = client(login($user)->json->{access_token});
	my $secret = $session->post("$mfa/totp")->json->{secret};
	my $phone = Sark::Authenticator->new($sark, $secret);
	my $answer = $session->post("$mfa/totp/confirm",
	    { otp => $phone->code });

	die $answer->body if $answer->status != 200;
	return ($session, $phone, $answer->json->{recovery_codes});
}

# The events of a request: "type reason" each, sorted.
sub left ($answer) {
	my @events = $sark->events(
	    request_id => $answer->header('x-request-id'));

	return join ', ', sort map { join ' ', grep { defined } $_->{type},
	    $_->{reason} } @events;
}

sub tries ($user) {
	return $sark->psql('SELECT tries FROM sark.totp JOIN sark.users'
	    . " USING (user_id) WHERE username = '$user'");
}

# As if the wait were over.
sub wait_is_over () {
	$sark->psql('UPDATE sark.totp SET locked_until = now()'
	    . ' WHERE locked_until IS NOT NULL');
}

my @secrets;

subtest 'enrolment' => sub {
	$sark->add_user('alice', 'viewer');
	my $alice = client(login('alice')->json->{access_token});

	refused $stranger->post("$mfa/totp"), 401, 'unauthenticated',
	    'not for strangers';
	my $first = $alice->post("$mfa/totp");
	is $first->status, 200, 'a secret';
	is left($first), 'mfa_enrolled', 'its event';
	my $answer = $alice->post("$mfa/totp");
	my $got = $answer->json;
	isnt $got->{secret}, $first->json->{secret}, 'another, each time';
	like $got->{secret}, qr/^[A-Z2-7]{32}$/, '160 bits in base32';
	is $got->{otpauth_uri}, "otpauth://totp/SARK:alice?secret=$got->{secret}"
	    . '&issuer=SARK&algorithm=SHA1&digits=6&period=30', 'its URI';
	like $got->{qr_svg}, qr{^<svg [^>]*viewBox.*</svg>$}, 'a QR code in SVG';
	like $got->{qr_text}, qr/^(?:[ \x{2580}\x{2584}\x{2588}]{30,}\n){15,}$/,
	    'and as text';
	is login('alice')->status, 200, 'it is not in force yet';
	unlike $sark->psql('SELECT secret FROM sark.totp'),
	    qr/\Q$got->{secret}\E/, 'PostgreSQL does not see it';
	push @secrets, $got->{secret}, $got->{otpauth_uri};

	my $old = Sark::Authenticator->new($sark, $first->json->{secret});
	my $phone = Sark::Authenticator->new($sark, $got->{secret});
	my $wrong = $alice->post("$mfa/totp/confirm", { otp => $old->code });
	refused $wrong, 401, 'invalid_otp', 'a code of the secret before';
	is left($wrong), 'mfa_failed wrong_otp', 'its event';
	refused $alice->post("$mfa/totp/confirm", {}), 422, '/otp', 'none';
	refused $alice->post("$mfa/verify", { otp => $phone->code }), 409,
	    'conflict', 'nothing to show yet';

	my $right = $alice->post("$mfa/totp/confirm",
	    { otp => $phone->code =~ s/^.../$& /r });
	is $right->status, 200, 'a code of it, with a blank in the middle';
	is left($right), 'mfa_confirmed', 'its event';
	my @codes = @{ $right->json->{recovery_codes} };
	is scalar @codes, 10, 'ten recovery codes';
	is scalar(grep { /^(?:[a-z2-7]{4}-){3}[a-z2-7]{4}$/ } @codes), 10,
	    'of 80 bits each';
	my $rows = $sark->psql('SELECT string_agg(digest, chr(10)) FROM'
	    . ' sark.recovery_code');
	is scalar(split /\n/, $rows), 10, 'which PostgreSQL has';
	ok !(grep { my $code = $_ =~ tr/-//dr; $rows =~ /\Q$code\E/ } @codes),
	    'as digests';
	push @secrets, @codes;

	my $claims = claims($right->json->{access_token});
	is_deeply $claims->{amr}, [qw(pwd otp mfa)], 'amr of the new token';
	cmp_ok abs($claims->{mfa_time} - time), '<', 60, 'and mfa_time';
	is $claims->{sid}, claims($alice->token)->{sid}, 'of the same session';
	is $sark->psql("SELECT amr || mfa_time::text FROM sark.session WHERE"
	    . " session_id = '$claims->{sid}'") =~ /^\{pwd,otp,mfa,/, 1,
	    'as the session has it';
	is client($right->json->{access_token})->get('/api/v1/auth/me')
	    ->json->{mfa}, JSON::PP::true, 'and /me';
	refused $alice->post("$mfa/totp"), 409, 'conflict',
	    'a second one only after the first is removed';
	refused $alice->post("$mfa/totp/confirm", { otp => $phone->fresh }),
	    409, 'conflict', 'it is confirmed once';
};

subtest 'login with a code' => sub {
	my (undef, $phone, $codes) = enrolled('bob', 'viewer');
	my $asked = login('bob');

	refused $asked, 401, 'mfa_required', 'the password alone';
	is left($asked), 'mfa_required', 'its event';
	my $token = $asked->json->{mfa_token};
	like $token, qr/^[A-Za-z0-9_-]{100,}$/, 'mfa_token';
	like $asked->header('www-authenticate'), qr/^Bearer .*mfa_required/,
	    'WWW-Authenticate';
	my $bad = $stranger->post($local, { username => 'bob',
	    password => 'not his password', otp => $phone->fresh });
	refused $bad, 401, 'invalid_credentials',
	    'a right code does not help a wrong password';
	ok !exists $bad->json->{mfa_token}, 'without mfa_token';

	my $wrong = login('bob', otp => $phone->wrong);
	refused $wrong, 401, 'invalid_otp', 'a wrong code';
	is left($wrong), 'authentication_failure wrong_otp', 'its event';
	my $otp = $phone->fresh;
	my $in = login('bob', otp => $otp);
	is $in->status, 200, 'a right code';
	is_deeply claims($in->json->{access_token})->{amr}, [qw(pwd otp mfa)],
	    'amr';
	ok $in->json->{user}{mfa}, 'user.mfa';
	is left($in), 'authentication_success', 'its event';
	is tries('bob'), 0, 'the tries are forgotten';
	my $again = login('bob', otp => $otp);
	refused $again, 401, 'invalid_otp', 'the same code again';
	is left($again), 'authentication_failure replayed_otp', 'its event';
	refused login('bob', otp => $phone->code(-1)), 401, 'invalid_otp',
	    'one from before it';

	subtest 'with mfa_token' => sub {
		my $send = sub (%body) {
			return $stranger->post("$mfa/verify",
			    { mfa_token => $token, %body });
		};
		refused $send->(), 422, '/otp', 'no code';
		my $no = $send->(otp => $phone->wrong);
		refused $no, 401, 'invalid_otp', 'a wrong one';
		is left($no), 'authentication_failure wrong_otp', 'its event';
		my $yes = $send->(otp => $phone->fresh);
		is $yes->status, 200, 'a right one';
		ok $yes->json->{$_}, $_ for qw(access_token refresh_token user);
		is left($yes), 'authentication_success', 'its event';
		my $broken = $token =~ s/(.{10})$/reverse $1/er;
		refused $stranger->post("$mfa/verify", { mfa_token => $broken,
		    otp => $phone->fresh }), 401, 'invalid_token',
		    'a token of nobody';
		refused $stranger->post("$mfa/verify", { otp => $phone->code }),
		    401, 'unauthenticated', 'neither token nor bearer';
		$sark->tool('sark-user', 'passwd', '--password-stdin', 'bob',
		    { stdin => "another correct horse\n" });
		refused $send->(otp => $phone->fresh), 401, 'invalid_token',
		    'one of a password that is no more';
	};
	push @secrets, $token, $otp, @$codes;
};

subtest 'one step of skew' => sub {
	my (undef, $phone) = enrolled('carol', 'viewer');
	my $try = sub ($steps) {
		$sark->psql('UPDATE sark.totp SET last_step = 0, tries = 0,'
		    . ' locked_until = NULL');
		return login('carol', otp => $phone->code($steps))->status;
	};

	is $try->(0), 200, 'a clock that is right';
	# Time goes on meanwhile: a step that is off by one may be off by two
	# when it arrives, and never the other way round.
	is $try->(1), 200, 'one that goes before';
	is $try->($_), 401, "one that is $_ steps off" for -3, 3, 40;
};

subtest 'a code counts once, also of many at once' => sub {
	my (undef, $phone) = enrolled('dave', 'viewer');
	my $otp = $phone->fresh;
	my @pids = map {
		my $pid = fork // die "fork: $!";
		if ($pid == 0) {
			my $status = login('dave', otp => $otp)->status;
			require POSIX;
			POSIX::_exit($status == 200 ? 1 : 0);
		}
		$pid;
	} 1 .. 4;
	my $in = grep { waitpid $_, 0; $? >> 8 } @pids;

	is $in, 1, 'one of four comes in';
};

subtest 'recovery codes' => sub {
	my ($session, $phone, $codes) = enrolled('erin', 'viewer');
	my $token = login('erin')->json->{mfa_token};
	my $send = sub ($code) {
		return $stranger->post("$mfa/verify",
		    { mfa_token => $token, recovery_code => $code });
	};

	my $in = $send->($codes->[0]);
	is $in->status, 200, 'one brings in';
	is_deeply claims($in->json->{access_token})->{amr}, [qw(pwd mfa)],
	    'and says so';
	my $again = $send->($codes->[0]);
	refused $again, 401, 'invalid_otp', 'once';
	is left($again), 'authentication_failure wrong_recovery_code',
	    'its event';
	is $send->(uc($codes->[1] =~ tr/-//dr))->status, 200,
	    'another, as somebody types it';
	refused $send->('aaaa-aaaa-aaaa-aaaa'), 401, 'invalid_otp', 'no code';
	my (undef, undef, $other) = enrolled('erik', 'viewer');
	refused $send->($other->[0]), 401, 'invalid_otp', q{somebody else's};
	is $session->post("$mfa/verify", { recovery_code => $codes->[2] })
	    ->status, 200, 'for a session that there is, too';
};

subtest 'wrong codes have to wait' => sub {
	my ($session, $phone, $codes) = enrolled('frank', 'viewer');
	my @wrong = map { login('frank', otp => $phone->wrong) } 1 .. 4;

	refused $_, 401, 'invalid_otp', 'wrong' for @wrong;
	# Longer than any machine takes for what follows.
	$sark->psql("UPDATE sark.totp SET locked_until = locked_until"
	    . " + interval '1 hour'");
	my $locked = login('frank', otp => $phone->fresh);
	refused $locked, 429, 'rate_limited', 'then not even a right one';
	cmp_ok $locked->header('retry-after'), '>', 1800, 'Retry-After';
	is $locked->json->{retry_after}, $locked->header('retry-after'),
	    'and in the body';
	is left($locked), 'authentication_failure mfa_locked', 'its event';
	refused $session->post("$mfa/verify", { recovery_code => $codes->[0] }),
	    429, 'rate_limited', 'nor a recovery code';
	is tries('frank'), 4, 'which does not count';
	wait_is_over();
	my $now = $sark->psql('SELECT extract(epoch FROM now())');
	refused login('frank', otp => $phone->wrong), 401, 'invalid_otp',
	    'one more after the wait';
	cmp_ok $sark->psql('SELECT extract(epoch FROM max(locked_until))'
	    . ' FROM sark.totp') - $now, '>=', 60, 'the next wait is longer';
	wait_is_over();
	is login('frank', otp => $phone->fresh)->status, 200, 'a right one';
	is tries('frank'), 0, 'begins anew';
	$sark->psql('UPDATE sark.totp SET tries = 100 FROM sark.users u'
	    . " WHERE u.user_id = totp.user_id AND u.username = 'frank'");
	refused login('frank', otp => $phone->fresh), 429, 'rate_limited',
	    'after a hundred there is no other try';
	$sark->tool('sark-user', 'mfa-reset', 'frank');
	is login('frank')->status, 200, 'until an administrator helps';
};

subtest 'its end' => sub {
	my ($session, $phone, $codes) = enrolled('grace', 'viewer');
	my $sid = claims($session->token)->{sid};
	my $shown = sub () {
		return $sark->psql('SELECT mfa_time IS NOT NULL, amr FROM'
		    . " sark.session WHERE session_id = '$sid'");
	};

	is $shown->(), "t\t{pwd,otp,mfa}", 'control: it was shown';
	refused $session->delete("$mfa/totp"), 401, 'invalid_otp', 'no code';
	my $wrong = $session->send('DELETE', "$mfa/totp",
	    { otp => $phone->wrong });
	refused $wrong, 401, 'invalid_otp', 'a wrong one';
	is left($wrong), 'mfa_failed wrong_otp', 'its event';
	refused $session->send('DELETE', "$mfa/totp?otp=1"), 400,
	    'bad_request', 'never in the query';
	my $gone = $session->send('DELETE', "$mfa/totp",
	    { otp => $phone->fresh });
	is $gone->status, 204, 'a right one';
	is left($gone), 'mfa_removed', 'its event';
	is $shown->(), "f\t{pwd}", 'no session has shown one';
	is $sark->psql('SELECT count(*) FROM sark.recovery_code JOIN'
	    . " sark.users USING (user_id) WHERE username = 'grace'"), 0,
	    'the recovery codes go with it';
	is login('grace')->status, 200, 'the password is enough again';
	refused $session->send('DELETE', "$mfa/totp", { otp => '123456' }), 409,
	    'conflict', 'there is none to remove';

	my ($other, undef, $recovery) = enrolled('heidi', 'viewer');
	is $other->send('DELETE', "$mfa/totp",
	    { recovery_code => $recovery->[0] })->status, 204,
	    'or a recovery code';
	enrolled('ivan', 'viewer');
	is +($sark->run('sark-user', 'mfa-reset', 'nobody'))[0], 66,
	    'reset: no such user';
	$sark->tool('sark-user', 'mfa-reset', 'ivan');
	$sark->audited('mfa_removed', undef, reason => 'reset');
	is +($sark->run('sark-user', 'mfa-reset', 'ivan'))[0], 66,
	    'reset: he has none';
};

# The shipped policy, but open at any hour: that is no matter of this test.
sub open_at_all_hours () {
	my $source = $sark->temp->mkdir('source');

	system('cp', '-r', srcdir() . '/etc/policy/.', $source) == 0 or die;
	unlink glob "$source/*_test.rego";
	my $data = decode_json(slurp("$source/data.json"));
	my $hours = $data->{sark_config}{hours};
	$hours->{days}{$_} = JSON::PP::true for qw(Saturday Sunday);
	@$hours{qw(from to maintenance)} = ('00:00', '24:00', []);
	spew("$source/data.json", encode_json($data));
	my $revision = $sark->login('officer')->get('/api/v1/policy')
	    ->json->{revision};
	$sark->build_policy($source);
	Sark::Temp->until('the other policy', sub {
		$sark->login('officer')->get('/api/v1/policy')
		    ->json->{revision} ne $revision });
}

subtest 'showing it again meets the policy' => sub {
	open_at_all_hours();
	$sark->add_user('judy', 'admin');
	my $early = client(login('judy')->json->{access_token});
	my ($tool) = @{ $early->post('/api/v1/servers', { name => 'vault',
	    transport => 'stdio', command => 'vault', tools => [
	    { name => 'vault.get', sensitivity_level => 'low' } ] })
	    ->json->{tools} };
	is $early->post("/api/v1/tools/$tool->{tool_id}/sensitivity",
	    { sensitivity_level => 'critical', reason => 'test' })->status,
	    200, 'a critical tool';
	my $decided = sub ($client) {
		return $client->post('/api/v1/policy/evaluate',
		    { action => 'tool:invoke', tool => 'vault.get' })->json;
	};

	my $session = client(login('judy')->json->{access_token});
	my $secret = $session->post("$mfa/totp")->json->{secret};
	my $phone = Sark::Authenticator->new($sark, $secret);
	my $shown = client($session->post("$mfa/totp/confirm",
	    { otp => $phone->code })->json->{access_token});
	is $decided->($shown)->{decision}, 'allow', 'whoever has shown it may';
	is $decided->($early)->{decision}, 'deny',
	    'a session of before may not';
	my $wrong = $early->post("$mfa/verify", { otp => $phone->wrong });
	refused $wrong, 401, 'invalid_otp', 'a wrong code';
	is left($wrong), 'mfa_failed wrong_otp', 'its event';
	is $decided->($early)->{decision}, 'deny', 'changes nothing';
	my $right = $early->post("$mfa/verify", { otp => $phone->fresh });
	is $right->status, 200, 'a right one';
	is left($right), 'mfa_verified', 'its event';
	my $later = client($right->json->{access_token});
	is claims($later->token)->{sid}, claims($early->token)->{sid},
	    'a token of the same session';
	is $decided->($later)->{decision}, 'allow', 'which may now';
	is $decided->($early)->{decision}, 'allow',
	    'and so may the token of before, on the next request';

	# As if it had been two hours ago; nobody has remembered it.
	$sark->psql("UPDATE sark.session SET mfa_time = mfa_time"
	    . " - interval '2 hours'");
	$sark->redis->cli('FLUSHALL');
	is $decided->($later)->{decision}, 'deny', 'an hour is the most';
	is $early->post("$mfa/verify", { otp => $phone->fresh })->status, 200,
	    'shown again';
	is $decided->($later)->{decision}, 'allow', 'it counts again';
};

subtest 'roles that need it' => sub {
	$sark->set(mfa_tries => 4,
	    mfa_required_roles => ['officer_of_none', 'operator']);
	$sark->restart_program($_) for qw(login registry);
	$sark->add_user('oscar', 'operator', 'viewer');
	my $answer = login('oscar');
	my $oscar = client($answer->json->{access_token});

	is $answer->status, 200, 'whoever has none comes in';
	is_deeply $answer->json->{user}{roles}, [], 'without his roles';
	ok $answer->json->{user}{mfa_enrolment_required}, 'and is told why';
	refused $oscar->get('/api/v1/servers'), 403, 'mfa_enrolment_required',
	    'he may not do what he may otherwise';
	my $me = $oscar->get('/api/v1/auth/me');
	is $me->status, 200, 'but see who he is';
	ok $me->json->{mfa_enrolment_required}, 'and what he has to do';
	my $phone = Sark::Authenticator->new($sark,
	    $oscar->post("$mfa/totp")->json->{secret});
	my $done = $oscar->post("$mfa/totp/confirm", { otp => $phone->code });
	is_deeply $done->json->{user}{roles}, [qw(operator viewer)],
	    'once he has enrolled he has them';
	ok !exists $done->json->{user}{mfa_enrolment_required}, 'all';
	is $_->get('/api/v1/servers')->status, 200, 'and may'
	    for client($done->json->{access_token}), $oscar;
	refused login('oscar'), 401, 'mfa_required', 'he has to show it';
	is_deeply login('oscar', otp => $phone->fresh)->json->{user}{roles},
	    [qw(operator viewer)], 'and has his roles then';
	is_deeply login('viewer')->json->{user}{roles}, ['viewer'],
	    'control: nobody asks a viewer';
};

subtest 'stores away' => sub {
	my ($session, $phone, $codes) = enrolled('kate', 'viewer');
	my $token = login('kate')->json->{mfa_token};
	my $none = client($sark->login('dev')->token);
	my %calls = (
		enrol => sub { $none->post("$mfa/totp") },
		confirm => sub { $none->post("$mfa/totp/confirm",
		    { otp => '123456' }) },
		verify => sub { $session->post("$mfa/verify",
		    { otp => $phone->code }) },
		finish => sub { $stranger->post("$mfa/verify",
		    { mfa_token => $token, otp => $phone->code }) },
		remove => sub { $session->send('DELETE', "$mfa/totp",
		    { recovery_code => $codes->[0] }) },
	);

	$phone->fresh;
	$sark->without(postgresql => sub {
		refused $calls{$_}->(), 503, "$_ without PostgreSQL"
		    for sort keys %calls;
	});
	Sark::Temp->until('PostgreSQL', sub {
		$none->post("$mfa/totp")->status == 200 });
	$sark->without(redis => sub {
		refused $calls{$_}->(), 503, "$_ without Redis"
		    for grep { $_ ne 'confirm' } sort keys %calls;
	});
	is $sark->psql('SELECT count(*) FROM sark.recovery_code JOIN sark.users'
	    . " USING (user_id) WHERE username = 'kate' AND used_at IS NULL"),
	    10, 'nothing was used up';
	Sark::Temp->until('Redis', sub {
		login('kate', otp => $phone->fresh)->status == 200 });
	is $calls{remove}->()->status, 204, 'control: it works';
};

subtest 'no secret in logs and events' => sub {
	my $log = $sark->log('login');
	my $trail = join "\n", map { encode_json($_) } $sark->events;

	like $log, qr/invalid_otp/, 'control: there is a log';
	like $trail, qr/mfa_confirmed/, 'control: and a trail';
	cmp_ok scalar @secrets, '>', 20, 'and what to look for';
	ok !(grep { $log =~ /\Q$_\E/ } @secrets), 'nothing of it in the log';
	ok !(grep { $trail =~ /\Q$_\E/ } @secrets), 'nor in the trail';
};

done_testing;
