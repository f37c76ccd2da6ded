# Workers that run out of memory, or have a stack of 128 KiB.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use Sark;
use Sark::FCGI;
use Sark::Fault::Row;
use Sark::Skip;
use Sark::Temp;
use Sark::Tree 'slurp';
use Test::More;

my $prlimit = need('prlimit');
my $sark = Sark->start(qw(login registry policy), { web => 0,
	conf => { deadline_ms => 60_000, queue_timeout_ms => 60_000 } });
my $evaluate = '/api/v1/policy/evaluate';

sub token ($user) {
	state %token;
	return $token{$user} //= client('login')->post(
	    '/api/v1/auth/login/local', { username => $user,
	    password => Sark::password($user) })->json->{access_token};
}

sub client ($program) {
	return Sark::FCGI->new($sark->socket($program), timeout => 60);
}

# A body of JSON text to sark-policy.
sub evaluate ($body) {
	return client('policy')->request(POST => $evaluate, body => $body,
	    token => token('dev'),
	    headers => { 'Content-Type' => 'application/json' });
}

# As the worker's user: not every root may do it to others.
sub limit ($pid, @limit) {
	my ($rc, $out, $err) = $sark->temp->run([ Sark::Temp->as_user,
	    $prlimit, '--pid', $pid, @limit ]);
	$rc == 0 or die "prlimit: $out$err";
}

sub kib ($pid, $what) {
	return slurp("/proc/$pid/status") =~ /^$what:\s+(\d+) kB/m ? $1 : 0;
}

my $small = '{"action":"tool:invoke","tool":"a.get"}';
# of 900 KB, many times that in memory
my $large = '{"action":"tool:invoke","tool":"a.get","context":{"a":['
    . join(',', map { "[$_,{\"k\":1}]" } 1 .. 50_000) . ']}}';

row 'P-12 a worker has no memory left' => sub {
	my $parent = $sark->pid('policy');
	my %before = map { $_ => 1 } $sark->workers('policy');
	my $other = join ' ', sort { $a <=> $b } $sark->workers('registry');

	isnt evaluate($large)->status, 0, 'control: with memory it is answered';
	%before = map { $_ => 1 } $sark->workers('policy');
	limit($_, '--as=' . 1024 * kib($_, 'VmSize')) for keys %before;
	for (1 .. 20) {
		my $status = evaluate($large)->status;
		ok $status =~ /^(?:0|200|503)$/,
		    "an answer of its own, or none: $status";
		last if grep { !$before{$_} } $sark->workers('policy');
	}
	Sark::Temp->until('workers with memory', sub {
		my @now = $sark->workers('policy');
		return @now == $sark->{workers} && grep { !$before{$_} } @now;
	});
	pass 'who ran out was replaced';
	like $sark->log('policy'), qr/worker_died|worker_crash_loop/,
	    'which the log says';
	ok Sark::Temp->alive($parent), 'the program runs';
	is join(' ', sort { $a <=> $b } $sark->workers('registry')), $other,
	    'the others did not notice';
	Sark::Temp->until('decisions again', sub {
		evaluate($small)->status == 200 });
	pass 'and decisions are made again';
};

row 'P-16 a stack of 128 KiB and input that nests' => sub {
	$sark->restart_program('policy');
	my @before = sort { $a <=> $b } $sark->workers('policy');
	my $nested = sub ($n) { '{"action":"tool:invoke","tool":"a.get",'
	    . '"context":' . '{"a":' x $n . '1' . '}' x $n . '}' };

	limit($_, '--stack=131072') for @before;
	like slurp("/proc/$before[0]/limits"), qr/Max stack size\s+131072/,
	    'control: the limit is there';
	is evaluate($small)->status, 200, 'control: a decision';
	is evaluate($nested->(30))->status, 200, 'as deep as it may be';
	is evaluate($nested->($_))->status, 400, "$_ deep" for 32, 64, 2000;
	is evaluate('[' x $_)->status, 400, "$_ brackets" for 2000, 500_000;
	is evaluate($large)->status, 200, 'wide, not deep';
	is client('policy')->request(GET => '/' . 'a/' x 300 . 'b')->status,
	    404, 'a path of many parts';
	is join(' ', sort { $a <=> $b } $sark->workers('policy')), "@before",
	    'no worker has died';
};

done_testing;
