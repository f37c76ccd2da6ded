# sark-faults(7) and t/fault say the same: each row of one is in the other,
# and the manual names the file or files that have it.

use v5.36;
use Sark::Source;
use Sark::Tree qw(srcdir slurp);
use Test::More;

# The rows of the manual: id => file.
sub declared ($text) {
	my %file;

	while ($text =~ /^\.It ([A-Z]-\d+)\n((?:(?!\.It|\.El).*\n)*)/mg) {
		my ($id, $row) = ($1, $2);
		$file{$id} = join(' ', $row =~ /^\.Pa (\S+\.t)$/mg)
		    || 'no file';
	}
	return \%file;
}

# The rows of the tests: id => file.
sub shown (%text) {
	my %file;

	for my $path (sort keys %text) {
		my ($name) = $path =~ m{([^/]+)$};
		$file{$_} = exists $file{$_} ? "$file{$_} $name" : $name
		    for $text{$path} =~ /^row '([A-Z]-\d+) /mg;
	}
	return \%file;
}

sub differ ($declared, $shown) {
	my %all = (%$declared, %$shown);

	return map { sprintf '%s: the manual has %s, the tests have %s', $_,
	    $declared->{$_} // 'nothing', $shown->{$_} // 'nothing' }
	    grep { ($declared->{$_} // '') ne ($shown->{$_} // '') }
	    sort keys %all;
}

my $manual = slurp(srcdir() . '/man/sark-faults.7');
my %tests = map { $_ => slurp(srcdir() . "/$_") }
    sources(qr/\.t$/, 't/fault');
my @wrong = differ(declared($manual), shown(%tests));

cmp_ok scalar keys %{ declared($manual) }, '>', 10, 'the manual has rows';
ok !@wrong, 'the manual and the tests have the same' or diag join "\n", @wrong;

my $row = ".It X-01\nIt holds.\n.Pa a.t\n";
my %test = ('t/fault/a.t' => "row 'X-01 a fault' => sub {\n};\n");
is scalar differ(declared($row), shown(%test)), 0, 'what is right is';
is scalar differ(declared($row), shown()), 1, 'a promise without a test is seen';
is scalar differ(declared(''), shown(%test)), 1, 'a test without a promise is';
is scalar differ(declared($row =~ s/a\.t/b.t/r), shown(%test)), 1,
    'another file is';

done_testing;
