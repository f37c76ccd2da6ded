# The other tests of this folder once more, against the build with sanitizers
# that ./check makes: what only reads beyond its end is seen there.

use v5.36;
use Sark::Skip;
use Sark::Temp;
use Sark::Tree qw(builddir srcdir);
use Test::More;

skip_all('this is that run') if $ENV{SARK_SANITIZED};
my $build = builddir() . '/sanitizers';
skip_all("$build is not there: ./check builds it")
    if !-x "$build/libtool" || !-e "$build/t/attack/shim.la";

my $temp = Sark::Temp->new;
# two are about time and about all of the memory, which a sanitizer changes
my @files = grep { !/(?:sanitized|pw_time|pw_memory)\.t$/ } glob srcdir() . '/t/attack/*.t';

cmp_ok scalar @files, '>=', 9, 'there are tests';
for my $file (@files) {
	my ($rc, $out, $err) = $temp->run([ $^X, '-I' . srcdir() . '/t/perl',
	    $file ], env => { SARK_SANITIZED => 1, top_srcdir => srcdir(),
	    top_builddir => builddir() });
	my $name = $file =~ s{.*/}{}r;

	ok $rc == 0 && $out =~ /^1\.\.[1-9]\d*$/m, $name or diag $err;
	unlike $out . $err, qr/AddressSanitizer|runtime error:/,
	    "$name: no sanitizer speaks";
}

done_testing;
