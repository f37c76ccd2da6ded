package Sark::WebServer;

# What the web servers of the tests have in common: an instance of the test's
# own on free ports of 127.0.0.1, in front of the FastCGI sockets of a folder,
# routed by the shipped samples.  A class of its own for each says
#
#	binary		the command
#	command		its command line, given a written configuration
#	write_config	writes that, for $self->{port} and $self->{tls_port}
#
# Options of new:
#	sockets	folder of NAME.sock; routed by the shipped sample
#	config	more configuration, or instead of sockets all of the routing
#	tls	1: a second port, with TLS and a certificate of its own

use v5.36;
use IO::Socket::INET;
use Sark::Skip;
use Sark::Temp;
use Sark::Tree qw(srcdir slurp spew);
use Time::HiRes ();

sub new ($class, $temp, %opt) {
	my $self = bless { temp => $temp, server => need($class->binary),
	    %opt }, $class;

	$self->make_certificate if $self->{tls};
	return $self;
}

# A port that was free a moment ago, below those that the kernel gives to
# connections: none of them takes it meanwhile.
sub free_port () {
	for (1 .. 1000) {
		my $port = 10_240 + int rand 22_000;

		return $port if IO::Socket::INET->new(LocalPort => $port,
		    LocalAddr => '127.0.0.1', Listen => 1);
	}
	die "no free port: $!\n";
}

sub make_certificate ($self) {
	my $temp = $self->{temp};

	$self->{certificate} = $temp->path('web.pem');
	$self->{key} = $temp->path('web.key');
	return if -e $self->{key};
	my ($rc, undef, $err) = $temp->run([ need('openssl'), qw(req -x509
	    -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2
	    -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 -keyout),
	    $self->{key}, '-out', $self->{certificate} ]);
	die "openssl: $err" if $rc != 0;
	$temp->give($self->{certificate}, $self->{key});
}

# A shipped sample, where the server's user may read it; $edit may change it.
sub sample ($self, $name, $edit = sub ($text) { $text }) {
	my $path = $self->{temp}->path($name =~ s{/}{-}r);

	return $self->write($path, $edit->(slurp(srcdir() . "/etc/$name")));
}

sub write ($self, $path, $text) {
	spew($path, $text);
	$self->{temp}->give($path);
	return $path;
}

sub start ($self) {
	for (1 .. 10) {
		$self->{port} = free_port();
		$self->{tls_port} = free_port() if $self->{tls};
		$self->{pid} = $self->{temp}->spawn(name => $self->binary,
		    user => 1, command => [ $self->command($self->write_config)
		    ]);
		return $self if $self->ready;
		Sark::Temp->end($self->{pid});
	}
	die $self->binary . " does not start\n";
}

sub ready ($self) {
	for (1 .. 500) {
		return 0 if !Sark::Temp->alive($self->{pid});
		return 1 if $self->connect;
		Time::HiRes::sleep(0.01);
	}
	return 0;
}

# A raw connection, for requests that no client library would send; from
# another address of this host if one is given.
sub connect ($self, $from = '127.0.0.1') {
	return IO::Socket::INET->new(PeerAddr => '127.0.0.1',
	    PeerPort => $self->{port}, LocalAddr => $from, Timeout => 5);
}

sub stop ($self) {
	Sark::Temp->end($self->{pid});
}

sub restart ($self) {
	$self->stop;
	return $self->start;
}

sub port ($self) {
	return $self->{port};
}

sub url ($self) {
	return "http://127.0.0.1:$self->{port}";
}

sub tls_url ($self) {
	return "https://127.0.0.1:$self->{tls_port}";
}

sub certificate ($self) {
	return $self->{certificate};
}

1;
