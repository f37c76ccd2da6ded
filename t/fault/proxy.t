# The proxy does what its toxics say, on TCP and on Unix sockets.

use v5.36;
use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;
use POSIX ();
use Sark::Fault::Proxy;
use Sark::Temp;
use Test::More;
use Time::HiRes 'time';

my $temp = Sark::Temp->new;

# Sends back what it gets, at any number of connections.
sub echo ($listen) {
	my ($select, $parent) = (IO::Select->new($listen), getppid);

	while (getppid == $parent) {
		for my $from ($select->can_read(1)) {
			if ($from == $listen) {
				$select->add($listen->accept // next);
				next;
			}
			my $n = sysread $from, my $bytes, 65536;
			next if $n && syswrite $from, $bytes;
			$select->remove($from);
			close $from;
		}
	}
}

my $path = $temp->path('echo');
my $listen = IO::Socket::UNIX->new(Local => $path, Listen => 8);
my $echo = fork // die;
if ($echo == 0) {
	$SIG{PIPE} = 'IGNORE';
	echo($listen);
	POSIX::_exit(0);
}
close $listen;

my $proxy;

sub dial () {
	my $at = $proxy->address;

	return $at =~ m{^/} ? IO::Socket::UNIX->new(Peer => $at)
	    : IO::Socket::INET->new(PeerAddr => $at);
}

# What comes back of some bytes until it ends, or is all there.
sub back ($bytes, $socket = dial()) {
	my $got = '';

	return 'refused' if !$socket;
	syswrite $socket, $bytes;
	while (length $got < length $bytes) {
		IO::Select->new($socket)->can_read(30) or return "$got late";
		my $n = sysread $socket, $got, 65536, length $got;
		return "$got reset" if !defined $n;
		return "$got end" if $n == 0;
	}
	return $got;
}

sub toxics () {
	is back('hello'), 'hello', 'nothing is done without a toxic';

	my $start = time;
	$proxy->set(latency => { ms => 60, jitter => 10 });
	is back('hello'), 'hello', 'latency: all comes';
	cmp_ok time - $start, '>=', 0.12, 'later, there and back';
	$proxy->clear('latency');

	$start = time;
	$proxy->set(bandwidth => { bytes => 1000, way => 'down' });
	is back('x' x 300), 'x' x 300, 'bandwidth: all comes';
	cmp_ok time - $start, '>=', 0.2, 'slowly';
	$proxy->clear;

	$proxy->set(slicer => { bytes => 1, ms => 1 });
	is back('hello'), 'hello', 'slicer: all comes, byte by byte';
	$proxy->clear;

	$proxy->set(limit_data => { bytes => 3, way => 'down' });
	is back('hello'), 'hel end', 'limit_data: cut after the third byte';
	$proxy->clear;

	my $socket = dial();
	$proxy->set(cut_match => { match => 'COMMIT;', way => 'up', once => 1 });
	is back('a', $socket), 'a', 'cut_match: goes on without the words';
	is back('BEGIN; COM', $socket), 'BEGIN; COM', 'and with half of them';
	like back('MIT; x', $socket), qr/ (?:end|reset)$/, 'cut after them';
	is back('COMMIT;'), 'COMMIT;', 'once only';

	$proxy->set(cut_match => { match => 'COMMIT', before => 1, way => 'up' });
	like back('a COMMIT'), qr/^ (?:end|reset)$/, 'cut before them';
	like back('COMMIT'), qr/^ (?:end|reset)$/, 'each time';
	$proxy->clear;

	$proxy->set(garble => { one_of => 2, way => 'up' });
	isnt back('x' x 200), 'x' x 200, 'garble: other bytes';
	$proxy->clear;

	$proxy->set(timeout => { ms => 50 });
	like back('hello'), qr/^ (?:end|reset)$/, 'timeout: nothing passes';
	$proxy->clear;

	$socket = dial();
	$proxy->set(reset_peer => { ms => 0 });
	like back('hello', $socket), qr/ (?:reset|end)$/, 'reset_peer';
	$proxy->clear;

	$socket = dial();
	is back('a', $socket), 'a', 'a connection';
	$proxy->set(down => 1);
	like back('a', $socket), qr/ (?:end|reset)$/, 'down: it is closed';
	is back('hello'), 'refused', 'and nobody listens';
	$proxy->clear;
	is back('hello'), 'hello', 'control: up again';
	cmp_ok $proxy->seen->{accepted}, '>', 5, 'connections are counted';
}

for my $at ($temp->path('proxy'), '127.0.0.1:0') {
	$proxy = Sark::Fault::Proxy->start(listen => $at, target => $path);
	subtest $at =~ m{^/} ? 'Unix' : 'TCP' => \&toxics;
}
$proxy = undef;
kill 'KILL', $echo;
waitpid $echo, 0;
done_testing;
