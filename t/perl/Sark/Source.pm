package Sark::Source;

# The sources as the style tests read them.  A checker takes (path, text) and
# returns what is wrong, a line each; check() runs it over files, and over
# planted mistakes that it must see.

use v5.36;
use Exporter 'import';
use File::Find ();
use Sark::Tree qw(srcdir slurp);
use Test::More;

our @EXPORT = qw(sources check planted code strings functions includes);

# Files of the source tree under some folders, relative, by a pattern.
sub sources ($pattern, @folders) {
	my $top = srcdir();
	my @found;

	File::Find::find({ no_chdir => 1, preprocess => \&ours, wanted => sub {
		return if !-f;
		my $path = substr $File::Find::name, 1 + length $top;
		push @found, $path if $path =~ $pattern;
	} }, grep { -e } map { $_ eq '.' ? $top : "$top/$_" } @folders);
	return sort @found;
}

# Not what a build or the quickstart has made.
sub ours (@names) {
	return grep { !/^(?:\.git|build.*|autom4te\.cache|aclocal\.m4|configure~?|m4|var)$/
	    || $File::Find::dir ne srcdir() } @names;
}

# Runs a checker over files: one test, that tells each mistake.
sub check ($what, $checker, @paths) {
	my @wrong = map { $checker->($_, slurp(srcdir() . "/$_")) } @paths;

	cmp_ok scalar @paths, '>', 0, "$what: there are files";
	ok !@wrong, $what or diag join "\n", @wrong;
}

# The control: the checker sees this mistake, and nothing in what is right.
sub planted ($checker, $path, $bad, $good) {
	my @seen = $checker->($path, $bad);
	my @false = $checker->($path, $good);

	is scalar @seen, 1, "a planted mistake is seen: " . ($seen[0] // 'none')
	    or diag join "\n", @seen;
	ok !@false, 'and what is right is not' or diag join "\n", @false;
}

my $token = qr{(/\*.*?\*/|//[^\n]*)|"((?:\\.|[^"\\])*)"|'(?:\\.|[^'\\])*'}s;

# C without comments and without what strings hold; lines stay where they are.
sub code ($text) {
	return $text =~ s{$token}{
		my $lines = $& =~ tr/\n//cdr;
		defined $1 ? " $lines" : defined $2 ? "\"\"$lines" : "''"
	}ger;
}

# The strings of C, adjacent ones joined, but for those of #include.
sub strings ($text) {
	my @strings;

	$text =~ s{^\s*#\s*include[^\n]*}{}mg;
	$text =~ s{/\*.*?\*/}{ }sg;
	while ($text =~ /((?:"(?:\\.|[^"\\])*"\s*)+)/sg) {
		push @strings, $1 =~ s/"\s*"//gr;
	}
	return @strings;
}

# The function definitions: { name, line, lines, static, params }.
sub functions ($text) {
	my @lines = split /\n/, code($text);
	my @found;

	for my $i (1 .. $#lines) {
		my ($name) = $lines[$i] =~ /^(\w+)\(/ or next;
		my $type = $lines[$i - 1];
		my ($end, $open) = (undef, 0);

		next if $type !~ /^[a-z]/ || $type =~ /[;=:]/;
		for my $j ($i .. $#lines) {
			$open = 1 if $lines[$j] =~ /^\{/;
			last if !$open && $lines[$j] =~ /;\s*$/;
			$end = $j, last if $lines[$j] =~ /^\}/;
		}
		next if !$open || !defined $end;
		push @found, { name => $name, line => $i + 1,
			lines => $end - $i + 1, static => scalar($type =~ /\bstatic\b/),
			params => params(join "\n", @lines[$i .. $end]) };
	}
	return @found;
}

# The parameters of a function, as text each.
sub params ($text) {
	my ($list) = $text =~ /^\w+(\((?:[^()]|(?1))*\))/ or return [];
	my ($depth, @params) = (0, '');

	for my $c (split //, substr $list, 1, -1) {
		$depth++ if $c eq '(';
		$depth-- if $c eq ')';
		push(@params, ''), next if $c eq ',' && $depth == 0;
		$params[-1] .= $c;
	}
	s/\s+/ /g, s/^ | $//g for @params;
	return [ grep { $_ ne 'void' && $_ ne '' } @params ];
}

# What is included: ([ line, '"' or '<', name ], ...).
sub includes ($text) {
	my ($n, @found) = (0);

	for my $line (split /\n/, $text) {
		$n++;
		push @found, [ $n, $1, $2 ]
		    if $line =~ /^\s*#\s*include\s*(["<])([^">]+)/;
	}
	return @found;
}

1;
