# The harness under test: the checker is shown what it must find, and a plain
# build has no place where it could be made to fail.

use v5.36;
use Sark::Fault;
use Sark::Fault::Build;
use Sark::Fault::Checker;
use Sark::Fault::History;
use Sark::Skip;
use Sark::Temp;
use Sark::Tree qw(builddir program slurp);
use Test::More;

my $temp = Sark::Temp->new;

# A history of three operations and what is there at its end.
sub found ($plant) {
	state $n = 0;
	my $history = Sark::Fault::History->new($temp->path('h' . $n++));
	my %state = (events => [ [ 'early', 'policy_decision' ] ], rows => []);
	my $checker = Sark::Fault::Checker->new($history, sub { \%state });
	my %id = map { $_ => $history->invoke('register') } qw(ok fail info);

	$history->$_($id{$_}) for qw(ok fail info);
	push @{ $state{events} }, [ $id{ok}, 'server_registered' ];
	push @{ $state{rows} }, $id{ok};
	$plant->(\%state, \%id, $history);
	my $found = $checker->check;
	return join ' ', map { "$_=" . @{ $found->{$_} } }
	    grep { @{ $found->{$_} } } sort keys %$found;
}

subtest 'the checker sees' => sub {
	is found(sub { }), '', 'nothing where all is right';
	is found(sub ($state, $id, $h) { $state->{events} = [] }),
	    'lost=1', 'an event that was lost';
	is found(sub ($state, $id, $h) { $state->{rows} = [] }),
	    'lost=1', 'a row that was lost';
	is found(sub ($state, $id, $h) {
		push @{ $state->{rows} }, $id->{ok} }),
	    'duplicated=1', 'an effect that came twice';
	is found(sub ($state, $id, $h) {
		push @{ $state->{events} }, $state->{events}[-1] }),
	    'duplicated=1', 'an event that came twice';
	is found(sub ($state, $id, $h) {
		push @{ $state->{rows} }, 'op-0-0' }),
	    'unexpected=1', 'an effect that nobody asked for';
	is found(sub ($state, $id, $h) {
		push @{ $state->{events} }, [ $id->{fail},
		    'server_registered' ] }),
	    'unexpected=1', 'an effect of what was refused';
	is found(sub ($state, $id, $h) {
		push @{ $state->{rows} }, $id->{info};
		push @{ $state->{events} }, [ $id->{info},
		    'server_registered' ] }),
	    'recovered=2', 'what came to be though nobody knew';
	is found(sub ($state, $id, $h) {
		$h->ok($h->invoke('deny'), wrong => 'A3: allowed') }),
	    'lost=1 wrong=1', 'an answer that was wrong';
	is found(sub ($state, $id, $h) {
		$h->fail($h->invoke('wrong_login'), refused => 1) }),
	    'lost=1', 'a refusal without its event';
};

subtest 'answers are judged' => sub {
	my %problem = (type => 't', title => 't', detail => 'd', code =>
	    'unavailable', request_id => 'r', status => 503);
	my $judge = sub ($kind, $status, $json, %headers) {
		my ($end, %more) = Sark::Fault::judge($kind, bless { status =>
		    $status, error => '', body => JSON::PP->new->encode($json),
		    headers => { map { $_ => [ $headers{$_} ] }
		    keys %headers } }, 'Sark::FCGI::Response');
		return $end . ($more{wrong} ? " $more{wrong}" : '');
	};

	is $judge->(deny => 200, { decision => 'deny' }), 'ok', 'a deny';
	is $judge->(deny => 200, { decision => 'allow' }), 'ok A3: allowed',
	    'an allow that must not be';
	is $judge->(forbidden => 201, {}), 'ok A3: 201 to forbidden',
	    'a right given away';
	is $judge->(login => 503, \%problem, 'retry-after' => 5), 'fail',
	    'the one shape';
	is $judge->(login => 503, \%problem), 'fail no Retry-After',
	    'one that does not say when to come again';
	is $judge->(login => 503, { %problem, code => 'uncertain' },
	    'retry-after' => 5), 'info', 'one that does not know';
	like $judge->(login => 500, { %problem, status => 500 }),
	    qr/^fail status 500/, 'an internal error';
	like $judge->(login => 503, {}, 'retry-after' => 5), qr/^fail no type/,
	    'another shape';
};

subtest 'failpoints' => sub {
	for my $bad ('nowhere:kill9', 'commit_before', 'commit_before:melt',
	    'commit_before:sleep', 'commit_before:kill9@0',
	    'commit_before:exit@2,nowhere:eio') {
		my ($rc, undef, $err) = $temp->run([ program('sark-status'),
		    '--version' ], env => { SARK_FAILPOINT => $bad });
		is $rc, 78, "not understood: $bad";
		like $err, qr/^SARK_FAILPOINT: /, 'which is said';
	}
	my ($rc) = $temp->run([ program('sark-status'), '--version' ], env => {
	    SARK_FAILPOINT => 'commit_before:sleep(5)@3+,pg_after:eio' });
	is $rc, 0, 'control: what is right starts';
};

row 'P-18 memory that is used again is poisoned' => sub {
	my $dir = Sark::Fault::Build::dir();
	my $poisoned = slurp((glob "$dir/.libs/libsarkcommon.so")[0]) =~
	    /__asan_init/ ? 'AddressSanitizer' : "MALLOC_PERTURB_ "
	    . ($ENV{MALLOC_PERTURB_} // 0);
	my $sark = bless { temp => $temp }, 'Sark::Fault';

	like $poisoned, qr/^(?:AddressSanitizer|MALLOC_PERTURB_ [1-9])/,
	    "programs under fault run with $poisoned";
	is $sark->torn_memory, '', 'no complaint is none';
	for my $complaint ('==7==ERROR: AddressSanitizer: heap-use-after-free',
	    'a.c:1:2: runtime error: shift', 'event=worker_died text="signal 11"') {
		Sark::Tree::spew($temp->path('sark-x.log'), "a\n$complaint\n");
		like $sark->torn_memory, qr/\Q$complaint\E/,
		    "control: seen: $complaint";
	}
	unlink $temp->path('sark-x.log');
};

sub traces ($dir) {
	my $found = 0;

	for my $file (glob("$dir/.libs/libsarkcommon.so"),
	    glob("$dir/fcgi/*/.libs/sark-*")) {
		my $bytes = slurp($file);
		$found++ if $bytes =~ /sark_failpoint|commit_before|spool_lose/i;
	}
	return $found;
}

SKIP: {
	skip_here('the plain build has failpoints', 1)
	    if builddir() eq Sark::Fault::Build::dir();
	is traces(builddir()), 0, 'a plain build holds no failpoint';
}
cmp_ok traces(Sark::Fault::Build::dir()), '>', 0,
    'control: the build with them shows it';

done_testing;
