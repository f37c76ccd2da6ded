# More requests, connections and slow clients than SARK can serve: what it
# answers is right, nobody else pays for it, and afterwards it is as before.
# How fast it is meanwhile, bench/run measures.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use IO::Socket::INET;
use JSON::PP ();
use Sark;
use Sark::FCGI;
use Sark::Fault::Row;
use Sark::Temp;
use Sark::Tree qw(builddir slurp spew);
use Test::More;
use Time::HiRes qw(sleep time);

my $open = builddir() . '/bench/open';
plan skip_all => 'bench/open is not built: make check TESTS=' if !-x $open;

my $sark = Sark->start(qw(login status), { conf => {
	argon2_memory_kib => 19_456, argon2_passes => 2,
	postgresql_timeout_ms => 30_000, redis_timeout_ms => 10_000,
	login_deadline_ms => 60_000, queue_max => 64,
	queue_timeout_ms => 1000 } });
my $temp = $sark->temp;
my $path = '/api/v1/auth/login/local';
my $body = JSON::PP->new->encode({ username => 'dev',
	password => Sark::password('dev') });
my $request = spew($temp->path('open.request'), "POST $path HTTP/1.1\r\n" .
    "Host: localhost\r\nContent-Type: application/json\r\nContent-Length: " .
    length($body) . "\r\n\r\n$body", 0600);

sub one_login () {
	return $sark->stranger->post($path, $body);
}

# Logins a second that two workers can do, about.
sub capacity () {
	my $start = time;

	is one_login()->status, 200, 'control: a login' for 1 .. 4;
	return 2 * 4 / (time - $start);
}

# One run of the open loop; numbers by name.
sub run_open ($rate, $seconds, @more) {
	my $pid = $temp->spawn(name => 'open', command => [ $open, '--port',
	    $sark->lighttpd->port, '--rate', $rate, '--seconds', $seconds,
	    @more, $request ]);

	while (Sark::Temp->alive($pid)) {
		my $health = $sark->stranger->get('/health/live')->status;
		is $health, 200, 'health is answered' if $health != 200;
		sleep 0.2;
	}
	my @lines = grep { /^sent / } split /\n/, slurp($temp->path('open.log'));
	note $lines[-1];
	return split ' ', $lines[-1];
}

# So many times what can be served, or as much more as is too much, if what
# can be served was not measured at its best; the sums of all runs.
sub overload ($times, $seconds, @more) {
	my $rate = $times * capacity();
	my %sum = map { $_ => 0 } qw(ok shed failed other lost unanswered again);

	for (1 .. 5) {
		my %got = run_open($rate > 1500 ? 1500 : $rate, $seconds, @more);
		$sum{$_} += $got{$_} for keys %sum;
		last if $sum{shed} > 0;
		$rate *= 4;
	}
	return \%sum;
}

# Every answer was a login or the refusal of overload in the one shape.
sub only_right_answers ($got) {
	is $got->{other}, 0, 'A2 no answer but 200 and 503 with Retry-After, ' .
	    'in the one shape';
	is $got->{lost}, 0, 'no connection is closed without an answer';
	cmp_ok $got->{ok}, '>', 0, 'some are served';
	cmp_ok $got->{shed}, '>', 0, 'and some are shed';
}

sub recovers () {
	Sark::Temp->until('logins are back', sub {
		one_login()->status == 200 }, 30);
	pass 'afterwards a login is served';
}

sub events () {
	return scalar $sark->events(type => 'authentication_success');
}

sub shed_by_metrics () {
	return $sark->stranger->get('/metrics')->body =~
	    /^sark_requests_shed_total\{program="sark-login"\} (\d+)/m ? $1 : 0;
}

row 'L-01 ten times more requests than can be served' => sub {
	my $before = events();
	my $got = overload(10, long() ? 60 : 3);

	only_right_answers($got);
	my $new = events() - $before - 4;
	cmp_ok $new, '>=', $got->{ok}, 'A1 every login that was answered is ' .
	    'recorded';
	cmp_ok $new, '<=', $got->{ok} + $got->{unanswered},
	    'A1 and none that was shed';
	cmp_ok shed_by_metrics(), '>=', $got->{shed}, 'they are counted';
	like $sark->log('login'), qr/event=overloaded shed=\d/, 'and logged';
	recovers();
	my $count = shed_by_metrics();
	is one_login()->status, 200, 'and another' for 1 .. 5;
	is shed_by_metrics(), $count, 'none of them is shed any more';
};

row 'L-03 everybody who is refused tries again at once' => sub {
	my $got = overload(5, long() ? 60 : 3, '--retries', 10);

	only_right_answers($got);
	cmp_ok $got->{again}, '>', 0, 'control: they did';
	recovers();
};

# ---- connections

# As many connections as may be, up to so many, that say nothing; ended by
# $end->().
sub silent_connections ($n) {
	my $ready = $temp->path('silent');
	my $script = spew($temp->path('silent.pl'), <<~'END');
		use IO::Socket::UNIX;
		my ($path, $n, $ready) = @ARGV;
		my @open;
		while (@open < $n) {
			my $s = IO::Socket::UNIX->new(Peer => $path) or last;
			push @open, $s;
		}
		open my $out, '>', "$ready.new" or die;
		print $out scalar @open;
		close $out;
		rename "$ready.new", $ready;
		sleep;
		END
	my $pid = $temp->spawn(name => 'silent', command => [ 'sh', '-c',
	    'ulimit -n 10300 2>/dev/null || ulimit -n $(ulimit -H -n);' .
	    'exec perl "$@"', 'sh', $script, $sark->socket('login'), $n,
	    $ready ]);

	Sark::Temp->until('the storm', sub { -s $ready }, 120);
	return (slurp($ready), sub { Sark::Temp->end($pid) });
}

row 'L-02 ten thousand connections that say nothing' => sub {
	my ($n, $end) = silent_connections(10_000);
	my $client = Sark::FCGI->new($sark->socket('login'), timeout => 30);

	note "$n connections";
	cmp_ok $n, '>', 200, 'FCGI-09 control: they are many';
	is $client->get('/api/v1/auth/providers')->status, 200,
	    'FCGI-09 a request beside them' for 1 .. 10;
	is one_login()->status, 200, 'FCGI-09 a login behind the web server';
	$end->();
	is one_login()->status, 200, 'and when they have gone';
};

# ---- clients of the web server

# How many descriptors the workers hold.
sub held () {
	my $n = 0;

	for my $pid ($sark->workers('login')) {
		opendir my $dir, "/proc/$pid/fd" or next;
		$n += () = readdir $dir;
	}
	return $n;
}

sub client () {
	return $sark->lighttpd->connect // die "no connection: $!\n";
}

is one_login()->status, 200, 'all is as before' for 1 .. 4;
my $base = held();

subtest 'HTTP-14 slow headers and bodies hold no worker' => sub {
	my @slow = map { client() } 1 .. 300;

	local $SIG{PIPE} = 'IGNORE';
	for my $i (0 .. $#slow) {
		syswrite $slow[$i], "POST $path HTTP/1.1\r\nHost: localhost\r\n" .
		    ($i % 2 ? 'X-Slow: ' : 'Content-Type: application/json' .
		    "\r\nContent-Length: 1000\r\n\r\n{");
	}
	for (1 .. 5) {
		syswrite $_, 'a' for @slow;
		is one_login()->status, 200, 'HTTP-14 a client who is not slow';
		Sark::Temp->until('HTTP-14 no worker waits for those who are',
		    sub { held() <= $base + 4 }, 30);
	}
	close $_ for @slow;
};

subtest 'HTTP-15 half-closed amid a chunked upload' => sub {
	local $SIG{PIPE} = 'IGNORE';
	for my $round (1 .. 10) {
		my @half = map { client() } 1 .. 100;
		for my $socket (@half) {
			syswrite $socket, "POST $path HTTP/1.1\r\nHost: " .
			    "localhost\r\nContent-Type: application/json\r\n" .
			    "Transfer-Encoding: chunked\r\n\r\n40\r\n{\"user";
			shutdown $socket, 1;
		}
		is one_login()->status, 200, 'HTTP-15 beside a hundred'
		    if $round % 5 == 0;
	}
	Sark::Temp->until('no slot is held', sub { held() <= $base + 2 }, 60);
	pass 'HTTP-15 a thousand leave no slot behind';
	is one_login()->status, 200, 'HTTP-15 and logins are served';
};

done_testing;
