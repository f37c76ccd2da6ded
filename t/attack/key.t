# KEY-01..08 against the programs as they run: API keys that leak, that are
# guessed, that come another way, that are over, or that ask for too much.
# What is wrong inside the text of one is held by t/lib/auth/key_text_test.c.

use v5.36;
use Digest::SHA 'hmac_sha256_hex';
use List::Util 'shuffle';
use MIME::Base64 ();
use POSIX ();
use Sark::Attack;
use Sark::FCGI;
use Sark::Tree 'slurp';
use Test::More;
use Time::HiRes 'time';

my $sark = Sark::Attack->start(and => ['admin'], conf => {
	map { $_ => 0 } qw(rate_address rate_user rate_api_key) });
my $keys = '/api/v1/api-keys';
my $admin = Sark::FCGI->new($sark->socket('admin'), timeout => 30);
my $registry = Sark::FCGI->new($sark->socket('registry'), timeout => 30);
my $token = $sark->login('dev')->token;
my $servers = '/api/v1/servers';
my @shown;

sub fresh (%more) {
	return { name => 'key ' . ++$sark->{attack}{n},
		scopes => ['server:read'], %more };
}

sub made (%more) {
	my $answer = $admin->post($keys, fresh(%more), token => $token);

	die 'no key: ' . $answer->body . "\n" if $answer->status != 201;
	push @shown, $answer->json->{key};
	return ($answer->json->{api_key}, $answer->json->{key});
}

sub with ($key, $target = $servers, %more) {
	return $registry->get($target, headers => { 'X-API-Key' => $key }, %more);
}

my ($key, $text) = made();
my ($prefix, $secret) = $text =~ /^sark_live_(\w{12})_(\w{32})/;

sub good () {
	accepted with($text), 'the key as it was shown';
}

# The same key with another secret, and the check that belongs to it.
sub checked ($body) {
	my @digits = ('a' .. 'z', 2 .. 7);
	my $bits = substr unpack('B*', Digest::SHA::sha256($body)), 0, 40;

	return $body . join '', map { $digits[oct "0b$_"] } $bits =~ /.{5}/g;
}

# How long each sort of request takes, in turn with the others.
sub durations ($n, @ask) {
	my @times = map { [] } @ask;

	for (1 .. $n) {
		for my $i (shuffle 0 .. $#ask) {
			my $start = time;
			$ask[$i]->();
			push @{ $times[$i] }, time - $start;
		}
	}
	return @times;
}

# How far the ranks of two samples are from those of one: |z| of the test of
# Mann and Whitney.
sub rank_z ($one, $other) {
	my @all = sort { $a->[0] <=> $b->[0] } (map { [ $_, 0 ] }
	    @$one), (map { [ $_, 1 ] } @$other);
	my ($n, $m, $sum) = (scalar @$one, scalar @$other, 0);

	$sum += $_ + 1 for grep { $all[$_][1] == 0 } 0 .. $#all;
	my $u = $sum - $n * ($n + 1) / 2;
	return abs($u - $n * $m / 2) / sqrt($n * $m * ($n + $m + 1) / 12);
}

attacks(
	[ 'KEY-01', 'a dump of the database', sub {
		my $dump = $sark->psql('SELECT string_agg(t, chr(10)) FROM (' .
		    join(' UNION ALL ', map { "SELECT x::text AS t FROM sark.$_ x" }
		    qw(api_key api_key_secret api_key_use audit_event
		    idempotency_key)) . ') y');
		my $pepper = pack 'H*', slurp($sark->temp->path('apikey.pepper'))
		    =~ s/\n//r;

		like $dump, qr/\b$prefix\b/, 'has the prefix';
		unlike $dump, qr/$secret/, 'has no secret';
		unlike $dump, qr/${\ Digest::SHA::sha256_hex($text) }/,
		    'nor a digest that could be tried without the pepper';
		like $dump, qr/${\ hmac_sha256_hex($text, $pepper) }/,
		    'but its HMAC with the pepper';
		my $mode = (stat $sark->temp->path('apikey.pepper'))[2];
		is $mode & 07, 0, 'which others cannot read';
		problem with($_), [ 401 ], 'no key: what the dump has' for $prefix,
		    "sark_live_$prefix", checked("sark_live_${prefix}_" .
		    substr hmac_sha256_hex($text, $pepper) =~ tr/0189/abcd/r,
		    0, 32);
	}, \&good ],
	[ 'KEY-02', 'the time that a wrong key takes', sub {
		my $none = checked("sark_live_${prefix}_" . 'a' x 32);
		my $half = checked("sark_live_${prefix}_" . substr($secret, 0, 31)
		    . (substr($secret, 31) eq 'a' ? 'b' : 'a'));
		my ($early, $late, $more) = durations(300,
		    sub { with($none) }, sub { with($half) },
		    sub { with($half) for 1, 2 });

		problem with($none), [ 401 ], 'wrong from its beginning';
		problem with($half), [ 401 ], 'wrong in its last digit';
		# beyond 5 one in a million times, where there is no difference
		cmp_ok rank_z($early, $late), '<', 5, 'as long the one as the other';
		cmp_ok rank_z($early, $more), '>', 5,
		    'control: a planted difference is seen';
	}, \&good ],
	[ 'KEY-03', 'a key where none belongs', sub {
		problem $registry->get("$servers?api_key=$text"), [ 401 ],
		    'in the query';
		problem $registry->get($servers, headers => { Cookie =>
		    "api_key=$text" }), [ 401 ], 'in a cookie';
		problem $registry->get($servers, headers => { Authorization =>
		    $_ }), [ 400, 401 ], 'in ' . substr $_, 0, 6 for
		    'Basic ' . MIME::Base64::encode_base64("x:$text", ''),
		    'Basic ' . MIME::Base64::encode_base64("$text:", ''),
		    "Bearer $text", "ApiKey $text", $text;
		problem $registry->get($servers, headers => { 'X-API-Key' =>
		    $_ }), [ 400, 401 ], 'and not exactly it' for "$text,$text",
		    " $text $text", "$text ", uc $text, "x$text";
	}, \&good ],
	[ 'KEY-04', 'revoked, suspended, expired, of another scope', sub {
		my ($over, $gone) = made();
		accepted with($gone), 'it works' for 1 .. 6;
		is $admin->request(DELETE => "$keys/$over->{id}", token =>
		    $token)->status, 204, 'revoked';
		problem with($gone), [ 401 ], 'at the next request of any worker'
		    for 1 .. 6;
		my ($held, $still) = made();
		accepted with($still), 'it works' for 1 .. 6;
		$admin->request(PATCH => "$keys/$held->{id}", token => $token,
		    body => '{"is_active":false}', headers => { 'Content-Type' =>
		    'application/json' });
		problem with($still), [ 401 ], 'suspended' for 1 .. 6;
		my ($old, $late) = made(expires_in_days => 1);
		$sark->psql("UPDATE sark.api_key SET expires_at = now()"
		    . " WHERE key_id = '$old->{id}'");
		problem with($late), [ 401 ], 'expired';
		problem with($text, '/api/v1/tools'), [ 403 ], 'another scope';
		problem $admin->get($keys, headers => { 'X-API-Key' => $text }),
		    [ 403 ], 'no keys by a key';
		problem $admin->get("$keys/$key->{id}", token =>
		    $sark->login('viewer')->token), [ 404 ], "another's";
	}, \&good ],
	[ 'KEY-05', 'a key beside a token', sub {
		for my $other ($token, $sark->login('viewer')->token, 'a.b.c') {
			problem $registry->get($servers, token => $other,
			    headers => { 'X-API-Key' => $text }), [ 400 ],
			    'neither counts';
		}
		problem $registry->get($servers, token => $token, headers => {
		    'X-API-Key' => 'sark_live_x' }), [ 400 ],
		    'nor beside a wrong one';
	}, sub {
		good();
		accepted $registry->get($servers, token => $token), 'the token';
	} ],
	[ 'KEY-06', 'the answer that shows a key', sub {
		my $answer = $admin->post($keys, fresh(), token => $token);
		push @shown, $answer->json->{key};
		my $path = "$keys/" . $answer->json->{api_key}{id};
		my $rotated = $admin->post("$path/rotate", {}, token => $token);
		push @shown, $rotated->json->{key};
		is $_->header('cache-control'), 'no-store', 'kept by nobody'
		    for $answer, $rotated;
		for my $later ($admin->get($path, token => $token),
		    $admin->get("$keys?limit=200", token => $token)) {
			is scalar(grep { index($later->body, $_) >= 0 } @shown), 0,
			    'never shown again';
		}
	}, \&good ],
	[ 'KEY-07', 'rotated while it is used', sub {
		my ($one, $old) = made();
		my $failed = 0;
		my @live = ($old);
		for (1 .. 10) {
			my $new = $admin->post("$keys/$one->{id}/rotate",
			    { overlap_seconds => 600 }, token => $token);
			push @live, $new->json->{key};
			push @shown, $new->json->{key};
			for my $each (@live) {
				$failed += with($each)->status != 200 for 1, 2;
			}
		}
		is $failed, 0, 'no request with a key in its overlap fails';
		is scalar(@live), 11, 'of eleven';
		is under_load($one->{id}, $live[-1]), 0,
		    'nor while others use it at the same moment';
		$admin->post("$keys/$one->{id}/rotate", { overlap_seconds => 0 },
		    token => $token);
		problem with($_), [ 401 ], 'control: without an overlap it does'
		    for $live[0], $live[-1];
	}, \&good ],
	[ 'KEY-08', 'members that are nobody\'s to set', sub {
		my %more = (owner => 'admin', id => $key->{id}, key_id => 'x',
		    username => 'admin', is_active => 1, usage_count => 1,
		    key_prefix => 'aaaaaaaaaaaa', key => $text, digest => 'x',
		    expires_at => '2999-01-01T00:00:00Z', created_by => 'admin',
		    role => 'admin', permissions => ['*'], __proto__ => {});
		problem $admin->post($keys, fresh($_ => $more{$_}), token =>
		    $token), [ 422 ], "unknown: $_" for sort keys %more;
		problem $admin->post($keys, fresh(scopes => [$_]), token =>
		    $token), [ 403, 422 ], "no scope: $_" for 'admin', '*',
		    'user:write', 'apikey:write:any', 'role:*', 'server:*';
		problem $admin->post($keys, fresh(user_id => $sark->psql(
		    "SELECT user_id FROM sark.users WHERE username = 'admin'")),
		    token => $token), [ 403 ], 'for somebody else';
	}, sub {
		accepted $admin->post($keys, fresh(scopes => ['tool:read']),
		    token => $token), 'what is his', 201;
	} ],
);

# Two who use the newest key all the time, while it is rotated ten times: how
# many of their requests failed.
sub under_load ($id, $text) {
	my @pipes;

	for (1, 2) {
		pipe my $in, my $out or die "pipe: $!\n";
		my $pid = fork // die "fork: $!\n";
		if ($pid == 0) {
			my $failed = 0;
			my $mine = Sark::FCGI->new($sark->socket('registry'),
			    timeout => 30);
			for (1 .. 200) {
				$failed += $mine->get($servers, headers =>
				    { 'X-API-Key' => $text })->status != 200;
			}
			syswrite $out, "$failed\n";
			POSIX::_exit(0);
		}
		close $out;
		push @pipes, [ $in, $pid ];
	}
	for (1 .. 10) {
		my $new = $admin->post("$keys/$id/rotate",
		    { overlap_seconds => 600 }, token => $token);
		push @shown, $new->json->{key};
	}
	my $failed = 0;
	for my $pipe (@pipes) {
		my ($in, $pid) = @$pipe;
		$failed += <$in> // 1000;
		waitpid $pid, 0;
	}
	return $failed;
}

my $log = join '', map { $sark->log($_) } @{ $sark->{programs} };
is scalar(grep { index($log, $_) >= 0 } @shown), 0, 'no key is in a log';
like $log, qr/event=request/, 'control: requests are';
unharmed($sark);
done_testing;
