# Stores that stop and return, processes that are killed, a disk that is full:
# nothing that was acknowledged is lost, nothing is given away.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use Sark;
use Test::More;

my $sark = Sark->start(qw(login registry policy), { workers => 3 });
my $dev = $sark->login('dev');
my $admin = $sark->login('admin');
my $evaluate = '/api/v1/policy/evaluate';
my %acknowledged;

my $server = $admin->post('/api/v1/servers', { name => 'jira',
    transport => 'http', endpoint => 'https://jira.example/mcp', tools => [
    { name => 'jira.rotate_key', sensitivity_level => 'medium' },
    { name => 'jira.update' } ] })->json;
is $admin->post("/api/v1/tools/$server->{tools}[0]{tool_id}/sensitivity",
    { sensitivity_level => 'critical', reason => 'keys' })->status, 200,
    'one tool is critical';

# Asks, and remembers the event that was promised.
sub decide ($tool = 'jira.update', %more) {
	my $answer = $dev->post($evaluate, { action => 'tool:invoke',
	    tool => $tool, %more });

	$acknowledged{$answer->json->{audit_id}} = 1 if $answer->status == 200;
	return $answer;
}

# Events promised but absent, and those present more than once.
sub compare (@promised) {
	$sark->tool('sark-audit-load');
	my %there;

	$there{$_}++ for split /\n/,
	    $sark->psql('SELECT id FROM sark.audit_event');
	return { lost => [ grep { !$there{$_} } @promised ],
	    twice => [ grep { $there{$_} > 1 } keys %there ] };
}

sub all_there ($name) {
	my $found = compare(keys %acknowledged);

	is_deeply $found->{lost}, [], "$name: nothing is lost";
	is_deeply $found->{twice}, [], "$name: nothing is there twice";
}

subtest 'PostgreSQL stopped' => sub {
	decide();
	decide('jira.rotate_key');
	$sark->without(postgresql => sub {
		my $answer = decide();
		is $answer->json->{decision}, 'allow', 'a kept decision goes on';
		$answer = decide('jira.update', resource => 'new');
		is $answer->json->{decision}, 'allow',
		    'so does a new one about a tool that is known';
		$answer = decide('jira.rotate_key', resource => 'new');
		is $answer->json->{decision}, 'deny', 'a deny stays one';
		$answer = decide('never.seen');
		is $answer->json->{decision}, 'deny',
		    'a tool that cannot be looked up is denied';
		is $answer->json->{reason}, 'policy_unavailable', 'for that';
		is decide('never.seen')->header('x-cache-status'), 'MISS',
		    'which is not kept';
		ok -s (glob $sark->spool . '/*')[0], 'the spool holds them';
		refused $sark->stranger->post('/api/v1/auth/login/local',
		    { username => 'dev', password => Sark::password('dev') }),
		    503, 'no login without its record';
	});
	Sark::Temp->until('PostgreSQL is back', sub {
		decide('never.seen')->json->{reason} ne 'policy_unavailable' });
	is $sark->stranger->post('/api/v1/auth/login/local', { username =>
	    'dev', password => Sark::password('dev') })->status, 200,
	    'login again, without a restart';
	all_there('PostgreSQL stopped');
};

subtest 'Redis stopped' => sub {
	$sark->without(redis => sub {
		my $answer = decide();
		is $answer->json->{decision}, 'allow', 'decided';
		is $answer->header('x-cache-status'), 'BYPASS', 'without cache';
		is decide('jira.rotate_key')->json->{decision}, 'deny',
		    'a deny stays one';
		refused $sark->stranger->post('/api/v1/auth/login/local',
		    { username => 'dev', password => Sark::password('dev') }),
		    503, 'no login without its session record';
		like $sark->log('policy'), qr/decision_cache_away/,
		    'the log says so';
	});
	Sark::Temp->until('Redis is back', sub {
		decide()->header('x-cache-status') eq 'HIT' });
	pass 'kept again, without a restart';
	all_there('Redis stopped');
};

subtest 'both stopped' => sub {
	$sark->without(redis => sub { $sark->without(postgresql => sub {
		my $answer = decide();
		is $answer->json->{decision}, 'deny',
		    'A3 nothing is known: deny';
		is $answer->json->{reason}, 'policy_unavailable', 'and why';
	}) });
	Sark::Temp->until('both are back', sub {
		decide()->json->{decision} eq 'allow' });
	pass 'control: allowed again';
	all_there('both stopped');
};

subtest 'P-01 workers killed under load' => sub {
	my ($asked, $failed, $killed) = (0, 0, 0);

	for my $round (1 .. 8) {
		for (1 .. 25) {
			$asked++;
			$failed++ if decide('jira.update',
			    resource => "r$asked")->status != 200;
		}
		my ($pid) = $sark->workers('policy');
		$killed += kill KILL => $pid;
	}
	is $killed, 8, 'eight workers were killed';
	cmp_ok $failed, '<=', $killed, 'at most one request a kill failed';
	cmp_ok $asked - $failed, '>', 150, 'the others were answered';
	all_there('workers killed');
};

subtest 'a full disk' => sub {
	plan skip_all => 'needs root to mount a small disk' if $> != 0;
	my $small = Sark->start(qw(login policy), { small_spool => 1 });
	my $client = $small->login('dev');
	my $answer;

	for my $n (1 .. 5000) {
		$answer = $client->post($evaluate, { action => 'tool:invoke',
		    tool => 't', context => { filler => 'x' x 1000, n => $n } });
		last if $answer->status != 200;
	}
	refused $answer, 503, 'audit_unavailable',
	    'D-01 no decision without its record';
	$small->tool('sark-audit-load');
	Sark::Temp->until('space again', sub {
		$client->post($evaluate, { action => 'tool:invoke',
		    tool => 't' })->status == 200 });
	pass 'control: answered when there is space again';
};

subtest 'the checker can fail' => sub {
	my $planted = '0192f000-0000-7000-8000-000000000000';

	is_deeply compare($planted, keys %acknowledged)->{lost}, [ $planted ],
	    'a promise that was not kept is found';
};

done_testing;
