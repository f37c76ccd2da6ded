# The shipped policy with its own compiler: its tests pass, and what is in the
# tree is what the compiler makes of it.  check leaves this file out where
# there is neither opa nor Go to build it.

use v5.36;
use Sark::Skip;
use Sark::Temp;
use Sark::Tree qw(srcdir program slurp spew);
use Test::More;

my $opa = need('opa');
my $temp = Sark::Temp->new;
my $policy = $temp->path('policy');
my $built = $temp->path('built');

mkdir $built;
system('cp', '-r', '--', srcdir() . '/etc/policy', $policy) == 0
    or die "copy\n";

sub compile () {
	unlink "$policy/policy.wasm", "$policy/policy.wasm.sources";
	return $temp->run([ program('sark-policy-build'), '--save',
	    '--output', $built, $policy ]);
}

my ($rc, $out, $err) = $temp->run([ $opa, 'test', $policy ]);
is $rc, 0, 'opa test' or diag $out, $err;
like $out, qr/^PASS: [1-9]\d*\/\d+$/m, 'of some tests';

($rc, $out, $err) = compile();
is $rc, 0, 'sark-policy-build compiles it' or diag $out, $err;
for my $name (qw(policy.wasm policy.wasm.sources)) {
	ok slurp("$policy/$name") eq slurp(srcdir() . "/etc/policy/$name"),
	    "to the $name that is in the tree, byte for byte";
}

# The control: another policy is another module.
my $rego = slurp("$policy/decision.rego");
ok $rego =~ s/emergency override of/override of/, 'the control has its words';
spew("$policy/decision.rego", $rego);
($rc, $out, $err) = compile();
is $rc, 0, 'a changed policy' or diag $out, $err;
for my $name (qw(policy.wasm policy.wasm.sources)) {
	ok slurp("$policy/$name") ne slurp(srcdir() . "/etc/policy/$name"),
	    "has another $name";
}

done_testing;
