# Which roles count at a moment, and until when: hours and days in time zones,
# over the edges of summer time.

use v5.36;
use Sark::PostgreSQL;
use Sark::Temp;
use Sark::Tree qw(srcdir program spew);
use Test::More;

my $temp = Sark::Temp->new;
my $pg = Sark::PostgreSQL->new($temp)->start->create;
my $conf = $temp->path('sark.conf');

spew($conf, qq{postgresql = "} . $pg->conninfo('owner') . qq{"\n});
my ($rc, undef, $err) = $temp->run([ program('sark-migrate'), '--config',
    $conf, '--dir', srcdir() . '/sql' ]);
BAIL_OUT($err) if $rc != 0;

my $user = '01980000-0000-7000-8000-00000000000';

$pg->psql(join '', map { "INSERT INTO sark.users (user_id, username,"
    . " username_norm) VALUES ('$user$_', 'u$_', 'u$_');" } 1 .. 3);

# What a statement gives, columns joined by a blank.
sub row ($sql) {
	return join ' ', split /\t|\|/, $pg->psql($sql, 'sark_admin'), -1;
}

# "09:00" in minutes.
sub minutes ($text) {
	my ($hour, $minute) = split /:/, $text;
	return $hour * 60 + $minute;
}

# Whether a window is open at a time, and the next change, in UTC.
sub at ($window, $time) {
	my ($days, $from, $to, $zone) = @$window;

	return row(sprintf q{SELECT CASE WHEN inside THEN 'open' ELSE 'shut'
	    END, to_char(changes_at AT TIME ZONE 'UTC', 'MM-DD HH24:MI') FROM
	    sark.window_at('{%s}', %d, %d, '%s', '%s+00')}, $days,
	    minutes($from), minutes($to), $zone, $time);
}

my $work = [ '1,2,3,4,5', '09:00', '17:00', 'Europe/Berlin' ];
my $night = [ '5', '22:00', '06:00', 'Europe/Berlin' ];
my $skipped = [ '1,2,3,4,5,6,7', '02:30', '04:00', 'Europe/Berlin' ];
my $gap = [ '7', '02:15', '02:45', 'Europe/Berlin' ];
my $until_gap = [ '7', '00:00', '02:30', 'Europe/Berlin' ];
my $day = [ '7', '00:00', '24:00', 'Europe/Berlin' ];
my $always = [ '1,2,3,4,5,6,7', '00:00', '24:00', 'UTC' ];
my $west = [ '1', '00:00', '01:00', 'Pacific/Kiritimati' ];
my $south = [ '7', '02:30', '03:30', 'Australia/Lord_Howe' ];
my @moments = (
	# a working week, in winter and in summer
	[ $work, '2026-11-27 07:59:59', 'shut 11-27 08:00' ],
	[ $work, '2026-11-27 08:00:00', 'open 11-27 16:00' ],
	[ $work, '2026-11-27 15:59:59', 'open 11-27 16:00' ],
	[ $work, '2026-11-27 16:00:00', 'shut 11-30 08:00' ],
	[ $work, '2026-07-03 07:00:00', 'open 07-03 15:00' ],
	[ $work, '2026-03-27 16:00:00', 'shut 03-30 07:00' ],
	# over midnight: the day on which it opens counts
	[ $night, '2026-11-27 20:59:00', 'shut 11-27 21:00' ],
	[ $night, '2026-11-27 21:00:00', 'open 11-28 05:00' ],
	[ $night, '2026-11-28 04:59:59', 'open 11-28 05:00' ],
	[ $night, '2026-11-28 05:00:00', 'shut 12-04 21:00' ],
	[ $night, '2026-11-28 21:30:00', 'shut 12-04 21:00' ],
	# the clock is put forward, 2026-03-29 02:00 to 03:00
	[ $skipped, '2026-03-28 01:30:00', 'open 03-28 03:00' ],
	[ $skipped, '2026-03-29 01:00:00', 'shut 03-29 01:30' ],
	[ $skipped, '2026-03-29 01:30:00', 'open 03-29 02:00' ],
	[ $skipped, '2026-03-29 02:00:00', 'shut 03-30 00:30' ],
	[ $gap, '2026-03-29 01:14:59', 'shut 03-29 01:15' ],
	[ $gap, '2026-03-29 01:15:00', 'open 03-29 01:45' ],
	[ $gap, '2026-03-29 01:45:00', 'shut 04-05 00:15' ],
	[ $until_gap, '2026-03-29 01:29:59', 'open 03-29 01:30' ],
	[ $until_gap, '2026-03-29 01:30:00', 'shut 04-04 22:00' ],
	# and back, 2026-10-25 03:00 to 02:00
	[ $skipped, '2026-10-25 00:30:00', 'shut 10-25 01:30' ],
	[ $skipped, '2026-10-25 01:30:00', 'open 10-25 03:00' ],
	[ $until_gap, '2026-10-25 01:29:00', 'open 10-25 01:30' ],
	# such days have 23 and 25 hours
	[ $day, '2026-03-28 23:00:00', 'open 03-29 22:00' ],
	[ $day, '2026-10-24 22:00:00', 'open 10-25 23:00' ],
	[ $day, '2026-10-25 23:00:00', 'shut 10-31 23:00' ],
	# round the clock it is always open, though it is looked at again
	[ $always, '2026-11-27 23:59:59', 'open 11-28 00:00' ],
	[ $always, '2026-11-28 00:00:00', 'open 11-29 00:00' ],
	# fourteen hours ahead; half an hour of summer time, put back at 2:00
	[ $west, '2026-11-29 10:30:00', 'open 11-29 11:00' ],
	[ $west, '2026-11-29 11:00:00', 'shut 12-06 10:00' ],
	[ $south, '2026-04-04 16:00:00', 'open 04-04 17:00' ],
	# over the end of a year
	[ $work, '2026-12-31 23:30:00', 'shut 01-01 08:00' ],
);
is at(@$_[0, 1]), $_->[2], "@{ $_->[0] } at $_->[1]" for @moments;

# Every quarter of an hour of a year: a window never changes before it said.
is $pg->psql(<<~'END'), 0, 'nothing changes before it was said to';
	SELECT count(*) FROM (
	    SELECT t, w.inside, w.changes_at, lead(t) OVER later AS next,
	        lead(w.inside) OVER later AS then
	    FROM generate_series('2026-01-01 00:00+00'::timestamptz,
	        '2026-12-31 00:00+00', interval '15 minutes') AS t,
	        sark.window_at('{1,6,7}', 135, 225, 'America/New_York', t) AS w
	    WINDOW later AS (ORDER BY t)) AS s
	WHERE inside <> "then" AND changes_at > next
	END
# ... and a checker that would see one: the same, an hour late.
isnt $pg->psql(<<~'END'), 0, 'a late word is seen';
	SELECT count(*) FROM (
	    SELECT t, w.inside, w.changes_at + interval '1 hour' AS changes_at,
	        lead(t) OVER later AS next, lead(w.inside) OVER later AS then
	    FROM generate_series('2026-01-01 00:00+00'::timestamptz,
	        '2026-02-01 00:00+00', interval '15 minutes') AS t,
	        sark.window_at('{1,6,7}', 135, 225, 'America/New_York', t) AS w
	    WINDOW later AS (ORDER BY t)) AS s
	WHERE inside <> "then" AND changes_at > next
	END

# ---- all that a user was given, together

$pg->psql(<<~"END");
	INSERT INTO sark.role (name, permissions) VALUES
	    ('auditor', '{audit:read,tool:read}'), ('tester', '{task:*}');
	INSERT INTO sark.user_role (user_id, role, expires_at) VALUES
	    ('${user}1', 'viewer', NULL),
	    ('${user}1', 'operator', '2026-06-01 00:00+00');
	INSERT INTO sark.user_group VALUES ('${user}1', 'staff'),
	    ('${user}2', 'staff'), ('${user}2', 'guests');
	INSERT INTO sark.role_binding (binding_id, role, user_id, group_name,
	    key_id, scope_type, scope_id, expires_at) VALUES
	    ('${user}a', 'auditor', NULL, 'staff', NULL, NULL, NULL,
		'2026-09-01 00:00+00'),
	    ('${user}b', 'viewer', '${user}1', NULL, NULL, NULL, NULL, NULL),
	    ('${user}c', 'tester', '${user}1', NULL, NULL, 'team', 'red', NULL),
	    ('${user}d', 'developer', NULL, NULL, '${user}9', NULL, NULL, NULL),
	    ('${user}e', 'tester', NULL, 'guests', NULL, NULL, NULL, NULL);
	INSERT INTO sark.role_window VALUES
	    ('${user}e', 0, '{3}', 540, 600, 'UTC'),
	    ('${user}e', 1, '{3}', 600, 660, 'UTC');
	END

sub roles ($who, $time, $key = 'NULL') {
	return row("SELECT roles, permissions, scoped, coalesce(to_char("
	    . "until AT TIME ZONE 'UTC', 'MM-DD HH24:MI'), 'ever')"
	    . " FROM sark.roles_at('$user$who', $key, '$time+00')");
}

is roles(1, '2026-05-01'), '{auditor,operator,viewer} {audit:read,tool:read}'
    . ' {tester,team,red,task:*} 06-01 00:00', 'from everywhere, each once';
is roles(1, '2026-06-01'), '{auditor,viewer} {audit:read,tool:read}'
    . ' {tester,team,red,task:*} 09-01 00:00', 'one has expired';
is roles(1, '2026-09-01'), '{viewer} {} {tester,team,red,task:*} ever',
    'so has the other';
is roles(2, '2026-09-02 08:59:59'), '{} {} {} 09-02 09:00', 'hours to come';
is roles(2, '2026-09-02 09:59:59'), '{tester} {task:*} {} 09-02 10:00',
    'the first of two windows';
is roles(2, '2026-09-02 10:00:00'), '{tester} {task:*} {} 09-02 11:00',
    'the second';
is roles(2, '2026-09-02 11:00:00'), '{} {} {} 09-09 09:00', 'over';
is roles(3, '2026-05-01'), '{} {} {} ever', 'nothing was given';
is roles(3, '2026-05-01', "'${user}9'"), '{developer} {} {} ever',
    'but to his key';
is $pg->psql("SELECT string_agg(role || ' ' || state, ',' ORDER BY role, state)"
    . " FROM sark.roles_given('${user}2', NULL, '2026-09-02')"),
    'auditor expired,tester outside_window', 'what has no effect is told';

done_testing;
