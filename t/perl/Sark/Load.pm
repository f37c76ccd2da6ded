package Sark::Load;

# Clients that ask and ask, each in a process of its own, until they are told
# to end.
#
#	my $load = Sark::Load->start(4, sub { ... return ''; });
#	...
#	my $seen = $load->stop;		# { good => 1234, bad => [ 'closed' ] }
#
# The question returns '' for a good answer, else what was wrong with it.
# Between two the client rests a little: this is about answers, not speed.

use v5.36;
use POSIX ();
use Sark::Temp;
use Time::HiRes 'sleep';

# Settings with which no answer depends on how busy the machine is.
sub patient () {
	return (redis_timeout_ms => 10_000, postgresql_timeout_ms => 60_000,
	    policy_deadline_ms => 10_000, deadline_ms => 60_000,
	    login_deadline_ms => 60_000, queue_timeout_ms => 60_000,
	    request_timeout_ms => 60_000);
}

sub start ($class, $clients, $ask) {
	my $self = bless { pids => [], good => 0, bad => [] }, $class;
	my $owner = $$;

	pipe $self->{from}, my $to or die "pipe: $!\n";
	for (1 .. $clients) {
		my $pid = fork // die "fork: $!\n";
		if ($pid == 0) {
			close $self->{from};
			go_on($to, $ask, $owner);
		}
		push @{ $self->{pids} }, $pid;
	}
	close $to;
	return $self;
}

# In a client: a line for each answer; written whole, being short.
sub go_on ($to, $ask, $owner) {
	my $end = 0;

	$SIG{TERM} = sub { $end = 1 };
	until ($end || getppid != $owner) {
		my $wrong = eval { $ask->() } // "died: $@";

		syswrite $to, substr($wrong =~ s/\s+/ /gr, 0, 200) . "\n"
		    or last;
		sleep 0.005;
	}
	POSIX::_exit(0);
}

# Waits until so many more answers have come, good or bad.
sub more ($self, $n) {
	while ($n > 0) {
		defined(my $line = readline $self->{from})
		    or die "the clients have ended\n";
		$self->count($line);
		$n--;
	}
	return $self;
}

sub count ($self, $line) {
	chomp $line;
	$line eq '' ? $self->{good}++ : push @{ $self->{bad} }, $line;
}

# Ends the clients after the questions under way; what they have seen.
sub stop ($self) {
	kill 'TERM', @{ $self->{pids} };
	while (defined(my $line = readline $self->{from})) {
		$self->count($line);
	}
	waitpid $_, 0 for @{ $self->{pids} };
	return $self;
}

1;
