package Sark::Skip;

# A test that cannot run says why.  With SARK_SKIPS_FAIL=1, as in CI, that is
# a failure: there everything can be had.

use v5.36;
use Exporter 'import';
use Test::More ();

our @EXPORT = qw(skip_all skip_here need);

# The whole file.
sub skip_all ($why) {
	Test::More::plan(skip_all => $why) unless $ENV{SARK_SKIPS_FAIL};
	Test::More::plan(tests => 1);
	Test::More::fail("skipped: $why");
	exit 1;
}

# Inside a SKIP: block, $n tests of it.
sub skip_here ($why, $n = 1) {
	if ($ENV{SARK_SKIPS_FAIL}) {
		Test::More::fail("skipped: $why");
		no warnings 'exiting';
		last SKIP;
	}
	Test::More::skip($why, $n);
}

# The path of a command, or the file is skipped.
sub need ($command) {
	for my $dir (split(/:/, $ENV{PATH}), qw(/usr/sbin /sbin)) {
		return "$dir/$command" if -x "$dir/$command" && -f _;
	}
	skip_all("$command is not installed");
}

1;
