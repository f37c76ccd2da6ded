# Processes that are killed, stopped, signalled, given other settings, and
# starved of processes and descriptors.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use IO::Socket::UNIX;
use Sark::Fault;
use Sark::Load;
use Sark::Tree qw(slurp spew);
use Test::More;
use Time::HiRes qw(sleep time);

my @programs = qw(login registry policy);
my $sark = Sark::Fault->start(@programs, { conf => { Sark::Load::patient } });
my @mix = qw(decide login deny register);

sub two_workers ($program) {
	return Sark::Temp->until("two workers of $program", sub {
		my @found = $sark->workers($program);
		return @found == 2 ? \@found : undef;
	}, 60)->@*;
}

# Lets the load go on until so many more operations have ended.
sub more ($n) {
	my $ended = sub { scalar grep { $_->{answered} }
	    values %{ $sark->history->operations } };
	my $want = $ended->() + $n;

	Sark::Temp->until("$n more operations", sub {
		sleep 0.05;
		return $ended->() >= $want;
	}, 120);
}

# The operations that ended so, of this row; a row begins anew.
sub ended ($end) {
	return grep { $_->{end} eq $end }
	    values %{ $sark->history->operations };
}

# Load while something is done; then all must hold.
sub under_load ($id, $do) {
	$sark->begin_anew;
	my $load = $sark->load(mix => \@mix, clients => 3);

	more(10);
	$do->();
	more(10);
	$load->stop;
	$sark->holds($id);
}

sub none_failed () {
	is scalar(ended('info')), 0, 'no request was without answer';
	is scalar(grep { !$_->{refused} } ended('fail')), 0, 'none failed';
}

row 'P-06 all workers killed at once' => sub {
	under_load('P-06', sub {
		for my $program (@programs) {
			my @workers = two_workers($program);
			is kill('KILL', @workers), 2, "all of $program";
		}
	});
	$sark->until_ok('decide');
	$sark->until_ok('login');
};

row 'P-07 workers that cannot live' => sub {
	my $log = length $sark->log('policy');
	my (%seen, $start);

	$sark->begin_anew;
	$sark->arm(policy => 'worker_start:exit@3+');
	$sark->until_ok('decide');
	my @first = two_workers('policy');
	$start = time;
	kill KILL => @first;
	Sark::Temp->until('five attempts', sub {
		$seen{$_}++ for $sark->workers('policy');
		delete @seen{@first};
		return keys %seen >= 5;
	}, 60);
	cmp_ok scalar(keys %seen), '<=', 2 + time - $start,
	    'one start a second, no storm of them';
	my $said = substr $sark->log('policy'), $log;
	is scalar(() = $said =~ /event=worker_crash_loop /g), 1,
	    'the log says so once';
	$sark->arm('policy');
	$sark->until_ok('decide');
	$sark->holds('P-07');
};

row 'P-08 a worker stopped for a while' => sub {
	under_load('P-08', sub {
		for my $s (long() ? (1, 5, 60) : (1, 2)) {
			my @stopped = map { (two_workers($_))[0] } @programs;

			kill STOP => @stopped;
			sleep $s;
			kill CONT => @stopped;
			more(5);
		}
	});
	none_failed();
};

row 'P-09 SIGTERM under load' => sub {
	under_load('P-09', sub {
		for my $program (@programs) {
			my @old = two_workers($program);
			kill TERM => @old;
			Sark::Temp->until("$program: two others", sub {
				my %now = map { $_ => 1 }
				    $sark->workers($program);
				return keys %now == 2 && !grep { $now{$_} } @old;
			}, 60);
		}
	});
	none_failed();
};

row 'P-10 SIGHUP with good and with broken settings' => sub {
	my $good = slurp($sark->conf);
	my $told = sub ($event) { scalar(() = join('', map { $sark->log($_) }
	    @programs) =~ /event=$event\b/g) };
	my $reload = sub ($event) {
		my $before = $told->($event);
		kill HUP => map { $sark->pid($_) } @programs;
		Sark::Temp->until($event, sub {
			$told->($event) == $before + 3 }, 60);
	};

	under_load('P-10', sub {
		$reload->('workers_replaced');
		two_workers($_) for @programs;
		my @workers = map { $sark->workers($_) } @programs;
		spew($sark->conf, $good . "no_such_key = 1\n");
		$reload->('settings_not_reloaded');
		is join(' ', sort map { $sark->workers($_) } @programs),
		    join(' ', sort @workers), 'broken: the workers stay';
		spew($sark->conf, $good);
		$reload->('workers_replaced');
	});
	none_failed();
};

row 'P-11 a storm of signals' => sub {
	my $storms = 0;

	under_load('P-11', sub {
		my $end = time + (long() ? 60 : 2);

		while (time < $end) {
			my @pids = map { ($sark->pid($_),
			    $sark->workers($_)) } @programs;
			for (1 .. 20) {
				# a stop and its end break off calls that wait
				kill $_ => @pids for qw(USR1 ALRM PIPE STOP CONT);
				sleep 0.002;
			}
			$storms++;
		}
	});
	cmp_ok $storms, '>', 0, "control: $storms storms";
	none_failed();
};

sub limit_of ($what, $pid) {
	my ($soft) = slurp("/proc/$pid/limits") =~ /^Max $what\s+(\w+)/m;

	return $soft;
}

# Sets the soft limit of processes; as their user, who may raise it again.
sub limit ($what, $n, @pids) {
	for my $pid (@pids) {
		system(Sark::Temp->as_user, 'prlimit', "--pid=$pid",
		    "--$what=$n:") == 0 or die "prlimit --$what\n";
	}
}

row 'P-14 no process to be had' => sub {
	my $parent = $sark->pid('policy');
	my $max = limit_of('processes', $parent);

	sleep 1.1;	# older than what would be a crash loop
	my ($victim, $other) = two_workers('policy');
	under_load('P-14', sub {
		limit('nproc', 1, $parent);
		kill KILL => $victim;
		Sark::Temp->until('it cannot be replaced', sub {
			$sark->log('policy') =~ /event=worker_crash_loop
			    .*Resource\ temporarily\ unavailable/x }, 60);
		is join(' ', $sark->workers('policy')), $other, 'one is left';
		more(10);
		limit('nproc', $max, $parent);
		two_workers('policy');
	});
	cmp_ok scalar(ended('info')), '<=', 1, 'which answers';
};

# The time that a process has computed, in ticks.
sub ticks ($pid) {
	my @stat = split ' ', slurp("/proc/$pid/stat") =~ s/^.*\) //sr;

	return $stat[11] + $stat[12];
}

row 'P-15 no descriptor to be had' => sub {
	$sark->begin_anew;
	my @workers = two_workers('policy');
	my $max = limit_of('open files', $workers[0]);

	limit('nofile', 24, @workers);
	my @idle = map { IO::Socket::UNIX->new(Peer => $sark->socket('policy'))
	    // die "connect: $!\n" } 1 .. 80;
	$sark->until_ok('decide');
	my ($from, $used) = (time, 0);
	$used -= ticks($_) for @workers;
	sleep 3;
	$used += ticks($_) for @workers;
	my $share = $used / (time - $from) / 2;
	cmp_ok $share, '<', 5, "waiting costs nothing: $share % of a processor";
	$sark->until_ok('decide');
	@idle = ();
	limit('nofile', $max, @workers);
	$sark->until_ok('decide') for 1 .. 5;
	is join(' ', sort $sark->workers('policy')), join(' ', sort @workers),
	    'nobody has died';
	$sark->holds('P-15');
};

done_testing;
