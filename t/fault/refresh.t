# Sessions while Redis, PostgreSQL, clocks and processes fail: whatever comes
# back, a token that was used up or revoked stays dead, and a live one either
# goes on or its user logs in again.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use File::Temp ();
use JSON::PP ();
use MIME::Base64 qw(decode_base64url);
use Sark::Fault;
use Sark::Temp;
use Sark::Tree qw(builddir slurp spew);
use Test::More;

my $sark = Sark::Fault->start(qw(login refresh), { workers => 1,
    conf => Sark::Fault::patient() });
my $redis = $sark->redis;
my ($login, $refresh) = map { "/api/v1/auth/$_" } qw(login/local refresh);

# ---- what a client does

sub enter () {
	return $sark->insist(login => $login, { username => 'viewer',
	    password => Sark::password('viewer') })->json;
}

sub ask ($tokens) {
	return $sark->client('refresh')->post($refresh,
	    { refresh_token => $tokens->{refresh_token} });
}

# Refreshes until that is granted; nothing but 503 may come before.
sub next_of ($tokens, $name = 'a refresh') {
	my $answer;

	Sark::Temp->until($name, sub {
		$answer = ask($tokens);
		$answer->status =~ /^(?:200|503|0)$/
		    or die "$name: " . $answer->status . $answer->body . "\n";
		return $answer->status == 200;
	}, 60);
	return $answer->json;
}

# Whatever happens to the stores, it is never granted, and at last refused.
sub dead ($tokens, $name) {
	my $answer;

	Sark::Temp->until("$name is refused", sub {
		$answer = ask($tokens);
		return $answer->status !~ /^(?:503|0)$/;
	}, 60);
	is $answer->status, 401, $name or diag $answer->body;
}

sub sid ($tokens) {
	return JSON::PP->new->decode(decode_base64url(
	    (split /\./, $tokens->{access_token})[1]))->{sid};
}

sub column ($tokens, $what) {
	return $sark->psql("SELECT $what FROM sark.session WHERE session_id = '"
	    . sid($tokens) . "'");
}

sub later ($tokens) {
	$sark->psql('UPDATE sark.session SET rotated_at = rotated_at -'
	    . " interval '1 hour' WHERE session_id = '" . sid($tokens) . "'");
}

sub log_out ($tokens) {
	Sark::Temp->until('the logout', sub {
		$sark->client('refresh')->post('/api/v1/auth/logout', {},
		    token => $tokens->{access_token})->status == 200 }, 60);
}

# ---- what must hold

# Sessions before a fault, and what they must be after it: one that was
# refreshed since what Redis will remember, one that was ended since, one that
# stays as it was.
sub before ($keep) {
	my %s = map { $_ => enter() } qw(used ended kept);

	$keep->();
	$s{next} = next_of($s{used});
	later($s{used});
	log_out($s{ended});
	return \%s;
}

sub after ($s, $name) {
	dead $s->{ended}, "$name: one that was ended";
	my $kept = next_of($s->{kept}, "$name: a live one");
	ok $kept->{refresh_token}, "$name: control: a live one goes on";
	is next_of($s->{next}, "$name: another")->{user}{username}, 'viewer',
	    "$name: so does one that was rotated";
	dead $s->{used}, "$name: one that was used up";
	is column($s->{used}, 'revoke_reason'), 'refresh_reuse',
	    "$name: and that is seen for what it is";
}

sub restart_with (%settings) {
	$redis->stop;
	$redis->{settings} = { %{ $redis->{settings} }, %settings };
	$redis->start;
}

sub forget () {
	system('rm', '-rf', '--', glob "$redis->{dir}/{appendonlydir,*.rdb}");
}

sub log_of_redis () {
	my ($path) = glob "$redis->{dir}/appendonlydir/*.incr.aof";
	return $path;
}

row 'R-01 Redis is killed and comes back with its log' => sub {
	restart_with(appendonly => 'yes', appendfsync => 'everysec');
	my $s = before(sub { });
	my $tokens = enter();

	for (1 .. (long() ? 20 : 3)) {
		my $next = next_of($tokens);
		$redis->kill9;
		$redis->start;
		$next = next_of($next);
		later($tokens);
		$tokens = $next;
	}
	pass 'RT-05 a session lives through it';
	after($s, 'R-01');
};

row 'R-02 the power fails: Redis has a beginning of its log' => sub {
	for my $part (long() ? (0.9, 0.7, 0.5, 0.3, 0.1, 0) : (0.6, 0)) {
		my $s = before(sub { });
		$redis->kill9;
		truncate log_of_redis(), int($part * -s log_of_redis())
		    or die "truncate: $!\n";
		$redis->start;
		after($s, "R-02 $part");
	}
};

row 'R-03 Redis is empty: FLUSHALL, or nothing on disk' => sub {
	my $s = before(sub { });
	$redis->cli('FLUSHALL');
	after($s, 'R-03 flushed');

	$s = before(sub { });
	$redis->stop;
	forget();
	$redis->start;
	after($s, 'R-03 no disk');
};

row 'R-04 Redis comes back with an old dump' => sub {
	restart_with(appendonly => 'no');
	forget();
	my $s = before(sub { $redis->cli('SAVE') });
	$redis->kill9;
	ok -s "$redis->{dir}/dump.rdb", 'control: there is one';
	$redis->start;
	my ($user, $id) = ($s->{used}{user}{user_id}, column($s->{used},
	    'previous_token_id'));
	is $redis->cli('EXISTS', "refresh_token:user:$user:$id"), 1,
	    'control: it has the record of the token that was used up';
	after($s, 'R-04');
	forget();
};

row 'R-05 the log of Redis is damaged' => sub {
	restart_with(appendonly => 'yes');
	my $s = before(sub { });
	$redis->kill9;
	my $path = log_of_redis();
	my $good = slurp($path);
	my $at = index $good, "\r\n*", length($good) / 2;
	spew($path, substr($good, 0, $at + 2) . 'X' . substr $good, $at + 3);
	my ($rc) = $sark->temp->run([ Sark::Temp->as_user, $redis->command ]);
	isnt $rc, 0, 'damaged in the middle Redis does not start';
	is ask($s->{$_})->status, 503, "no refresh meanwhile: $_"
	    for qw(next used);
	is column($s->{used}, 'revoked_at IS NULL'), 't', 'and no session ends';

	# Damage inside a value is nothing that Redis sees: our records do.
	$good =~ s/(refresh_token:\w+:.{70,}?)[A-Za-z0-9]/$1_/gs;
	spew($path, $good);
	$sark->temp->give($path);
	$redis->start;
	after($s, 'R-05');
	restart_with(appendonly => 'no');
	forget();
};

# Redis answers reads and refuses writes; $undo->() when that was seen.
sub refuses_writes ($name, $do, $undo) {
	my $s = before(sub { });
	my $fresh = enter();
	my $rotations = column($fresh, 'rotations');

	$do->();
	Sark::Temp->until("$name: it refuses", sub {
		(eval { $redis->cli('SET', 'a', 'b') } // '') ne 'OK' });
	is ask($fresh)->status, 503, "$name: RT-12 no refresh";
	is ask($s->{used})->status, 503,
	    "$name: RT-12 nor is what was used up taken for anything";
	is $sark->client('refresh')->post('/api/v1/auth/logout', {},
	    token => $fresh->{access_token})->status, 503, "$name: no logout";
	is column($fresh, 'rotations'), $rotations, "$name: nothing is used up";
	is column($_, 'revoked_at IS NULL'), 't', "$name: nothing is ended"
	    for $fresh, $s->{used};
	$undo->();
	ok next_of($fresh), "$name: then it goes on";
	after($s, $name);
}

row 'R-06 Redis has no memory left' => sub {
	refuses_writes('R-06', sub { $redis->cli(qw(CONFIG SET maxmemory 1)) },
	    sub { $redis->cli(qw(CONFIG SET maxmemory 0)) });
};

row 'R-08 Redis is a replica (READONLY)' => sub {
	refuses_writes('R-08', sub { $redis->cli(qw(REPLICAOF 127.0.0.1 1)) },
	    sub { $redis->cli(qw(REPLICAOF NO ONE)) });
};

# The replica that takes over has not heard of the last writes.
row 'R-11 a fail-over loses writes' => sub {
	my $dump = "$redis->{dir}/dump.rdb";
	my ($s, $late);

	$s = before(sub { $redis->cli('SAVE') });
	# what the old master did without its replica: the grace as well
	$late = enter();
	my $next = next_of($late);
	$redis->kill9;
	ok -s $dump, 'control: the replica has what was before';
	$redis->start;
	my $again = ask($late);
	like $again->status, qr/^401$/, 'a successor that was lost is not made up';
	is column($late, 'revoked_at IS NULL'), 't', 'that ends no session';
	ok next_of($next), 'the live token goes on';
	after($s, 'R-11');
	forget();
};

# ---- processes and the wire

# Sends a token while the program dies at a place of the refresh, when it comes
# by for the nth time; then the client asks again.
sub killed_at ($place, $action, @times) {
	my $died = 0;

	for my $n (@times) {
		my $tokens = enter();
		$sark->arm(refresh => "$place:$action\@$n");
		my $lost = ask($tokens);
		$sark->arm('refresh');
		$died++ if $lost->status != 200;
		note "$place $n: ", $lost->status;
		my $next = next_of($tokens, "$place $n");
		is column($tokens, 'rotations'), 1,
		    "$place $n, $action: asked twice, used up once";
		ok next_of($next), "$place $n: the successor is live";
		later($tokens);
		dead $tokens, "$place $n: what was used up is dead";
	}
	cmp_ok $died, '>', 0, "control: $place was hit";
}

row 'P-04 killed between the commit and Redis' => sub {
	killed_at(commit_after => 'kill9', 1);
	killed_at(redis_before => 'kill9', long() ? 2 .. 6 : 3 .. 4);
	if (long()) {
		killed_at(commit_before => 'kill9', 1);
		killed_at(redis_after => 'kill9', 2 .. 6);
		killed_at($_ => 'kill9', 3 .. 8) for qw(pg_before pg_after);
	}
	pass 'RT-04 who lost the answer asks again and has it';
};

row 'G-03 the connection is cut when COMMIT was sent' => sub {
	killed_at(pg_after => 'eio', long() ? 2 .. 9 : 3 .. 5);
	my $tokens = enter();
	next_of($tokens);	# statements are prepared
	$sark->proxy('postgresql')->set(cut_match => { way => 'up', once => 1,
	    match => "COMMIT\0" });
	my $answer = $sark->client('refresh')->post('/api/v1/auth/logout', {},
	    token => $tokens->{access_token});
	is $answer->status, 503, 'a logout whose commit has no answer';
	is $answer->json->{code}, 'uncertain', 'says that it cannot know';
	# the token may be refused by now: then it was done
	Sark::Temp->until('asked again', sub {
		$sark->client('refresh')->post('/api/v1/auth/logout', {},
		    token => $tokens->{access_token})->status =~ /^(?:200|401)$/ });
	is column($tokens, 'revoked_at IS NOT NULL'), 't', 'it is over, once';
	is $sark->psql("SELECT count(*) FROM sark.audit_event WHERE type ="
	    . " 'session_ended' AND resource = '" . sid($tokens) . "'"), 1,
	    'with one event';
	dead $tokens, 'and its refresh token';
};

# ---- clocks

my $clock = File::Temp->new(TEMPLATE => 'skclockXXXXXX', TMPDIR => 1);
my %shim = (LD_PRELOAD => builddir() . '/t/fault/.libs/shim.so',
	SARK_SHIM_CLOCK => "$clock",
	ASAN_OPTIONS => "$ENV{ASAN_OPTIONS}:verify_asan_link_order=0");

# One write in place: programs have the file mapped.
sub ahead ($s) {
	open my $out, '+<', "$clock" or die "$clock: $!\n";
	syswrite $out, sprintf '%-63d', $s;
}

row 'T-01 the clock jumps' => sub {
	my %jump = ('an hour on' => 3900, 'an hour back' => -3600,
		'ten years on' => 10 * 365 * 86400, 'to 1970' => 60 - time);

	spew("$clock", '0' . ' ' x 62 . "\0", 0644);
	chmod 0644, "$clock";
	for my $program (qw(login refresh)) {
		$sark->{env}{$program} = \%shim;
		$sark->restart_program($program);
	}
	for my $name (sort keys %jump) {
		my $s = before(sub { });
		ahead($jump{$name});
		after($s, "T-01 $name");
		my $there = enter();
		ok $there->{access_token}, "T-01 $name: a login";
		ahead(0);
	}
	for my $program (qw(login refresh)) {
		$sark->arm($program);
	}
};

is $sark->torn_memory, '', 'no process was hurt';

done_testing;
