# The registry as a client sees it: servers, tools, how sensitive they are.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use Sark;
use Test::More;

my $sark = Sark->start(qw(login registry));
my $dev = $sark->login('dev');
my $viewer = $sark->login('viewer');
my $officer = $sark->login('officer');
my %jira = (name => 'jira', transport => 'http',
    endpoint => 'https://jira.example/mcp', description => 'issues',
    tags => [ 'issues', 'eu' ], metadata => { owner => "na\x{ef}ve" },
    tools => [ { name => 'jira.get_issue' },
    { name => 'jira.update_issue', parameters => { type => 'object',
    properties => { summary => { type => 'string' } } } } ]);

subtest 'registering' => sub {
	my $made = $dev->post('/api/v1/servers', \%jira);

	is $made->status, 201, 'a developer registers a server';
	is $made->json->{status}, 'registered', 'its status';
	is $made->json->{sensitivity_level}, 'medium', 'that of its worst tool';
	is $made->header('location'),
	    "/api/v1/servers/$made->{json}{server_id}", 'where it is';
	is_deeply [ map { $_->{sensitivity_level} } @{ $made->json->{tools} } ],
	    [ 'low', 'medium' ], 'words suggest the levels';
	my $event = $sark->audited(server_registered => $made->json->{server_id});
	is $event->{actor}, 'dev', 'by whom';

	my $again = $viewer->get($made->header('location'));
	is $again->status, 200, 'a viewer reads it';
	is $again->json->{metadata}{owner}, "na\x{ef}ve", 'text comes back whole';
	is_deeply $again->json->{tags}, [ 'issues', 'eu' ], 'so do the tags';
	is $again->json->{tools}[1]{parameters}{properties}{summary}{type},
	    'string', 'and the schema';
	refused $dev->post('/api/v1/servers', \%jira), 409, 'conflict',
	    'a name is there once';

	my $none = $dev->post('/api/v1/servers', { name => 'empty',
	    transport => 'stdio', command => 'empty', tools => [] });
	is $none->status, 201, 'a server may have no tools yet';
};

subtest 'what a registration must be' => sub {
	my %bare = (name => 'x', transport => 'http',
	    endpoint => 'https://x.example/');
	my @wrong = (
		[ {}, '/name' ], [ {}, '/transport' ],
		[ { %bare, name => '' }, '/name' ],
		[ { %bare, name => 'n' x 201 }, '/name' ],
		[ { %bare, name => 5 }, '/name' ],
		[ { %bare, transport => 'smtp' }, '/transport' ],
		[ { %bare, endpoint => undef }, '/endpoint' ],
		[ { %bare, endpoint => 'ftp://x.example/' }, '/endpoint' ],
		[ { %bare, endpoint => 'https://user@x.example/' }, '/endpoint' ],
		[ { %bare, endpoint => 'https://' }, '/endpoint' ],
		[ { %bare, transport => 'stdio' }, '/command' ],
		[ { %bare, sensitivity_level => 'extreme' },
		    '/sensitivity_level' ],
		[ { %bare, tags => 'a' }, '/tags' ],
		[ { %bare, tools => [ { } ] }, '/tools/0/name' ],
		[ { %bare, tools => [ { name => 'a' }, { name => 'a' } ] },
		    '/tools/1/name' ],
		[ { %bare, tools => [ { name => 'a', parameters => [] } ] },
		    '/tools/0/parameters' ],
		[ { %bare, more => 1 }, '/more' ],
		[ { %bare, tools => [ map { { name => "t$_" } } 1 .. 201 ] },
		    '/tools' ],
	);

	for my $case (@wrong) {
		refused $dev->post('/api/v1/servers', $case->[0]), 422,
		    $case->[1], "wrong: $case->[1]";
	}
	is $dev->post('/api/v1/servers', \%bare)->status, 201,
	    'control: the same without what was wrong';
};

subtest 'who may' => sub {
	my %other = (%jira, name => 'other', tools => []);

	refused $sark->stranger->post('/api/v1/servers', \%other), 401,
	    'unauthenticated', 'a stranger may not';
	refused $viewer->post('/api/v1/servers', \%other), 403, 'forbidden',
	    'a viewer may not';
	my $denied = $dev->post('/api/v1/servers', { %other,
	    sensitivity_level => 'critical' });
	refused $denied, 403, 'forbidden',
	    'the policy keeps critical servers from a developer';
	refused $dev->post('/api/v1/servers', { %other, team => 'treasury' }),
	    403, 'forbidden', "another team's name is not his to use";
	is $sark->login('admin')->post('/api/v1/servers', { %other,
	    team => 'treasury' })->status, 201,
	    'control: it is the administrator\'s';
};

subtest 'lists' => sub {
	my $all = $viewer->get('/api/v1/servers');

	is $all->status, 200, 'a viewer lists';
	is $all->json->{items}[-1]{name}, 'jira', 'newest first';
	ok !$all->json->{has_more}, 'all on one page';

	my (@seen, $cursor);
	do {
		my $page = $viewer->get('/api/v1/servers?limit=1' .
		    (defined $cursor ? "&cursor=$cursor" : ''));
		push @seen, map { $_->{server_id} } @{ $page->json->{items} };
		$cursor = $page->json->{next_cursor};
	} while (defined $cursor && @seen < 20);
	is_deeply \@seen, [ map { $_->{server_id} } @{ $all->json->{items} } ],
	    'page by page the same';

	my $first = $viewer->get('/api/v1/servers?limit=1')->json->{next_cursor};
	for my $forged ('x', $first . 'A', substr($first, 1),
	    ucfirst(lc $first)) {
		refused $viewer->get("/api/v1/servers?cursor=$forged"), 400,
		    'invalid_cursor', 'JSON-14 a forged cursor';
	}
	refused $viewer->get("/api/v1/tools?cursor=$first"), 400,
	    'invalid_cursor', 'JSON-14 a cursor of another list';
	for my $limit (-1, 0, 201, 1000000000, '1;drop', '1.0', '') {
		refused $viewer->get("/api/v1/servers?limit=$limit"), 422,
		    "JSON-14 limit '$limit'";
	}
	my %found = ('tags=issues,eu' => 2, 'tags=issues,us' => 0,
	    'search=jir' => 1, 'search=%25' => 0, 'search=j_ra' => 0,
	    "search=%27%20or%201=1--" => 0, 'status=registered' => 4,
	    'status=disabled' => 0, 'sensitivity=high' => 0, 'sensitivity=medium' => 4,
	    'owner=dev' => 3,
	    'team=nobody' => 0);
	for my $query (sort keys %found) {
		my $page = $viewer->get("/api/v1/servers?$query");
		is scalar @{ $page->json->{items} // [ 'broken' ] },
		    $found{$query}, "SQL-03 $query";
	}
	refused $viewer->get('/api/v1/servers?sort=name'), 422,
	    'SQL-02 there is no other order';
	is_deeply [ map { $_->{name} } @{ $viewer->get('/api/v1/tools')
	    ->json->{items} } ], [ 'jira.get_issue', 'jira.update_issue' ],
	    'tools by name';
};

subtest 'sensitivity' => sub {
	my ($tool) = grep { $_->{name} eq 'jira.get_issue' }
	    @{ $viewer->get('/api/v1/tools')->json->{items} };
	my $path = "/api/v1/tools/$tool->{tool_id}/sensitivity";

	is $viewer->get($path)->json->{sensitivity_level}, 'low', 'as found';
	my %change = (sensitivity_level => 'critical', reason => 'holds secrets');
	refused $dev->post($path, \%change), 403, 'forbidden',
	    'a developer may not change it';
	refused $officer->post($path, { sensitivity_level => 'low' }), 422,
	    '/reason', 'a change has a reason';
	is $officer->post($path, \%change)->json->{sensitivity_level},
	    'critical', 'an officer may';
	is $officer->post($path, { %change, sensitivity_level => 'high',
	    reason => 'no more' })->status, 200, 'and back';
	my $history = $viewer->get("$path/history")->json->{items};
	is_deeply [ map { $_->{sensitivity_level} } @$history ],
	    [ 'high', 'critical', 'low' ], 'the history, newest first';
	is $history->[0]{previous}, 'critical', 'from what';
	is $history->[1]{changed_by}, 'officer', 'by whom';
	my $event = $sark->audited(tool_sensitivity_changed => $tool->{tool_id});
	is $event->{severity}, 'high', 'lowering a level is worth attention';

	for my $id ('x', '0192f000-0000-7000-8000-000000000000',
	    uc $tool->{tool_id}, "{$tool->{tool_id}}", "$tool->{tool_id}0") {
		refused $viewer->get("/api/v1/tools/$id/sensitivity"),
		    $id =~ /^\{/ ? 400 : 404, "JSON-13 no such tool: $id";
	}
	my $guess = $dev->post('/api/v1/tools/detect-sensitivity', {
	    tool_name => 'rotateKeys', tool_description => 'reads' });
	is_deeply $guess->json, { detected_level => 'critical',
	    keywords_matched => [ 'key' ], detection_method => 'keywords' },
	    'words of a tool that is not registered';
};

subtest 'stores away' => sub {
	my %later = (%jira, name => 'later', tools => [ { name => 'later.get' } ]);

	$sark->without(postgresql => sub {
		refused $dev->post('/api/v1/servers', \%later), 503,
		    'no database, no server';
		refused $dev->get('/api/v1/servers'), 503, 'and no list';
	});
	$sark->without(redis => sub {
		refused $dev->post('/api/v1/servers', \%later), 503,
		    'no Redis: cached decisions could not be ended, no change';
		is $dev->get('/api/v1/servers')->status, 200,
		    'reading does without';
	});
	Sark::Temp->until('both back', sub {
		$dev->post('/api/v1/servers', \%later)->status == 201 });
	pass 'both back: registered without a restart';
};

done_testing;
