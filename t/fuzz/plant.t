# The control: the fuzzers see mistakes of every kind that they are to see,
# in an input that they are given and in one that they have to find.

use v5.36;
use Sark::Fuzz;
use Sark::Temp;
use Sark::Tree qw(builddir spew);
use Test::More;

my %kinds = (
	end => qr/heap-buffer-overflow/,
	int => qr/signed integer overflow/,
	not => qr/does not hold: size == 0/,
	new => qr/detected memory leaks/,
);
my $temp = Sark::Temp->new;
my $fuzzer = fuzzer('plant');

for my $word (sort keys %kinds) {
	my ($rc, $said) = run_fuzzer($temp, $fuzzer, "-detect_leaks=1",
	    spew($temp->path($word), $word));
	isnt $rc, 0, "$word: the fuzzer stops";
	like $said, $kinds{$word}, "$word: and says why";
}

my ($rc, $said) = run_fuzzer($temp, $fuzzer, spew($temp->path('no'), 'befor'));
is $rc, 0, 'an input without a mistake passes';

# From nothing; each byte that is right is seen by the coverage.
($rc, $said) = run_fuzzer($temp, $fuzzer, '-seed=1', '-runs=2000000',
    $temp->mkdir('corpus'));
isnt $rc, 0, 'a mistake is found from nothing';
like $said, qr/Base64: /, 'and can be seen again';
ok scalar(glob $temp->dir . '/found-*'), 'from a file';

# The same inputs without libFuzzer, built by another compiler.
SKIP: {
	my $replay = builddir() . '/sanitizers/t/fuzz/plant_fuzz';

	skip 'no sanitized build', 2 * %kinds if !-x $replay;
	for my $word (sort keys %kinds) {
		my ($rc, $out, $err) = $temp->run([ $replay,
		    $temp->path($word) ]);
		isnt $rc, 0, "$word: the replay stops";
		like $err, $kinds{$word}, "$word: and says why";
	}
}

done_testing;
