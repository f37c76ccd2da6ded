# The wire to PostgreSQL: cut around a commit, garbled, answers cut short;
# and transactions that PostgreSQL rolls back for another's sake.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use Sark::Fault;
use Test::More;

my $sark = Sark::Fault->start(qw(login registry), {
    workers => 2, conf => Sark::Fault::patient() });
my $proxy = $sark->proxy('postgresql');

# How often it is there: events, and rows.
sub rows_of ($answer) {
	return scalar grep { $_ eq $answer->{id} } @{ $sark->state->{rows} };
}

sub code ($answer) {
	return $answer->status == 503 ? $answer->json->{code}
	    : $answer->status;
}

row 'G-03 the connection is cut when COMMIT was sent' => sub {
	for my $n (1 .. (long() ? 50 : 2)) {
		$proxy->set(cut_match => { way => 'up', once => 1,
		    match => "COMMIT\0" });
		my $answer = $sark->operate('register');
		is code($answer), 201, 'the outcome is read again by the key';
		is rows_of($answer), 1, 'it is there, once';
		is $sark->operate('register', repeat => $answer->{id})->status,
		    201, 'and again the same answer';

		$proxy->set(cut_match => { way => 'up', once => 1,
		    match => "COMMIT\0" });
		$answer = $sark->operate('login');
		is code($answer), 'uncertain', 'a login has no key: not known';
		cmp_ok rows_of($answer), '<=', 1, 'there at most once';
	}
	my $found = $sark->holds('G-03');
	cmp_ok scalar @{ $found->{recovered} }, '>', 0,
	    'control: a commit whose answer was lost did happen';
};

row 'G-04 the connection is cut before COMMIT is sent' => sub {
	my %cut = (way => 'up', once => 1, before => 1);

	for my $n (1 .. (long() ? 50 : 2)) {
		$proxy->set(cut_match => { %cut, match => "COMMIT\0" });
		my $answer = $sark->operate('register');
		is code($answer), 'unavailable', 'not done, says the key';
		is rows_of($answer), 0, 'and so it is';
		is $sark->operate('register', repeat => $answer->{id})->status,
		    201, 'again: done';
		is rows_of($answer), 1, 'once';

		$proxy->set(cut_match => { %cut, match => "servers_insert" });
		$answer = $sark->operate('register');
		is code($answer), 'unavailable', 'cut in the middle';
		is rows_of($answer), 0, 'nothing is there';

		$proxy->set(cut_match => { %cut, match => "COMMIT\0" });
		$answer = $sark->operate('login');
		is code($answer), 'uncertain', 'a login cannot know';
		is rows_of($answer), 0, 'it was rolled back';
	}
	$sark->until_ok($_) for qw(login register);
	$sark->holds('G-04');
};

# Every nth insert into a table collides; who tries again gets through.
sub collide ($every) {
	$sark->psql(<<~END);
	CREATE SEQUENCE IF NOT EXISTS public.tries;
	ALTER SEQUENCE public.tries RESTART;
	CREATE OR REPLACE FUNCTION public.collide() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER AS \$\$
	DECLARE
		n bigint := nextval('public.tries');
	BEGIN
		IF n % $every = 0 THEN
			RAISE EXCEPTION 'planted' USING ERRCODE =
			    CASE n % 2 WHEN 0 THEN '40001' ELSE '40P01' END;
		END IF;
		RETURN NEW;
	END \$\$;
	CREATE OR REPLACE TRIGGER collide BEFORE INSERT ON sark.server
	FOR EACH ROW EXECUTE FUNCTION public.collide();
	CREATE OR REPLACE TRIGGER collide BEFORE INSERT ON sark.session
	FOR EACH ROW EXECUTE FUNCTION public.collide();
	END
}

sub tries () {
	return $sark->psql('SELECT last_value FROM public.tries');
}

row 'G-14 one transaction in five collides' => sub {
	my $n = long() ? 200 : 12;
	my %ended;

	collide(5);
	for (1 .. $n) {
		$ended{ code($sark->operate($_)) }++ for qw(login register);
	}
	is_deeply \%ended, { 200 => $n, 201 => $n },
	    'each is run again and succeeds';
	cmp_ok tries(), '>', 2 * $n, 'control: some collided';

	collide(1);
	is code($sark->operate('register')), 'unavailable',
	    'where all collide it is given up';
	is tries(), 4, 'after three more tries';
	$sark->psql('DROP TRIGGER collide ON sark.server;'
	    . ' DROP TRIGGER collide ON sark.session');
	$sark->until_ok($_) for qw(login register);
	$sark->holds('G-14');
};

row 'G-15 answers are cut short or garbled' => sub {
	for my $bytes (long() ? 1 .. 600 : map { 7 ** $_ } 0 .. 3) {
		$proxy->set(limit_data => { way => 'down', bytes => $bytes });
		$sark->operate($_) for qw(login register);
	}
	$proxy->clear;
	$sark->until_ok($_) for qw(login register);
	$sark->holds('G-15, cut short');

	# garbled lengths make one wait for bytes that never come
	$sark->set(postgresql_timeout_ms => 500);
	$sark->restart_program($_) for qw(login registry);
	# The protocol has no checksum: what is read may be wrong, but nobody
	# falls over it and the connection is not used any more.
	for my $n (1 .. (long() ? 300 : 6)) {
		$proxy->set(garble => { way => 'down', one_of => 4 * $n });
		$sark->operate($_) for qw(login register);
	}
	$proxy->clear;
	$sark->set(postgresql_timeout_ms => 30000);
	$sark->restart_program($_) for qw(login registry);
	is $sark->torn_memory, '', 'garbled: no process was hurt';
	$sark->until_ok($_) for qw(login register);
	$sark->begin_anew;
	$sark->operate($_) for qw(login register wrong_login forbidden);
	$sark->holds('G-15, after the garble');
};

done_testing;
