# store/pg.h on a real PostgreSQL that goes away, hangs, and answers badly.

use v5.36;
use Sark::Driver;
use Sark::PostgreSQL;
use Sark::Proxy;
use Sark::Temp;
use Test::More;
use Time::HiRes qw(sleep time);

use constant { QUIET => 0.6, TIMEOUT => 500 };

my $temp = Sark::Temp->new;
my $pg = Sark::PostgreSQL->new($temp)->start->create;

$pg->psql(<<~'END');
	CREATE ROLE program LOGIN;
	CREATE TABLE public.t (id text PRIMARY KEY);
	CREATE TABLE public.wide (id text);
	CREATE SEQUENCE public.tries;
	CREATE FUNCTION public.flaky(good bigint, state text) RETURNS bigint
	LANGUAGE plpgsql AS $$
	BEGIN
		IF nextval('public.tries') < good THEN
			RAISE EXCEPTION 'not yet' USING ERRCODE = state;
		END IF;
		RETURN currval('public.tries');
	END $$;
	GRANT ALL ON ALL TABLES IN SCHEMA public TO program;
	GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO program;
	END

sub driver ($conninfo = $pg->conninfo, $timeout = TIMEOUT) {
	return Sark::Driver->start('t/lib/store/pg_driver', $conninfo,
	    'program', $timeout);
}

# A call and the start of its answer.
sub says ($driver, $call, $want, $name) {
	my $answer = $driver->say(join "\t", @$call) // 'nothing: it died';

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	like $answer, qr/^$want/, $name;
	return $answer;
}

my @backend = ('query', 'backend', 'SELECT pg_backend_pid()');
my $insert = 'INSERT INTO public.t (id) VALUES ($1)';

sub rows ($id) {
	return $pg->psql("SELECT count(*) FROM public.t WHERE id = '$id'");
}

sub terminate ($driver) {
	my ($pid) = $driver->say(join "\t", @backend) =~ /(\d+)$/;

	$pg->psql("SELECT pg_terminate_backend($pid)");
	Sark::Temp->until('the backend to end', sub { !-d "/proc/$pid" });
}

# ---- values

my $d = driver();
says $d, ['ping'], 'ok$', 'it answers';
says $d, ['query', 'who', 'SELECT current_user'], "ok\t1\tprogram\$",
    'as the role of the program';
says $d, ['query', 'path', "SELECT current_setting('search_path')"],
    "ok\t1\tpg_catalog,sark,pg_temp\$", 'with a search path of ours';
says $d, ['query', 'null', 'SELECT $1::text', '\N'], 'ok\t1\t\\\\N$',
    'NULL goes in and comes out';
says $d, ['query', 'quote', 'SELECT $1::text', q{'; DROP TABLE t --}],
    q{ok\t1\t'; DROP TABLE t --$}, 'quotes are only text';
says $d, ['query', 'none', 'SELECT 1 WHERE false'], 'ok\t0$', 'no rows';
says $d, ['list', 'array', 'SELECT $1::text[]', 'x'],
    'ok\t\[a,b\]\t\[c"d\\\\e\]\t\[\]\t\[NULL\]\t\[\{\}\]$',
    'a list is the same list afterwards';
is length $d->say(join "\t", 'query', 'big', q{SELECT repeat('x', 10000000)}),
    10_000_005, 'ten megabytes of text';
my $patient = driver($pg->conninfo, 60_000);
says $patient, ['query', 'huge',
    q{SELECT repeat('x', 1000000) FROM generate_series(1, 70)}], 'internal',
    'an answer beyond all bounds is an error';
says $patient, ['ping'], 'ok$', 'and not the end';

# ---- errors

says $d, ['exec', 'insert', $insert, 'uno'], 'ok\t1$', 'a row';
my $said = says $d, ['exec', 'insert', $insert, 'uno'], 'conflict',
    'the same again is a conflict';
unlike $said, qr/uno|t_pkey/, 'whose text shows neither value nor constraint';
says $d, ['query', 'table', 'SELECT * FROM public.nowhere'], 'configuration',
    'no such table';
says $d, ['query', 'right', 'SELECT * FROM pg_authid'], 'configuration',
    'no right';
says $d, ['query', 'utf8', 'SELECT $1::text', "\xff\xfe"], 'bad_request',
    'bytes that are not UTF-8';
says $d, ['schema'], 'configuration.*run sark-migrate', 'no schema of ours';

my %code = ('57014' => 'timeout', '57P01' => 'unavailable',
	'53300' => 'unavailable', '42501' => 'configuration',
	'22P02' => 'internal', '25006' => 'unavailable');
for my $state (sort keys %code) {
	says $d, ['query', 'flaky', 'SELECT public.flaky($1, $2)',
	    '999', $state], $code{$state}, "SQLSTATE $state";
}

# ---- what may be run again

for my $state (qw(40001 40P01)) {
	$pg->psql(q{SELECT setval('public.tries', 1, false)});
	says $d, ['query', 'flaky', 'SELECT public.flaky($1, $2)', '3', $state],
	    'ok\t1\t3$', "$state is run again";
	says $d, ['query', 'flaky', 'SELECT public.flaky($1, $2)', '99',
	    $state], 'unavailable', "$state not for ever";
	is $pg->psql('SELECT last_value FROM public.tries'), 7, 'but four times';
	says $d, ['begin'], 'ok$', 'in a transaction';
	says $d, ['query', 'flaky', 'SELECT public.flaky($1, $2)', '99',
	    $state], 'unavailable', "$state is told at once";
	$d->say('end');
	is $pg->psql('SELECT last_value FROM public.tries'), 8, 'and run once';
}

says $d, ['query', 'star', 'SELECT * FROM public.wide'], 'ok', 'a plan';
$pg->psql('ALTER TABLE public.wide ADD more text');
says $d, ['query', 'star', 'SELECT * FROM public.wide'], 'ok',
    'that went stale is made anew';

# ---- transactions

says $d, ['begin'], 'ok$', 'begin';
says $d, ['nest'], 'internal', 'not twice';
says $d, ['exec', 'insert', $insert, 'kept'], 'ok', 'insert';
says $d, ['commit'], 'ok$', 'commit';
is rows('kept'), 1, 'the row is there';
says $d, ['commit'], 'internal', 'a commit needs a begin';

says $d, ['begin'], 'ok$', 'begin';
says $d, ['exec', 'insert', $insert, 'gone'], 'ok', 'insert';
says $d, ['end'], 'ok$', 'end without a commit';
is rows('gone'), 0, 'the row is not there';

$d->say('begin');
says $d, ['exec', 'insert', $insert, 'failed'], 'ok', 'insert';
says $d, ['exec', 'insert', $insert, 'uno'], 'conflict', 'then a conflict';
says $d, ['commit'], 'internal', 'such a transaction does not commit';
$d->say('end');
is rows('failed'), 0, 'nothing of it is there';

$d->say('begin');
says $d, ['copy', 'COPY public.wide (id) FROM STDIN', 'x' x 60, 100_000],
    "ok\t100000\$", 'a copy of six megabytes';
says $d, ['commit'], 'ok$', 'committed';
is $pg->psql('SELECT count(*) FROM public.wide'), 100_000, 'is there';
$d->say('begin');
says $d, ['copy', 'COPY public.wide (id) FROM STDIN', "a\\tb\\tc\\td", 1],
    'ok', 'an escaped tab is data';
says $d, ['copy', 'COPY public.t (id) FROM STDIN', 'uno', 1], 'conflict',
    'a copy can conflict';
$d->say('end');
says $d, ['ping'], 'ok$', 'and the connection goes on';

# ---- PostgreSQL goes away

$pg->restart;
says $d, ['query', 'who', 'SELECT current_user'], 'ok',
    'after a restart a call does not even notice';
terminate($d);
says $d, ['exec', 'insert', $insert, 'again'], 'ok\t1$',
    'nor after its backend was ended';

$d->say('begin');
says $d, ['exec', 'insert', $insert, 'half'], 'ok', 'in a transaction';
terminate($d);
says $d, ['exec', 'insert', $insert, 'half'], 'unavailable', 'it does';
says $d, ['exec', 'insert', $insert, 'half'], 'unavailable',
    'and goes on to: nothing runs outside of it by mistake';
says $d, ['commit'], 'unavailable', 'nothing was committed, that is sure';
$d->say('end');
is rows('half'), 0, 'nothing is there';
says $d, ['ping'], 'ok$', 'after the end all is well';

$d->say('begin');
terminate($d);
says $d, ['commit'], 'unavailable', 'lost before the commit: surely not done';
$d->say('end');

$pg->stop;
says $d, ['ping'], 'unavailable', 'stopped';
my $start = time;
$d->say('ping') for 1 .. 50;
cmp_ok time - $start, '<', 5, 'then it fails at once';
$pg->start;
sleep QUIET;
says $d, ['ping'], 'ok$', 'and is back by itself';

# ---- PostgreSQL is late

my ($before) = $d->say(join "\t", @backend) =~ /(\d+)$/;
$start = time;
says $d, ['query', 'sleep', 'SELECT pg_sleep(5)'], 'timeout',
    'a statement that takes too long';
cmp_ok time - $start, '<', 4, 'is ended in time';
says $d, @{[[@backend]]}, "ok\t1\t$before\$", 'by the server: no new connection';

my $dir = $temp->mkdir('proxy');
my $proxy = Sark::Proxy->start($temp, "$dir/.s.PGSQL.5432",
    "$pg->{dir}/.s.PGSQL.5432");
my $far = driver("host=$dir dbname=sark");

says $far, ['query', 'echo', 'SELECT $1::text', 'first'], 'ok\t1\tfirst$',
    'through a proxy';
($before) = $far->say(join "\t", @backend) =~ /(\d+)$/;
$proxy->rule(late => 'second', TIMEOUT / 1000 + 0.3);
says $far, ['query', 'echo', 'SELECT $1::text', 'second'], 'timeout',
    'an answer that comes late';
sleep 0.5;
says $far, ['query', 'echo', 'SELECT $1::text', 'third'], 'ok\t1\tthird$',
    'does not answer the next statement';
unlike $far->say(join "\t", @backend), qr/\t$before$/,
    'the connection is another';

# ---- lost answers

sub commit_with ($what, $id) {
	$far->say('begin');
	$far->say(join "\t", 'exec', 'insert', $insert, $id);
	$proxy->rule($what => 'COMMIT');
	says $far, ['commit'], 'uncertain', "the answer to a commit is lost: $what";
	$far->say('end');
	says $far, ['ping'], 'ok$', 'a new connection';
	return rows($id);
}

is commit_with(deaf => 'deaf'), 1, 'it was committed';
is commit_with(cut => 'cut'), 0, 'it was not: nobody could know';

$proxy->rule(deaf => 'alone');
says $far, ['exec', 'insert', $insert, 'alone'], 'uncertain',
    'an insert outside a transaction is its own commit';
is rows('alone'), 1, 'and was done';
$proxy->rule(deaf => 'reader');
says $far, ['query', 'echo', 'SELECT $1::text', 'reader'], 'unavailable',
    'a query whose answer is lost';

# ---- settings, and who migrates

my $bad = driver('host=/tmp password=hunter2 what');
unlike says($bad, ['ping'], 'configuration', 'not a connection string'),
    qr/hunter2|what/, 'which is not shown';
says driver('host=/nowhere'), ['ping'], 'unavailable', 'no server';
says driver($pg->conninfo(undef, 'nodb')), ['ping'], 'unavailable.*"nodb"',
    'no database';

my $other = driver();
says $d, ['lock'], 'ok$', 'one migrates';
says $other, ['lock'], 'locked', 'another does not';
is $d->end, 0, 'the first ends';
Sark::Temp->until('the lock', sub { $other->say('lock') eq 'ok' });
pass 'then the other may';

done_testing;
