# Idempotency-Key: what is asked for twice is done once, whatever happens to
# the client, to the program and to the connection to PostgreSQL meanwhile.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use POSIX ();
use Sark;
use Sark::Proxy;
use Test::More;

my $sark = Sark->start(qw(login registry), { workers => 4,
	conf => { postgresql_timeout_ms => 30000 } });
my $dev = $sark->login('dev');
my $admin = $sark->login('admin');
my $path = '/api/v1/servers';
my $number = 0;

sub server (%more) {
	return { name => 'server-' . ++$number, transport => 'stdio',
	    command => 'x', tools => [ { name => "tool-$number.get" } ], %more };
}

sub with_key ($key, $client = $dev) {
	return $client->with('idempotency-key' => $key);
}

# How many servers of that name there are, and events about them.
sub there ($server) {
	return $sark->psql('SELECT count(*) FROM sark.server'
	    . " WHERE name = '$server->{name}'") . ' '
	    . $sark->psql('SELECT count(*) FROM sark.audit_event'
	    . " WHERE type = 'server_registered'"
	    . " AND reason = '$server->{name}'");
}

sub replayed ($answer) {
	return $answer->header('idempotent-replayed') // 'no';
}

# The later answer is that of the first request.
sub same ($later, $first, $name) {
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is $later->status, 201, $name or diag $later->body;
	is $later->body, $first->body, "$name: the same body";
	is $later->header('location'), $first->header('location'),
	    "$name: the same place";
	is replayed($later), 'true', "$name: and it says so";
}

subtest 'the same request' => sub {
	my $server = server();
	my $first = with_key('"one"')->post($path, $server);

	is $first->status, 201, 'the first';
	is replayed($first), 'no', 'is no replay';
	same(with_key('"one"')->post($path, $server), $first, 'again');
	same(with_key('one')->post($path, $server), $first, 'without quotes');
	is there($server), '1 1', 'one server, one event';
	refused with_key('two')->post($path, $server), 409, 'conflict',
	    'control: with another key the name is taken';
	refused $dev->post($path, $server), 409, 'conflict',
	    'control: without one, too';
	is with_key('two')->post($path, server())->status, 201,
	    'a key whose request was refused is still free';

	$sark->restart_program('registry');
	Sark::Temp->until('the registry is back', sub {
		$dev->get($path)->status == 200 });
	same(with_key('one')->post($path, $server), $first, 'after a restart');
};

subtest 'another request' => sub {
	my $server = server();
	my $first = with_key('mine')->post($path, $server);

	is $first->status, 201, 'the first';
	refused with_key('mine')->post($path, server()), 409,
	    'idempotency_key_reused', 'another body';
	refused with_key('mine')->post($path, { odd => 1 }), 422,
	    'one that is wrong, anyhow';
	my $other = server();
	is with_key('mine', $admin)->post($path, $other)->status, 201,
	    'the key of another user is another';
	is there($other), '1 1', 'and does its work';
	refused with_key('mine', $sark->login('viewer'))->post($path, $server),
	    403, 'forbidden', 'who may not is not shown what was done';
};

subtest 'what a key must be' => sub {
	my $server = server();

	for my $key ('a b', '"', '""', '"a', 'a"', '"a"b', '"a"; x=1',
	    '"a\\b"', 'a\\b', 'a, b', 'a,b', '"a", "b"', 'x' x 256,
	    '"' . 'x' x 256 . '"') {
		refused with_key($key)->post($path, $server), 400, 'bad_request',
		    "not '" . substr($key, 0, 20) . "'";
	}
	is there($server), '0 0', 'and nothing was done';
	for my $key ('x' x 255, '"' . 'x' x 254 . 'y"', '"a\\"\\\\"', '!~') {
		is with_key($key)->post($path, server())->status, 201,
		    'control: ' . substr($key, 0, 20);
	}
	is with_key('a b')->get($path)->status, 200, 'only who creates reads it';
};

subtest 'many at once' => sub {
	my $server = server();
	my (@readers, %bodies, %replays);

	for (1 .. 20) {
		pipe my $reader, my $writer or die "pipe: $!\n";
		my $pid = fork // die "fork: $!\n";
		if ($pid == 0) {
			my $answer = with_key('crowd')->post($path, $server);
			syswrite $writer, join "\t", $answer->status,
			    replayed($answer), $answer->body;
			POSIX::_exit(0);
		}
		close $writer;
		push @readers, [ $pid, $reader ];
	}
	for my $each (@readers) {
		my ($pid, $reader) = @$each;
		local $/;
		my ($status, $replay, $body) = split /\t/, <$reader>, 3;
		waitpid $pid, 0;
		$bodies{"$status $body"}++;
		$replays{$replay}++;
	}
	is scalar keys %bodies, 1, 'twenty have one answer'
	    or diag join "\n", keys %bodies;
	like((keys %bodies)[0], qr/^201 /, 'registered');
	is $replays{no}, 1, 'one of them did it';
	is there($server), '1 1', 'one server, one event';
};

subtest 'what is kept' => sub {
	my $server = server(description => 'a-word-to-look-for');
	my $first = with_key('secret-key')->post($path, $server);
	my $rows = sub ($sql) {
		return $sark->psql("SELECT $sql FROM sark.idempotency_key"
		    . ' ORDER BY created_at DESC LIMIT 1');
	};

	is $rows->('status'), 201, 'the status';
	unlike $rows->('idempotency_key::text'),
	    qr/a-word-to-look-for|secret-key/,
	    'neither answer nor key can be read there';
	like $first->body, qr/a-word-to-look-for/, 'control: it is in the answer';

	# A row that was moved is not opened for another key.
	my $other = with_key('other-key')->post($path, server());
	is $other->status, 201, 'another';
	$sark->psql('UPDATE sark.idempotency_key SET answer = (SELECT answer'
	    . ' FROM sark.idempotency_key ORDER BY created_at DESC LIMIT 1)'
	    . ' WHERE created_at < (SELECT max(created_at)'
	    . ' FROM sark.idempotency_key)');
	refused with_key('secret-key')->post($path, $server), 409, 'conflict',
	    'an answer moved to another key does not open';

	$sark->psql('DELETE FROM sark.idempotency_key');
};

subtest 'a day later' => sub {
	my $server = server();
	my $first = with_key('day')->post($path, $server);
	my $age = sub ($what) {
		$sark->psql('UPDATE sark.idempotency_key'
		    . " SET created_at = now() - interval '$what'");
	};

	$age->('23 hours 50 minutes');
	same(with_key('day')->post($path, $server), $first, 'nearly a day');
	$age->('24 hours 1 second');
	refused with_key('day')->post($path, $server), 409, 'conflict',
	    'after a day the request is a new one';
	my $next = server();
	my $second = with_key('day')->post($path, $next);
	is $second->status, 201, 'and the key is free';
	same(with_key('day')->post($path, $next), $second, 'for its next day');
};

subtest 'stores away' => sub {
	my $server = server();

	$sark->without(redis => sub {
		refused with_key('away')->post($path, $server), 503,
		    'unavailable', 'without Redis';
		is there($server), '0 0', 'nothing is half done';
	});
	$sark->without(postgresql => sub {
		refused with_key('away')->post($path, $server), 503,
		    'unavailable', 'without PostgreSQL';
	});
	my $answer;
	Sark::Temp->until('both back', sub {
		$answer = with_key('away')->post($path, $server);
		return $answer->status == 201;
	});
	same(with_key('away')->post($path, $server), $answer, 'both back');
	is there($server), '1 1', 'once';
};

# ---- G-03: the connection to PostgreSQL is cut around the commit

my $temp = $sark->temp;
my $dir = $temp->mkdir('proxy');
my $proxy = Sark::Proxy->start($temp, "$dir/.s.PGSQL.5432",
    $sark->postgresql->{dir} . '/.s.PGSQL.5432');

$sark->set(postgresql => "host=$dir dbname=sark");
$sark->{workers} = 1;	# the proxy serves one client after the other
$sark->restart_program('registry');

sub through_proxy ($what, $key, $server) {
	Sark::Temp->until('the registry answers', sub {
		$dev->get($path)->status == 200 });
	$proxy->rule($what => 'COMMIT');
	return with_key($key)->post($path, $server);
}

subtest 'G-03 the answer to the commit is lost' => sub {
	my $server = server();
	my $first = through_proxy(deaf => 'g-03', $server);

	is $first->status, 201, 'the outcome is looked up by the key'
	    or diag $first->body;
	is replayed($first), 'true', 'from what was committed';
	is there($server), '1 1', 'it was done once';
	same(with_key('g-03')->post($path, $server), $first, 'a retry');
	is there($server), '1 1', 'still once';

	my $plain = server();
	Sark::Temp->until('the registry answers', sub {
		$dev->get($path)->status == 200 });
	$proxy->rule(deaf => 'COMMIT');
	refused $dev->post($path, $plain), 503, 'uncertain',
	    'control: without a key nobody can know';
	is there($plain), '1 1', 'though it was done';
};

subtest 'G-04 the connection is cut before the commit' => sub {
	my $server = server();
	my $first = through_proxy(cut => 'g-04', $server);

	refused $first, 503, 'unavailable', 'surely not done: unavailable';
	is there($server), '0 0', 'nothing is there';
	my $second;
	Sark::Temp->until('a retry is served', sub {
		$second = with_key('g-04')->post($path, $server);
		return $second->status == 201;
	});
	is replayed($second), 'no', 'the retry does it';
	is there($server), '1 1', 'once';
};

done_testing;
