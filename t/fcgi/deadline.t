# The deadline of a request: what a store does not give in time is answered
# 503 timeout, nothing is done, and the next request is served.  The stores'
# own timeouts are far away here, beyond what a client waits for.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use Sark;
use Sark::Temp;
use POSIX ();
use Sark::Tree qw(spew);
use Test::More;

my $sark = Sark->start(qw(login registry policy), { conf => {
	postgresql_timeout_ms => 60_000, redis_timeout_ms => 10_000,
	deadline_ms => 2000, login_deadline_ms => 60_000 } });
my $temp = $sark->temp;
my $admin = $sark->login('admin');
my $path = '/api/v1/servers';
my %server = (name => 'jira', transport => 'stdio', command => 'c',
	tools => [ { name => 'jira.get' } ]);
my $n = 0;

# Somebody who holds tables; $let_go->() ends it.
sub lock_tables (@tables) {
	my $sql = spew($temp->path('lock' . ++$n), 'BEGIN; LOCK TABLE ' .
	    join(', ', @tables) . '; SELECT pg_sleep(300);');
	my $pid = $temp->spawn(name => "lock$n", user => 1, command => [
	    'psql', '-XAtqf', $sql, $sark->postgresql->conninfo('owner') ]);

	Sark::Temp->until('the lock', sub {
		$sark->psql(q(SELECT count(*) FROM pg_locks WHERE granted AND
		    mode = 'AccessExclusiveLock' AND relation = ) .
		    "'$tables[0]'::regclass") >= 1 });
	return sub {
		$sark->psql(q(SELECT pg_terminate_backend(pid) FROM
		    pg_stat_activity WHERE query LIKE '%pg_sleep%'
		    AND pid <> pg_backend_pid()));
		Sark::Temp->end($pid);
	};
}

sub timed_out ($answer, $name) {
	refused $answer, 503, 'timeout', $name;
	like $answer->header('retry-after'), qr/^[1-9]\d*$/, 'Retry-After';
}

is $admin->get($path)->status, 200, 'control: the registry answers';
is $admin->post($path, { %server, name => 'first' })->status, 201,
    'control: it registers';

subtest 'G-13 a table is locked' => sub {
	my $let_go = lock_tables('sark.server');

	for (1 .. 2) {
		timed_out $admin->get($path), 'a list';
		timed_out $admin->post($path, \%server), 'a registration';
	}
	$let_go->();
	is $admin->get($path)->status, 200, 'control: afterwards it answers';
	is $sark->psql(q(SELECT count(*) FROM sark.server WHERE name = 'jira')),
	    0, 'A1 nothing of what was refused was done';
	is $sark->psql(q(SELECT count(*) FROM sark.audit_event
	    WHERE type = 'server_registered')), 1, 'nor recorded';
	is $admin->post($path, \%server)->status, 201, 'and can be done now';
};

subtest 'G-13 each kind of request has its own deadline' => sub {
	my $let_go = lock_tables('sark.users', 'sark.server');
	my $out = $temp->path('login');
	my $pid = fork // die "fork: $!\n";

	if ($pid == 0) {
		my $answer = $sark->stranger->post('/api/v1/auth/login/local',
		    { username => 'dev', password => Sark::password('dev') });
		spew($out, $answer->status);
		POSIX::_exit(0);
	}
	Sark::Temp->until('the login waits', sub {
		$sark->psql(q(SELECT count(*) FROM pg_locks WHERE NOT granted
		    AND relation = 'sark.users'::regclass)) >= 1 });
	timed_out $admin->get($path), 'a list meanwhile';
	ok !-e $out, 'the login waits longer';
	$let_go->();
	waitpid $pid, 0;
	is Sark::Tree::slurp($out), 200, 'and is answered once it can be';
};

subtest 'R-10 Redis hangs' => sub {
	my %question = (action => 'tool:invoke', tool => 'jira.get');
	my $dev = $sark->login('dev');
	my $ask = sub { $dev->post('/api/v1/policy/evaluate', \%question) };

	is $ask->()->json->{decision}, 'allow', 'control: an answer';
	kill 'STOP', $sark->redis->pid;
	for (1 .. 2) {
		my $answer = $ask->();
		my $said = $answer->json;

		ok $answer->status == 503 && $said->{code} eq 'timeout' ||
		    $answer->status == 200 && $said->{decision} =~
		    /^(?:allow|deny)$/, 'A2 503 or a decision: ' .
		    $answer->status or diag $answer->body;
		is $answer->header('x-cache-status') // '', 'BYPASS',
		    'A3 not from the cache' if $answer->status == 200;
	}
	kill 'CONT', $sark->redis->pid;
	Sark::Temp->until('decisions are back', sub {
		my $answer = $ask->();
		$answer->status == 200 && $answer->json->{decision} eq 'allow'
		    && $answer->header('x-cache-status') eq 'HIT' }, 30);
	pass 'R-10 afterwards the cache is used again';
	like $sark->log('policy'), qr/redis: the request's time is over/,
	    'the deadline it was, not the timeout of Redis';
};

done_testing;
