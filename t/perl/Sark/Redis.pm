package Sark::Redis;

# A Redis of the test's own: one Unix socket, no TCP, nothing kept on disk.

use v5.36;
use Sark::Skip;
use Sark::Temp;

sub new ($class, $temp, %opt) {
	my $dir = $temp->mkdir('redis');

	return bless { temp => $temp, dir => $dir, socket => "$dir/sock",
		settings => $opt{settings} // {},
		server => need('redis-server') }, $class;
}

# The command line of the server; with more settings.
sub command ($self, %more) {
	my %set = (port => 0, unixsocket => $self->{socket},
		unixsocketperm => 777, save => '', appendonly => 'no',
		dir => $self->{dir}, daemonize => 'no',
		%{ $self->{settings} }, %more);

	return ($self->{server}, map { ("--$_", $set{$_}) } sort keys %set);
}

sub start ($self) {
	unlink $self->{socket};
	$self->{pid} = $self->{temp}->spawn(name => 'redis', user => 1,
	    command => [ $self->command ]);
	Sark::Temp->until('Redis', sub { $self->cli('PING') eq 'PONG' });
	return $self;
}

sub stop ($self) {
	Sark::Temp->end($self->{pid});
	unlink $self->{socket};
}

sub kill9 ($self) {
	kill 'KILL', $self->{pid};
	Sark::Temp->reap($self->{pid});
	unlink $self->{socket};
}

sub restart ($self) {
	$self->stop;
	return $self->start;
}

sub pid ($self) {
	return $self->{pid};
}

sub socket ($self) {
	return $self->{socket};
}

# One command, its answer as redis-cli prints it to a pipe.
sub cli ($self, @command) {
	my ($rc, $out, $err) = $self->{temp}->run([ 'redis-cli', '-s',
	    $self->{socket}, @command ]);

	die "redis-cli: $out$err" if $rc != 0;
	chomp $out;
	return $out;
}

# Sets a key to bytes that no command line would take.
sub write ($self, $key, $bytes) {
	my ($rc, $out, $err) = $self->{temp}->run([ 'redis-cli', '-s',
	    $self->{socket}, '-x', 'SET', $key ], stdin => $bytes);

	die "redis-cli: $out$err" if $rc != 0 || $out !~ /^OK/;
}

1;
