package Sark::Fault::Proxy;

# A proxy before a server, on TCP or a Unix socket, that does to the bytes
# what it is told while it runs.  The names are those of toxiproxy.
#
#	my $proxy = Sark::Fault::Proxy->start(listen => "$dir/sock",
#	    target => '/run/redis/redis.sock');	# or '127.0.0.1:0', host:port
#	$proxy->set(latency => { ms => 50, jitter => 20 });
#	$proxy->set(cut_match => { match => "COMMIT\0" });
#	$proxy->clear;
#	$proxy->seen->{accepted}
#
# Toxics, each with way => 'up' (to the server), 'down' or both (default):
#
#	latency		ms, jitter
#	bandwidth	bytes a second
#	slicer		bytes at a time, ms between
#	limit_data	bytes of a connection, then both ends are closed
#	cut_match	match (text): both ends are closed when it was passed on,
#			or with before => 1 when it was not; once => 1: one time
#	garble		one of so many bytes becomes another
#	timeout		ms: nothing passes, closed after them; 0: never
#	slow_close	ms that the end of a connection waits
#	reset_peer	ms, then the connection is reset
#	down		1: nobody listens, all connections are closed

use v5.36;
use JSON::PP ();
use POSIX ();
use Sark::Fault::Relay;
use Socket qw(AF_UNIX PF_UNSPEC SOCK_STREAM);

my $json = JSON::PP->new;

sub start ($class, %opt) {
	my $self = bless { toxics => {}, %opt }, $class;
	my $relay = Sark::Fault::Relay->new(%opt);

	socketpair $self->{control}, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC
	    or die "socketpair: $!\n";
	$self->{address} = $relay->address;
	$self->{pid} = fork // die "fork: $!\n";
	if ($self->{pid} == 0) {
		# what else the test holds open is not ours to keep
		my %ours = map { fileno $_ => 1 } $theirs, $relay->listener;
		POSIX::close($_) for grep { !$ours{$_} } 3 .. 63;
		$SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);
		$SIG{PIPE} = 'IGNORE';
		eval { $relay->run($theirs); 1 } or warn "proxy: $@";
		POSIX::_exit(0);
	}
	close $theirs;
	$relay->forget;
	return $self;
}

# Where it listens: a path, or host:port.
sub address ($self) { return $self->{address} }

sub set ($self, $name, $toxic) {
	$toxic = { on => $toxic } if !ref $toxic;
	$self->tell;	# one that is spent does not hide the new one
	$self->{toxics}{$name} = $toxic;
	return $self->tell;
}

# Takes one away, or all.
sub clear ($self, @names) {
	delete $self->{toxics}{$_} for @names ? @names : keys %{ $self->{toxics} };
	return $self->tell;
}

# What it has seen: accepted, refused (the server was away), open, cut.
sub seen ($self) {
	return $self->tell;
}

# One line there, one line back: when it returns, it is so.
sub tell ($self) {
	my $line = $json->encode($self->{toxics}) . "\n";
	my $answer = '';

	syswrite $self->{control}, $line;
	while ($answer !~ /\n/) {
		sysread $self->{control}, $answer, 4096, length $answer
		    or die "the proxy has ended\n";
	}
	my $seen = $json->decode($answer);
	delete @{ $self->{toxics} }{ @{ $seen->{spent} } };
	return $seen;
}

sub DESTROY ($self) {
	local $?;
	return if !$self->{pid} || ($self->{owner} //= $$) != $$;
	kill 'KILL', $self->{pid};
	waitpid $self->{pid}, 0;
}

1;
