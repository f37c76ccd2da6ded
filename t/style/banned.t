# Calls that are never made, SQL where it does not belong, and the words of
# unfinished work.

use v5.36;
use Sark::Source;
use Test::More;

my @banned = qw(system popen strcpy stpcpy strcat sprintf vsprintf strtok gets
	atoi atol atoll atof alloca tmpnam mktemp redisCommand redisvCommand
	redisAppendCommand PQexecParams PQescapeString);
my $banned = join '|', @banned;
my @unfinished = map { join '', @$_ } [qw(TO DO)], [qw(FIX ME)], [qw(X XX)],
	[qw(HA CK)];
my $unfinished = join '|', @unfinished;

sub each_line ($text, $see) {
	my ($n, @seen) = (0);

	for my $line (split /\n/, $text) {
		$n++;
		push @seen, map { "$n: $_" } $see->($line);
	}
	return @seen;
}

sub calls ($path, $text) {
	return map { "$path:$_" } each_line(code($text), sub ($line) {
		return $line =~ /\b($banned)\s*\(/ ? "$1 is banned" : ();
	});
}

# The library tells its caller; only without memory, or without random bytes,
# does it end the process; and where a test wants it to.
sub ends ($path, $text) {
	return () if $path =~ m{^lib/base/(?:mem|uuid|failpoint)\.c$};
	return map { "$path:$_" } each_line(code($text), sub ($line) {
		return $line =~ /(?<![\w>.])(exit|_exit|abort|quick_exit)\s*\(/
		    ? "$1 in the library" : ();
	});
}

# PQexec takes several statements: a constant, or nothing.
sub loose_sql ($path, $text) {
	my $code = code($text);

	return map { "$path: PQexec of a text that is not a constant" }
	    grep { !/^"/ } $code =~ /\bPQexec\s*\(\s*[^,]+,\s*(.)/g;
}

sub sql_text ($path, $text) {
	my $sql = qr/\b(?:SELECT\s.+\sFROM|INSERT\s+INTO|DELETE\s+FROM|
	    UPDATE\s+\w+(?:\.\w+)?\s+SET|COPY\s+\S+\s.*\bSTDIN|
	    CREATE\s+(?:TABLE|ROLE|INDEX)|ALTER\s+TABLE)\b/sx;

	return map { "$path: SQL: " . substr $_, 0, 50 }
	    grep { $_ =~ $sql } strings($text);
}

sub unfinished ($path, $text) {
	return map { "$path:$_" } each_line($text, sub ($line) {
		return $line =~ /\b($unfinished)\b/ ? "$1" : ();
	});
}

sub typedefs ($path, $text) {
	return map { "$path:$_" } each_line(code($text), sub ($line) {
		return $line =~ /^\s*typedef\s+(struct|enum|union)\b/
		    ? "typedef $1" : ();
	});
}

my @c = sources(qr/\.[ch]$/, qw(lib fcgi bin));
my @tests = sources(qr/\.[ch]$/, qw(t bench));
my @text = sources(qr/(?:\.(?:[ch1578]|t|pm|sh|sql|rego|mk|ac|am|conf|json)|README)$/,
    '.');

check('no banned call', \&calls, @c, @tests);
check('the library does not end the process', \&ends,
    grep { m{^lib/} } @c);
check('PQexec takes constants', \&loose_sql, @c);
check('SQL is in lib/store only', \&sql_text,
    grep { !m{^lib/store/} } @c);
check('nothing is left unfinished', \&unfinished, @text);
check('no typedef hides a struct', \&typedefs, @c, @tests);

planted(\&calls, 'a.c', "\tstrcpy(a, b);\n",
    "\tsark_strcpy(a, b);\n\t/* strcpy(a, b) */\n\tlog(\"sprintf(x)\");\n");
planted(\&calls, 'a.c', "\tr = redisCommand(c, \"GET %s\", k);\n",
    "\tr = redisCommandArgv(c, 2, v, n);\n");
planted(\&ends, 'lib/a.c', "\texit(1);\n",
    "\tsark_exit(1);\n\tp->exit(1);\n");
planted(\&loose_sql, 'a.c', "\tPQexec(c, sql);\n", "\tPQexec(c, \"BEGIN\");\n");
planted(\&sql_text, 'a.c', "x = \"SELECT a\"\n  \" FROM b\";\n",
    "x = \"select one of\"; /* SELECT a FROM b */\n");
planted(\&unfinished, 'a.c', "/* $unfinished[0] later */\n",
    "mkstemp(\"/tmp/aXXXXXX\");\n");
planted(\&typedefs, 'a.h', "typedef struct a a;\n", "struct a;\n");

done_testing;
