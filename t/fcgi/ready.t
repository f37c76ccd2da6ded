#!/usr/bin/perl
# Readiness with everything there, and with each thing away and back.

use v5.36;
use Test::More;

use Sark;

my $sark = Sark->start(qw(login policy status));
my $stranger = $sark->stranger;
my $operator = $sark->login('operator');

sub ready () {
	my $res = $stranger->get('/health/ready');

	return ($res->status, map { $_->{ok} ? 1 : 0 }
	    @{ $res->json->{checks} }{qw(postgresql redis policy spool)});
}

is_deeply [ready()], [ 200, 1, 1, 1, 1 ], 'ready';

subtest 'details' => sub {
	refused $sark->login('dev')->get('/health/detailed'), 403, 'forbidden',
	    'a developer may not';
	my $res = $operator->get('/health/detailed');
	my $seen = $res->json;

	is $res->status, 200, 'an operator may';
	is $seen->{status}, 'ok', 'all is well';
	for my $name (qw(postgresql redis policy spool)) {
		my $check = $seen->{checks}{$name};

		ok $check->{ok}, "$name: well";
		cmp_ok $check->{latency_ms}, '<', 1000, "$name: its latency";
	}
	like $seen->{checks}{policy}{revision}, qr/\S/, 'which policy';
	cmp_ok $seen->{checks}{spool}{files}, '>=', 1,
	    'a segment for that refusal';
	cmp_ok $seen->{checks}{spool}{bytes}, '>', 0, 'with something in it';
	$sark->audited(access_denied => '/health/detailed',
	    severity => 'medium', actor => 'dev');
};

subtest 'PostgreSQL' => sub {
	$sark->without(postgresql => sub {
		is_deeply [ready()], [ 503, 0, 1, 1, 1 ], 'away';
		is $stranger->get('/health/live')->status, 200, 'still alive';
		my $res = $operator->get('/health/detailed');
		is $res->status, 200, 'details can be asked for';
		is $res->json->{status}, 'degraded', 'not all is well';
		is $res->json->{checks}{postgresql}{code}, 'unavailable', 'why';
	});
	Sark::Temp->until('PostgreSQL is back', sub { (ready())[0] == 200 });
	pass 'green again by itself';
};

subtest 'Redis' => sub {
	$sark->without(redis => sub {
		is_deeply [ready()], [ 503, 1, 0, 1, 1 ], 'away' });
	Sark::Temp->until('Redis is back', sub { (ready())[0] == 200 });
	pass 'green again by itself';
};

subtest 'a schema that is not ours' => sub {
	my $sql = 'UPDATE sark.migration SET version = %d, oldest_program = %s'
	    . ' WHERE version = %d';
	my ($newest, $oldest) = split /\D/, $sark->psql('SELECT version,'
	    . ' oldest_program FROM sark.migration ORDER BY 1 DESC LIMIT 1');

	$sark->psql(sprintf $sql, $newest + 1, 'NULL', $newest);
	is_deeply [ready()], [ 503, 0, 1, 1, 1 ], 'is as good as none';
	$sark->psql(sprintf $sql, $newest + 1, $newest, $newest + 1);
	is_deeply [ready()], [ 200, 1, 1, 1, 1 ],
	    'a newer one that works with ours is as good';
	$sark->psql(sprintf $sql, $newest, $oldest || 'NULL', $newest + 1);
	is_deeply [ready()], [ 200, 1, 1, 1, 1 ], 'ours again';
};

subtest 'no spool' => sub {
	rename $sark->spool, $sark->spool . '.away' or die;
	is_deeply [ready()], [ 503, 1, 1, 1, 0 ], 'away';
	rename $sark->spool . '.away', $sark->spool or die;
	is_deeply [ready()], [ 200, 1, 1, 1, 1 ], 'back';
};

my $metrics = $stranger->get('/metrics')->body;
like $metrics, qr/^sark_worker_starts_total\{program="sark-$_"\} 2$/m,
	"the workers of sark-$_ are counted" for qw(login policy status);
like $metrics, qr/^sark_requests_total\{program="sark-login",route="
	\/api\/v1\/auth\/login\/local",method="POST",status="200"\}\ [2-9]$/mx,
	'so are the logins';

unlike $metrics, qr/untyped/, 'every family has its row';

subtest 'decisions are counted' => sub {
	my $dev = $sark->login('dev');
	my %ask = (action => 'tool:invoke', tool => 'nobody.knows');
	my $count = sub ($name) {
		my ($n) = $stranger->get('/metrics')->body =~
		    /^sark_decision_cache_total\{result="$name"\} (\d+)$/m;
		return $n // 0;
	};

	is $dev->post('/api/v1/policy/evaluate', {%ask})->status, 200, 'asked'
	    for 1 .. 2;
	is $count->('miss'), 1, 'one miss';
	is $count->('hit'), 1, 'one hit';
	$sark->without(redis => sub {
		is $dev->post('/api/v1/policy/evaluate', {%ask})
		    ->header('X-Cache-Status'), 'BYPASS', 'without Redis';
		is $count->('bypass'), 1, 'is a bypass';
	});
};

done_testing;
