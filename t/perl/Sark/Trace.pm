package Sark::Trace;

# In the place of sark-trace-forward: takes what the programs send to
# run_dir/trace.sock and reads the records of lib/base/span.h.
#
#	my $traces = Sark::Trace->listen($sark->run_dir);
#	my $trace = $traces->next;	# waits; dies when none comes
#	$trace->{id}, $trace->{spans}[0]{name}

use v5.36;
use IO::Select;
use IO::Socket::UNIX;
use Sark::Temp;
use Socket qw(SOCK_DGRAM);

my @kinds = qw(request postgresql redis engine);

sub listen ($class, $dir) {
	my $path = "$dir/trace.sock";

	unlink $path;
	my $socket = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $path)
	    or die "$path: $!\n";
	chmod 0660, $path;
	chown((getpwnam Sark::Temp->user)[2], -1, $path);
	return bless { socket => $socket, path => $path }, $class;
}

# Goes away; what is sent now finds nobody.
sub close ($self) {
	close $self->{socket};
	unlink $self->{path};
}

sub next ($self, $s = 30) {
	return $self->take($s) // die "no trace in $s seconds\n";
}

# One that is there, or undef.
sub take ($self, $s = 0) {
	IO::Select->new($self->{socket})->can_read($s) or return undef;
	defined $self->{socket}->recv(my $data, 65536) or die "recv: $!\n";
	return decode($data);
}

sub decode ($data) {
	my %trace;
	my ($magic, $n);

	($magic, $n, @trace{qw(lost status id https method program route path)})
	    = unpack 'L L L L H32 L Z12 Z32 Z96 Z256', $data;
	die "not a trace\n" if $magic != 0x534b5401
	    || length $data != 432 + 128 * $n;
	$trace{spans} = [ map { decode_span(substr $data, 432 + 128 * $_, 128) }
	    0 .. $n - 1 ];
	return \%trace;
}

sub decode_span ($data) {
	my %span;

	@span{qw(id parent start end kind commands error name)} =
	    unpack 'Q Q q q L L Z24 Z64', $data;
	$span{$_} = sprintf '%016x', $span{$_} for qw(id parent);
	$span{kind} = $kinds[ $span{kind} ];
	return \%span;
}

1;
