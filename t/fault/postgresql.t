# PostgreSQL that dies, is away, slow, full of clients or locked.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use Sark::Fault;
use Sark::Temp;
use Test::More;
use Time::HiRes 'sleep';

use constant WORKERS => 2;

my $sark = Sark::Fault->start(qw(login registry policy), {
    workers => WORKERS, conf => {
    %{ Sark::Fault::patient() }, postgresql_timeout_ms => 2000 } });
my $pg = $sark->postgresql;
my $proxy = $sark->proxy('postgresql');
my @mix = qw(decide login register deny wrong_login forbidden);

# Asks until it is refused so; what else came is in the history.
sub until_refused ($kind, $status = 503) {
	Sark::Temp->until("$kind: $status", sub {
		$sark->operate($kind)->status == $status }, 60);
	pass "$kind is refused, $status";
}

sub recovered ($id) {
	$sark->until_ok($_) for qw(login register decide);
	return $id;
}

# A session of its own that stays until it is ended.
sub session ($sql, $role = 'owner') {
	return $sark->temp->spawn(name => 'session', user => 1, command => [
	    'psql', '-XAtq', '-c', $sql, $pg->conninfo($role) ]);
}

# A backend that sleeps does not see that its client has gone.
sub end_sessions (@pids) {
	$sark->psql('SELECT pg_terminate_backend(pid) FROM pg_stat_activity'
	    . q{ WHERE query LIKE '%pg_sleep(3600)'});
	Sark::Temp->end($_) for @pids;
}

row 'G-01 PostgreSQL killed' => sub {
	my $load = $sark->load(mix => \@mix);
	my %kill = (
		'a backend, by SIGKILL' => sub {
			my $pid = $sark->psql('SELECT pid FROM pg_stat_activity'
			    . q{ WHERE usename = 'sark_registry' LIMIT 1});
			kill KILL => $pid if $pid;
		},
		'immediate stop' => sub { $pg->restart('immediate') },
		'the postmaster, by SIGKILL' => sub {
			$pg->kill9;
			$pg->start;
		},
	);

	$sark->until_ok('register');
	for (1 .. (long() ? 5 : 1)) {
		for my $what (sort keys %kill) {
			note $what;
			$sark->connects(postgresql => 3 * WORKERS, sub {
				$kill{$what}->();
				recovered($what);
			});
		}
	}
	$load->stop;
	$sark->holds('G-01');
};

row 'G-02 PostgreSQL stopped' => sub {
	my $load = $sark->load(mix => \@mix, pause => long() ? 0.5 : 0.1);

	$sark->until_ok('decide');
	$sark->connects(postgresql => 3 * WORKERS, sub {
		$pg->stop;
		until_refused($_) for qw(login wrong_login register);
		sleep(long() ? 600 : 1);
		$sark->until_ok('decide');
		note 'a tool that is known is decided';
		my $deny = $sark->operate('deny')->json;
		is $deny->{decision}, 'deny', 'a deny stays one';
		for (1 .. 2) {
			my $never = $sark->operate('deny', tool => 'never.seen');
			is $never->json->{reason}, 'policy_unavailable',
			    'a tool that cannot be looked up is denied';
			is $never->header('x-cache-status'), 'MISS',
			    'which is not kept';
		}
		ok -s (glob $sark->spool . '/*')[0], 'the spool holds events';
		$pg->start;
	});
	recovered('G-02');
	$load->stop;
	$sark->holds('G-02');
};

row 'G-05 PostgreSQL slow' => sub {
	$proxy->set(latency => { ms => 20, jitter => 10 });
	$sark->until_ok($_) for qw(login register decide);
	my $load = $sark->load(mix => \@mix, pause => 0.1);
	for my $toxic ([ latency => { ms => 2000 } ],
	    [ bandwidth => { bytes => 1 } ], [ timeout => { ms => 0 } ]) {
		note "$toxic->[0]";
		$proxy->clear;
		$proxy->set(@$toxic);
		until_refused($_) for qw(login register);
		$sark->until_ok('decide');
		note 'the others are answered';
		sleep 60 if long();
	}
	$proxy->clear;
	recovered('G-05');
	$load->stop;
	$sark->holds('G-05');
};

row 'G-06 PostgreSQL has too many clients' => sub {
	my @sessions;

	$pg->{settings} = { max_connections => 8 };
	$pg->restart;
	# all that are for others than the owner, who has three of his own
	push @sessions, session('SELECT pg_sleep(3600)', 'sark_audit')
	    for 1 .. 8;
	Sark::Temp->until('no connection is left', sub {
		($pg->try('SELECT 1', role => 'sark_audit'))[2] =~
	    /remaining connection slots|too many clients/ });
	$sark->connects(postgresql => 3 * WORKERS, sub {
		until_refused($_) for qw(login register);
		$sark->until_ok('decide');
		note 'a known tool is decided';
		sleep 60 if long();
	});
	end_sessions(@sessions);
	$pg->{settings} = {};
	recovered('G-06');
	$pg->restart;
	recovered('G-06');
	$sark->holds('G-06');
};

row 'G-13 tables locked, a long transaction' => sub {
	my $sleep = 'SELECT pg_sleep(3600)';
	my $idle = session("BEGIN; SELECT txid_current(); $sleep");
	$sark->until_ok('register');
	pass 'a long transaction stops nobody';

	my $lock = session("BEGIN; LOCK TABLE sark.audit_event; $sleep");
	Sark::Temp->until('the table is locked', sub {
		$sark->psql(q{SELECT 1 FROM pg_locks WHERE granted AND
		    relation = 'sark.audit_event'::regclass AND
		    mode = 'AccessExclusiveLock'}) });
	my $load = $sark->load(clients => 4, mix => \@mix);
	until_refused($_) for qw(login register);
	$sark->until_ok('decide');
	note 'decisions go on';
	my $most = 0;
	for (1 .. (long() ? 300 : 10)) {
		my $n = $sark->psql('SELECT count(*) FROM pg_stat_activity'
		    . q{ WHERE wait_event_type = 'Lock'});
		$most = $n if $n > $most;
		sleep 0.1;
	}
	cmp_ok $most, '<=', 3 * WORKERS, 'no more wait than there are workers';
	end_sessions($lock, $idle);
	recovered('G-13');
	$load->stop;
	$sark->holds('G-13');
};

done_testing;
