package Sark::Fault::Build;

# Where the programs under fault come from: a build with failpoints, best the
# one with sanitizers too.  The tools that only prepare a test stay those of
# the plain build.
#
#	../configure --enable-sanitizers --enable-failpoints	in build/sanitizers

use v5.36;
use Sark::Skip;
use Sark::Tree qw(builddir slurp);

my $programs = qr/^sark-(?:admin|login|refresh|registry|policy|audit|status|audit-load|run)$/;

sub find () {
	for my $dir ($ENV{SARK_FAULT_BUILD} // (), builddir() . '/sanitizers',
	    builddir()) {
		return $dir if -e "$dir/config.h"
		    && slurp("$dir/config.h") =~ /define SARK_WITH_FAILPOINTS 1/;
	}
	return undef;
}

my $dir = find() // skip_all('no build with --enable-failpoints; '
    . 'see t/fault/README');

Sark::Tree::take_programs($dir, $programs);

# A plain build shows reuse of freed memory by the bytes it finds there.
$ENV{MALLOC_PERTURB_} //= 165;
$ENV{ASAN_OPTIONS} //= 'detect_leaks=0:exitcode=99';
$ENV{UBSAN_OPTIONS} //= 'print_stacktrace=1';

sub dir () { return $dir }

1;
