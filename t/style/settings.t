# The settings say the same in the table, in the sample, in the manual and in
# what a program prints.

use v5.36;
use Sark::Settings;
use Sark::Skip;
use Sark::Temp;
use Sark::Tree qw(srcdir slurp);
use Test::More;

# Every setting is an item of the manual, with its default; nothing else is.
sub manual ($rows, $text) {
	my %item = $text =~ /^\.It Va (\w+) .*; default (.*)$/mg;
	my @wrong;

	for my $row (@$rows) {
		my $says = delete $item{ $row->{name} } // 'nothing';
		$says = $says =~ s/^Li "?|"$//gr;
		$says = '' if $says eq 'empty';
		push @wrong, "$row->{name}: the manual says $says"
		    if $says ne $row->{default};
	}
	return (@wrong, map { "not in the table: $_" } sort keys %item);
}

my @rows = Sark::Settings::table();
my $in_c = () = slurp(srcdir() . '/lib/conf/keys.c') =~ /\bAT\(\w+\),/g;
my @names = map { $_->{name} } @rows;

cmp_ok scalar @rows, '>', 30, 'the table is read';
is scalar @rows, $in_c, 'every row of it';
is slurp(srcdir() . '/etc/sark.conf'), Sark::Settings::sample(),
    'etc/sark.conf is what follows from it (t/perl/Sark/Settings.pm)';
is join(' ', Sark::Settings::sample() =~ /^#(\w+) = /mg), "@names",
    'which has every setting';

SKIP: {
	my $path = srcdir() . '/man/sark.conf.5';
	skip_here('man/sark.conf.5 is not there', 3) if !-e $path;
	my $text = slurp($path);
	is join("\n", manual(\@rows, $text)), '', 'the manual has the table';
	is scalar(() = manual(\@rows, $text =~ s/^\.It \w+ issuer.*//mr)), 1,
	    'a setting that the manual lacks is seen';
	is scalar(() = manual(\@rows, $text =~ s/(default Li) sark$/$1 x/mr)), 1,
	    'another default is seen';
}

SKIP: {
	my $program = Sark::Tree::find_program('sark-status');
	skip_here('sark-status is not built', 2) if !$program;
	my $temp = Sark::Temp->new;
	my $conf = Sark::Tree::spew($temp->path('sark.conf'), '');
	my ($rc, $out) = $temp->run([ $program, '--config', $conf,
	    '--dump-config' ]);
	is $rc, 0, '--dump-config of an empty file';
	is join(' ', $out =~ /^(\w+) = /mg), "@names",
	    'prints every setting, in order';
}

done_testing;
