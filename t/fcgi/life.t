#!/usr/bin/perl
# How a FastCGI program starts, in every way it can be started, and ends.
# sark-status stands for all of them: they share lib/serve.

use v5.36;
use IO::Select;
use IO::Socket::UNIX;
use POSIX ();
use Socket 'SOCK_DGRAM';
use Test::More;
use Time::HiRes qw(sleep time);

use Sark::Load;
use Sark::Program;
use Sark::Temp;
use Sark::Tree qw(program slurp spew);

my $temp = Sark::Temp->new;
my $status = Sark::Program->new($temp, 'sark-status',
    queue_timeout_ms => 60_000);
my @config = ('--config', $status->conf);

sub says ($args, $exit, $pattern, $name) {
	my ($rc, $out, $err) = $status->run(@$args);

	is $rc, $exit, "$name: exit $exit";
	like $out . $err, $pattern, "$name: says so";
}

subtest 'command line' => sub {
	says ['--help'], 0, qr/--workers=N/, 'help';
	says ['--version'], 0, qr/^sark-status \(SARK\) \d/, 'version';
	says ['--no-such'], 64, qr/unrecognized option/, 'unknown option';
	says ['extra'], 64, qr/unexpected argument: extra/, 'argument';
	says ['--workers=0'], 64, qr/from 1 to 64/, 'no workers';
	says ['--workers=65'], 64, qr/from 1 to 64/, 'too many workers';
	says [@config, '--check-config'], 0,
	    qr/\A[^\n]* event=redis_away [^\n]*\n\z/,
	    'settings that are well, but that Redis is away';
	says [@config], 64, qr/descriptor 0 is no listening socket/,
	    'started by hand';
	my ($rc, $out) = $status->run(@config, '--dump-config');
	is $rc, 0, 'the settings are shown';
	like $out, qr/^redis_timeout_ms = 100$/m, 'with their defaults';
};

# A copy of the settings with more lines.
sub settings_with ($more) {
	return spew($temp->path('other.conf'), slurp($status->conf) . $more);
}

sub refuses ($conf, $pattern, $name) {
	my $listen = $status->listen_on($temp->path('other.sock'));
	my $pid = $temp->spawn(name => 'other', stdin => $listen,
	    command => [ program('sark-status'), '--config', $conf ]);
	waitpid $pid, 0;

	is $? >> 8, 78, "$name: exit 78";
	my $log = $temp->path('other.log');
	like slurp($log), $pattern, "$name: says what and where";
	unlink $log;
}

subtest 'what is wrong keeps it from starting' => sub {
	my $lines = () = slurp($status->conf) =~ /\n/g;

	refuses settings_with("no_such_key = 1\n"),
	    qr/other\.conf:@{[ $lines + 1 ]}: .*no_such_key/, 'unknown setting';
	refuses settings_with("redis_timeout_ms = 300x\n"),
	    qr/other\.conf:@{[ $lines + 1 ]}: .*redis_timeout_ms/, 'no number';
	refuses settings_with("metrics_allow = {\"10.0.0.300\"}\n"),
	    qr/other\.conf:@{[ $lines + 1 ]}: .*10\.0\.0\.300/, 'no address';
	refuses settings_with("key_dir = \"/nonexistent\"\n"),
	    qr{/nonexistent}, 'no keys';
	refuses settings_with("run_dir = \"/nonexistent\"\n"),
	    qr{/nonexistent/metrics}, 'no run_dir';
	refuses $temp->path('missing.conf'), qr/missing\.conf: No such file/,
	    'no settings';
};

subtest 'root' => sub {
	plan skip_all => 'these tests do not run as root' if $> != 0;
	refuses settings_with("user = \"\"\n"), qr/running as root/,
	    'root without user';
	refuses settings_with("user = \"no-such-user\"\n"),
	    qr/no such user 'no-such-user'/, 'unknown user';
	refuses settings_with("user = \"root\"\n"), qr/not somebody else/,
	    'root as user';
};

subtest 'a process without privileges' => sub {
	$status->start(env => { LD_DEBUG => '', HTTP_PROXY => 'http://x' });
	for my $pid ($status->pid, $status->workers) {
		my $seen = slurp("/proc/$pid/status");
		my $uid = $> == 0 ? getpwnam Sark::Temp->user : $>;

		like $seen, qr/^Uid:\s+$uid\s+$uid\s+$uid\s+$uid$/m,
		    'is nobody, four times';
		like $seen, qr/^NoNewPrivs:\s+1$/m, 'gains none';
		like slurp("/proc/$pid/limits"),
		    qr/^Max core file size\s+0\s+0/m, 'dumps no core';
		next if $> != 0;
		is((stat "/proc/$pid/mem")[4], 0, 'cannot be traced');
	}
	$status->stop;
};

subtest 'it says that it is ready' => sub {
	my $path = $temp->path('notify.sock');
	my $notify = IO::Socket::UNIX->new(Local => $path,
	    Type => SOCK_DGRAM) or die "$path: $!";

	$temp->give($path);
	$status->start(env => { NOTIFY_SOCKET => $path });
	ok IO::Select->new($notify)->can_read(30), 'to who wants to know';
	$notify->recv(my $text, 100);
	is $text, 'READY=1', 'as sd_notify(3) does';
	$status->stop;
	$status->start(env => { NOTIFY_SOCKET => '/nonexistent' });
	is $status->client->get('/health/live')->status, 200,
	    'where nobody listens it serves all the same';
	like $status->log, qr/event=not_notified/, 'and says so';
	$status->stop;
};

# A request under way does not depend on how the program came to it.
my %answers;

sub answer ($name, $res) {
	my %got = map { $_ => $res->header($_) } qw(content-type cache-control
	    x-content-type-options content-security-policy);

	is $res->status, 200, "$name: 200";
	$answers{$name} = join "\n", $res->body, map { "$_: " .
	    ($got{$_} // '-') } sort keys %got;
}

subtest 'every way to start it gives the same answer' => sub {
	my @program = (program('sark-status'), @config, '--workers', 1);

	$status->start;
	answer 'descriptor 0' => $status->client->get('/health');
	$status->stop;

	$status->start(command => [ '/bin/sh', '-c',
	    'exec 3<&0 </dev/null; LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"',
	    'sh', @program ]);
	answer 'systemd' => $status->client->get('/health');
	$status->stop;

	for my $fork ('-n', '-P' . $temp->path('spawned.pid')) {
		my $path = $temp->path('spawned.sock');
		my $pid = $temp->spawn(name => 'spawned', command => [
		    'spawn-fcgi', $fork, '-s', $path, '--', @program ]);
		my $res = Sark::Temp->until('spawn-fcgi', sub {
			my $got = Sark::FCGI->new($path)->get('/health');
			return $got->status ? $got : undef;
		});

		answer "spawn-fcgi $fork" => $res;
		if ($fork ne '-n') {
			($pid) = Sark::Temp->until('its number', sub {
				slurp($temp->path('spawned.pid')) =~ /(\d+)/
				    ? $1 : undef;
			});
			kill TERM => $pid;
			Sark::Temp->until('its end', sub { !kill 0, $pid });
		} else {
			Sark::Temp->end($pid);
		}
		unlink $path;
	}
	answer cgi => cgi();
	is scalar(keys %answers), 5, 'five ways';
	is $answers{$_}, $answers{'descriptor 0'}, $_ for sort keys %answers;
};

# Runs it as a web server's CGI module does.
sub cgi (@args) {
	my ($rc, $out, $err) = $status->run(@args, { env => {
	    SARK_CONF => $status->conf, GATEWAY_INTERFACE => 'CGI/1.1',
	    REQUEST_METHOD => 'GET', REQUEST_URI => '/health',
	    SCRIPT_NAME => '/health', PATH_INFO => '', QUERY_STRING => '',
	    SERVER_PROTOCOL => 'HTTP/1.1', REMOTE_ADDR => '127.0.0.1' } });

	diag $err if $rc != 0;
	return Sark::FCGI::Response->parse($out);
}

subtest 'a query string is no command line' => sub {
	is cgi('--dump-config')->body, cgi()->body, 'options are not read';
	is cgi('--config', '/etc/passwd')->status, 200, 'no file is named';
};

# Its workers, when there are as many.
sub workers ($n) {
	return Sark::Temp->until("$n workers", sub {
		my @found = $status->workers;
		return @found == $n ? \@found : undef;
	}, 30)->@*;
}

subtest 'P-01 a killed worker is replaced' => sub {
	$status->start(workers => 2);
	sleep 1.1;	# older than what would be a crash loop
	my %before = map { $_ => 1 } workers(2);
	my ($victim) = keys %before;

	kill KILL => $victim;
	is $status->client->get('/health/live')->status, 200,
	    'the other one answers';
	Sark::Temp->until('a new worker', sub {
		grep { !$before{$_} } $status->workers }, 30);
	is scalar(workers(2)), 2, 'there are two';
	like $status->log, qr/event=worker_died .*worker=$victim/,
	    'the log says which';
	$status->stop;
};

subtest 'a program dies with its parent' => sub {
	$status->start(workers => 2);
	my @workers = workers(2);

	$status->stop('KILL');
	Sark::Temp->until('their end', sub { !grep { kill 0, $_ } @workers });
	pass 'and no more';
};

subtest 'P-09 SIGTERM under load drops nothing' => sub {
	my $listen = $status->listen_on;
	my @command = (program('sark-status'), @config, '--workers', 2);
	my ($old, $new) = map { $temp->spawn(name => "load$_",
	    stdin => $listen, command => [@command]) } 1, 2;
	my $load = Sark::Load->start(4, sub {
		my $res = $status->client(timeout => 30)->get('/health/live');
		return $res->status == 200 ? '' : $res->error;
	});

	$load->more(200);
	kill TERM => $old;
	Sark::Temp->until('the old ones end', sub {
		!Sark::Temp->alive($old) }, 30);
	unlike slurp($temp->path('load1.log')), qr/worker_killed/,
	    'the old ones end by themselves';
	$load->more(50)->stop;
	is_deeply $load->{bad}, [], "all of $load->{good} were answered";
	Sark::Temp->end($new);
};

done_testing;
