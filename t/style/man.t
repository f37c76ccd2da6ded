# Every program has a manual page, and mandoc has nothing to say about any.

use v5.36;
use Sark::Skip;
use Sark::Source;
use Sark::Temp;
use Sark::Tree qw(srcdir slurp);
use Test::More;

my $mandoc = need('mandoc');
my $temp = Sark::Temp->new;

sub lint ($path, $text) {
	my (undef, $out, $err) = $temp->run([ $mandoc, '-Tlint' ], stdin => $text);

	return map { "$path: $_" } grep { !/outdated mandoc\.db|referenced manual not found/ }
	    split /\n/, $out . $err;
}

# What the build installs, by the variables of automake.
sub installed ($variable) {
	my @names;

	for my $path (sources(qr{local\.mk$}, qw(lib fcgi bin man))) {
		my $text = slurp(srcdir() . "/$path") =~ s/\\\n/ /gr;
		my $dir = $path =~ s{/local\.mk$}{}r;
		push @names, map { s/%D%/$dir/r } map { split ' ' }
		    $text =~ /^$variable\s*\+?=\s*(.*)$/mg;
	}
	return @names;
}

my @pages = sources(qr/\.[1-8]$/, 'man');
my %page = map { m{([^/]+)\.[1-8]$} => 1 } @pages;
my %dist = map { $_ => 1 } installed('dist_man_MANS');
my @programs = map { m{([^/]+)$} } map { installed($_) }
    qw(bin_PROGRAMS sbin_PROGRAMS sarkexec_PROGRAMS);

SKIP: {
	skip_here('no manual page yet', 2) if !@pages;
	check('mandoc is silent', \&lint, @pages);
}
is join(' ', grep { !$page{$_} } @programs), '', 'every program has a page';
is join(' ', grep { !$dist{$_} } @pages), '', 'every page is installed';

my $right = <<'END';
.Dd November 1, 2026
.Dt A 8
.Os
.Sh NAME
.Nm a
.Nd does it
.Sh DESCRIPTION
It does.
END
planted(\&lint, 'a.8', $right =~ s/^\.Sh DESC.*\n/.Sh DESCRIPTION\n.Xq x\n/mr,
    $right);

done_testing;
