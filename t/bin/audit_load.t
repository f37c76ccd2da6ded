#!/usr/bin/perl
# sark-audit-load: every acknowledged event once, whatever dies when.

use v5.36;
use Fcntl ':flock';
use IO::Handle;
use IO::Select;
use IO::Socket::UNIX;
use POSIX ();
use Sark::PostgreSQL;
use Sark::Temp;
use Sark::Tree qw(builddir program slurp spew srcdir);
use Test::More;
use Time::HiRes qw(sleep time);

my $temp = Sark::Temp->new;
our $spool = $temp->mkdir('spool');
my $run = $temp->mkdir('run');
my $pg = Sark::PostgreSQL->new($temp)->start->create;
my $conf = $temp->path('sark.conf');

spew($conf, <<"END");
postgresql = "@{[ $pg->conninfo ]}"
run_dir = "$run"
spool_dir = "$spool"
share_dir = "@{[ srcdir() ]}"
user = "@{[ $> == 0 ? Sark::Temp->user : '' ]}"
END
$temp->give($conf);
migrate();

sub migrate () {
	my ($rc, undef, $err) = $temp->run([ program('sark-migrate'),
	    '--config', $conf, '--database', $pg->conninfo('owner') ]);

	die "sark-migrate: $err" if $rc != 0;
}

sub load_spool (@args) {
	return load_with($conf, @args);
}

sub load_with ($settings, @args) {
	return $temp->run([ program('sark-audit-load'), '--config', $settings,
	    @args ]);
}

# Events that a program of its own process acknowledged, by id.
sub write_events ($n, %opt) {
	my ($rc, $out, $err) = $temp->run([ builddir() . '/t/bin/spool_writer',
	    $spool, $n, $opt{rate} // 0, $opt{segment} // 8 << 20 ]);

	die "spool_writer: $err" if $rc != 0;
	return split /\n/, $out;
}

sub segments () {
	my @names = sort glob "$spool/*.spool";

	return @names;
}

# What is wrong with what is stored, given what was acknowledged.
sub faults ($acked, $stored) {
	my (%times, @faults);

	$times{$_}++ for @$stored;
	push @faults, "$_ is lost" for grep { !$times{$_} } @$acked;
	push @faults, "$_ is there $times{$_} times"
	    for grep { $times{$_} > 1 } keys %times;
	return @faults;
}

sub stored () {
	return split /\n/, $pg->psql('SELECT id FROM sark.audit_event');
}

# Gapless from 1, one number an event, none for what is not there.
sub numbered_wrongly () {
	return $pg->psql(<<'END');
SELECT 'numbers from ' || min(seq) || ' to ' || max(seq) || ' are ' || count(*)
FROM sark.audit_sequence HAVING min(seq) <> 1 OR max(seq) <> count(*);
SELECT 'without a number: ' || id FROM sark.audit_event e
WHERE NOT EXISTS (SELECT 1 FROM sark.audit_sequence s
	WHERE s.id = e.id AND s.time = e.time);
SELECT 'a number for nothing: ' || id FROM sark.audit_sequence s
WHERE NOT EXISTS (SELECT 1 FROM sark.audit_event e
	WHERE s.id = e.id AND s.time = e.time);
END
}

sub all_is_well ($acked, $name) {
	my @faults = (faults($acked, [ stored() ]), numbered_wrongly() || ());

	@faults = (@faults[0 .. 9], '...') if @faults > 10;
	ok !@faults, $name or diag join "\n", @faults;
}

my @acked;

subtest 'the checker can fail' => sub {
	is faults([ 'a', 'b' ], [ 'b', 'a', 'c' ]), 0, 'nothing wrong';
	is faults([ 'a', 'b' ], [ 'b' ]), 1, 'one lost';
	is faults([ 'a' ], [ 'a', 'b', 'b' ]), 1, 'one twice';
};

subtest 'a spool is loaded' => sub {
	push @acked, write_events(1200, segment => 100_000);
	ok segments() > 3, 'in several segments';

	my ($rc, $out) = load_spool('--dry-run', '--verbose');
	is $rc, 0, 'dry run';
	like $out, qr/^events 1200,/, 'counts them';
	is stored(), 0, 'and stores nothing';

	($rc, $out, my $err) = load_spool();
	is $rc, 0, 'loaded';
	is $out . $err, '', 'in silence';
	all_is_well(\@acked, 'every event once, numbered');
	is segments(), 0, 'the segments are gone';
	is $pg->psql('SELECT count(*) FROM sark.spool_cursor'), 0,
	    'their cursors too';
	is $pg->psql(<<'END'), 0, 'numbers follow time and id';
SELECT count(*) FROM (SELECT seq, row_number() OVER (ORDER BY time, id) AS n
	FROM sark.audit_sequence) AS s WHERE seq <> n
END
	is $pg->psql(<<"END"), "ada\ttab\tback\\slash \"caf\x{c3}\x{a9}\"\tline\none\tsark-test\t1\t192.0.2.7", 'as it was written';
SELECT actor, resource, reason, program, detail->>'n', client_ip
FROM sark.audit_event WHERE id = '$acked[1]'
END
	is((load_spool())[0], 0, 'an empty spool is fine');
};

subtest 'events of transactions get their numbers' => sub {
	my $id = '01938f2c-7f00-7000-8000-00000000000';

	$pg->psql(<<"END", 'sark_registry') for 1 .. 3;
BEGIN;
INSERT INTO sark.audit_event (id, time, type) VALUES ('$id$_', now(), 'x');
INSERT INTO sark.audit_pending (id, time) VALUES ('$id$_', now());
COMMIT;
END
	push @acked, map { "$id$_" } 1 .. 3;
	push @acked, write_events(5);
	is((load_spool())[0], 0, 'loaded');
	all_is_well(\@acked, 'all numbered');
	is $pg->psql('SELECT count(*) FROM sark.audit_pending'), 0,
	    'none waits';
};

subtest 'a damaged line is kept and holds up nothing' => sub {
	push @acked, my @new = write_events(100);
	my ($segment) = segments();
	my @lines = split /^/, slurp($segment);
	my $bad = $lines[50] =~ s/policy/POLICY/r;

	$lines[50] = $bad;
	$lines[60] = "\0garbage\n" . $lines[60];
	spew($segment, join '', @lines);
	$temp->give($segment);
	@acked = grep { $_ ne $new[49] } @acked;

	my ($rc, undef, $err) = load_spool();
	is $rc, 65, 'says so by its exit value';
	is(() = $err =~ /spool_record_damaged/g, 2, 'and in the log');
	like slurp("$segment.bad"), qr/^# offset \d+ bytes \d+: wrong checksum$/m,
	    'kept with the reason';
	like slurp("$segment.bad"), qr/^\Q$bad\E/m, 'as it was';
	all_is_well(\@acked, 'all others are there');
	ok !-e $segment, 'the segment is gone';
	is((load_spool())[0], 0, 'and is not reported again');
	unlink "$segment.bad";
};

subtest 'a torn tail was never acknowledged' => sub {
	push @acked, my @new = write_events(10);
	my ($segment) = segments();

	truncate $segment, (-s $segment) - 7;
	@acked = grep { $_ ne $new[9] } @acked;
	my ($rc, undef, $err) = load_spool();
	is $rc, 0, 'no error';
	like $err, qr/spool_segment_torn/, 'but a warning';
	all_is_well(\@acked, 'the rest is there');
	is segments(), 0, 'the segment is gone';
};

subtest 'a living writer keeps its segment' => sub {
	push @acked, write_events(20);
	my ($name) = segments();
	my $text = slurp($name);
	my $cut = length($text) - 30;

	# this process is the writer now, in the middle of a record
	open my $writer, '+<', $name or die;
	flock $writer, LOCK_EX or die;
	truncate $writer, $cut;
	is((load_spool())[0], 0, 'loaded');
	ok -e $name, 'the segment stays';
	is $pg->psql('SELECT position FROM sark.spool_cursor') + 0,
	    rindex(substr($text, 0, $cut), "\n") + 1, 'up to the last newline';
	seek $writer, 0, 2;
	print $writer substr $text, $cut;
	close $writer;
	is((load_spool())[0], 0, 'loaded when it is gone');
	all_is_well(\@acked, 'the last record came whole');
	is segments(), 0, 'the segment is gone';
};

subtest 'a copy of a segment brings nothing twice' => sub {
	push @acked, write_events(50);
	my ($segment) = segments();
	my $copy = $segment =~ s{/[0-9a-f]{8}}{/ffffffff}r;

	spew($copy, slurp($segment));
	$temp->give($copy);
	my ($rc, $out) = load_spool('--verbose');
	is $rc, 0, 'no error';
	like $out, qr/events 50,.* duplicates 50,/, 'told apart';
	all_is_well(\@acked, 'each once');
};

subtest 'what it cannot read it leaves alone' => sub {
	push @acked, write_events(3);
	my ($good) = segments();
	my $foreign = $good =~ s{/[0-9a-f]{8}}{/00000000}r;

	spew($foreign, slurp($good) =~ s/SARK-SPOOL 1/SARK-SPOOL 2/r);
	$temp->give($foreign);
	spew("$spool/notes.txt", "not ours\n");
	my ($rc, undef, $err) = load_spool();
	is $rc, 65, 'an error';
	like $err, qr/spool_segment_skipped/, 'with its reason';
	all_is_well(\@acked, 'the others are loaded');
	ok -e $foreign && -e "$spool/notes.txt", 'nothing foreign is touched';
	unlink $foreign, "$spool/notes.txt";
};

subtest 'two never work at once' => sub {
	open my $lock, '>', "$run/audit-load.lock" or die;
	flock $lock, LOCK_EX or die;
	is((load_spool())[0], 75, 'exit 75');
	is((load_spool('--dry-run'))[0], 0, 'looking is allowed');
	close $lock;
	is((load_spool())[0], 0, 'control: without the other');
};

subtest 'without PostgreSQL' => sub {
	push @acked, write_events(10);
	$pg->stop;
	is((load_spool())[0], 69, '--once fails');
	is segments(), 1, 'the spool keeps its events';
	$pg->start;
	is((load_spool())[0], 0, 'loaded when it is back');
	all_is_well(\@acked, 'every event once');
};

sub follow () {
	return $temp->spawn(name => 'loader', command => [
	    program('sark-audit-load'), '--config', $conf, '--follow' ]);
}

subtest 'following through an outage' => sub {
	my $loader = follow();

	push @acked, write_events(100);
	Sark::Temp->until('first events', sub { !segments() });
	$pg->stop('immediate');
	push @acked, write_events(100);
	sleep 0.5;
	ok Sark::Temp->alive($loader), 'it waits';
	ok segments() > 0, 'the spool grows';
	$pg->start;
	Sark::Temp->until('the rest', sub { !segments() }, 30);
	Sark::Temp->end($loader);
	all_is_well(\@acked, 'every event once');
	# while it takes long it says now and then that it is still waiting
	my @said = grep { $_ ne 'audit_load_waiting' }
	    slurp($temp->path('loader.log')) =~ /audit_load_\w+/g;
	is "@said", 'audit_load_waits audit_load_goes_on', 'said once each';
};

subtest 'P-10 SIGHUP' => sub {
	my $old = slurp($conf);
	my $other = $temp->mkdir('spool2');
	my $log = $temp->path('loader.log');

	unlink $log;
	my $loader = follow();
	push @acked, write_events(10);
	Sark::Temp->until('it follows', sub { !segments() }, 30);
	spew($conf, $old . "no_such_key = 1\n");
	my $line = () = slurp($conf) =~ /\n/g;
	kill HUP => $loader;
	Sark::Temp->until('broken settings are refused', sub { slurp($log) =~
	    /level=error .*not_reloaded .*\Q$conf:$line\E: .*no_such_key/
	}, 30);
	push @acked, write_events(10);
	Sark::Temp->until('the old ones count', sub { !segments() }, 30);

	spew($conf, $old . "spool_dir = \"$spool/none\"\n");
	kill HUP => $loader;
	Sark::Temp->until('a folder that is not there', sub { slurp($log) =~
	    m{not_reloaded .*\Q$spool/none\E} }, 30);

	spew($conf, $old . "spool_dir = \"$other\"\n");
	kill HUP => $loader;
	Sark::Temp->until('good ones are taken', sub { slurp($log) =~
	    /event=settings_reloaded/ }, 30);
	{
		local $spool = $other;
		push @acked, write_events(10);
		Sark::Temp->until('from the new folder', sub {
			!segments() }, 30);
	}
	ok Sark::Temp->alive($loader), 'all in one life';
	Sark::Temp->end($loader);
	spew($conf, $old);
	all_is_well(\@acked, 'every event once');
};

# Stands between the loader and PostgreSQL.  Of the first commits every
# second is cut off behind PostgreSQL's answer, the others before they reach
# it; the file says which.
sub cutting_proxy ($dir, $cuts, $said) {
	my $path = "$dir/.s.PGSQL.5432";
	my $listen = IO::Socket::UNIX->new(Local => $path, Listen => 8)
	    or die "$path: $!\n";

	$temp->give($path);
	my $pid = fork // die;
	return $pid if $pid;
	$SIG{$_} = 'DEFAULT' for qw(INT TERM);
	spew($said, '');
	open my $log, '>>', $said or POSIX::_exit(1);
	$log->autoflush;
	while (my $client = $listen->accept) {
		forward($client, \$cuts, $log);
	}
	POSIX::_exit(0);
}

sub forward ($client, $cuts, $log) {
	my $server = IO::Socket::UNIX->new(
	    Peer => $pg->{dir} . '/.s.PGSQL.5432') or return;
	my $both = IO::Select->new($client, $server);

	while (1) {
		for my $from ($both->can_read) {
			my $n = sysread $from, my $data, 65536;
			return if !$n;
			my $commit = $from == $client && $$cuts > 0
			    && $data =~ /COMMIT\0/;
			if ($commit && $$cuts-- % 2 == 1) {
				print $log "before\n";
				return;
			}
			syswrite $from == $client ? $server : $client, $data;
			if ($commit) {
				sysread $server, $data, 65536;
				print $log "behind\n";
				return;
			}
		}
	}
}

subtest 'the answer to a commit is lost' => sub {
	my $dir = $temp->mkdir('proxy');
	my $settings = $temp->path('proxy.conf');
	my $said = $temp->path('proxy.said');

	spew($settings, slurp($conf) =~ s/host=\S+/host=$dir/r);
	$temp->give($settings);
	my $proxy = cutting_proxy($dir, 6, $said);
	push @acked, write_events(300, segment => 20_000);
	my ($rc, $tries) = (1, 0);
	($rc) = load_with($settings) while $rc != 0 && ++$tries < 10;
	is $rc, 0, 'loaded in the end';
	kill 'TERM', $proxy;
	waitpid $proxy, 0;
	is slurp($said), "behind\nbefore\n" x 3, 'control: commits were cut';
	all_is_well(\@acked, 'every event once');
	my @left = segments();
	is @left, 0, 'nothing is left';
};

# Writers that write all the time; some are killed too.
sub start_writer ($n) {
	my $ids = $temp->path("ids.$n");
	my $pid = $temp->spawn(name => "ids.$n", command => [
	    builddir() . '/t/bin/spool_writer', $spool, 100_000_000, 2000,
	    60_000 ]);

	return { pid => $pid, ids => $temp->path("ids.$n.log") };
}

subtest 'killed at any point' => sub {
	my $kills = $ENV{SARK_KILLS} // 40;
	my @writers = map { start_writer($_) } 1 .. 3;
	my $killed = 0;

	srand 7;
	for my $round (1 .. $kills) {
		my $loader = follow();

		sleep 0.02 + rand 0.35;
		$killed += Sark::Temp->alive($loader);
		kill 'KILL', $loader;
		Sark::Temp->reap($loader);
		if ($round % 10 == 0) {
			kill 'KILL', $writers[0]{pid};
			Sark::Temp->reap($writers[0]{pid});
			push @writers, start_writer(3 + $round);
			@writers = (@writers[1 .. $#writers], $writers[0]);
		}
	}
	is $killed, $kills, "killed $kills times while it ran";
	Sark::Temp->end($_->{pid}, 'KILL') for @writers;
	my ($rc, undef, $err) = load_spool();
	is $rc, 0, 'a last run' or diag $err;
	my @new = map { grep { /^[0-9a-f-]{36}$/ } split /\n/, slurp($_->{ids}) }
	    @writers;
	cmp_ok scalar @new, '>', 1000, scalar(@new) . ' events acknowledged';
	push @acked, @new;
	all_is_well(\@acked, 'every event once, numbered without a gap');
	is segments(), 0, 'nothing is left';
	# One killed between the removal of a file and that of its cursor
	# leaves a cursor that says done; those are swept when they are old.
	is $pg->psql('SELECT count(*) FROM sark.spool_cursor WHERE NOT done'),
	    0, 'no cursor is open';

	# the same check, had one been lost
	my @planted = (@acked, '01938f2c-7f00-7000-8000-00000000dead');
	is faults(\@planted, [ stored() ]), 1, 'control: a lost one is seen';
};

subtest 'the figure' => sub {
	my @new = write_events(60_000);
	my $start = time;
	my ($rc) = load_spool();
	my $rate = int(@new / (time - $start));

	is $rc, 0, 'loaded';
	note "$rate events a second";
	cmp_ok $rate, '>', 2000, "$rate events a second";
};

subtest 'wrong calls' => sub {
	is((load_spool('--nonsense'))[0], 64, 'unknown option');
	is((load_spool('word'))[0], 64, 'an argument');
	like((load_spool('--help'))[1], qr/--follow/, '--help');
	like((load_spool('--version'))[1], qr/^sark-audit-load \(SARK\) \d/,
	    '--version');
	is +($temp->run([ program('sark-audit-load'), '--config',
	    '/nowhere' ]))[0], 78, 'no settings';
	$pg->psql(q{INSERT INTO sark.migration (version, name, checksum)
	    VALUES (9999, '9999-x', repeat('0', 64))});
	is((load_spool())[0], 78, 'a newer schema');
	$pg->psql('DELETE FROM sark.migration WHERE version = 9999');
};

done_testing;
