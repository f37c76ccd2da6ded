package Sark::Settings;

# The table of settings, lib/conf/keys.c, as the tests read it; and the sample
# file that follows from it:
#
#	perl -It/perl -MSark::Settings -e 'print Sark::Settings::sample' \
#	    >etc/sark.conf

use v5.36;
use Sark::Tree qw(srcdir slurp);
use Text::Wrap ();

my $string = qr/"(?:\\.|[^"\\])*"/;
my %folder = (SARK_SYSCONFDIR => '/etc/sark', SARK_RUNSTATEDIR => '/run',
	SARK_DATADIR => '/usr/share/sark', SARK_LOCALSTATEDIR => '/var');

# The rows: { name, type, default, help }.
sub table ($text = slurp(srcdir() . '/lib/conf/keys.c')) {
	my @rows;

	while ($text =~ /\{\s*"(\w+)",\s*SARK_CONF_(\w+),\s*AT\(\w+\),
	    \s*((?:$string|\w+|\s)+),\s*-?\d+,\s*-?\d+,\s*\w+,
	    \s*((?:$string\s*)+)\}/gx) {
		push @rows, { name => $1, type => $2, default => text($3),
			help => text($4) };
	}
	return @rows;
}

# A C string, with the folders of an installation where Debian has them.
sub text ($c) {
	$c =~ s/\b(SARK_\w+)\b/"$folder{$1}"/g;
	return join '', map { substr $_, 1, -1 } $c =~ /($string)/g;
}

# A row as it would be written in the file.
sub written ($row) {
	return $row->{type} =~ /^(?:INT|RATIO|BOOL|LIST|NETWORKS)$/
	    ? "$row->{name} = $row->{default}"
	    : "$row->{name} = \"$row->{default}\"";
}

# The heading above each member of struct sark_conf.
sub headings () {
	my ($struct) = slurp(srcdir() . '/lib/conf/conf.h') =~
	    /^struct sark_conf \{\n(.*?)^\};/ms;
	my ($heading, %of) = ('');

	for my $line (split /\n/, $struct) {
		$heading = $1 if $line =~ m{^\t/\* (.*) \*/$};
		$of{$1} = $heading if $line =~ /(\w+);/;
	}
	return %of;
}

# etc/sark.conf
sub sample () {
	my %heading = headings();
	my $last = '';
	my $out = <<~'END';
		# sark.conf: the settings of all programs of SARK, sark.conf(5).
		#
		# Every setting is here with its default; take the # away to change one.
		# libexec/sark/sark-status --check-config tells whether a file is right.
		END

	local $Text::Wrap::columns = 79;
	for my $row (table()) {
		my $heading = $heading{ $row->{name} } // '';
		$out .= "\n# ---- $heading\n" if $heading ne $last;
		$last = $heading;
		$out .= "\n" . Text::Wrap::wrap('# ', '# ', $row->{help}) .
		    "\n#" . written($row) . "\n";
	}
	return $out;
}

1;
