# clang-format leaves every C file as it is.

use v5.36;
use Sark::Skip;
use Sark::Source;
use Sark::Temp;
use Sark::Tree qw(srcdir slurp);
use Test::More;

my $clang_format = need('clang-format');
my $style = 'file:' . srcdir() . '/.clang-format';
my $temp = Sark::Temp->new;

sub formatted ($path, $text) {
	my ($rc, $out, $err) = $temp->run([ $clang_format, "--style=$style",
	    "--assume-filename=$path" ], stdin => $text);

	die "clang-format: $err" if $rc != 0;
	return () if $out eq $text;
	my @is = split /\n/, $text;
	my @should = split /\n/, $out;
	my ($n) = grep { ($is[$_] // '') ne ($should[$_] // '') } 0 .. $#is;
	return "$path:" . (($n // 0) + 1) . ': clang-format -i it';
}

check('as clang-format has it', \&formatted,
    sources(qr/\.[ch]$/, qw(lib fcgi bin t bench)));
planted(\&formatted, 'lib/a.c', "int\nverb(void)\n{\n  return 1;\n}\n",
    "int\nverb(void)\n{\n\treturn 1;\n}\n");

done_testing;
