package Sark::Collector;

# A receiver of OTLP/HTTP (JSON), as strict as Sark::OTLP, that can be slow,
# busy, deaf or away.
#
#	my $collector = Sark::Collector->new($temp);	# refuses connections
#	$collector->start->mode(status => 503, retry_after => 1);
#	my @spans = $collector->spans;
#
# Each connection has a process of its own; what came lies as files in a
# folder, each written whole.

use v5.36;
use Compress::Zlib ();
use IO::Socket::INET;
use JSON::PP ();
use Sark::OTLP;
use Sark::Temp;
use Sark::Tree qw(slurp spew);
use Time::HiRes ();

my $json = JSON::PP->new->utf8->canonical;

# The port is ours from here on; nobody listens on it before start.
sub new ($class, $temp, $name = 'collector') {
	my $dir = $temp->mkdir($name);
	my $socket = IO::Socket::INET->new(Proto => 'tcp',
	    LocalAddr => '127.0.0.1', LocalPort => 0) or die "socket: $!\n";
	my $self = bless { temp => $temp, name => $name, dir => $dir,
		socket => $socket, port => $socket->sockport }, $class;

	return $self->mode;
}

sub url ($self) {
	return "http://127.0.0.1:$self->{port}/v1/traces";
}

sub start ($self) {
	$self->{socket}->listen(64) or die "listen: $!\n";
	$self->{pid} = $self->{temp}->spawn(name => $self->{name},
	    stdin => $self->{socket}, command => [ $^X,
	    '-I' . Sark::Tree::srcdir() . '/t/perl', '-MSark::Collector',
	    '-e', 'Sark::Collector::serve(@ARGV)', $self->{dir} ]);
	return $self;
}

sub stop ($self) {
	Sark::Temp->end(delete $self->{pid}) if $self->{pid};
}

# How it answers from now on:
#	status		instead of 200
#	retry_after	header
#	rejected	so many spans, in a 200
#	hang		1: not at all, until the mode is another
sub mode ($self, %mode) {
	my $path = "$self->{dir}/mode";

	spew("$path.new", $json->encode(\%mode));
	rename "$path.new", $path or die "$path: $!\n";
	return $self;
}

# The requests that came, oldest first: { path, headers, status, body }.
sub requests ($self) {
	return map { $json->decode(slurp($_)) } sort glob "$self->{dir}/*.json";
}

# The spans that were answered with 200; dies of a body that is not right.
sub spans ($self) {
	my @spans;

	for my $request ($self->requests) {
		my ($spans, @wrong) = Sark::OTLP::read($request->{body});
		die join "\n", 'not OTLP:', @wrong, $request->{body} if @wrong;
		push @spans, @$spans if $request->{status} == 200;
	}
	return @spans;
}

# The spans of a trace, once there are so many; each is given once, as one
# whose answer was late is sent again.
sub wait_for ($self, $trace_id, $n) {
	return Sark::Temp->until("$n spans come", sub {
		my %seen;
		my @spans = grep { $_->{traceId} eq $trace_id
		    && !$seen{ $_->{spanId} }++ } $self->spans;
		return @spans >= $n ? [ @spans ] : 0;
	}, 60)->@*;
}

# ---- the process

sub serve ($dir) {
	my $listen = IO::Socket::INET->new_from_fd(0, '+<') or die "$!\n";

	$SIG{CHLD} = 'IGNORE';
	while (1) {
		my $connection = $listen->accept or next;
		my $pid = fork // die "fork: $!\n";
		if ($pid == 0) {
			answer_all($connection, $dir);
			exit 0;
		}
		close $connection;
	}
}

sub answer_all ($connection, $dir) {
	my $parent = getppid;
	local $/ = "\r\n";

	while (defined(my $line = <$connection>)) {
		my %request = (line => $line =~ s/\s+$//r, headers => {});
		while (defined($line = <$connection>) && $line =~ /\S/) {
			$request{headers}{lc $1} = $2
			    if $line =~ /^([^:\s]+):\s*(.*?)\s*$/;
		}
		my $length = $request{headers}{'content-length'} // 0;
		(read($connection, my $body, $length) // 0) == $length or last;
		my $mode = mode_of($dir, $parent);
		$request{status} = status_of(\%request, $body, $mode);
		keep($dir, \%request);
		print $connection reply(\%request, $mode);
		$connection->flush;
	}
}

# Waits while it shall hang.
sub mode_of ($dir, $parent) {
	while (1) {
		my $mode = $json->decode(slurp("$dir/mode"));
		return $mode if !$mode->{hang};
		exit 0 if getppid != $parent;
		Time::HiRes::sleep(0.05);
	}
}

# As the protocol wants it: another path is 404, another type 415, what is no
# trace request 400.
sub status_of ($request, $body, $mode) {
	my $headers = $request->{headers};

	$body = Compress::Zlib::memGunzip($body) // ''
	    if ($headers->{'content-encoding'} // '') eq 'gzip';
	$request->{body} = $body;
	return 404 if $request->{line} !~ m{^POST /v1/traces HTTP/1\.1$};
	return 415 if ($headers->{'content-type'} // '') ne 'application/json';
	my (undef, @wrong) = Sark::OTLP::read($body);
	return 400 if @wrong;
	return $mode->{status} // 200;
}

sub keep ($dir, $request) {
	state $n = 0;
	my $path = sprintf '%s/%.6f-%d-%d', $dir, Time::HiRes::time(), $$, $n++;

	spew("$path.new", $json->encode($request));
	rename "$path.new", "$path.json" or die "$path: $!\n";
}

sub reply ($request, $mode) {
	my $body = $json->encode($request->{status} == 200
	    ? { partialSuccess => $mode->{rejected}
	    ? { rejectedSpans => "$mode->{rejected}", errorMessage => 'no' }
	    : {} }
	    : { code => 13, message => 'no' });	# google.rpc.Status

	return join "\r\n", "HTTP/1.1 $request->{status} .",
	    'Content-Type: application/json', 'Content-Length: ' . length $body,
	    (map { "Retry-After: $_" } grep { defined } $mode->{retry_after}),
	    '', $body;
}

1;
