package Sark::Fuzz;

# Runs a fuzzer of t/fuzz, which configure --enable-fuzzers builds, from the
# folder fuzz of the build, or from $SARK_FUZZ_BUILD.
#
#   use Sark::Fuzz;
#   fuzz('json');
#
# First every input of t/data/fuzz/json, then new ones: for SARK_FUZZ_SECONDS,
# or a part of them, fuzz('record', 1 / 4); without it so many inputs that are
# always the same.  Timed runs start from one seed too, so that what one of them
# finds is found again; SARK_FUZZ_SEED=0 has a new one each time.

use v5.36;
use Exporter 'import';
use MIME::Base64 'encode_base64';
use Sark::Skip;
use Sark::Temp;
use Sark::Tree qw(builddir srcdir slurp);
use Test::More;

our @EXPORT = qw(fuzz fuzzer run_fuzzer);

# Seconds for one input, of which most take less than a thousandth: no
# machine is so slow or so loaded.
my @limits = ('-timeout=600', '-rss_limit_mb=2048', '-max_len=4096');
my @fixed = ('-seed=1', '-runs=20000');

# The path of a fuzzer, or the file is skipped.
sub fuzzer ($name) {
	my $dir = $ENV{SARK_FUZZ_BUILD} // builddir() . '/fuzz';
	my $path = "$dir/t/fuzz/${name}_fuzz";

	skip_all("$path is not built: configure --enable-fuzzers, make fuzzers")
	    if !-x $path;
	return $path;
}

# Runs it to its end, giving way to everybody; its exit value and what it said.
sub run_fuzzer ($temp, $path, @args) {
	my ($rc, $out, $err) = $temp->run([ 'nice', '-n', '5', $path, @limits,
	    '-artifact_prefix=' . $temp->dir . '/found-', @args ],
	    env => { ASAN_OPTIONS => 'quarantine_size_mb=64' });

	return ($rc, $out . $err);
}

# What is needed to see it again: what it said of the mistake, and the input.
sub reproduce ($temp, $name, $said) {
	my @lines = grep { !/^#\d+\s/ } split /\n/, $said;
	my ($first) = grep { $lines[$_] =~ /ERROR|hold|runtime error/ }
	    0 .. $#lines;

	my @running = grep { /^Running: / } splice @lines, 0, $first // 0;

	diag($running[-1]) if @running;
	splice @lines, 50 if @lines > 50;
	diag($_) for @lines;
	for my $found (glob $temp->dir . '/found-*') {
		diag("base64 -d >FILE; t/fuzz/${name}_fuzz FILE");
		diag(encode_base64(slurp($found)));
	}
}

sub fuzz ($name, $part = 1) {
	my $path = fuzzer($name);
	my $temp = Sark::Temp->new;
	my $inputs = srcdir() . "/t/data/fuzz/$name";
	my $dict = srcdir() . "/t/fuzz/$name.dict";
	my $seconds = $ENV{SARK_FUZZ_SECONDS};
	my @inputs = glob "$inputs/*";
	my @how = @fixed;

	if (defined $seconds) {
		$seconds = int $seconds * $part || 1;
		@how = ("-max_total_time=$seconds",
		    '-seed=' . ($ENV{SARK_FUZZ_SEED} // 1));
	}
	push @how, "-dict=$dict" if -e $dict;
	my ($rc, $said) = run_fuzzer($temp, $path, @inputs);
	my $ran = () = $said =~ /^Executed /mg;
	ok $rc == 0 && @inputs && $ran == @inputs,
	    "all $ran inputs of t/data/fuzz/$name"
	    or reproduce($temp, $name, $said);

	($rc, $said) = run_fuzzer($temp, $path, @how, $temp->mkdir('new'),
	    $inputs);
	my ($runs) = $said =~ /^Done (\d+) runs/m;
	ok $rc == 0 && $runs, 'new ones: ' . ($runs // 'none') .
	    (defined $seconds ? " in $seconds s" : '')
	    or reproduce($temp, $name, $said);
	done_testing;
}

1;
