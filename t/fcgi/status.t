#!/usr/bin/perl
# sark-status by itself: what it says while everything else is away.

use v5.36;
use JSON::PP;
use Test::More;

use Sark::Program;
use Sark::Redis;
use Sark::Temp;
use Sark::Tree qw(slurp spew);

my $temp = Sark::Temp->new;
my $share = $temp->mkdir('share');
my $api = {
	openapi => '3.1.0',
	info => { title => 'SARK <test>', version => '1' },
	paths => { '/x/{id}' => { get => { summary => 'a "quoted" & <b>',
	    parameters => [ { '$ref' => '#/components/parameters/id' } ],
	    responses => { 200 => { description => 'well' } } },
	    post => { requestBody => { content => { 'application/json' => {
	    schema => { required => ['name'], properties => {
	    name => { type => 'string', description => 'its name' } } } } } },
	    responses => {} } } },
	components => { parameters => { id => { name => 'id', in => 'path',
	    schema => { type => 'string' } } } },
};
spew("$share/openapi.json", JSON::PP->new->canonical->encode($api));
$temp->give($share);

my $redis = Sark::Redis->new($temp);
my $status = Sark::Program->new($temp, 'sark-status', share_dir => $share,
	redis_socket => $redis->socket,
	metrics_allow => [ '127.0.0.1', '10.1.0.0/16' ])->start;
my $client = $status->client;

subtest 'alive' => sub {
	my $res = $client->get('/health/live');

	is $res->status, 200, 'live';
	is_deeply $res->json, { status => 'alive' }, 'says so';
	is $res->header('Cache-Control'), 'no-store', 'is not kept';
	$res = $client->get('/health');
	is $res->status, 200, 'health';
	is $res->json->{status}, 'ok', 'says so';
	like $res->json->{version}, qr/^\d/, 'and the version';
	is $client->request(HEAD => '/health/live')->body, '', 'HEAD: no body';
	is $client->post('/health/live', {})->status, 405, 'no POST';
	is $client->get('/health/')->status, 404, 'no other path';
};

subtest 'not ready' => sub {
	my $res = $client->get('/health/ready');

	is $res->status, 503, 'refused';
	my $ready = $res->json;
	ok !$ready->{ready}, 'not ready';
	is_deeply [ sort keys %{ $ready->{checks} } ],
	    [qw(policy postgresql redis spool)], 'four checks';
	ok !$ready->{checks}{$_}{ok}, "$_ is away"
	    for qw(policy postgresql redis);
	ok $ready->{checks}{spool}{ok}, 'the spool is there';
	is_deeply [ keys %{ $ready->{checks}{redis} } ], ['ok'],
	    'a stranger learns no more';

	$redis->start;
	Sark::Temp->until('Redis is there', sub {
		$client->get('/health/ready')->json->{checks}{redis}{ok} });
	pass 'Redis came';
	$redis->stop;
	ok !$client->get('/health/ready')->json->{checks}{redis}{ok},
	    'and away';
	$redis->start;
	Sark::Temp->until('Redis is back', sub {
		$client->get('/health/ready')->json->{checks}{redis}{ok}
	});
	pass 'and back, without a restart';
	$redis->stop;
};

subtest 'details are for those who may' => sub {
	my $res = $client->get('/health/detailed');

	is $res->status, 401, 'without a credential 401';
	is $res->json->{code}, 'unauthenticated', 'the code';
	like $res->header('WWW-Authenticate'), qr/^Bearer/, 'what is wanted';
	is $client->get('/health/detailed', token => 'x.y.z')->status, 401,
	    'with a bad token 401';
};

# Samples of a scrape as a hash; fails on a line that is none.
sub scrape ($text) {
	my %samples;

	for (split /\n/, $text) {
		next if /^# (?:HELP \w+ \S.*|TYPE \w+ (?:counter|gauge|histogram))$/;
		/^(\w+(?:\{\w+="[^"\n]*"(?:,\w+="[^"\n]*")*\})?) (\S+)$/
		    or fail("no sample: $_"), next;
		fail("twice: $1") if exists $samples{$1};
		$samples{$1} = $2;
	}
	return \%samples;
}

subtest 'metrics' => sub {
	my $live = 'program="sark-status",route="/health/live"';
	my $count = "sark_requests_total{$live,method=\"GET\",status=\"200\"}";
	my $before = scrape($client->get('/metrics')->body);

	$client->get('/health/live') for 1 .. 20;
	my $res = $client->get('/metrics');
	is $res->status, 200, 'answered';
	like $res->header('Content-Type'), qr{^text/plain; version=0\.0\.4},
	    'as Prometheus wants it';
	my $after = scrape($res->body);
	is $after->{$count} - $before->{$count}, 20,
	    'two workers, one sum';
	my $buckets = 'sark_request_duration_seconds';
	is $after->{"${buckets}_bucket{$live,le=\"+Inf\"}"},
	    $after->{"${buckets}_count{$live}"}, 'the last bucket is the count';
	is $after->{"${buckets}_count{$live}"}, $after->{$count},
	    'every request has a duration';
	cmp_ok $after->{"${buckets}_sum{$live}"}, '<', 1, 'in seconds';
	is $after->{'sark_up{dependency="redis"}'}, 0, 'Redis is down';
	is $after->{'sark_up{dependency="spool"}'}, 1, 'the spool is there';
	my $none = 'sark_requests_total{program="sark-status",route="none",'
	    . 'method="none",status="404"}';
	ok $after->{$none}, 'what matched no route is counted';
	unlike $res->body, qr/untyped/, 'every family has its row';

	is $client->get('/metrics', params => { REMOTE_ADDR => $_->[0] })
	    ->status, $_->[1], "for $_->[0]: $_->[1]"
	    for [ '10.1.255.1', 200 ], [ '10.2.0.1', 403 ], [ '::1', 403 ],
	    [ '203.0.113.9', 403 ], [ '', 403 ];
	is $client->get('/metrics', params => { REMOTE_ADDR => '203.0.113.9' },
	    headers => { 'X-Forwarded-For' => '127.0.0.1' })->status, 403,
	    'a forwarded address is not believed';
};

subtest 'API description' => sub {
	my $res = $client->get('/api/openapi.json');
	my $tag = $res->header('ETag');

	is $res->status, 200, 'there';
	is $res->body, slurp("$share/openapi.json"), 'as in the file';
	like $res->header('Cache-Control'), qr/max-age/, 'may be kept';
	$res = $client->get('/api/openapi.json',
	    headers => { 'If-None-Match' => $tag });
	is $res->status, 304, 'unchanged';
	is $res->body, '', 'not sent again';
	is $client->get('/api/openapi.json',
	    headers => { 'If-None-Match' => '"other"' })->status, 200,
	    'another tag';
};

subtest 'page of the API' => sub {
	my $res = $client->get('/docs');
	my $html = $res->body;

	is $res->status, 200, 'there';
	like $res->header('Content-Type'), qr{^text/html}, 'HTML';
	my ($nonce) = ($res->header('Content-Security-Policy') // '') =~
	    /^default-src 'none'; style-src 'nonce-(\w{32})'; /;
	ok $nonce, 'its policy lets one style in';
	like $html, qr/<style nonce="$nonce">/, 'that one';
	unlike $html, qr{<script|src=|href="(?!#|/)|url\(|\@import},
	    'nothing from anywhere else';
	like $html, qr/SARK &lt;test&gt;/, 'the title, escaped';
	like $html, qr/a &quot;quoted&quot; &amp; &lt;b&gt;/, 'a summary';
	like $html, qr{<code>id</code></td><td>path</td><td>string},
	    'a parameter by reference';
	like $html, qr{<code>name</code></td><td>body, required</td>},
	    'a field of the body';
	my ($again) = $client->get('/docs')->header('Content-Security-Policy')
	    =~ /nonce-(\w+)/;
	isnt $again, $nonce, 'another nonce each time';
};

subtest 'a broken description' => sub {
	spew("$share/openapi.json", '{"paths":');
	is $client->get('/docs')->status, 500, 'is not the client\'s mistake';
};

subtest 'share_dir without a description' => sub {
	unlink "$share/openapi.json";
	for my $path ('/api/openapi.json', '/docs') {
		my $res = $client->get($path);
		is $res->status, 500, "$path: an error";
		unlike $res->body, qr/openapi\.json:|\Q$share\E/,
		    'without the path';
	}
};

# The audit records of a type, as the spool has them.
sub spooled ($type) {
	return map { JSON::PP->new->utf8->decode($_) }
	    map { /(\{"id":.*"type":"$type".*\})/ ? $1 : () }
	    map { split /\n/, slurp($_) } glob $temp->path('spool') . '/*';
}

subtest 'refusals are audited' => sub {
	my $before = spooled('access_denied');

	$client->get('/health/detailed', headers => {
	    'X-Request-ID' => 'refused-1' });
	my ($event) = grep { $_->{request_id} eq 'refused-1' }
	    spooled('access_denied');
	is scalar(spooled('access_denied')), $before + 1, 'one event';
	is $event->{severity}, 'low', 'of a stranger: low';
	is $event->{outcome}, 'failure', 'a failure';
	is $event->{decision}, 'deny', 'denied';
	is $event->{reason}, 'unauthenticated', 'why';
	is $event->{resource}, '/health/detailed', 'what';
	is $event->{client_ip}, '127.0.0.1', 'from where';

	my $many = 400;	# two workers: 200 at once, then 20 a second
	my $name = 'sark_refusals_unrecorded_total{program="sark-status"}';
	$client->get('/health/detailed') for 1 .. $many;
	my $kept = spooled('access_denied') - $before - 1;
	my $lost = scrape($client->get('/metrics')->body)->{$name};
	cmp_ok $kept, '<', $many, "$kept of $many are in the spool";
	is $kept + $lost, $many, 'the others are counted';
};

done_testing;
