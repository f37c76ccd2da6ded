# A process without memory; memory.c is the program.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use Sark::Fault;
use Sark::Skip;
use Sark::Temp;
use Sark::Tree 'builddir';
use Test::More;

my $program = builddir() . '/t/fault/memory';

row 'P-13 each allocation of a request fails once' => sub {
	SKIP: {
		skip_here('not in a build with sanitizers') if !-x $program;
		my ($rc, $out, $err) = Sark::Temp->new->run([ $program ],
		    env => { CMOCKA_MESSAGE_OUTPUT => 'TAP' });
		is $rc, 0, 'every one ends the process or changes nothing'
		    or diag $out, $err;
		note $1 if "$out$err" =~ /^# (\d+ allocations.*)/m;
	}
};

done_testing;
