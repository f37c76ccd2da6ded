# store/redis.h on a real Redis, and on servers that answer what they like.

use v5.36;
use IO::Socket::UNIX;
use Sark::Driver;
use Sark::Proxy;
use Sark::Redis;
use Sark::Temp;
use Test::More;
use Time::HiRes qw(sleep time);

use constant { QUIET => 1.1, TIMEOUT => 300 };

my $temp = Sark::Temp->new;
my $redis = Sark::Redis->new($temp)->start;

sub driver ($socket, $database = 0) {
	return Sark::Driver->start('t/lib/store/redis_driver', $socket,
	    $database, TIMEOUT);
}

# A pipeline; each command is a list.
sub says ($driver, @commands) {
	return $driver->say(join '|',
	    map { join ' ', map { unpack 'H*', $_ } @$_ } @commands)
	    // 'nothing: it died';
}

sub string ($text) {
	return 'string:' . unpack 'H*', $text;
}

my $d = driver($redis->socket);
my $ok = 'status:' . unpack 'H*', 'OK';

# ---- RDS-01: any byte is data

my @odd = ("a\r\nb", "\$-1\r\n", "\0\0", "*3\r\n\$3\r\nDEL", '', '%s%n',
	join '', map { chr } 0 .. 255);
for my $i (0 .. $#odd) {
	is says($d, [ 'SET', "k$odd[$i]", $odd[$i] ], [ 'GET', "k$odd[$i]" ]),
	    "$ok|" . string($odd[$i]), "odd bytes $i come back";
}
is $redis->cli('DBSIZE'), scalar @odd, 'and made no other key';

# ---- replies

is says($d, [qw(INCR n)], [qw(GET nothing)], [qw(LRANGE n 0 1)],
    [qw(EVAL), q{return {1,{2,'x'},{}}}, 0], [qw(GET n)]),
    'int:1|nil|error:' . unpack('H*', 'WRONGTYPE Operation against a key '
    . 'holding the wrong kind of value') . '|[int:1,[int:2,string:78],[]]|'
    . string('1'), 'each reply of a pipeline in its place, errors too';
is says($d, ['MULTI'], [qw(SET m 1)], ['EXEC']),
    "$ok|status:" . unpack('H*', 'QUEUED') . "|[$ok]", 'a transaction';
is says(driver($redis->socket, 3), [qw(SET three 3)]), $ok, 'database 3';
is $redis->cli(qw(-n 3 GET three)), 3, 'is the one that was written';
like says(driver($redis->socket, 999), ['PING']), qr/^unavailable /,
    'a database that is not there';
is length says($d, ['SETRANGE', 'big', 5_000_000, 'x'], [qw(GET big)]),
    length('int:5000001|string:') + 10_000_002, 'five megabytes';

# ---- Redis goes away

$redis->restart;
is says($d, ['PING']), 'status:' . unpack('H*', 'PONG'),
    'after a restart a call does not even notice';
$redis->stop;
like says($d, ['PING']), qr/^unavailable /, 'stopped';
my $start = time;
says($d, ['PING']) for 1 .. 100;
cmp_ok time - $start, '<', 5, 'then it fails at once';
$redis->start;
sleep QUIET;
like says($d, ['PING']), qr/^status:/, 'then it is back';
like says(driver($temp->path('nowhere')), ['PING']), qr/^unavailable /,
    'no socket';

$redis->cli(qw(CONFIG SET maxmemory 1));
like says($d, [qw(SET more 1)]), qr/^unavailable redis: OOM/,
    'a Redis without memory is no Redis';
like says($d, [qw(GET more)]), qr/^nil/, 'the connection is good';
$redis->cli(qw(CONFIG SET maxmemory 0));
$redis->cli(qw(REPLICAOF 127.0.0.1 1));
like says($d, [qw(SET more 1)]), qr/^unavailable redis: READONLY/,
    'nor is one that does not write';
$redis->cli(qw(REPLICAOF NO ONE));

# ---- RDS-03: a late reply

$redis->cli(qw(SET secret alice));
$redis->cli(qw(SET other bob));

my $path = $temp->path('proxy.sock');
my $proxy = Sark::Proxy->start($temp, $path, $redis->socket);
my $far = driver($path);

is says($far, [qw(GET other)]), string('bob'), 'through a proxy';
$proxy->rule(late => 'secret', TIMEOUT / 1000 + 0.2);
is says($far, [qw(GET secret)]), 'timeout redis: no answer in time',
    'a reply that comes late';
like says($far, [qw(GET other)]), qr/^unavailable /, 'then it is quiet';
sleep QUIET;
is says($far, [qw(GET other)]), string('bob'),
    'and the late reply is nobody else\'s';
is $far->end, 0, 'the driver lives';

# The control: who keeps the connection takes one for the other.
my $naive = IO::Socket::UNIX->new(Peer => $path) or die "$path: $!\n";
$proxy->rule(late => 'secret', TIMEOUT / 1000);
syswrite $naive, "GET secret\r\n";
ok !IO::Select->new($naive)->can_read(0.1), 'a client gives up waiting';
syswrite $naive, "GET other\r\n";
sysread $naive, my $got, 4096;
like $got, qr/alice/, 'and reads alice\'s for bob\'s';

# ---- RDS-02, RDS-04: a server that answers what it likes

my $evil = $temp->path('evil.sock');

# Answers the first bytes of each client with these, then waits or closes.
sub answering ($bytes, $stay) {
	unlink $evil;
	my $listen = IO::Socket::UNIX->new(Local => $evil, Listen => 8)
	    or die "$evil: $!\n";
	my $pid = fork // die "fork: $!\n";
	return $pid if $pid;
	POSIX::close($_) for grep { $_ != fileno $listen } 3 .. 63;
	$SIG{PIPE} = 'IGNORE';
	while (my $client = $listen->accept) {
		while (sysread $client, my $request, 65536) {
			syswrite $client, $bytes;
			last if !$stay;
		}
		$client->shutdown(2);
	}
	POSIX::_exit(0);
}

# bytes, whether the connection stays, the first and the second answer
my @hostile = (
	[ "+PONG\r\n", 1, qr/^status:504f4e47$/, qr/^status:504f4e47$/,
	    'what is expected (the control)' ],
	[ "*-1\r\n", 1, qr/^nil$/, qr/^nil$/, 'a null array' ],
	[ "\$-1\r\n", 1, qr/^nil$/, qr/^nil$/, 'a null string' ],
	[ "*0\r\n", 1, qr/^\[\]$/, qr/^\[\]$/, 'an empty array' ],
	[ ":5\r\n", 1, qr/^int:5$/, qr/^int:5$/, 'a number' ],
	[ "-ERR no\r\n", 1, qr/^error:/, qr/^error:/, 'an error' ],
	[ "-LOADING wait\r\n", 1, qr/^unavailable/, qr/^unavailable/,
	    'still loading' ],
	[ ">2\r\n+a\r\n+b\r\n", 1, qr/^unavailable/, qr/^unavailable/,
	    'a push' ],
	[ "%1\r\n+a\r\n+b\r\n", 1, qr/^unavailable/, qr/^unavailable/, 'a map' ],
	[ "HTTP/1.1 200 OK\r\n", 1, qr/^unavailable/, qr/^unavailable/,
	    'another protocol' ],
	[ "+A\r\n+B\r\n", 1, qr/^status:41$/, qr/^status:41$/,
	    'an answer too many is not the next one\'s' ],
	[ "\$10\r\nabc", 0, qr/^unavailable/, qr/^unavailable/,
	    'half a string' ],
	[ "\$10\r\nabc", 1, qr/^timeout/, qr/^unavailable/,
	    'half a string and silence' ],
	[ "\$2147483648\r\n", 1, qr/^(?:timeout|unavailable)/,
	    qr/^unavailable/, 'a string of 2 GiB' ],
	[ "\$9223372036854775807\r\nx", 1, qr/^(?:timeout|unavailable)/,
	    qr/^unavailable/, 'a string beyond memory' ],
	[ "\$-2\r\n", 1, qr/^unavailable/, qr/^unavailable/, 'minus two bytes' ],
	[ "*4294967296\r\n", 1, qr/^(?:timeout|unavailable)/,
	    qr/^unavailable/, 'an array of 2^32' ],
	[ "*1000000\r\n:1\r\n", 1, qr/^timeout/, qr/^unavailable/,
	    'an array that does not end' ],
	[ "*1\r\n" x 1000, 1, qr/^unavailable/, qr/^unavailable/,
	    'a thousand arrays in each other' ],
	[ "*2\r\n" . "*1\r\n" x 5 . ":1\r\n:2\r\n", 1,
	    qr/^\[\[\[\[\[\[int:1\]\]\]\]\],int:2\]$/, qr/^\[/,
	    'six arrays in each other' ],
	[ "\$17000000\r\n" . 'x' x 17_000_000 . "\r\n", 1, qr/^unavailable/,
	    qr/^unavailable/, 'more than sixteen megabytes' ],
	[ '', 0, qr/^unavailable/, qr/^unavailable/, 'an end' ],
);
for my $case (@hostile) {
	my ($bytes, $stay, $first, $second, $name) = @$case;
	my $server = answering($bytes, $stay);
	my $client = driver($evil);
	my @got = map { substr says($client, ['PING']), 0, 80 } 1, 2;

	like $got[0], $first, $name;
	like $got[1], $second, "$name: the next call";
	is $client->end, 0, "$name: no crash";
	kill 'KILL', $server;
	waitpid $server, 0;
}

done_testing;
