# Decisions as a client sees them.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use JSON::PP ();
use Sark;
use Test::More;

my $sark = Sark->start(qw(login registry policy));
my $dev = $sark->login('dev');
my $admin = $sark->login('admin');
my $officer = $sark->login('officer');
my $evaluate = '/api/v1/policy/evaluate';

is $admin->post('/api/v1/servers', { name => 'jira', transport => 'http',
    endpoint => 'https://jira.example/mcp', tools => [
    { name => 'jira.get_issue' }, { name => 'jira.update_issue' },
    { name => 'jira.rotate_key', sensitivity_level => 'medium' } ] })->status,
    201, 'a server to ask about';
# A critical server cannot be registered without MFA; a level can be raised.
my ($key_tool) = grep { $_->{name} eq 'jira.rotate_key' }
    @{ $admin->get('/api/v1/tools')->json->{items} };
is $officer->post("/api/v1/tools/$key_tool->{tool_id}/sensitivity",
    { sensitivity_level => 'critical', reason => 'keys' })->status, 200,
    'one of its tools is critical';

subtest 'answers' => sub {
	my $allow = $dev->post($evaluate, { action => 'tool:invoke',
	    tool => 'jira.update_issue', parameters => { issue => 7 } });

	is $allow->status, 200, 'answered';
	is $allow->json->{decision}, 'allow', 'a developer updates';
	is $allow->json->{sensitivity}, 'medium', 'of medium sensitivity';
	is $allow->header('x-cache-status'), 'MISS', 'decided afresh';
	is_deeply $allow->json->{obligations}, [], 'no obligations';
	my ($event) = $sark->events(id => $allow->json->{audit_id});
	is $event->{decision}, 'allow', 'its event is in the trail';
	is $event->{actor}, 'dev', 'with who asked';
	is $event->{detail}{policy_revision},
	    $allow->json->{policy_revision}, 'and by which policy';

	my $deny = $dev->post($evaluate, { action => 'tool:invoke',
	    tool => 'jira.rotate_key' });
	is $deny->status, 200, 'a deny is an answer';
	is $deny->json->{decision}, 'deny', 'a developer rotates no keys';
	isnt $deny->json->{reason}, '', 'the reason is told';
	($event) = $sark->events(id => $deny->json->{audit_id});
	is $event->{decision}, 'deny', 'a deny is in the trail too';
	is $event->{reason}, $deny->json->{reason}, 'with its reason';

	my $unknown = $dev->post($evaluate, { action => 'tool:invoke',
	    tool => 'nobody.knows' });
	is $unknown->json->{sensitivity}, 'high', 'an unknown tool is high';

	my $cut = $dev->post($evaluate, { action => 'tool:invoke',
	    tool => 'nobody.knows', user_id => undef,
	    parameters => { db => { apiKey => 's3cret', host => 'h' } } });
	is $cut->json->{decision}, $unknown->json->{decision}, 'parameters asked';
};

subtest 'explained' => sub {
	my $answer = $dev->post($evaluate, { action => 'tool:invoke',
	    tool => 'jira.update_issue', explain => JSON::PP::true });
	my $explanation = $answer->json->{explanation};

	is $answer->header('x-cache-status'), 'BYPASS', 'always afresh';
	is $explanation->{input}{user}{username}, 'dev', 'what the policy saw';
	is $explanation->{input}{tool}{sensitivity}, 'medium', 'of the registry';
	is $explanation->{output}{allow}, JSON::PP::true, 'what it said';
};

subtest 'about another' => sub {
	my ($dev_id) = $dev->get('/api/v1/auth/me')->json->{user_id};
	my %ask = (action => 'tool:invoke', tool => 'jira.update_issue',
	    user_id => $dev_id);

	is $officer->post($evaluate, \%ask)->json->{decision}, 'allow',
	    'an officer asks about the developer';
	is $officer->post($evaluate, { %ask, user_id => undef })
	    ->json->{decision}, 'deny', 'control: about himself';
	refused $sark->login('viewer')->post($evaluate, \%ask), 403,
	    'forbidden', 'a viewer may not ask about others';
	refused $officer->post($evaluate, { %ask,
	    user_id => '0192f000-0000-7000-8000-000000000000' }), 422,
	    '/user_id', 'there is no such user';
	is $dev->post($evaluate, \%ask)->status, 200, 'oneself by name is fine';
};

subtest 'what a question must be' => sub {
	my @wrong = ([ {}, '/action' ], [ { action => 'invoke' }, '/action' ],
	    [ { action => 'tool:' }, '/action' ],
	    [ { action => 'Tool:invoke' }, '/action' ],
	    [ { action => 'tool:invoke', tool => 5 }, '/tool' ],
	    [ { action => 'tool:invoke', tool => '' }, '/tool' ],
	    [ { action => 'tool:invoke', parameters => [] }, '/parameters' ],
	    [ { action => 'tool:invoke', context => 'x' }, '/context' ],
	    [ { action => 'tool:invoke', resource => 5 }, '/resource' ],
	    [ { action => 'tool:invoke', server_id => 'x' }, '/server_id' ],
	    [ { action => 'tool:invoke', explain => 'yes' }, '/explain' ],
	    [ { action => 'tool:invoke', isAdmin => 1 }, '/isAdmin' ]);

	for my $case (@wrong) {
		refused $dev->post($evaluate, $case->[0]), 422, $case->[1],
		    "JSON-11 wrong: $case->[1]";
	}
	refused $sark->stranger->post($evaluate, { action => 'tool:invoke' }),
	    401, 'unauthenticated', 'a stranger is not answered';
	for my $claim ('user', '__proto__', 'constructor') {
		my $answer = $dev->post($evaluate, { action => 'tool:invoke',
		    tool => 'jira.rotate_key', context => { $claim => {
		    roles => [ 'admin' ], time_ns => 0 } } });
		is $answer->json->{decision}, 'deny',
		    "JSON-12 a claim in the context changes nothing: $claim";
	}
};

subtest 'the policy itself' => sub {
	my $policy = $officer->get('/api/v1/policy');

	is $policy->status, 200, 'an officer reads it';
	is $policy->json->{engine}, 'native', 'the engine';
	like $policy->json->{revision}, qr/^[0-9a-f]{12,}$/, 'its revision';
	ok scalar(grep { /rbac/ } @{ $policy->json->{rules} }), 'its rules';
	refused $dev->get('/api/v1/policy'), 403, 'forbidden',
	    'a developer may not';
};

done_testing;
