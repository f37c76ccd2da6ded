# sark-trace-forward: from requests to a collector, and what happens to
# requests when the collector is slow, busy or away (nothing).
#
# The receiver is Sark::Collector, which takes nothing that the published
# protocol does not allow.  Where an OpenTelemetry Collector is installed as
# "otelcol" (receiver otlp, exporter otlphttp), the traces go through it as
# well: seen with 0.165.0, whose output has the same spans.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use IO::Socket::INET;
use IO::Socket::UNIX;
use Sark;
use Sark::Collector;
use Sark::OTLP;
use Sark::Temp;
use Sark::Tree qw(program slurp spew);
use Socket qw(SOCK_DGRAM);
use Test::More;

# A request is traced because its caller says so: no other is in the way.
my $sark = Sark->start(qw(login registry policy status), { workers => 1,
	conf => { trace_callers_rate => 100000, trace_timeout_ms => 20000,
	    trace_delay_ms => 20 } });
my $temp = $sark->temp;
my $collector = Sark::Collector->new($temp);
my $dev = $sark->login('dev');
my $evaluate = '/api/v1/policy/evaluate';
my %ask = (action => 'tool:invoke', tool => 'jira.get',
	parameters => { secret => 'hunter2' });
my ($trace_id, $traces, $parent) = ('', 0, 'b7ad6b7169203331');
my $socket = $sark->run_dir . '/trace.sock';
my ($forward, $started) = (undef, 0);

$sark->set(trace_endpoint => $collector->url);
$sark->login('admin')->post('/api/v1/servers', { name => 'jira',
	transport => 'http', endpoint => 'https://jira.example/mcp',
	tools => [ { name => 'jira.get' }, { name => 'jira.find' } ] });

sub start_forward () {
	$forward = $temp->spawn(name => 'trace-forward' . ++$started, command =>
	    [ program('sark-trace-forward'), '--config', $sark->conf,
	    '--verbose' ]);
	Sark::Temp->until('the forwarder listens', sub {
		Sark::Temp->alive($forward) or die said();
		return -S $socket;
	}, 30);
	# The programs leave a listener that was away alone for a second.
	Sark::Temp->until('the programs have seen it', sub {
		my $before = sent();
		live();
		return sent() > $before;
	}, 30);
}

sub said () {
	return slurp($temp->path("trace-forward$started.log"));
}

sub stop_forward () {
	kill 'TERM', $forward;
	my $ended = Sark::Temp->reap($forward, 30);
	Sark::Temp->end($forward) if !$ended;
	return $ended;
}

sub restart_forward (%conf) {
	stop_forward() or die "the forwarder does not end\n";
	$sark->set(%conf);
	start_forward();
}

sub traced ($client, $flags = '01') {
	return $client->with(traceparent => "00-$trace_id-$parent-$flags");
}

# A small request that is traced.
sub live () {
	return traced($sark->stranger)->get('/health/live')->status;
}

sub sent () {
	return $sark->figures->{'sark_traces_total{program="sark-status",'
	    . 'result="sent"}'} // 0;
}

sub forwarded ($what, $result) {
	return $sark->figures->{"sark_trace_forward_${what}_total{"
	    . "result=\"$result\"}"} // 0;
}

# From here on it is about another trace.
sub fresh () {
	$trace_id = sprintf '%032x', 2**40 + ++$traces;
}

# The requests that had it in them.
sub requests () {
	return grep { index($_->{body}, $trace_id) >= 0 } $collector->requests;
}

# Its spans, once there are so many.
sub come ($n) {
	return $collector->wait_for($trace_id, $n);
}

# Spans of a trace as { name => span }, after their parents were looked at.
sub by_name ($spans, $name) {
	my ($own) = grep { $_->{kind} == 2 } @$spans;

	is $own->{parentSpanId}, $parent, "$name: the caller is the parent";
	is $own->{flags}, 0x301, "$name: who is elsewhere";
	ok !(grep { $_ != $own && ($_->{parentSpanId} ne $own->{spanId}
	    || $_->{flags} != 0x101) } @$spans), "$name: all others are within";
	ok !(grep { $_->{traceId} ne $own->{traceId} } @$spans),
	    "$name: one trace";
	return { map { $_->{name} => $_ } @$spans };
}

sub look_at_decision ($spans, $version) {
	my $of = by_name($spans, 'decision');
	my $own = $of->{"POST $evaluate"};

	is_deeply $own->{attributes}, { 'http.request.method' => 'POST',
	    'http.route' => $evaluate, 'url.path' => $evaluate,
	    'url.scheme' => 'http', 'http.response.status_code' => 200 },
	    'the request';
	is_deeply $own->{resource}, { 'service.name' => 'sark-policy',
	    'service.namespace' => 'sark', 'service.version' => $version },
	    'of which program';
	is "$own->{scope}{name} $own->{scope}{version}", "sark $version",
	    'by whom';
	my ($engine) = grep { $_->{kind} == 1 } @$spans;
	is $engine->{name}, 'policy evaluate', 'the engine is internal';
	my @calls = grep { $_->{kind} == 3 } @$spans;
	my %system = map { $_->{attributes}{'db.system.name'} => 1 } @calls;
	is join(' ', sort keys %system), 'postgresql redis', 'both stores';
	ok !(grep { $_->{attributes}{'db.operation.name'} ne $_->{name} }
	    @calls), 'by the names of their operations';
	my $kept = $of->{'PIPELINE SETEX'};
	is $kept && $kept->{attributes}{'db.operation.batch.size'}, 2,
	    'two commands in one round trip';
	ok !(grep { %{ $_->{status} } } @$spans), 'none failed';
}

my ($version) = (`${\program('sark-trace-forward')} --version`
    =~ /\) (\S+)$/m);

subtest 'what cannot be started' => sub {
	my @bad = ([ 'ftp://x/', 'neither http' ],
	    [ 'http://u:s3cret@127.0.0.1/', 'a user before it' ],
	    [ 'http:///v1', 'no host' ]);
	for my $bad (@bad) {
		$sark->set(trace_endpoint => $bad->[0]);
		my ($rc, undef, $err) = $sark->run('sark-trace-forward');
		is $rc, 78, "$bad->[0] is refused";
		like $err, qr/$bad->[1]/, 'and says why';
		unlike $err, qr/s3cret/, 'without the secret';
	}
	$sark->set(trace_endpoint => $collector->url);

	my $path = $temp->path('headers');
	$sark->set(trace_headers_file => $path);
	for my $bad ([ "A: b\nx-key hunter2\n", 0600, qr/headers:2: / ],
	    [ "x-key: hunter2\n", 0644, qr/headers/ ],
	    [ "x-key:\n", 0600, qr/headers:1: / ]) {
		spew($path, $bad->[0], $bad->[1]);
		$temp->give($path);
		my ($rc, undef, $err) = $sark->run('sark-trace-forward');
		is $rc, 78, sprintf 'a file of headers, mode %o', $bad->[1];
		like $err, $bad->[2], 'file and line';
		unlike $err, qr/hunter2/, 'without its content';
	}
	$sark->set(trace_headers_file => '');
	my ($rc) = $sark->run('sark-trace-forward', 'x');
	is $rc, 64, 'an argument is refused';
};

$collector->start;
fresh();
start_forward();

subtest 'one at a time' => sub {
	my ($rc, undef, $err) = $sark->run('sark-trace-forward');
	is $rc, 75, 'a second one ends at once';
	ok -S $socket, 'the first still listens';
	is((stat $socket)[2] & 0777, 0660, 'on a socket for its group');
};

subtest 'a decision, not cached and cached' => sub {
	fresh();
	my $answer = traced($dev)->post($evaluate, \%ask);
	is $answer->header('x-cache-status'), 'MISS', 'a miss';
	my ($id) = $answer->header('traceparent') =~ /-(\w{16})-01$/;
	my @spans = come(1);
	look_at_decision(\@spans, $version);
	ok((grep { $_->{spanId} eq $id } @spans),
	    'the span that was answered is there');
	unlike join('', map { $_->{body} } requests()),
	    qr/hunter2|secret|\$1|SELECT/, 'no parameter, no SQL';

	fresh();
	is traced($dev)->post($evaluate, \%ask)->header('x-cache-status'),
	    'HIT', 'a hit';
	is join(' ', sort map { $_->{name} } come(1)), "PIPELINE POST $evaluate",
	    'costs one round trip to Redis';
};

subtest 'errors' => sub {
	fresh();
	is traced($sark->stranger)->get("/nowhere/at/all")->status, 404, 'a path that is not there';
	my ($span) = come(1);
	is $span->{name}, 'GET', 'of no route: the method is its name';
	is $span->{attributes}{'sark.error'}, 'not_found', 'the code';
	is_deeply $span->{status}, {}, 'no failure of the server';

	fresh();
	$sark->without(postgresql => sub {
		is traced($dev)->get('/api/v1/servers')->status, 503,
		    'no database';
	});
	# its own, that of Redis, and that of PostgreSQL
	my @spans = come(3);
	my ($own) = grep { $_->{kind} == 2 } @spans;
	my ($connect) = grep { $_->{name} eq 'connect' } @spans;
	is $own->{status}{code}, 2, 'a failure of the server';
	is $own->{attributes}{'error.type'}, 'unavailable', 'its type';
	is "$connect->{name} $connect->{attributes}{'error.type'}",
	    'connect unavailable', 'and where it came from';
	is $connect->{status}{code}, 2, 'a failure, too';
};

subtest 'compressed, with headers' => sub {
	my $path = spew($temp->path('headers'),
	    "# of the collector\n\nAuthorization: Bearer one\nX-Scope: a b\n",
	    0600);
	$temp->give($path);
	fresh();
	restart_forward(trace_gzip => 'true', trace_headers_file => $path);
	come(1);
	my ($request) = requests();
	my $headers = $request->{headers};
	is $headers->{'content-encoding'}, 'gzip', 'gzip';
	cmp_ok $headers->{'content-length'}, '<', length $request->{body},
	    'it is smaller';
	is $headers->{authorization}, 'Bearer one', 'a header of the file';
	is $headers->{'x-scope'}, 'a b', 'and another';
	is $request->{status}, 200, 'taken';

	spew($path, "Authorization: Bearer two\n", 0600);
	$temp->give($path);
	fresh();
	live();
	come(1);
	is +(requests())[-1]{headers}{authorization}, 'Bearer two',
	    'a new one is taken without a restart';
	unlike said(), qr/Bearer/, 'none is in the log';
};

subtest 'a collector that hangs' => sub {
	restart_forward(trace_gzip => 'false', trace_headers_file => '',
	    trace_timeout_ms => 300);
	fresh();
	$collector->mode(hang => 1);
	my ($sent, $retried) = (sent(), forwarded(requests => 'retried'));
	my @status = map { live() } 1 .. 20;
	is_deeply \@status, [ (200) x 20 ], 'every request is answered';
	Sark::Temp->until('the forwarder has tried again',
	    sub { forwarded(requests => 'retried') >= $retried + 2 }, 60);
	is live(), 200, 'and so is one more';
	$sent = sent() - $sent;
	$retried = forwarded(requests => 'retried') - $retried;
	my $told = () = said() =~ /event=trace_export_fails/g;
	cmp_ok $told, '>', 0, 'the outage is told';
	cmp_ok $told, '<', $retried, 'not at each try';
	$collector->mode;
	is scalar(come($sent)), $sent, 'all spans come when it wakes';
	Sark::Temp->until('the end is told', sub {
		said() =~ /event=trace_export_works/ }, 30);
	restart_forward(trace_timeout_ms => 20000);
};

subtest 'a busy collector' => sub {
	my %before = map { $_ => forwarded(requests => $_) }
	    qw(ok retried refused);
	my $rejected = forwarded(spans => 'rejected');

	fresh();
	$collector->mode(status => 503, retry_after => 1);
	is live(), 200, 'a request';
	Sark::Temp->until('it is tried', sub {
		forwarded(requests => 'retried') > $before{retried} }, 60);
	$collector->mode;
	is scalar(come(1)), 1, 'and sent again';
	my @got = requests();
	is $got[0]{body}, $got[-1]{body}, 'the same';

	fresh();
	$collector->mode(status => 400);
	is live(), 200, 'a request that will be refused';
	Sark::Temp->until('it is refused', sub {
		forwarded(requests => 'refused') > $before{refused} }, 60);
	$collector->mode;
	is live(), 200, 'another';
	is scalar(come(1)), 1, 'what was refused is not sent again';
	is forwarded(spans => 'rejected') - $rejected, 1, 'but counted';

	$collector->mode(rejected => 1);
	live();
	Sark::Temp->until('a span that a success rejects is counted', sub {
		forwarded(spans => 'rejected') - $rejected == 2 }, 60);
	$collector->mode;
};

subtest 'what is no trace' => sub {
	fresh();
	my $good = pack 'L L L L H32 L Z12 Z32 Z96 Z256 Q Q q q L L Z24 Z64',
	    0x534b5401, 1, 0, 200, $trace_id, 0, 'GET', 'sark-test', '/r', '/p',
	    7, 0, 10, 20, 0, 1, '', '/r';
	my $patch = sub ($offset, $bytes) {
		my $copy = $good;
		substr $copy, $offset, length $bytes, $bytes;
		return $copy;
	};
	my %bad = ('empty' => '', 'short' => substr($good, 0, 431),
	    'cut' => substr($good, 0, -1), 'long' => "${good}x",
	    'huge' => $good x 40, 'another magic' => $patch->(0, 'x'),
	    'no span' => $patch->(4, pack 'L', 0),
	    'too many spans' => $patch->(4, pack 'L', 2**32 - 1),
	    'no trace id' => $patch->(16, "\0" x 16),
	    'a text without end' => $patch->(36, 'x' x 12),
	    'a control byte' => $patch->(48, "a\nb"),
	    'another kind' => $patch->(432 + 32, pack 'L', 9),
	    'no span id' => $patch->(432, "\0" x 8),
	    'an end before the start' => $patch->(432 + 24, pack 'q', 9));
	my $to = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Peer => $socket)
	    or die "$socket: $!\n";
	my $malformed = sub () {
		$sark->figures->{sark_trace_forward_malformed_total} };
	my $before = $malformed->();
	my $n = 0;

	for my $name (sort keys %bad) {
		defined $to->send($bad{$name}) or die "send: $!\n";
		$n++;
		is eval { Sark::Temp->until($name, sub {
			$malformed->() == $before + $n }, 30) }, 1,
		    "$name: counted";
	}
	defined $to->send($good) or die "send: $!\n";
	my @spans = come(1);
	is $spans[0]{resource}{'service.name'}, 'sark-test',
	    'the same without the faults is taken';
	is $malformed->(), $before + $n, 'and is none of them';
	is scalar @spans, 1, 'alone';
};

subtest 'SIGTERM' => sub {
	fresh();
	is live(), 200, "request $_" for 1 .. 3;
	ok stop_forward(), 'it ends';
	is scalar(come(3)), 3, 'what had come is exported first';
	like said(), qr/^spans exported \d+, rejected \d+, dropped 0$/m,
	    'it says what it did';
	ok !-e $socket, 'its socket is gone';
};

subtest 'a collector that is away, a queue that is full' => sub {
	my $away = Sark::Collector->new($temp, 'away');	# does not listen

	$sark->set(trace_endpoint => $away->url, trace_queue_spans => 64);
	my $dropped = forwarded(spans => 'dropped');
	start_forward();
	my @status = map { live() } 1 .. 70;
	is_deeply \@status, [ (200) x 70 ], 'every request is answered';
	Sark::Temp->until('the queue is full', sub {
		live();
		return forwarded(spans => 'dropped') > $dropped;
	}, 60);
	is $sark->figures->{sark_trace_forward_queue_spans}, 64, 'it is full';
	$away->start;
	Sark::Temp->until('all that was in it comes', sub {
		$sark->figures->{sark_trace_forward_queue_spans} == 0 }, 90);
	my %ids = map { $_->{spanId} => 1 } $away->spans;
	is scalar(keys %ids), 64, 'what was in it comes';

	# To another collector, without a restart.
	$sark->set(trace_endpoint => 'ftp://127.0.0.1/');
	kill 'HUP', $forward;
	Sark::Temp->until('wrong settings are told', sub {
		said() =~ /event=settings_not_reloaded .*trace_endpoint/ }, 30);
	$sark->set(trace_endpoint => $collector->url,
	    trace_queue_spans => 20000);
	kill 'HUP', $forward;
	Sark::Temp->until('right ones are taken', sub {
		said() =~ /event=settings_reloaded/ }, 30);
	fresh();
	live();
	is scalar(come(1)), 1, 'traces go elsewhere';
	stop_forward();
	$away->stop;
};

subtest 'nothing is sent' => sub {
	fresh();
	my $pid = $temp->spawn(name => 'trace-print', command =>
	    [ program('sark-trace-forward'), '--config', $sark->conf,
	    '--dry-run' ]);
	my $out = Sark::Temp->until('a batch is printed', sub {
		live();
		return slurp($temp->path('trace-print.log')) =~ /^(\{.*\})$/m
		    ? $1 : undef;
	}, 60);
	my ($spans, @wrong) = Sark::OTLP::read($out);
	is_deeply \@wrong, [], 'it prints what it would send';
	cmp_ok scalar @$spans, '>', 0, 'which has spans';
	is scalar(requests()), 0, 'and sends nothing';
	Sark::Temp->end($pid);
};

# A port that nobody else has just now.
sub free_port () {
	return IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1')
	    ->sockport;
}

sub start_otelcol ($otelcol, $port) {
	my $conf = spew($temp->path('otelcol.yaml'), <<~"END");
		receivers:
		  otlp:
		    protocols:
		      http:
		        endpoint: 127.0.0.1:$port
		exporters:
		  otlphttp:
		    traces_endpoint: ${\$collector->url}
		    encoding: json
		    compression: none
		service:
		  telemetry:
		    metrics:
		      level: none
		  pipelines:
		    traces:
		      receivers: [otlp]
		      exporters: [otlphttp]
		END
	my $pid = $temp->spawn(name => 'otelcol', command =>
	    [ $otelcol, '--config', $conf ]);
	Sark::Temp->until('the collector listens', sub {
		Sark::Temp->alive($pid) or die slurp($temp->path('otelcol.log'));
		return IO::Socket::INET->new(PeerAddr => '127.0.0.1',
		    PeerPort => $port);
	}, 60);
	return $pid;
}

SKIP: {
	my ($otelcol) = grep { -x } map { "$_/otelcol" } split /:/, $ENV{PATH};
	# No package of Debian has it: not one that CI must have.
	skip 'otelcol is not on PATH', 1 if !$otelcol;
	subtest 'through an OpenTelemetry Collector' => sub {
		my $port = free_port();
		my $pid = start_otelcol($otelcol, $port);

		$sark->set(trace_gzip => 'true', trace_endpoint =>
		    "http://127.0.0.1:$port/v1/traces");
		start_forward();
		fresh();
		my %other = (%ask, tool => 'jira.find');
		is traced($dev)->post($evaluate, \%other)
		    ->header('x-cache-status'), 'MISS', 'a decision';
		my @spans = come(1);
		look_at_decision(\@spans, $version);
		stop_forward();
		Sark::Temp->end($pid);
	};
}

done_testing;
