# RT-01..13: refresh tokens that were used up, guessed, stolen or revived.
# What a Redis that fails makes of them is held by t/fault/refresh.t.

use v5.36;
use JSON::PP ();
use MIME::Base64 qw(decode_base64url encode_base64url);
use POSIX ();
use Sark::Attack;
use Test::More;

# a busy machine is no reason to be too late
my $sark = Sark::Attack->start(conf => { refresh_grace_s => 60 });
my $redis = $sark->redis;
my $json = JSON::PP->new->utf8->canonical->allow_nonref;
my ($login, $refresh, $me) = map { [ @$_ ] }
    [ login => '/api/v1/auth/login/local' ],
    [ refresh => '/api/v1/auth/refresh' ], [ login => '/api/v1/auth/me' ];

sub enter ($user = 'viewer', %headers) {
	return Sark::Attack::fcgi($sark, $login)->post($login->[1], {
	    username => $user, password => Sark::password($user) },
	    headers => \%headers)->json;
}

sub text_of ($token) {
	return ref $token ? $token->{refresh_token} : $token;
}

sub refresh ($token, %headers) {
	return Sark::Attack::fcgi($sark, $refresh)->post($refresh->[1],
	    { refresh_token => text_of($token) }, headers => \%headers);
}

# The next tokens.
sub next_of ($token) {
	my $answer = refresh($token);

	$answer->status == 200 or die $answer->status . $answer->body . "\n";
	return $answer->json;
}

sub dead ($token, $name, %headers) {
	my $answer = refresh($token, %headers);

	problem $answer, [ 401 ], $name;
	is $answer->json->{code}, 'invalid_refresh_token', "$name: the code";
}

sub access ($tokens) {
	return Sark::Attack::fcgi($sark, $me)->get($me->[1],
	    token => $tokens->{access_token})->status;
}

sub sid ($tokens) {
	return $json->decode(decode_base64url(
	    (split /\./, $tokens->{access_token})[1]))->{sid};
}

sub row ($tokens, $what) {
	return $sark->psql("SELECT $what FROM sark.session WHERE session_id = '"
	    . sid($tokens) . "'");
}

sub later ($tokens, $seconds = 60.1) {
	$sark->psql('UPDATE sark.session SET rotated_at = rotated_at -'
	    . " interval '$seconds s' WHERE session_id = '" . sid($tokens) . "'");
}

# The keys of a user's tokens, by SCAN.
sub keys_of ($tokens) {
	return split /\n/, $redis->cli('--scan', '--pattern',
	    "refresh_token:user:$tokens->{user}{user_id}:*");
}

sub goes_on () {
	my $tokens = next_of(enter());

	accepted refresh($tokens), 'a token in its turn';
}

sub reused ($first, $name) {
	my $again = next_of($first);
	my $third = next_of($again);

	is access($third), 200, "$name: control: the access token is good";
	dead $first, "$name: the first once more";
	dead $third, "$name: the live one is dead";
	is access($third), 401, "$name: so are the access tokens";
	is row($first, 'revoke_reason'), 'refresh_reuse', "$name: it is said why";
	$sark->audited('refresh_reuse', sid($first), severity => 'high');
}

# So many at once; what each was answered.
sub at_once ($n, $token) {
	my @pipes;

	for (1 .. $n) {
		pipe my $from, my $to or die "pipe: $!\n";
		my $pid = fork // die "fork: $!\n";
		if ($pid == 0) {
			my $answer = refresh($token);
			print $to $answer->status . ' '
			    . ($answer->json->{refresh_token} // '');
			close $to;
			POSIX::_exit(0);
		}
		push @pipes, [ $from, $pid ];
	}
	return map { my $said = readline $_->[0]; waitpid $_->[1], 0; $said }
	    @pipes;
}

# Everything that the stores hold of tokens, in all spellings.
sub all_stored () {
	my @keys = split /\n/, $redis->cli('--scan');
	my @strings = grep { $redis->cli('TYPE', $_) eq 'string' } @keys;

	return join "\n", @keys, (map { my $text = $redis->cli('GET', $_);
	    ($text, decode_base64url($text)) } @strings),
	    $sark->psql('SELECT s::text FROM sark.session s'),
	    $sark->psql('SELECT e::text FROM sark.audit_event e'),
	    map { $sark->log($_) } @{ $sark->{programs} };
}

attacks(
	[ 'RT-01', 'a token that was used up', sub {
		reused(enter(), 'RT-01');
	}, \&goes_on ],
	[ 'RT-02', 'one token a hundred times at once', sub {
		my $tokens = enter();
		my %count;
		$count{$_}++ for at_once(100, $tokens);
		my @good = grep { /^200 srt_/ } keys %count;
		is scalar @good, 1, 'one successor';
		is join(' ', grep { !/^(?:200|401) / } keys %count), '',
		    'all others are refused';
		is row($tokens, 'rotations'), 1, 'one rotation';
		later($tokens);
		$count{$_}++ for at_once(20, $tokens);
		is scalar(grep { /^200/ } keys %count), 1,
		    'twenty times too late: no other';
		is row($tokens, 'revoke_reason'), 'refresh_reuse', 'and the end';
	}, \&goes_on ],
	[ 'RT-03', 'the grace', sub {
		my $first = enter();
		my $second = next_of($first);
		is next_of($first)->{refresh_token}, $second->{refresh_token},
		    'control: the one before, soon: the same successor';
		later($first, 2);
		is next_of($first)->{refresh_token}, $second->{refresh_token},
		    'control: not yet too late';
		later($first, 58.1);
		dead $first, 'too late';
		is row($first, 'revoke_reason'), 'refresh_reuse', 'is reuse';
		reused(enter(), 'two before, at once');
	}, \&goes_on ],
	[ 'RT-06', 'a session that is refreshed for ever', sub {
		my $tokens = enter();
		$sark->psql("UPDATE sark.session SET created_at = now() -"
		    . " interval '30 days 1 s' WHERE session_id = '"
		    . sid($tokens) . "'");
		dead $tokens, 'beyond its lifetime';
	}, sub {
		my $tokens = enter();
		$sark->psql("UPDATE sark.session SET created_at = now() -"
		    . " interval '29 days' WHERE session_id = '"
		    . sid($tokens) . "'");
		accepted refresh($tokens), 'within it';
	} ],
	[ 'RT-07', 'another client', sub {
		my $tokens = enter('viewer', 'User-Agent' => 'Fox/1.0 (X11)');
		dead $tokens, $_ || 'none', 'User-Agent' => $_
		    for 'curl/8', 'Fox/1.0 (Windows)', 'fox/1.0 (X11)', '';
		is row($tokens, 'revoked_at IS NULL'), 't', 'it goes on';
		$sark->audited('refresh_refused', sid($tokens),
		    reason => 'other_client');
	}, sub {
		my $tokens = enter('viewer', 'User-Agent' => 'Fox/1.0 (X11)');
		accepted refresh($tokens, 'User-Agent' => 'Fox/2.1 (X11)'),
		    'the same in a newer version';
	} ],
	[ 'RT-08', 'what is stored', sub {
		my $first = enter();
		my $second = next_of($first);
		$sark->tool('sark-audit-load');
		my $stored = all_stored();
		like $stored, qr/\Q${\ row($second, 'secret_hash')}\E/,
		    'control: the hash is found';
		for my $token ($first, $second) {
			my $text = substr text_of($token), 4;
			my $raw = decode_base64url($text);
			my $secret = substr $raw, 32, 32;
			is scalar(grep { index($stored, $_) >= 0 } $text,
			    $raw, $secret, unpack('H*', $secret),
			    encode_base64url($secret)), 0,
			    'nothing of the token';
		}
	}, \&goes_on ],
	[ 'RT-09', 'guesses', sub {
		my $tokens = enter();
		my $raw = decode_base64url(substr text_of($tokens), 4);
		my %status;
		for (1 .. 200) {
			my $guess = $raw;
			substr $guess, 32, 32, pack 'L8', map { rand 2 ** 32 }
			    1 .. 8;
			$status{ refresh('srt_' . encode_base64url($guess))
			    ->status }++;
		}
		is_deeply \%status, { 401 => 200 }, 'none is right';
		is row($tokens, 'revoked_at IS NULL'), 't',
		    'and none ends the session';
	}, \&goes_on ],
	[ 'RT-10', 'what outlives its session', sub {
		my %end = (
			password => sub ($tokens) {
				# he goes on with the first: nothing remembers it
				$sark->tool('sark-user', 'passwd',
				    '--password-stdin', 'ending', { stdin =>
				    "another horse battery staple\n" });
				$sark->psql('DELETE FROM sark.password_history');
				$sark->tool('sark-user', 'passwd',
				    '--password-stdin', 'ending', { stdin =>
				    Sark::password('ending') . "\n" });
			},
			disabled => sub ($tokens) {
				$sark->tool('sark-user', $_, 'ending')
				    for qw(disable enable);
			},
			logout => sub ($tokens) {
				Sark::Attack::fcgi($sark, $refresh)->request(
				    DELETE => '/api/v1/auth/sessions',
				    token => $tokens->{access_token});
			},
		);
		$sark->add_user('ending', 'viewer');
		for my $how (sort keys %end) {
			my ($one, $two) = map { next_of(enter('ending')) } 1, 2;
			cmp_ok scalar(keys_of($one)), '>=', 2,
			    "control: before $how there are records";
			$end{$how}->($one);
			is scalar(keys_of($one)), 0, "$how: no record is left";
			dead $_, "$how: a refresh token" for $one, $two;
			is access($_), 401, "$how: an access token"
			    for $one, $two;
		}
	}, sub {
		accepted refresh(enter('ending')), 'who logs in again';
	} ],
	[ 'RT-11', 'bytes that would mean something to Redis', sub {
		for my $text ("a\r\nFLUSHALL\r\n", "%s%n%b", "a b '\" \\",
		    "*3\r\n\$3\r\nSET", "srt_\x{0}", "\x{2028}\x{1F600}") {
			my $answer = refresh($text);
			problem $answer, [ 400, 401, 422 ], 'as a token';
		}
		for my $agent ('%s%n%b', q(a b '"\\ "), '*3 $3 SET') {
			my $tokens = enter('viewer', 'User-Agent' => $agent);
			is refresh($tokens, 'User-Agent' => $agent)->status,
			    200, 'as a user agent';
		}
		cmp_ok $redis->cli('DBSIZE'), '>', 0, 'nothing was flushed';
	}, \&goes_on ],
	[ 'RT-13', 'a Redis that forgets', sub {
		$redis->cli(qw(CONFIG SET maxmemory-policy allkeys-lru));
		my $first = enter();
		my $third = next_of(next_of($first));
		$redis->cli('FLUSHALL');
		dead $first, 'reuse is seen without what Redis forgot';
		dead $third, 'and ends the session';
		$redis->cli(qw(CONFIG SET maxmemory-policy noeviction));
	}, sub {
		my $tokens = next_of(enter());
		$redis->cli('FLUSHALL');
		accepted refresh($tokens), 'the live one needs no memory';
	} ],
);

unharmed($sark);

done_testing;
