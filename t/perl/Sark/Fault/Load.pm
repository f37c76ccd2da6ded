package Sark::Fault::Load;

# Clients at work beside the test, each a process that does one operation
# after the other until it is told to stop.

use v5.36;
use POSIX ();
use Time::HiRes ();

# $operate->($kind) does one operation and notes it in the history.
#	clients	how many, 2
#	mix	the kinds, in turn
#	pause	seconds between two operations of a client, 0.02
sub start ($class, $operate, %opt) {
	my $self = bless { pids => [], pause => 0.02, clients => 2, %opt },
	    $class;

	for my $client (1 .. $self->{clients}) {
		my $pid = fork // die "fork: $!\n";
		if ($pid == 0) {
			eval { $self->work($operate, $client); 1 }
			    or warn "client $client: $@";
			POSIX::_exit($@ ? 1 : 0);
		}
		push @{ $self->{pids} }, $pid;
	}
	return $self;
}

sub work ($self, $operate, $client) {
	my ($stop, $parent) = (0, getppid);
	my @mix = @{ $self->{mix} };

	local $SIG{TERM} = sub { $stop = 1 };
	for (my $n = $client; !$stop && getppid == $parent; $n++) {
		$operate->($mix[$n % @mix]);
		Time::HiRes::sleep($self->{pause});
	}
}

# Lets every client finish what it does; dies when one has failed.
sub stop ($self) {
	my @pids = splice @{ $self->{pids} };
	my $failed = 0;

	kill 'TERM', @pids;
	for my $pid (@pids) {
		waitpid $pid, 0;
		$failed++ if $? != 0;
	}
	die "$failed clients failed\n" if $failed;
}

sub DESTROY ($self) {
	local $?;
	kill 'KILL', $_ for @{ $self->{pids} };
	waitpid $_, 0 for @{ $self->{pids} };
}

1;
