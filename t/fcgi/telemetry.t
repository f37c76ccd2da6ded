# What a program tells about its requests: traces of those that are sampled,
# figures of all.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use Sark;
use Sark::Temp;
use Sark::Trace;
use Test::More;

# Requests are traced because their callers say so: no other is in the way.
my $sark = Sark->start(qw(login registry policy status), { workers => 1,
	conf => { trace_callers_rate => 100000 } });
my $traces = Sark::Trace->listen($sark->run_dir);
my $admin = $sark->login('admin');
my $dev = $sark->login('dev');
my $evaluate = '/api/v1/policy/evaluate';
my %ask = (action => 'tool:invoke', tool => 'jira.get',
	parameters => { secret => 'hunter2' });
my ($trace_id, $parent) = ('0af7651916cd43dd8448eb211c80319c',
	'b7ad6b7169203331');

$admin->post('/api/v1/servers', { name => 'jira', transport => 'http',
	endpoint => 'https://jira.example/mcp',
	tools => [ { name => 'jira.get' } ] });

sub traced ($client, $flags = '01') {
	return $client->with(traceparent => "00-$trace_id-$parent-$flags");
}

# The spans of a trace that are of a kind.
sub spans ($trace, $kind) {
	return grep { $_->{kind} eq $kind } @{ $trace->{spans} };
}

subtest 'a decision that is not cached' => sub {
	my $answer = traced($dev)->post($evaluate, \%ask);
	my $trace = $traces->next;
	my ($request) = @{ $trace->{spans} };

	is $answer->header('x-cache-status'), 'MISS', 'a miss';
	is $trace->{id}, $trace_id, 'the trace of the caller';
	is $trace->{program}, 'sark-policy', 'which program';
	is "$trace->{method} $trace->{route}", "POST $evaluate", 'the route';
	is $trace->{path}, $evaluate, 'the path';
	is $trace->{status}, 200, 'the status';
	is $request->{kind}, 'request', 'first its own span';
	is $request->{parent}, $parent, 'whose parent is the caller';
	is $answer->header('traceparent'),
	    "00-$trace_id-$request->{id}-01", 'which is answered';

	my @inner = @{ $trace->{spans} }[ 1 .. $#{ $trace->{spans} } ];
	ok !(grep { $_->{parent} ne $request->{id} } @inner),
	    'the parent of all others';
	ok !(grep { $_->{start} < $request->{start}
	    || $_->{end} > $request->{end} || $_->{end} < $_->{start} } @inner),
	    'which lie within it';
	my %ids = map { $_->{id} => 1 } @{ $trace->{spans} };
	is keys %ids, @{ $trace->{spans} }, 'each has an id of its own';
	is scalar(spans($trace, 'engine')), 1, 'the engine ran once';
	my @pg = spans($trace, 'postgresql');
	cmp_ok scalar @pg, '>', 0, 'PostgreSQL was asked';
	ok !(grep { $_->{name} !~ /^[a-z_]+$/ } @pg),
	    "by names: @{[ map { $_->{name} } @pg ]}";
	my @redis = spans($trace, 'redis');
	is $redis[-1]{commands}, 2, 'decision and facts kept in one round trip';
	ok !(grep { $_->{error} ne '' } @{ $trace->{spans} }), 'without error';
	unlike join(' ', map { values %$_ } $trace, @{ $trace->{spans} }),
	    qr/hunter2|secret/, 'no parameter in it';
};

subtest 'a cached decision' => sub {
	my $answer = traced($dev)->post($evaluate, \%ask);
	my $trace = $traces->next;

	is $answer->header('x-cache-status'), 'HIT', 'a hit';
	is join(' ', map { $_->{kind} } @{ $trace->{spans} }), 'request redis',
	    'one round trip to Redis, none to PostgreSQL, no engine';
};

subtest 'who is not traced' => sub {
	my $answer = traced($dev, '00')->post($evaluate, \%ask);

	is $answer->header('traceparent'), "00-$trace_id-$parent-00",
	    'the caller\'s own parent is echoed';
	is $dev->post($evaluate, \%ask)->header('traceparent'), undef,
	    'without a parent, nothing';
	is traced($dev)->with(traceparent => 'nonsense')->post($evaluate, \%ask)
	    ->header('traceparent'), undef, 'nor with a malformed one';
	# The next to come is one asked for: nothing was sent before it.
	traced($sark->stranger)->get('/health/live');
	is $traces->next->{program}, 'sark-status', 'nothing was sent of them';
};

subtest 'errors' => sub {
	my $before = $sark->figures;
	my $trace;

	is traced($sark->stranger)->get("/api/v1/servers/a\%0Ab")->status, 400,
	    'a path that cannot be';
	$trace = $traces->next;
	is $trace->{spans}[0]{error}, 'bad_request', 'its code';
	is $trace->{route}, '', 'no route';
	is traced($sark->stranger)->get('/api/v1/servers')->status, 401,
	    'a stranger';
	$trace = $traces->next;
	is $trace->{spans}[0]{error}, 'unauthenticated', 'is told so';
	is $trace->{route}, '/api/v1/servers', 'by the route';
	my $after = $sark->figures;
	my $name = 'sark_errors_total{program="sark-registry",code="%s"}';
	for my $code (qw(bad_request unauthenticated)) {
		my $slot = sprintf $name, $code;
		is $after->{$slot} - ($before->{$slot} // 0), 1,
		    "$code is counted";
	}
};

subtest 'figures' => sub {
	my $before = $sark->figures;
	my $policy = 'program="sark-policy"';
	my ($pg, $redis) = map { "$policy,store=\"$_\"" } qw(postgresql redis);

	my @new = map { $sark->login_again('dev') } 1 .. 2;
	$_->post($evaluate, \%ask) for @new, @new, @new;
	my $after = $sark->figures;
	my $more = sub ($name) {
		return ($after->{$name} // 0) - ($before->{$name} // 0);
	};
	is $more->("sark_token_cache_total{$policy,result=\"miss\"}"), 2,
	    'two tokens that were not known';
	is $more->("sark_store_duration_seconds_count{$redis}"), 8,
	    'a round trip a decision, and one for whom the worker sees first';
	is $more->("sark_store_duration_seconds_count{$pg}"), 0,
	    'no statement';
	cmp_ok $after->{"sark_store_connects_total{$pg,result=\"ok\"}"}, '>=',
	    1, 'PostgreSQL was connected to';
	is $after->{"sark_store_reconnects_total{$redis}"}, 0, 'Redis stood';
	cmp_ok $after->{"sark_policy_evaluation_seconds_count{$policy}"}, '>=',
	    1, 'the engine ran';
	cmp_ok $after->{"sark_facts_cache_total{$policy,result=\"miss\"}"},
	    '>=', 1, 'tool and server were looked up';
	unlike $sark->stranger->get('/metrics')->body, qr/untyped/,
	    'each family has its row';
};

subtest 'a store goes and comes' => sub {
	my $redis = 'program="sark-policy",store="redis"';
	my $before = $sark->figures;

	$sark->without(redis => sub {
		is traced($dev)->post($evaluate, \%ask)->status, 200,
		    'decided without Redis';
		my ($connect) = spans($traces->next, 'redis');
		is "$connect->{name} $connect->{error}", 'connect unavailable',
		    'a span tells why';
	});
	Sark::Temp->until('Redis is used again', sub {
		$dev->post($evaluate, \%ask)->header('x-cache-status') eq 'HIT'
	}, 30);
	my $after = $sark->figures;
	for my $name ("connects_total{$redis,result=\"failed\"}",
	    "errors_total{$redis,code=\"unavailable\"}",
	    "reconnects_total{$redis}") {
		cmp_ok $after->{"sark_store_$name"} // 0, '>',
		    $before->{"sark_store_$name"} // 0, $name;
	}
};

subtest 'figures survive their worker' => sub {
	my $name = 'sark_token_cache_total{program="sark-policy",result="miss"}';
	my ($worker) = $sark->workers('policy');
	my $before = $sark->figures->{$name};

	kill 'KILL', $worker;
	Sark::Temp->until('another worker', sub {
		my @now = $sark->workers('policy');
		return @now == 1 && $now[0] != $worker;
	}, 30);
	is $dev->post($evaluate, \%ask)->status, 200, 'the new one answers';
	is $sark->figures->{$name}, $before + 1, 'and counts on';
};

subtest 'nobody takes the traces' => sub {
	my $name = 'sark_traces_total{program="sark-status",result="dropped"}';
	my $before = $sark->figures->{$name} // 0;

	is traced($sark->stranger)->get('/health/live')->status, 200, 'sent';
	is $traces->next->{program}, 'sark-status', 'and taken';
	$traces->close;
	is traced($sark->stranger)->get('/health/live')->status, 200,
	    "answered without a listener: $_" for 1 .. 3;
	is $sark->figures->{$name} - $before, 3, 'each is counted as dropped';

	# Listens, reads nothing, and its queue is full.
	my $deaf = Sark::Trace->listen($sark->run_dir);
	Sark::Temp->until('the sender has seen the listener', sub {
		traced($sark->stranger)->get('/health/live');
		return $deaf->take;
	}, 30);
	$before = $sark->figures->{$name};
	my $max = Sark::Tree::slurp('/proc/sys/net/unix/max_dgram_qlen') + 1;
	my $wrong = grep { traced($sark->stranger)->get('/health/live')->status
	    != 200 } 1 .. $max + 5;
	is $wrong, 0, 'answered with a listener that is deaf';
	cmp_ok $sark->figures->{$name} - $before, '>=', 4, 'what is too much is dropped';
};

subtest 'sampling' => sub {
	$sark->set(trace_callers_rate => 0, trace_sample_ratio => 0);
	$sark->restart_program('status');
	my $before = $sark->figures;
	my $sum = sub ($figures) {
		my $n = 0;
		$n += $figures->{"sark_traces_total{program=\"sark-status\","
		    . "result=\"$_\"}"} // 0 for qw(sent dropped);
		return $n;
	};

	traced($sark->stranger)->get('/health/live') for 1 .. 5;
	$sark->stranger->get('/health/live') for 1 .. 5;
	is $sum->($sark->figures), $sum->($before), '0: no trace';

	$sark->set(trace_sample_ratio => 1);
	$sark->restart_program('status');
	$before = $sark->figures;
	my $answer = $sark->stranger->get('/health/live');
	like $answer->header('traceparent'), qr/^00-\w{32}-\w{16}-01$/,
	    '1: a trace of our own is answered';
	traced($sark->stranger)->get('/health/live');
	is traced($sark->stranger, '00')->get('/health/live')->status, 200,
	    'one whose caller is not traced';
	# the two, and the look at the figures itself
	is $sum->($sark->figures) - $sum->($before), 3, 'all but that one';
};

done_testing;
