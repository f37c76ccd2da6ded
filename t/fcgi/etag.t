# Entity tags: who has seen a resource need not load it again, and changes it
# only if it still is what was seen.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use POSIX ();
use Sark;
use Test::More;

my $sark = Sark->start(qw(login registry status), {
	conf => { postgresql_timeout_ms => 30000 } });
my $dev = $sark->login('dev');
my $officer = $sark->login('officer');
my $server = $dev->post('/api/v1/servers', { name => 'jira',
    transport => 'http', endpoint => 'https://jira.example/mcp',
    metadata => { b => 1, a => [ 2 ] }, tools => [ { name => 'jira.get',
    parameters => { type => 'object' } } ] })->json;
my $of_server = "/api/v1/servers/$server->{server_id}";
my $of_tool = "/api/v1/tools/$server->{tools}[0]{tool_id}/sensitivity";

sub tag ($path) {
	return $dev->get($path)->header('etag');
}

sub level ($level, %headers) {
	return $officer->with(%headers)->post($of_tool,
	    { sensitivity_level => $level, reason => 'a test' });
}

sub changes () {
	return $sark->psql(q{SELECT count(*) FROM sark.tool_sensitivity})
	    . ' ' . $sark->psql(q{SELECT count(*) FROM sark.audit_event
	    WHERE type = 'tool_sensitivity_changed'});
}

for my $path ($of_server, $of_tool, '/api/openapi.json') {
	my $first = $dev->get($path);
	my $tag = $first->header('etag');

	like $tag, qr/^"[0-9a-f]{32}"$/, "$path: a strong tag";
	is tag($path), $tag, 'the same again';
	is $dev->send('HEAD', $path)->header('etag'), $tag, 'for HEAD, too';
	for my $known ($tag, "W/$tag", '*', qq{"x", $tag}, "$tag,") {
		my $answer = $dev->with('if-none-match' => $known)->get($path);
		is $answer->status, 304, "known by $known";
		is $answer->body, '', 'no body';
		is $answer->header('etag'), $tag, 'but the tag';
	}
	is $dev->with('if-none-match' => $tag)->send('HEAD', $path)->status,
	    304, 'HEAD, too';
	for my $other ('"x"', 'W/"x"', $tag =~ s/"//gr, "x$tag") {
		my $answer = $dev->with('if-none-match' => $other)->get($path);
		is $answer->status, 200, "not known by $other";
		is $answer->body, $first->body, 'the whole body';
	}
	is $dev->with('if-match' => $tag)->get($path)->status, 200,
	    'If-Match holds';
	refused $dev->with('if-match' => '"x"')->get($path), 412,
	    'precondition_failed', 'or not';
}

subtest 'a change moves the tags' => sub {
	my ($server_tag, $tool_tag) = (tag($of_server), tag($of_tool));
	my $answer = level('high');

	is $answer->status, 200, 'changed';
	isnt tag($of_tool), $tool_tag, 'of the tool';
	isnt tag($of_server), $server_tag, 'and of the server that shows it';
	is $answer->header('etag'), tag($of_tool), 'the answer has the new one';
	is $answer->body, $dev->get($of_tool)->body, 'and is what a GET shows';
	is $dev->with('if-none-match' => $tool_tag)->get($of_tool)->status,
	    200, 'the old one is not known any more';
};

subtest 'If-Match' => sub {
	my $old = tag($of_tool);
	my $before = changes();

	for my $not ('"x"', "W/$old", qq{"x", W/$old}) {
		refused level('low', 'if-match' => $not), 412,
		    'precondition_failed', "not what was seen: $not";
	}
	for my $odd ('x', $old =~ s/"//gr, "*, $old", ',',
	    join ', ', map { qq{"$_"} } 1 .. 101) {
		refused level('low', 'if-match' => $odd), 400, 'bad_request',
		    'HTTP-21 no list: ' . substr $odd, 0, 20;
	}
	is tag($of_tool), $old, 'nothing was changed';
	is changes(), $before, 'nothing written';

	my $answer = level('low', 'if-match' => $old);
	is $answer->status, 200, 'control: what was seen';
	is $answer->json->{sensitivity_level}, 'low', 'is changed';
	refused level('low', 'if-match' => $old), 412, 'precondition_failed',
	    'once';
	is level('medium', 'if-match' => join ', ', '"x"', $old,
	    $answer->header('etag'))->status, 200, 'one of a list';
	is level('high', 'if-match' => '*')->status, 200, 'whatever is there';
	refused $officer->with('if-match' => '*')->post(
	    '/api/v1/tools/01980000-0000-7000-8000-000000000000/sensitivity',
	    { sensitivity_level => 'low', reason => 'a test' }), 404,
	    'not_found', 'where nothing is there';
};

subtest 'HTTP-21 a list of 10,000' => sub {
	my $long = join ',', map { qq{"$_"} } 1 .. 10000;
	my $before = changes();
	my $answer = level('low', 'if-match' => $long);

	# by the web server, which may close before it has read all of it
	like $answer->status, qr/^(?:4\d\d|599)$/, 'is refused';
	is changes(), $before, 'nothing written';
	is $dev->get($of_tool)->status, 200, 'and others are served';
};

subtest 'many at once' => sub {
	my $tag = tag($of_tool);
	my $before = changes();
	my (@readers, %seen);

	for (1 .. 10) {
		pipe my $reader, my $writer or die "pipe: $!\n";
		my $pid = fork // die "fork: $!\n";
		if ($pid == 0) {
			syswrite $writer, level('low', 'if-match' => $tag)->status;
			POSIX::_exit(0);
		}
		close $writer;
		push @readers, [ $pid, $reader ];
	}
	for my $each (@readers) {
		my $status = readline $each->[1];
		waitpid $each->[0], 0;
		$seen{$status}++;
	}
	is_deeply \%seen, { 200 => 1, 412 => 9 }, 'one of them changes it';
	my ($history, $events) = split / /, $before;
	is changes(), join(' ', $history + 1, $events + 1), 'once';
};

done_testing;
