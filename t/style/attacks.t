# t/attack/rows: no row of the catalogue is left out, and each has its tests.

use v5.36;
use Sark::Source;
use Sark::Tree qw(srcdir slurp);
use Test::More;

# How many rows each family has.
my %rows = (HTTP => 22, FCGI => 12, JSON => 14, SQL => 7, RDS => 4, CFG => 9,
	WEB => 12, JWT => 28, KEY => 8, OPA => 11, RATE => 9, LDAP => 15,
	PW => 12, RT => 13);
my $path = 't/attack/rows';

# The text of a file without its comments.
sub without_comments ($file) {
	my $text = eval { slurp(srcdir() . "/$file") } // return undef;

	return $file =~ /\.[ch]$/ ? $text =~ s{/\*.*?\*/}{}sgr :
	    $text =~ s/^\s*#.*//mgr;
}

# Whether a test program is run: some local.mk lists it.
my $listed = join "\n", map { my $dir = s{/local\.mk$}{}r;
    slurp(srcdir() . "/$_") =~ s/%D%/$dir/gr } sources(qr{local\.mk$}, 't');

# What is wrong with one place where a row is said to be held.
sub place_wrong ($id, $place) {
	my ($file, $words) = split /: /, $place, 2;
	my $text = without_comments($file) // return "$id: no file $file";
	my $in_c = lc $id =~ s/-/_?/r;

	return "$id: no local.mk lists $file" if $listed !~ /\Q$file\E\b/;
	return () if defined $words ? index($text, $words) >= 0 :
	    $text =~ /\b\Q$id\E\b|(?<![a-z])$in_c(?![0-9])/;
	return "$id: $file has no test of it";
}

sub row_wrong ($line) {
	my ($id, $title, $where, @more) = split /\t/, $line;

	return "not a row: $line" if @more || !defined $where ||
	    $id !~ /^[A-Z]+-\d\d$/ || $title eq '';
	return () if $where =~ /^not yet: \S.{20}/;
	return map { place_wrong($id, $_) } split /; /, $where;
}

sub table ($file, $text) {
	my @lines = grep { !/^#/ } split /\n/, $text;
	my @ids = map { s/\t.*//r } @lines;
	my %seen;
	my @want = map { my $family = $_; map { sprintf '%s-%02d', $family, $_ }
	    1 .. $rows{$family} } keys %rows;

	$seen{$_}++ for @ids;
	return ((map { "$file: $_" } map { row_wrong($_) } @lines),
	    (map { "$file: no row $_" } grep { !$seen{$_} } sort @want),
	    (map { "$file: $_ twice" } grep { $seen{$_} > 1 } sort keys %seen));
}

# A row that a test of t/attack claims to hold is in the table for it.
sub claims ($file, $text) {
	my $table = slurp(srcdir() . "/$path");

	return map { "$file: $_ is not said to be held here" }
	    grep { $table !~ /^$_\t.*\Q$file\E/m }
	    $text =~ /^\s*(?:my \@rows = \(|push .*)?\[\s*'([A-Z]+-\d\d)',/mg;
}

check('every row has its tests', \&table, $path);
check('every test has its row', \&claims, sources(qr/\.t$/, 't/attack'));

my $good = slurp(srcdir() . "/$path");
planted(\&table, $path, $good =~ s/^HTTP-06\t.*\n//mr, $good);
planted(\&table, $path, $good =~ s{^(HTTP-06\t.*\t).*}{$1t/none.t}mr, $good);
planted(\&table, $path, $good =~ s{^(HTTP-06\t.*\t).*}{$1t/fcgi/audit.t}mr,
    $good);
planted(\&table, $path, $good =~ s{^(JSON-01\t.*: )bad_.*}{$1no_such_test}mr,
    $good);
planted(\&claims, 't/attack/http.t', "\t[ 'SQL-01', 'x', sub {\n",
    "\t[ 'HTTP-06', 'x', sub {\n");

done_testing;
