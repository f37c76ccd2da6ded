# Where a file, a function or a list of parameters has grown too long.

use v5.36;
use Sark::Source;
use Test::More;

use constant { FILE => 500, FUNCTION => 80, PARAMS => 5 };

sub long_file ($path, $text) {
	my $lines = $text =~ tr/\n//;

	return $lines > FILE ? "$path: $lines lines" : ();
}

sub long_function ($path, $text) {
	return map { "$path:$_->{line}: $_->{name} has $_->{lines} lines" }
	    grep { $_->{lines} > FUNCTION } functions($text);
}

# Where the result is put and the error, always last, do not count.
sub many_params ($path, $text) {
	my @wrong;

	for my $function (functions($text)) {
		# the ABI of the compiled policy has its own mind
		next if $function->{name} =~ /^Z_envZ_opa_builtin/;
		my $n = grep { !/^(?:struct sark_err \*\w+|void \*ctx)$/ }
		    @{ $function->{params} };
		push @wrong, "$path:$function->{line}: $function->{name} takes $n"
		    if $n > PARAMS;
	}
	return @wrong;
}

my @c = sources(qr/\.[ch]$/, qw(lib fcgi bin t bench));
my @other = sources(qr/\.(?:t|pm|sh|sql|rego)$/, qw(t sql etc));

check('no file is too long', \&long_file, @c, @other, 'quickstart', 'check');
check('no function is too long', \&long_function, grep { /\.c$/ } @c);
check('no function takes too much', \&many_params, grep { /\.c$/ } @c);

sub function ($params, $lines) {
	return "static int\nverb($params)\n{\n" . "\tgo();\n" x $lines . "}\n";
}

my $five = join ', ', map { "int $_" } 'a' .. 'e';
planted(\&long_file, 'a.c', "\n" x 501, "\n" x 500);
planted(\&long_function, 'a.c', function('void', 78), function('void', 77));
planted(\&many_params, 'a.c', function("$five, int f", 1),
    function("void *ctx, $five, struct sark_err *err", 1));
planted(\&many_params, 'a.c',
    function("$five, int (*done)(int a, int b)", 1),
    function('int a, int (*done)(int a, int b, int c, int d, int e)', 1));

done_testing;
