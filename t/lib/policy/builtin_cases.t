#!/usr/bin/perl
# t/data/builtin_cases.json holds calls of builtins and OPA's answers, so that
# machines without opa test against them (builtin_cases_test).  Here OPA is
# asked again.  SARK_UPDATE=1 writes its answers into the file.
use strict;
use warnings;

use File::Temp qw(tempdir);
use JSON::PP;
use Test::More;

binmode $_, ":encoding(UTF-8)" for Test::More->builder->output,
    Test::More->builder->failure_output;

my $top = $ENV{top_srcdir} // '.';
my $file = "$top/t/data/builtin_cases.json";
my $json = JSON::PP->new->utf8->canonical->allow_nonref;

my ($opa) = grep { -x } map { "$_/opa" } split /:/, $ENV{PATH};
plan skip_all => 'opa is not installed' if !$opa;

sub slurp {
	my ($path) = @_;
	open my $in, '<', $path or die "$path: $!";
	local $/;
	return scalar <$in>;
}

# The arguments go through a function's parameter, which may be of any type:
# the compiler would refuse many calls that compiled policies can make.
sub rego {
	my ($cases) = @_;
	my $text = "package calls\n";
	for my $i (0 .. $#$cases) {
		my ($name, $args) = $cases->[$i]{call} =~ /^([a-z0-9_.]+)\((.*)\)$/s
		    or die "no call: $cases->[$i]{call}";
		my $count = args($name);
		my $list = join ', ', map { "p[$_]" } 0 .. $count - 1;
		$text .= "f$i(p) := $name($list)\n";
		$text .= "v[\"$i\"] := sprintf(\"%v\", [[f$i([$args])]])\n";
	}
	return $text;
}

my %args;
sub args {
	my ($name) = @_;
	if (!%args) {
		my $all = $json->decode(scalar `$opa capabilities --current`);
		$args{$_->{name}} = @{$_->{decl}{args} // []}
		    for @{$all->{builtins}};
	}
	return $args{$name} // die "OPA has no $name";
}

# Go quotes a few control characters otherwise than JSON.
sub jsonish {
	my ($text) = @_;
	my %code = (a => 7, b => 8, v => 11);
	$text =~ s{\\(x([0-9a-f]{2})|[av]|.)}{
		defined $2 ? "\\u00$2" :
		$code{$1} && $1 ne 'b' ? sprintf('\\u%04x', $code{$1}) : "\\$1"
	}gsex;
	return $text;
}

my $cases = $json->decode(slurp($file));
my $dir = tempdir(CLEANUP => 1);
open my $out, '>:encoding(UTF-8)', "$dir/calls.rego" or die $!;
print $out rego($cases);
close $out or die $!;
my $answer = `$opa eval --format json -d $dir/calls.rego data.calls.v`;
is $?, 0, 'opa evaluates the calls' or diag $answer;
my $values = $json->decode($answer)->{result}[0]{expressions}[0]{value};

my $known = grep { defined } values %$values;
cmp_ok $known, '>', @$cases / 2, 'most calls have an answer';
for my $i (0 .. $#$cases) {
	my $value = $values->{$i};
	$value = jsonish($value) if defined $value;
	$cases->[$i]{value} = $value, next if $ENV{SARK_UPDATE};
	is $value, $cases->[$i]{value}, $cases->[$i]{call};
}

if ($ENV{SARK_UPDATE}) {
	open my $new, '>', $file or die "$file: $!";
	print $new "[\n", join(",\n", map { $json->encode($_) } @$cases), "\n]\n";
	close $new or die $!;
}
done_testing;
