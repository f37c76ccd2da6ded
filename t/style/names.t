# Names: include guards, public functions, public types.

use v5.36;
use Sark::Source;
use Test::More;

# lib/store/pg.h has SARK_STORE_PG_H, fcgi/login/routes.h SARK_LOGIN_ROUTES_H.
sub guard ($path, $text) {
	my @parts = split m{/}, $path =~ s/\.h$//r;
	my $want = uc(join '_', @parts[-2, -1]) . '_H';

	$want =~ tr/A-Z0-9/_/c;
	$want = "SARK_$want" if $want !~ /^SARK/;
	return () if code($text) =~
	    /^\s*#ifndef $want\n#define $want\n.*#endif\s*$/s;
	return "$path: no include guard $want";
}

# Prototypes: a name before its parameters, at the end of a declaration.
sub prototypes ($path, $text) {
	my $code = code($text) =~ s/^\s*#.*(?:\\\n.*)*$//mgr;

	$code =~ s/\{[^{}]*\}/{}/g while $code =~ /\{[^{}]+\}/;
	return map { "$path: $_ is public and not sark_..." }
	    grep { !/^sark_/ && !/^(?:SARK_|__)/ }
	    $code =~ /^(?!static)[a-z][\w\s*]*?\b(\w+)\((?!\*)/mg;
}

# The compiled policy asks for functions by names of its own.
my %foreign = ('lib/policy/native_glue.c' => qr{^(?:wasm_rt|Z_env)});

sub definitions ($path, $text) {
	return map { "$path:$_->{line}: $_->{name} is not static, not sark_..." }
	    grep { !$_->{static} && $_->{name} !~ /^sark_/
	    && $_->{name} !~ ($foreign{$path} // qr{^\z}) } functions($text);
}

my @headers = sources(qr/\.h$/, qw(lib fcgi bin));

check('include guards', \&guard, @headers);
check('what headers offer is called sark_...', \&prototypes,
    sources(qr/\.h$/, 'lib'));
check('what is not static is called sark_...', \&definitions,
    sources(qr/\.c$/, 'lib'));

my $right = "#ifndef SARK_STORE_PG_H\n#define SARK_STORE_PG_H\n#endif\n";
planted(\&guard, 'lib/store/pg.h', $right =~ s/PG/REDIS/gr, $right);
planted(\&prototypes, 'lib/a.h', "int\nopen_it(void);\n" =~ s/\n/ /r,
    "int sark_open(int (*f)(int a)) SARK_NONNULL(1);\nstruct a {\n\tint (*f)(int);\n};\n");
planted(\&definitions, 'lib/a.c', "int\nopen_it(void)\n{\n}\n",
    "static int\nopen_it(void)\n{\n}\n\nint\nsark_open(void)\n{\n}\n");

done_testing;
