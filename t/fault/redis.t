# Redis goes, comes back with less or with other things than it had, refuses,
# or is slow: nobody is let in by that, and nothing but speed is lost.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use Sark::Fault;
use Sark::Temp;
use Sark::Tree qw(slurp spew);
use Test::More;
use Time::HiRes qw(sleep);

my $sark = Sark::Fault->start(qw(login registry policy status),
    { redis_settings => { 'lua-time-limit' => 50 } });
my $redis = $sark->redis;
my @mix = qw(decide deny login wrong_login register);

# One question, asked outside the history: "allow HIT".
sub ask ($tool) {
	my $answer = $sark->client('policy')->post('/api/v1/policy/evaluate', {
	    action => 'tool:invoke', tool => $tool, resource => 'the same' },
	    token => $sark->token('dev'));

	return $answer->json->{decision} . ' '
	    . $answer->header('x-cache-status');
}

# A tool's level, changed as the officer changes it.
sub level ($tool_id, $level) {
	Sark::Temp->until("level $level", sub {
		$sark->client('registry')->post(
		    "/api/v1/tools/$tool_id/sensitivity",
		    { sensitivity_level => $level, reason => 'a test' },
		    token => $sark->token('officer'))->status == 200 });
}

# A tool was open, and decisions about it were kept; it is closed; then Redis
# goes back to what it knew before: it must stay closed.  $keep->() is called
# while it is open, $fault->() when it is closed.
sub stays_closed ($name, $keep, $fault) {
	state $n = 0;
	my $tool = 'reopened.t' . ++$n;
	my $made;

	# a worker leaves a Redis that failed it alone for a moment
	Sark::Temp->until('a tool', sub {
		$made = $sark->client('registry')->post('/api/v1/servers', {
		    name => "reopened $n", transport => 'http',
		    endpoint => 'https://base.example/mcp', tools => [
		    { name => $tool, sensitivity_level => 'low' } ] },
		    token => $sark->token('admin'))->json;
		return $made->{server_id};
	});
	Sark::Temp->until('it is kept', sub { ask($tool) eq 'allow HIT' });
	pass "$name: control: it was open, which was kept";
	$keep->();
	level($made->{tools}[0]{tool_id}, 'critical');
	like ask($tool), qr/^deny /, "$name: control: closed";
	$fault->();
	like ask($tool), qr/^deny /, "$name: still closed" for 1 .. 4;
	Sark::Temp->until('it is kept again', sub {
		ask($tool) eq 'deny HIT' });
	pass "$name: and that is kept";
	$sark->begin;	# this was in no history
}

# Somebody is in, which Redis remembers; his session is ended; then Redis goes
# back to what it knew before: he stays out, and who is in stays in.
sub stays_out ($name, $keep, $fault) {
	my ($gone, $stays) = map { $sark->insist(login =>
	    '/api/v1/auth/login/local', { username => $_,
	    password => Sark::password($_) })->json->{access_token} }
	    qw(officer admin);
	my $ask = sub ($token) {
		return join ' ', map { $sark->client($_->[0])->get($_->[1],
		    token => $token)->status } [ login => '/api/v1/auth/me' ],
		    [ policy => '/api/v1/policy' ];
	};

	is $ask->($_), '200 200', "$name: control: in" for $gone, $stays;
	like $redis->cli('--scan', '--pattern', 'session:standing:*'), qr/./,
	    "$name: control: that is remembered";
	$keep->();
	$sark->tool('sark-user', 'disable', 'officer');
	is $ask->($gone), '401 401', "$name: control: out";
	$fault->();
	is $ask->($gone), '401 401', "$name: still out" for 1 .. 4;
	is $ask->($stays), '200 200', "$name: still in";
	$sark->tool('sark-user', 'enable', 'officer');
	delete $sark->{tokens}{officer};
	is $ask->($gone), '401 401', "$name: a session that was ended is over";
	$sark->begin;	# this was in no history
}

# Descriptors that the workers hold.
sub descriptors () {
	my $n = 0;

	for my $program (qw(login registry policy)) {
		$n += () = glob "/proc/$_/fd/*" for $sark->workers($program);
	}
	return $n;
}

# Redis with other settings, on what it has on disk.
sub restart_with (%settings) {
	$redis->stop;
	$redis->{settings} = { %{ $redis->{settings} }, %settings };
	$redis->start;
}

# What is on its disk.
sub forget () {
	system('rm', '-rf', '--', glob "$redis->{dir}/{appendonlydir,*.rdb}");
}

sub log_of_redis () {
	my ($path) = glob "$redis->{dir}/appendonlydir/*.incr.aof";
	return $path;
}

row 'R-01 Redis is killed and comes back with its log' => sub {
	restart_with(appendonly => 'yes', appendfsync => 'everysec');
	$sark->until_ok('login');
	my $load = $sark->load(mix => \@mix);

	for (1 .. (long() ? 20 : 3)) {
		sleep 0.3;
		$redis->kill9;
		$sark->operate($_) for qw(decide deny wrong_login);
		$redis->start;
		$sark->until_ok('login');
	}
	$load->stop;
	$sark->until_ok('decide');
	$sark->holds('R-01');
};

# Of an append-only log that is not synced with every write, a power cut
# leaves a beginning: any beginning must do.
row 'R-02 the power fails: Redis has a beginning of its log' => sub {
	my $kept;

	for my $part (0.9, 0.5, 0.1, 0) {
		$sark->operate($_) for @mix;
		$redis->kill9;
		my $path = log_of_redis();
		truncate $path, int($part * -s $path) or die "$path: $!\n";
		$redis->start;
		$sark->until_ok('login');
		$sark->until_ok('decide');
	}
	$sark->holds('R-02');
	my @back = (sub { $kept = -s log_of_redis() }, sub {
		$redis->kill9;
		truncate log_of_redis(), $kept or die "truncate: $!\n";
		$redis->start;
		$sark->until_ok('login');
	});
	stays_closed('R-02', @back);
	stays_out('R-02', @back);
};

row 'R-03 Redis is empty: FLUSHALL, or nothing on disk' => sub {
	my $load = $sark->load(mix => \@mix);

	for (1 .. (long() ? 50 : 5)) {
		$redis->cli('FLUSHALL');
		sleep 0.2;
	}
	$redis->stop;
	forget();
	$redis->start;
	$sark->until_ok('login');
	$load->stop;
	$sark->until_ok('decide');
	$sark->holds('R-03');
	for my $stays (\&stays_closed, \&stays_out) {
		$stays->('R-03', sub { }, sub { $redis->cli('FLUSHALL') });
	}
};

row 'R-04 Redis comes back with an old dump' => sub {
	restart_with(appendonly => 'no');
	my @back = (sub { $redis->cli('SAVE') }, sub {
		# without a SAVE: what it loads is the old dump
		$redis->kill9;
		ok -s "$redis->{dir}/dump.rdb", 'control: there is one';
		$redis->start;
		cmp_ok $redis->cli('DBSIZE'), '>', 0, 'control: it was loaded';
		$sark->until_ok('login');
	});
	stays_closed('R-04', @back);
	stays_out('R-04', @back);
	$sark->holds('R-04');
	forget();
};

row 'R-05 the log of Redis is damaged' => sub {
	forget();
	restart_with(appendonly => 'yes');
	$sark->until_ok('login');
	$sark->operate($_) for @mix, @mix;

	$redis->kill9;
	my $path = log_of_redis();
	truncate $path, -7 + -s $path;
	$redis->start;
	$sark->until_ok('login');
	pass 'without its last bytes it is loaded';

	$redis->kill9;
	my $good = slurp($path);
	my $bad = $good;
	# a command's head, in the middle
	my $at = index $bad, "\r\n*", length($bad) / 2;
	substr $bad, $at + 2, 1, 'X';
	spew($path, $bad);
	my ($rc) = $sark->temp->run([ Sark::Temp->as_user,
	    $redis->command ]);
	isnt $rc, 0, 'damaged in the middle Redis does not start';
	for my $kind (qw(login wrong_login)) {
		is $sark->operate($kind)->status, 503, "no $kind meanwhile";
	}
	is $sark->operate('decide')->header('x-cache-status'), 'BYPASS',
	    'decisions are made without it';
	is $sark->operate('deny')->json->{decision}, 'deny', 'of both kinds';

	# Damage inside a value is nothing that Redis sees: our records do.
	$good =~ s/((?:policy:decision|session:standing):.{80,}?)[0-9a-f]/$1x/gs;
	spew($path, $good);
	$sark->temp->give($path);
	$redis->start;
	$sark->until_ok('login');
	$sark->until_ok('decide');
	$sark->holds('R-05');
	restart_with(appendonly => 'no');
	forget();
};

# Redis answers reads and refuses writes; $undo->() when that was seen.
sub refuses_writes ($name, $undo) {
	Sark::Temp->until("$name: it refuses", sub {
		(eval { $redis->cli('SET', 'a', 'b') } // '') ne 'OK' });
	is $sark->operate('login')->status, 503, "$name: no login";
	like $sark->operate('wrong_login')->status, qr/^(?:401|503)$/,
	    "$name: nor with a wrong password";
	is $sark->operate('decide')->json->{decision}, 'allow',
	    "$name: decisions go on";
	is $sark->operate('deny')->json->{decision}, 'deny',
	    "$name: denied stays denied";
	is $sark->operate('register')->status, 201,
	    "$name: a server without tools needs no Redis";
	$undo->();
	$sark->until_ok('login');
	Sark::Temp->until('decisions are kept again', sub {
		ask('base.open') eq 'allow HIT' });
	$sark->begin;
	$sark->holds($name);
}

row 'R-06 Redis has no memory left' => sub {
	$redis->cli(qw(CONFIG SET maxmemory 1));
	refuses_writes('R-06', sub { $redis->cli(qw(CONFIG SET maxmemory 0)) });
};

row 'R-07 Redis cannot save (MISCONF)' => sub {
	chmod 0500, $redis->{dir};
	$redis->cli('CONFIG', 'SET', 'save', '3600 1');
	$redis->cli(qw(CONFIG SET stop-writes-on-bgsave-error yes));
	$redis->cli(qw(SET something new));
	eval { $redis->cli('BGSAVE') };
	Sark::Temp->until('the save has failed', sub {
		$redis->cli(qw(INFO persistence))
		    =~ /rdb_last_bgsave_status:err/ });
	refuses_writes('R-07', sub {
		chmod 0700, $redis->{dir};
		$redis->cli('CONFIG', 'SET', 'save', '');
	});
};

row 'R-08 Redis is a replica (READONLY)' => sub {
	$redis->cli(qw(REPLICAOF 127.0.0.1 1));
	refuses_writes('R-08', sub { $redis->cli(qw(REPLICAOF NO ONE)) });
};

row 'R-09 Redis is busy, is loading, or forgot its scripts' => sub {
	my $load = $sark->load(mix => \@mix);
	my $busy = $sark->temp->spawn(name => 'busy', command => [ 'redis-cli',
	    '-s', $redis->socket, 'EVAL', 'while true do end', 0 ]);

	Sark::Temp->until('it is busy', sub {
		!eval { $redis->cli('PING'); 1 } || $redis->cli('PING')
		    =~ /BUSY/ });
	is $sark->operate('login')->status, 503, 'no login';
	is $sark->operate('deny')->json->{decision}, 'deny', 'still denied';
	$redis->cli(qw(SCRIPT KILL));
	Sark::Temp->end($busy);
	$sark->until_ok('login');

	$redis->cli(qw(SCRIPT FLUSH));
	$sark->until_ok($_) for qw(login decide);

	$redis->cli('EVAL', q{for i = 1, 1000 do}
	    . q{ redis.call('SET', 'k' .. i, i) end}, 0);
	$redis->cli('SAVE');
	$redis->kill9;
	$redis->{pid} = $sark->temp->spawn(name => 'redis', user => 1,
	    command => [ $redis->command('key-load-delay' => 2000) ]);
	Sark::Temp->until('it loads', sub {
		my (undef, $out, $err) = $sark->temp->run([ 'redis-cli', '-s',
		    $redis->socket, 'GET', 'k1' ]);
		return "$out$err" =~ /LOADING|^1$/m });
	$sark->operate($_) for @mix;
	$sark->until_ok($_) for qw(login decide);
	$load->stop;
	$sark->holds('R-09');
	forget();
};

row 'R-10 Redis stops answering, or answers late' => sub {
	my $load = $sark->load(mix => \@mix);

	kill STOP => $redis->pid;
	$sark->operate($_) for qw(decide deny login wrong_login);
	sleep(long() ? 30 : 1.5);
	kill CONT => $redis->pid;
	$sark->until_ok($_) for qw(login decide);
	$sark->proxy('redis')->set(latency => { ms => 300, jitter => 100 });
	$sark->operate($_) for @mix;
	sleep(long() ? 10 : 1);
	$sark->proxy('redis')->clear;
	$sark->until_ok($_) for qw(login decide);
	$load->stop;
	$sark->holds('R-10');
};

row 'R-12 Redis comes and goes' => sub {
	$sark->until_ok($_) for qw(login decide register);
	my $before = descriptors();
	my $load = $sark->load(mix => \@mix);

	for (1 .. (long() ? 300 : 6)) {
		$sark->proxy('redis')->set(down => 1);
		sleep(long() ? 1 : 0.3);
		$sark->proxy('redis')->clear;
		sleep(long() ? 1 : 0.3);
	}
	$load->stop;
	$sark->until_ok($_) for qw(login decide register);
	Sark::Temp->until('descriptors', sub {
		descriptors() <= $before + 6 });	# one a worker
	pass 'no more descriptors than before';
	$sark->holds('R-12');
};

# How often the engine was asked, all workers summed.
sub evaluations () {
	my $text = $sark->client('status')->get('/metrics')->body;
	my ($n) = $text =~ /^sark_policy_evaluation_seconds_count\S* (\d+)/m;

	return $n // die "no count in:\n$text";
}

# Who asks until he is refused: how often he was served.
sub served_until_refused ($most) {
	for my $n (0 .. $most) {
		my $answer = $sark->client('login')->get('/api/v1/auth/me',
		    token => $sark->token('operator'));
		return $n if $answer->status == 429;
		die $answer->body if $answer->status != 200;
	}
	return $most;
}

row 'R-16 rate limits are counted without Redis' => sub {
	$sark->set(rate_user => 40);
	$sark->restart_program('login');
	cmp_ok served_until_refused(1000), '<', 200, 'control: there is a limit';
	$redis->cli('FLUSHALL');
	$sark->proxy('redis')->set(down => 1);
	cmp_ok served_until_refused(1000), '<', 200, 'workers have their share';
	for my $kind (qw(login wrong_login)) {
		is $sark->operate($kind)->status, 503, "no $kind meanwhile";
	}
	Sark::Temp->until('the log of it', sub {
		$sark->log('login') =~ /event=limits_shared/ });
	$sark->proxy('redis')->clear;
	$sark->until_ok('login');
	$redis->cli(qw(SCRIPT FLUSH));
	Sark::Temp->until('Redis counts again, with the script it lost', sub {
		served_until_refused(1000);
		grep { /^rate:limit:user:/ } split /\n/,
		    $redis->cli('--scan', '--pattern', 'rate:limit:*') });
	$sark->set(rate_user => 1_000_000);
	$sark->restart_program('login');
	$sark->until_ok('login');
	$sark->holds('R-16');
};

row 'L-05 Redis is emptied while many ask the same' => sub {
	my @questions = map { "question $_" } 1 .. 5;
	my $flushes = long() ? 50 : 5;
	my $asked = $sark->temp->path('asked');
	my $ask = sub ($resource) {
		my $answer = $sark->client('policy')->post(
		    '/api/v1/policy/evaluate', { action => 'tool:invoke',
		    tool => 'base.open', resource => $resource },
		    token => $sark->token('dev'));
		die $answer->body if $answer->json->{decision} ne 'allow';
		open my $out, '>>', $asked or die "$asked: $!\n";
		syswrite $out, $answer->header('x-cache-status') eq 'BYPASS'
		    ? 'B' : '.';
	};

	$sark->until_ok('decide');
	$ask->($_) for @questions;
	my $before = evaluations();
	my $load = Sark::Fault::Load->start($ask, clients => 6, pause => 0,
	    mix => \@questions);
	for (1 .. $flushes) {
		my $size = -s $asked;
		Sark::Temp->until('more were asked', sub {
			-s $asked > $size + 100 });
		$redis->cli('FLUSHALL');
	}
	$load->stop;
	my $evaluated = evaluations() - $before;
	note "$evaluated evaluations, ", -s $asked, ' questions';
	cmp_ok $evaluated, '>=', $flushes, 'control: the caches were cold';
	# a machine so busy that Redis was too late for some: those do not count
	my $bypassed = slurp($asked) =~ tr/B//;
	cmp_ok $evaluated - $bypassed, '<=',
	    $flushes * @questions * $sark->{workers},
	    'a worker evaluates a question once, those that wait do not';
	$sark->begin;
	$sark->holds('L-05');
};

done_testing;
