# The README's tour, to the letter: its commands, in one shell, and what they
# are said to print.  A command stands behind "$ "; the lines under it are its
# output, "..." for any text.

use v5.36;
use Sark::Quickstart;
use Sark::Skip;
use Sark::Tree qw(slurp);
use Test::More;

my $quick = Sark::Quickstart->new;
my @tour = tour(slurp($quick->dir . '/README'));

skip_all('the README has no tour') if !@tour;

# The indented blocks of the section whose heading says tour.
sub tour ($readme) {
	my ($section) = $readme =~ /^[^\n]*\btour\b[^\n]*\n[-=]+\n(.*?)
	    (?=^[^\n]+\n[-=]{3,}\n|\z)/msix or return;
	my @steps;

	for my $line ($section =~ /^(?: {4}|\t)(.*)$/mg) {
		if ($line =~ /^\$ (.*)$/) {
			push @steps, { command => $1, output => [] };
		} elsif (@steps && $steps[-1]{command} =~ s/\\$//) {
			$steps[-1]{command} .= $line =~ s/^\s*(?:> )?//r;
		} elsif (@steps) {
			push @{ $steps[-1]{output} }, $line;
		}
	}
	return @steps;
}

# Whether the lines are in the output, in this order.
sub printed ($lines, $output) {
	my $pattern = join '.*?', map {
	    join '.*?', map { quotemeta } split /\s*\.\.\.\s*/, $_, -1 } @$lines;

	# An empty pattern would be the last one that matched.
	return $output =~ /(?:$pattern)/s;
}

# One shell runs them all, as the reader's does.
my $mark = "end of a step: ";
my $script = "cd '" . $quick->dir . "' || exit\n" . join '', map {
	"{ $_->{command}\n} 2>&1; printf '\\n$mark%d\\n' \$?\n" } @tour;
my ($rc, $out, $err) = $quick->{temp}->run([ 'bash', '-c', $script ],
    env => { $quick->environment, HOME => $quick->dir });
my @said = $out =~ /(.*?)\n$mark(\d+)\n/sg;

for my $step (@tour) {
	my ($output, $status) = splice @said, 0, 2;
	is $status, 0, $step->{command} or diag $output // $err;
	ok printed($step->{output}, $output // ''), '  prints what it should'
	    or diag $output;
}

ok !printed([ 'a', 'b' ], 'b a') && printed([ 'a ... c', 'd' ], "a b c\nd"),
    'the comparison can fail';

done_testing;
