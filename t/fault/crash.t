# Processes that die in the middle: before a commit and after it, with a
# record written or not, and the loader at each of its steps.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use Sark::Fault;
use Sark::Temp;
use Test::More;

my $sark = Sark::Fault->start(qw(login registry policy), { workers => 1,
    conf => Sark::Fault::patient() });

my %program = (register => 'registry', login => 'login', decide => 'policy');

# What is there of one operation: events and rows.
sub traces ($answer) {
	my $state = $sark->state;
	my $type = $Sark::Fault::Checker::leaves{ $answer->{kind} }{event};
	my $n = grep { $_->[0] eq $answer->{id} && $_->[1] eq $type }
	    @{ $state->{events} };

	return $n . '+' . grep { $_ eq $answer->{id} } @{ $state->{rows} };
}

# Kills the program at a place once, in an operation of this kind.
sub killed ($kind, $place, $action = 'kill9') {
	my ($name, $time) = split /@/, $place;

	$sark->arm($program{$kind} => "$name:$action\@" . ($time // 1));
	my $answer;

	# on a busy machine it may be refused before it comes by
	Sark::Temp->until("$kind, $action at $place", sub {
		$answer = $sark->operate($kind);
		return $answer->status == 0;
	}, 60);
	pass "$kind, $action at $place: no answer";
	return $answer;
}

# The same again, with the same key, by the worker that was started instead.
sub again ($kind, $answer) {
	my $same;

	Sark::Temp->until("$kind, again", sub {
		$same = $sark->operate($kind, repeat => $answer->{id});
		return $same->status =~ /^20/;
	}, 60);
	return $same;
}

# The first of them, or all under --all.
sub some ($n, @places) {
	return long() ? @places : @places[0 .. $n - 1];
}

row 'P-01 workers killed under load' => sub {
	my ($killed, $most) = (0, long() ? 300 : 6);

	$sark->{workers} = 3;
	$sark->restart_program('policy');
	my $load = $sark->load(clients => 3, mix => [qw(decide deny)],
	    pause => 0);
	while ($killed < $most) {
		$sark->until_ok('decide');
		my $pid = Sark::Temp->until('three workers', sub {
			my @all = $sark->workers('policy');
			return @all == 3 && $all[rand 3];
		}, 60);
		# one that was killed before counts until it is reaped
		$killed += kill KILL => $pid;
	}
	$load->stop;
	is $killed, $most, "$most workers were killed";
	my @ended = map { $_->{end} } values %{ $sark->history->operations };
	cmp_ok scalar(grep { $_ eq 'info' } @ended), '<=', $killed,
	    'at most one request a kill had no answer';
	cmp_ok scalar(grep { $_ eq 'ok' } @ended), '>', 3 * $killed,
	    'control: the others were answered';
	$sark->holds('P-01');
	$sark->{workers} = 1;
	$sark->restart_program('policy');
};

row 'P-02 killed inside a request, before the commit' => sub {
	# the first statements are those of the start
	for my $place (some(2, qw(commit_before pg_before@3
	    pg_after@4 request_read))) {
		my $answer = killed(register => $place);
		is traces($answer), '0+0', 'nothing of it is there';
		is again(register => $answer)->status, 201, 'again: done';
		is traces($answer), '1+1', 'once';
	}
	for my $place (some(1, qw(commit_before redis_after@2 pg_after@3))) {
		is traces(killed(login => $place)), '0+0',
		    'nothing of it is there';
	}
	for my $place (some(1, qw(spool_before redis_after@2 engine_before
	    engine_after))) {
		is traces(killed(decide => $place)), '0+0',
		    'nothing of it is there';
	}
	$sark->arm($_) for qw(login registry policy);
	$sark->until_ok($_) for qw(login register decide);
	$sark->holds('P-02');
};

row 'P-03 killed after the commit, before the reply' => sub {
	for my $place (some(1, qw(commit_after reply_before))) {
		my $answer = killed(register => $place);
		is traces($answer), '1+1', 'it is there, once';
		my $same = again(register => $answer);
		is $same->status, 201, 'again: the answer that was kept';
		is $same->header('idempotent-replayed'), 'true', 'as it says';
		is traces($answer), '1+1', 'still once';
	}
	is traces(killed(login => $_)), '1+1', 'it is there, once'
	    for some(1, qw(commit_after reply_before));
	is traces(killed(decide => $_)), '1+0', 'it is there, once'
	    for some(1, qw(spool_after reply_before));
	is traces(killed(register => 'reply_before', 'exit')), '1+1',
	    'the same when it ends by itself';
	$sark->arm($_) for qw(login registry policy);
	$sark->until_ok($_) for qw(login register decide);
	$sark->holds('P-03');
};

# Redis has the refresh token before PostgreSQL has the session.
row 'P-04 killed between the commit and Redis' => sub {
	my $keys = sub { scalar split /\n/, $sark->redis->cli('KEYS', '*') };
	my $before = $keys->();
	my $answer = killed(login => 'commit_before');

	cmp_ok $keys->(), '>', $before, 'Redis has a record';
	is traces($answer), '0+0', 'PostgreSQL has no session: it opens nothing';
	$sark->set(session_limit => 1);
	$sark->arm('login');
	$sark->until_ok('login');
	$answer = killed(login => 'commit_after');
	is $sark->psql("SELECT count(*) FROM sark.session s JOIN sark.users u"
	    . " USING (user_id) WHERE username = 'viewer' AND revoked_at IS NULL"),
	    1, 'PostgreSQL says which session counts';
	$sark->set(session_limit => 1000);
	$sark->arm('login');
	$sark->until_ok('login');
	$sark->holds('P-04');
};

row 'P-19 the loader killed at each of its steps' => sub {
	for my $place (some(4, qw(load_cursor commit_after load_finished
	    load_removed load_stored load_numbered commit_before))) {
		$sark->operate('decide') for 1 .. 3;
		# a segment is done when its writer has left it
		$sark->restart_program('policy');
		my ($rc) = $sark->run('sark-audit-load', { env => {
		    SARK_FAILPOINT => "$place:kill9" } });
		is $rc, 137, "killed at $place";
		($rc) = $sark->run('sark-audit-load');
		is $rc, 0, 'the next run ends well';
	}
	$sark->holds('P-19');
	is $sark->psql('SELECT count(*) - count(DISTINCT seq) + max(seq)'
	    . ' - count(*) FROM sark.audit_sequence'), 0,
	    'the numbers have no gap';
};

# The checker sees what these plant.
row 'C-01 control: a spool that drops' => sub {
	$sark->arm(policy => 'spool_lose:eio');
	my $answer = $sark->operate('decide');
	is $answer->status, 200, 'acknowledged';
	is_deeply $sark->{checker}->check->{lost},
	    [ "event $answer->{id} decide" ], 'and found lost';
	$sark->arm('policy');
	$sark->begin_anew;
	$sark->operate('decide');
	$sark->holds('C-01');
};

row 'C-02 control: an event outside of its transaction' => sub {
	$sark->arm(registry => 'audit_lose:eio');
	my $answer = $sark->operate('register');
	is $answer->status, 201, 'acknowledged';
	is_deeply $sark->{checker}->check->{lost},
	    [ "event $answer->{id} register" ], 'and its event found lost';
	$sark->arm('registry');
	$sark->begin_anew;
	$sark->operate('register');
	$sark->holds('C-02');
};

done_testing;
