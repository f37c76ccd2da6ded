#!/usr/bin/perl
# Every worker of every program is in its sandbox, from its first request on;
# the parent, which reads no request, is not.  What the sandbox refuses, and
# what not, t/lib/proc/sandbox_test.c shows; that programs do their work in
# it, all other tests here.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use Sark;
use Sark::Tree qw(slurp);
use Test::More;

my @programs = qw(login refresh registry policy audit status);

# What the kernel says about a process.
sub state_of ($pid) {
	return { slurp("/proc/$pid/status") =~ /^(\w+):\s+(.*)$/mg };
}

sub limit_of ($pid, $name) {
	my ($soft) = slurp("/proc/$pid/limits") =~ /^$name\s+(\S+)/m;

	return $soft;
}

# A build with sanitizers filters no calls, and says so.
my $sark = Sark->start(@programs);
my $filtered = $sark->log('status') !~ /event=sandbox_without_seccomp/;

for my $name (@programs) {
	my @workers;

	# the number of workers comes before their sandbox
	Sark::Temp->until("sark-$name", sub {
		@workers = $sark->workers($name);
		return !grep { limit_of($_, 'Max open files') != 192
		    || state_of($_)->{Seccomp} != ($filtered ? 2 : 0) }
		    @workers;
	});
	is scalar @workers, 2, "sark-$name has its workers";
	for my $pid (@workers) {
		my $state = state_of($pid);

		is $state->{NoNewPrivs}, 1, 'one gains no privileges';
		is $state->{Seccomp}, $filtered ? 2 : 0, 'its calls are filtered';
		is limit_of($pid, 'Max processes'), 0, 'it starts no process'
		    if $filtered;
	}
	is state_of($sark->pid($name))->{Seccomp}, 0,
	    'control: its parent is not filtered';
	unlike $sark->log($name), qr/sandbox_off/, 'nobody turned it off';
}

my $dev = $sark->login('dev');
is $dev->post('/api/v1/policy/evaluate', { action => 'tool:invoke',
	tool => 'nobody.knows' })->status, 200, 'they do their work';

subtest 'turned off' => sub {
	my $open = Sark->start('status', { workers => 1, web => 0,
	    conf => { sandbox => 'off' } });
	my ($pid) = Sark::Temp->until('its worker', sub {
		$open->log('status') =~ /event=sandbox_off/
		    ? $open->workers('status') : () });

	is state_of($pid)->{Seccomp}, 0, 'not filtered';
	is scalar(() = $open->log('status') =~ /event=sandbox_off/g), 1,
	    'the log says so, once';
};

subtest 'a plain CGI process' => sub {
	my $temp = $sark->temp;
	my %env = (SARK_CONF => $sark->conf, GATEWAY_INTERFACE => 'CGI/1.1',
	    REQUEST_METHOD => 'POST', REQUEST_URI => '/api/v1/policy/evaluate',
	    SCRIPT_NAME => '/api/v1/policy/evaluate', PATH_INFO => '',
	    QUERY_STRING => '', SERVER_PROTOCOL => 'HTTP/1.1',
	    REMOTE_ADDR => '127.0.0.1', CONTENT_TYPE => 'application/json',
	    HTTP_AUTHORIZATION => 'Bearer ' . $dev->token);
	my $body = '{"action":"tool:invoke","tool":"by.cgi"}';

	$env{CONTENT_LENGTH} = length $body;
	# It waits for its body, in the sandbox.
	pipe my $from, my $to or die;
	my $pid = $temp->spawn(name => 'cgi', stdin => $from, env => \%env,
	    command => [ Sark::Tree::program('sark-policy') ]);
	close $from;
	Sark::Temp->until('its sandbox', sub {
		limit_of($pid, 'Max open files') == 192
		    && (!$filtered || state_of($pid)->{Seccomp} == 2) });
	pass 'is in its sandbox before it reads';
	syswrite $to, $body;
	close $to;
	waitpid $pid, 0;
	is $?, 0, 'it ends well';
	like slurp($temp->path('cgi.log')), qr/"decision"/,
	    'with a decision';
};

done_testing;
