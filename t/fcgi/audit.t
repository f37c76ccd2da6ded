#!/usr/bin/perl
# sark-audit: who may read the trail, what the filters find, how pages join.

use v5.36;
use Sark;
use Sark::Tree qw(slurp);
use Test::More;

my $sark = Sark->start(qw(login audit));
my $officer = $sark->login('officer');
my $n = 0;

# Events as programs write them in transactions.
sub plant (%event) {
	my $id = sprintf '0193a0b1-0000-7abc-8def-%012x', ++$n;
	my %row = (id => $id, time => '2024-12-07T10:36:14.720Z', type => 'test',
		%event);
	my @names = sort keys %row;
	my $values = join ', ', map { defined $row{$_}
	    ? "'" . $row{$_} =~ s/'/''/gr . "'" : 'NULL' } @names;

	$sark->psql("INSERT INTO sark.audit_event (@{[ join ', ', @names ]})"
	    . " VALUES ($values);"
	    . " INSERT INTO sark.audit_pending VALUES ('$id', '$row{time}')");
	return $id;
}

sub query (%filter) {
	return '/api/v1/audit/events?' . join '&', map { my $v = $filter{$_};
	    utf8::encode($v); "$_=" . $v =~ s/([^A-Za-z0-9._-])/sprintf '%%%02X', ord $1/ger }
	    sort keys %filter;
}

sub list (%filter) {
	my $answer = $officer->get(query(%filter));

	is $answer->status, 200, 'listed' or diag $answer->body;
	return $answer->json;
}

sub ids (%filter) {
	return [ map { $_->{id} } @{ list(%filter)->{items} } ];
}

my $rich = plant(type => 'policy_decision', severity => 'high',
	outcome => 'failure', actor => 'ada',
	actor_id => '01938f2c-7f00-7000-8000-0000000000aa',
	action => 'tool:invoke', resource => '100%_done\\x', decision => 'deny',
	reason => 'level', client_ip => '192.0.2.7', user_agent => 'curl/8',
	request_id => 'req-1', trace_id => 'f' x 32, program => 'sark-policy',
	detail => '{"a": [1, "caf\u00e9"]}',
	time => '2024-12-08T00:00:00.001Z');
my $plain = plant(type => 'policy_decision', decision => 'allow',
	actor => 'bob', resource => '100 done');
$sark->tool('sark-audit-load');

subtest 'one event' => sub {
	my $answer = $officer->get("/api/v1/audit/events/$rich");

	is $answer->status, 200, 'found';
	my $event = $answer->json;
	like delete $event->{seq}, qr/^[1-9]\d*$/, 'with its number';
	is_deeply $event, { id => $rich, time => '2024-12-08T00:00:00.001Z',
		type => 'policy_decision', severity => 'high',
		outcome => 'failure', actor => { name => 'ada',
		id => '01938f2c-7f00-7000-8000-0000000000aa' },
		action => 'tool:invoke', resource => '100%_done\\x',
		decision => 'deny', reason => 'level',
		client_ip => '192.0.2.7', user_agent => 'curl/8',
		request_id => 'req-1', trace_id => 'f' x 32,
		program => 'sark-policy', detail => { a => [ 1, "caf\x{e9}" ] } },
	    'whole';
	is_deeply [ sort keys %{ $officer->get("/api/v1/audit/events/$plain")->json } ],
	    [ sort qw(id seq time type severity outcome actor resource decision) ],
	    'what has no value is left out';
	for my $id ('0193a0b1-0000-7abc-8def-ffffffffffff', 'x', uc $rich,
	    "{$rich}", "$rich%00", "$rich'", '%2e%2e') {
		my $status = $officer->get("/api/v1/audit/events/$id")->status;
		ok $status == 404 || $status == 400, "no $id: $status";
	}
	refused $officer->get('/api/v1/audit/events/'
	    . '0193a0b1-0000-7abc-8def-ffffffffffff'), 404, 'not_found',
	    'an unknown one';
};

subtest 'who may' => sub {
	for my $path ('/api/v1/audit/events', "/api/v1/audit/events/$rich",
	    '/api/v1/audit/stats') {
		refused $sark->stranger->get($path), 401, "no token: $path";
		for my $user (qw(viewer dev operator service)) {
			refused $sark->login($user)->get($path), 403,
			    'forbidden', "$user: $path";
		}
		is $officer->get($path)->status, 200, "officer: $path";
		is $sark->login('admin')->get($path)->status, 200,
		    "admin: $path";
		is $officer->post($path)->status, 405, "nobody writes: $path";
	}
};

subtest 'each filter' => sub {
	my %rich = (type => 'policy_decision', severity => 'high',
		outcome => 'failure', actor => 'ada', action => 'tool:invoke',
		resource => '100%_done\\x', decision => 'deny',
		request_id => 'req-1', trace_id => 'f' x 32,
		q => 'ADA', from => '2024-12-08T00:00:00.001Z',
		to => '2024-12-08T00:00:00.002Z');
	my %other = (type => 'other', severity => 'low', outcome => 'success',
		actor => 'eve', action => 'tool:list', resource => '100%_done',
		decision => 'allow', request_id => 'req-2', trace_id => 'e' x 32,
		q => 'adax', from => '2024-12-08T00:00:00.002Z',
		to => '2024-12-08T00:00:00.001Z');

	is_deeply ids(%rich), [ $rich ], 'all together';
	for my $name (sort keys %rich) {
		ok((grep { $_ eq $rich } @{ ids($name => $rich{$name},
		    to => '2025-01-01T00:00:00Z',
		    $name eq 'to' ? (to => $rich{to}) : ()) }), "$name finds it");
		is_deeply ids(%rich, $name => $other{$name}), [],
		    "another $name does not";
	}
	is_deeply ids(actor => '01938f2c-7f00-7000-8000-0000000000aa'),
	    [ $rich ], 'an id as actor';
	is_deeply ids(from => '2024-12-08T01:00:00.001+01:00',
	    to => '2025-01-01T00:00:00Z'), [ $rich ], 'a time zone';
};

subtest 'text is text' => sub {
	# SQL-03: what means something to LIKE or a regular expression
	is_deeply ids(q => '0%_d'), [ $rich ], '% and _ stand for themselves';
	is_deeply ids(q => 'done\\x'), [ $rich ], 'so does \\';
	is_deeply ids(q => '100 done'), [ $plain ], 'control: plain text';
	is_deeply ids(q => $_), [], "no $_"
	    for '%%', '1_0', '(a+)+$', '.*', '100%done', '\\\\';
	# SQL-01, SQL-02: what means something to SQL
	for my $value ("' OR '1'='1", "'; DROP TABLE sark.audit_event; --",
	    '$1', '1) OR (1=1', "\\'; SELECT pg_sleep(9)--", '{a,b}') {
		is_deeply ids($_ => $value), [], "$_: $value"
		    for qw(q type actor resource request_id);
	}
	is $sark->psql('SELECT count(*) > 0 FROM sark.audit_event'), 't',
	    'the table is there';
	refused $officer->get('/api/v1/audit/events?' . $_), 422, "no $_"
	    for 'order=time', 'sort=id;--', 'columns=*', 'order_by=1',
	    'severity=urgent', 'decision=maybe', 'limit=0', 'limit=-1',
	    'limit=201', 'limit=1000000000', 'limit=1;drop', 'from=yesterday',
	    'q=', 'limit=1&limit=2', 'type=' . 'x' x 101;
	is $officer->get("/api/v1/audit/events?q=$_")->status, 400, "no $_"
	    for '%00', '%ff', '%zz', '%c0%af';
};

subtest 'pages join, also where times are equal' => sub {
	my @planted = map { plant(type => 'page') } 1 .. 25;
	push @planted, plant(type => 'page',
	    time => '2024-12-07T10:36:14.720001Z');
	my (@seen, $cursor, $pages);

	do {
		my $page = list(type => 'page', limit => 7,
		    defined $cursor ? (cursor => $cursor) : ());
		push @seen, map { $_->{id} } @{ $page->{items} };
		$cursor = $page->{next_cursor};
		is !!$page->{has_more}, defined $cursor, 'more is said';
		# one that comes between two pages, newer than all
		plant(type => 'page', time => '2024-12-09T00:00:00Z')
		    if ++$pages == 2;
	} while (defined $cursor && $pages < 10);
	is_deeply \@seen, [ reverse @planted ], 'each once, newest first';
	is scalar @{ list(type => 'page', limit => 27)->{items} }, 27,
	    'a page that just fits';
	ok !list(type => 'page', limit => 27)->{has_more}, 'is the last';
};

subtest 'cursors cannot be forged' => sub {
	my $cursor = list(type => 'page', limit => 5)->{next_cursor};
	my $middle = length($cursor) / 2;

	is scalar @{ ids(type => 'page', limit => 3, cursor => $cursor) }, 3,
	    'control: as it came';
	my %forged = (cut => substr($cursor, 0, -1),
		longer => $cursor . 'A', other => 'abc', dot => '.',
		changed => substr($cursor, 0, $middle)
		. (substr($cursor, $middle, 1) eq 'A' ? 'B' : 'A')
		. substr($cursor, $middle + 1),
		signature => $cursor =~ s/\..*/.AAAAAAAAAAAAAAAAAAAAAA/r);
	refused $officer->get(query(type => 'page', cursor => $forged{$_})),
	    400, 'invalid_cursor', $_ for sort keys %forged;
	refused $officer->get(query(cursor => $cursor)), 400,
	    'invalid_cursor', 'without its filter';
	refused $officer->get(query(type => 'test', cursor => $cursor)), 400,
	    'invalid_cursor', 'with another filter';
	refused $sark->login('admin')->get(query(type => 'page',
	    cursor => $cursor)), 400, 'invalid_cursor', 'of somebody else';
};

subtest 'statistics' => sub {
	my $answer = $officer->get('/api/v1/audit/stats?'
	    . 'from=2024-12-07T00:00:00Z&to=2024-12-08T12:00:00Z');
	my $stats = $answer->json;

	is $answer->status, 200, 'counted';
	is $stats->{total}, 28, 'all';
	is_deeply $stats->{by_day}, [ { day => '2024-12-07', count => 27 },
	    { day => '2024-12-08', count => 1 } ], 'by day';
	is_deeply $stats->{by_type}, [ { type => 'page', count => 26 },
	    { type => 'policy_decision', count => 2 } ], 'by type';
	is_deeply $stats->{by_decision}, [ { decision => 'allow', count => 1 },
	    { decision => 'deny', count => 1 } ], 'by decision';
	is_deeply $stats->{top_denial_reasons},
	    [ { reason => 'level', count => 1 } ], 'denials';
	is $stats->{from}, '2024-12-07T00:00:00.000Z', 'of what range';

	$sark->tool('sark-audit-load');
	$stats = $officer->get('/api/v1/audit/stats')->json;
	cmp_ok $stats->{total}, '>', 10, 'the last week: what this test did';
	refused $officer->get('/api/v1/audit/stats?from=2024-12-08T00:00:00Z'
	    . '&to=2024-12-07T00:00:00Z'), 422, '/from', 'backwards';
	refused $officer->get('/api/v1/audit/stats?from=2000-01-01T00:00:00Z'),
	    422, '/from', 'too long';
};

subtest 'who reads is recorded' => sub {
	ids(q => 'who-looks-for-me', type => 'page');
	my ($read) = grep { ($_->{detail}{filters}{q} // '')
	    eq 'who-looks-for-me' } $sark->events(type => 'audit_read');

	ok $read, 'recorded';
	is $read->{actor}, 'officer', 'by name';
	is $read->{severity}, 'low', 'not severe';
	is $read->{detail}{filters}{type}, 'page', 'with the filters';
	is $read->{detail}{count}, 0, 'and how much was seen';
	$officer->get("/api/v1/audit/events/$rich");
	$sark->audited(audit_read => $rich, actor => 'officer');
	$sark->login('viewer')->get('/api/v1/audit/events');
	$sark->audited('access_denied', undef, actor => 'viewer',
	    action => 'audit_read');
};

subtest 'without PostgreSQL' => sub {
	$sark->without(postgresql => sub {
		refused $officer->get($_), 503, $_ for '/api/v1/audit/events',
		    "/api/v1/audit/events/$rich", '/api/v1/audit/stats';
	});
	is $officer->get('/api/v1/audit/events')->status, 200, 'and back';
};

subtest 'what cannot be recorded is not shown' => sub {
	$sark->restart_program('audit');	# no segment is open
	chmod 0555, $sark->spool;
	refused $officer->get('/api/v1/audit/events'), 503, 'audit_unavailable',
	    'no spool, no look';
	chmod 0700, $sark->spool;
	is $officer->get('/api/v1/audit/events')->status, 200, 'and back';
};

unlike slurp($sark->temp->path('sark-audit.log')), qr/eyJ/, 'no token in the log';

done_testing;
