# sark-migrate: order, ledger, checksums, two at once, back and again.

use v5.36;
use Sark::PostgreSQL;
use Sark::Temp;
use Sark::Tree qw(srcdir program slurp spew);
use Test::More;

my $temp = Sark::Temp->new;
my $pg = Sark::PostgreSQL->new($temp)->start;
my $dir = $temp->path('sql');
my $conf = $temp->path('sark.conf');
my ($db, $number) = ('', 0);

# A database without anything, and a folder that may be spoilt.
sub fresh () {
	$db = 'db' . ++$number;
	$pg->create($db);
	system('rm', '-rf', '--', $dir);
	system('cp', '-r', '--', srcdir() . '/sql', $dir) == 0 or die "sql\n";
	spew($conf, qq{postgresql = "} . $pg->conninfo('owner', $db) . qq{"\n});
}

sub migrate (@args) {
	return $temp->run([ program('sark-migrate'), '--config', $conf,
	    '--dir', $dir, @args ]);
}

# Exit value, standard output, standard error.
sub ends ($args, $exit, $out, $err, $name) {
	my @got = migrate(@$args);

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is $got[0], $exit, $name or diag $got[2];
	like $got[1], $out, "$name: standard output";
	like $got[2], $err, "$name: standard error";
}

sub sql ($text) {
	my ($rc, $out, $err) = $pg->try($text, db => $db);

	die "psql: $err" if $rc != 0;
	chomp $out;
	return $out;
}

# What pg_dump says of the schema, without its random words.
sub schema () {
	my ($rc, $out, $err) = $temp->run([ 'pg_dump', '--schema-only',
	    $pg->conninfo('owner', $db) ]);

	die "pg_dump: $err" if $rc != 0;
	return $out =~ s/^\\(?:un)?restrict .*\n//mgr;
}

my $nothing = qr/^\z/;
my @names = map { m{([^/]+)\.sql$} } sort glob srcdir() . '/sql/deploy/*.sql';
my $newest = @names;

# ---- an owner who is no superuser, in a cluster that has no role of ours

fresh();
sql(<<~"END");
	CREATE ROLE sark_owner LOGIN CREATEROLE;
	ALTER DATABASE $db OWNER TO sark_owner;
	END
my $plain = $pg->conninfo('sark_owner', $db);
ends [ '--database', $plain ], 0, $nothing, $nothing,
    'an owner who may make roles';
ends [ '--database', $plain, qw(--revert 0 --yes) ], 0, $nothing, $nothing,
    'goes back';
ends [ '--database', $plain ], 0, $nothing, $nothing,
    'and forth, with the roles that are there';

# ---- once, twice

fresh();
my $empty = schema();
ends [qw(--status)], 0, qr/^\Q$names[0]\E +pending/m, $nothing, 'status before';
ends [qw(--dry-run)], 0, qr/\A(?:would apply \S+\n){$newest}\z/, $nothing,
    'a dry run';
is schema(), $empty, 'does nothing';
ends [], 0, $nothing, $nothing, 'the first run is silent';
is sql('SELECT string_agg(name, \' \' ORDER BY version) FROM sark.migration'),
    "@names", 'the ledger has all of them';
my ($sum) = map { Digest::SHA->new(256)->addfile($_)->hexdigest }
    "$dir/deploy/$names[0].sql";
is sql('SELECT checksum FROM sark.migration WHERE version = 1'), $sum,
    'with the checksum of the file';
my $full = schema();
ends [qw(--verbose)], 0, $nothing, $nothing, 'the second has nothing to do';
is schema(), $full, 'and does nothing';
ends [qw(--verify)], 0, $nothing, $nothing, 'all of it verifies';
ends [qw(--status)], 0, qr/^\Q$names[-1]\E +applied +\d{4}-.*owner$/m,
    $nothing, 'status after';

my ($version) = slurp(srcdir() . '/lib/store/schema.h') =~
    /SARK_SCHEMA_VERSION\s+(\d+)/;
is $version, $newest, 'the programs are made for the newest';

# ---- back and again

ends [qw(--revert 0)], 64, $nothing, qr/--yes/, 'a revert needs --yes';
is schema(), $full, 'and without does nothing';
ends [qw(--revert 2 --yes --verbose)], 0,
    qr/\A(?:revert \S+\n){@{[$newest - 2]}}\z/, $nothing, 'back to the second';
is sql('SELECT max(version) FROM sark.migration'), 2, 'says the ledger too';
ends [qw(--revert 0 --yes)], 0, $nothing, $nothing, 'back to the start';
is schema(), $empty, 'which looks as before';
ends [qw(--to 1)], 0, $nothing, $nothing, 'forth to the first';
ends [], 0, $nothing, $nothing, 'and to the end';
is schema(), $full, 'which looks as before';

# ---- what it refuses

sql("COMMENT ON TABLE sark.users IS 'changed behind its back'");
spew("$dir/deploy/$names[1].sql", slurp("$dir/deploy/$names[1].sql") . "\n");
ends [], 78, $nothing, qr/\Q$names[1]\E was changed/, 'a changed migration';
ends [qw(--verify)], 78, $nothing, qr/\Q$names[1]\E was changed/,
    'also when it only looks';

fresh();
migrate();
sql('UPDATE sark.migration SET oldest_program = NULL');
unlink glob "$dir/*/$names[-1].sql";
ends [], 78, $nothing, qr/\Q$names[-1]\E was applied and is unknown/,
    'an unknown migration';
ends [qw(--revert 0 --yes)], 78, $nothing, qr/unknown/, 'also to go back';
ok sql('SELECT count(*) FROM sark.users') eq '0', 'nothing was taken back';

fresh();
spew("$dir/deploy/third.sql", '');
ends [], 78, $nothing, qr/NNNN-name\.sql/, 'a file of another name';
unlink "$dir/deploy/third.sql";
rename "$dir/deploy/$names[2].sql", "$dir/deploy/0003-other.sql";
ends [], 78, $nothing, qr{verify/0003-other\.sql}, 'no verify script';
unlink "$dir/deploy/0003-other.sql";
ends [], 78, $nothing, qr/0003 is what comes next/, 'a number is missing';
is schema(), $empty, 'none of it did anything';
ends [qw(--dir /nowhere)], 78, $nothing, qr{/nowhere}, 'no folder';

# ---- a migration that fails half way

fresh();
spew("$dir/$_/0099-new.sql", 'SELECT 1;') for qw(deploy verify revert);
rename "$dir/$_/0099-new.sql",
    sprintf '%s/%s/%04d-new.sql', $dir, $_, $newest + 1
    for qw(deploy verify revert);
my $new = sprintf '%04d-new', $newest + 1;
spew("$dir/deploy/$new.sql", "CREATE TABLE sark.half (a int);\nSELECT 1 / 0;\n");
ends [], 70, $nothing, qr/$new\.sql:2: ERROR.*$new: psql gave up/s,
    'an error, with file and line';
is sql('SELECT max(version) FROM sark.migration'), $newest,
    'those before it are there';
is sql(q{SELECT to_regclass('sark.half') IS NULL}), 't', 'nothing of it is';
spew("$dir/deploy/$new.sql", "CREATE TABLE sark.half (a int);\n");
spew("$dir/verify/$new.sql", "SELECT b FROM sark.half;\n");
ends [], 70, $nothing, qr{verify/$new\.sql:1: ERROR}, 'a verify that fails';
is sql(q{SELECT to_regclass('sark.half') IS NULL}), 't', 'undoes the deploy';
spew("$dir/verify/$new.sql", "SELECT a FROM sark.half;\n");
ends [], 0, $nothing, $nothing, 'put right, it goes';

# ---- programs of before it

sub oldest () {
	return sql("SELECT coalesce(oldest_program, 0) FROM sark.migration"
	    . ' ORDER BY version DESC LIMIT 1');
}

is oldest(), 0, 'it says nothing of programs before it';
ends [qw(--dir), srcdir() . '/sql'], 78, $nothing, qr/$new was applied and is unknown/,
    'so to them it is unknown';
fresh();
my $compatible = sprintf '-- compatible: %04d', $newest;
spew("$dir/$_/$new.sql", '') for qw(verify revert);
spew("$dir/deploy/$new.sql", "-- One more.\n$compatible\nCREATE TABLE sark.more (a int);\n");
ends [], 0, $nothing, $nothing, 'one that suits the programs of before';
is oldest(), $newest, 'is in the ledger as that';
my @old = ('--dir', srcdir() . '/sql');
ends [@old], 0, $nothing, $nothing, 'to the sark-migrate of before it is well';
ends [@old, '--verify'], 0, $nothing, $nothing, 'which verifies its own';
ends [@old, '--status'], 0, qr/^$new +applied/m, $nothing, 'and shows it';
ends [@old, qw(--revert 2 --yes)], 78, $nothing, qr/$new was applied and is unknown/,
    'but takes nothing back behind it';
ends [qw(--to 1)], 0, $nothing, $nothing, 'nothing goes back by itself';
ends ['--revert', $newest, '--yes'], 0, $nothing, $nothing, 'its own takes it back';
for my $wrong ($newest + 1, '000', 'none', '00001') {
	spew("$dir/deploy/$new.sql", '-- compatible: '
	    . ($wrong =~ /^\d$/ ? sprintf '%04d', $wrong : $wrong) . "\n");
	ends [], 78, $nothing, qr/$new\.sql: compatible/, "compatible: $wrong";
}
fresh();
spew("$dir/$_/$new.sql", '') for qw(verify revert);
spew("$dir/deploy/$new.sql", "CREATE TABLE unqualified (a int);\n");
ends [], 70, $nothing, qr/pg_catalog/, 'a name without its schema';
fresh();

# ---- two hosts at once

my @runs = map {
	my $pid = fork // die "fork: $!\n";
	if ($pid == 0) {
		open STDOUT, '>', $temp->path("at-once$_");
		open STDERR, '>&', \*STDOUT;
		exec program('sark-migrate'), '--config', $conf, '--dir', $dir,
		    '--verbose';
	}
	$pid;
} 1 .. 3;
my @exits = map { waitpid $_, 0; $? >> 8 } @runs;
is "@exits", '0 0 0', 'three at once all end well';
my $said = join '', map { slurp($temp->path("at-once$_")) } 1 .. 3;
is scalar(() = $said =~ /^apply /mg), $newest, 'each migration is applied once';
is schema(), $full, 'the schema is the one it should be';

fresh();
my $holder = fork // die "fork: $!\n";
if ($holder == 0) {
	open STDOUT, '>', '/dev/null';
	open STDERR, '>', '/dev/null';
	exec 'psql', '-XAtq', '-c', q{SELECT pg_advisory_lock(}
	    . q{hashtextextended('sark.migration', 0)); SELECT pg_sleep(60)},
	    $pg->conninfo('owner', $db);
}
Sark::Temp->until('the lock', sub {
	sql(q{SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'})
});
ends [qw(--wait 0)], 75, $nothing, qr/another sark-migrate/, 'a lock held';
is schema(), $empty, 'and nothing done';
sql(q{SELECT pg_terminate_backend(pid) FROM pg_locks}
    . q{ WHERE locktype = 'advisory'});
waitpid $holder, 0;
Sark::Temp->until('the lock to go', sub {
	!sql(q{SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'})
});
ends [qw(--wait 0)], 0, $nothing, $nothing, 'then it goes';

# ---- settings

for my $secret ("password=hunter2 dbname=$db", "postgresql://u:hunter2\@/$db") {
	my @got = migrate('--database', "$secret");
	isnt $got[0], 0, 'a password in the connection string';
	unlike $got[2], qr/hunter2/, 'is not shown';
}
spew($conf, qq{postgresql = "} . $pg->conninfo('owner', 'nodb') . qq{"\n});
ends [], 69, $nothing, qr/nodb/, 'no database';
ends [qw(--to x)], 64, $nothing, qr/not a number/, 'a wrong option';
ends [qw(--help)], 0, qr/--dry-run/, $nothing, 'help';
ends [qw(--version)], 0, qr/^sark-migrate/, $nothing, 'version';
spew($conf, "nonsense = 1\n");
ends [], 78, $nothing, qr/sark\.conf:1/, 'a wrong setting';

done_testing;
