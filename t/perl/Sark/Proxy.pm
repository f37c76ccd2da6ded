package Sark::Proxy;

# A Unix socket in front of a server's own that can be told to misbehave,
# once, when a client's bytes match:
#
#	cut	close before the server sees them
#	deaf	hand them on, throw the answer away, close
#	late	hand them on, and the answer only after so many seconds

use v5.36;
use IO::Select;
use IO::Socket::UNIX;
use POSIX ();
use Sark::Tree 'spew';
use Time::HiRes 'sleep';

sub start ($class, $temp, $path, $target) {
	my $self = bless { rule => $temp->path('proxy.rule') }, $class;
	my $listen = IO::Socket::UNIX->new(Local => $path, Listen => 8)
	    or die "$path: $!\n";

	chmod 0777, $path;
	$self->{pid} = fork // die "fork: $!\n";
	if ($self->{pid} == 0) {
		# what else the test holds open is not ours to keep
		POSIX::close($_) for grep { $_ != fileno $listen } 3 .. 63;
		$SIG{PIPE} = 'IGNORE';
		$self->serve($listen, $target) while 1;
	}
	return $self;
}

sub DESTROY ($self) {
	local $?;
	kill 'KILL', $self->{pid} if $self->{pid};
	waitpid $self->{pid}, 0 if $self->{pid};
}

# What to do about the next bytes that match.
sub rule ($self, $what, $pattern, $seconds = 0) {
	spew($self->{rule}, "$what\t$pattern\t$seconds", 0600);
}

# The rule if it is about these bytes; then it is used up.
sub ruled ($self, $bytes) {
	return '' if !-e $self->{rule};
	my ($what, $pattern, $seconds) =
	    split /\t/, Sark::Tree::slurp($self->{rule});

	return '' if $bytes !~ /$pattern/;
	unlink $self->{rule};
	return ($what, $seconds);
}

# One client after the other is enough.
sub serve ($self, $listen, $target) {
	my $client = $listen->accept or return;
	my $server = IO::Socket::UNIX->new(Peer => $target) or return;

	$self->hand_on($client, $server);
	$_->shutdown(2) for $client, $server;
}

sub hand_on ($self, $client, $server) {
	my $both = IO::Select->new($client, $server);

	while (1) {
		for my $from ($both->can_read) {
			sysread $from, my $bytes, 65536 or return;
			if ($from == $server) {
				syswrite $client, $bytes or return;
				next;
			}
			my ($what, $seconds) = $self->ruled($bytes);
			return if $what eq 'cut';
			syswrite $server, $bytes or return;
			next if $what eq '';
			sysread $server, my $answer, 65536;
			return if $what eq 'deaf';
			sleep $seconds;
			syswrite $client, $answer or return;
		}
	}
}

1;
