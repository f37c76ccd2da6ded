# sark-run: all programs from one process, and what it does when they end.

use v5.36;
use IO::Socket::UNIX;
use POSIX ();
use Sark;
use Sark::Program;
use Sark::Tree qw(builddir slurp spew);
use Test::More;
use Time::HiRes qw(sleep time);

my $sark = Sark->start;
my $temp = $sark->temp;
my $user = $temp->user;
my $group = getgrgid((getpwnam $user)[3]);
my @names = map { "sark-$_" } qw(admin login refresh registry policy audit status);

$sark->take_policy;

# Installed where the programs' user may go; a build tree may be closed.
my $inst = $temp->path('inst');
my ($rc, $out, $err) = $temp->run([ 'make', '-s', '-C', builddir(), 'install',
    "prefix=$inst" ], env => { MAKEFLAGS => '', MAKELEVEL => '' });
is $rc, 0, 'installed' or BAIL_OUT(substr $err, -2000);

# The library is looked for where the build was configured to put it.
my $library = "LD_LIBRARY_PATH=$inst/lib/sark";
mkdir $temp->path('programs');
for my $name (@names, 'sark-audit-load', 'sark-run') {
	my ($path) = grep { -x } glob "$inst/{libexec/sark,sbin}/$name";
	spew($temp->path("programs/$name"),
	    "#!/bin/sh\n$library exec $path \"\$@\"\n", 0755);
}

# Those that come last win.
sub command (@options) {
	my $programs = $temp->path('programs');

	return ('env', $library, "$inst/sbin/sark-run", '--config',
	    $sark->conf, '--sockets', $sark->{sock}, '--programs', $programs,
	    '--tools', $programs, '--socket-group', $group, @options);
}

my $log = $temp->path('sark-run.log');

sub started (@options) {
	return $temp->spawn(name => 'sark-run',
	    command => [ command(@options) ]);
}

# What the log says last about a program's start.
sub pid_of ($name) {
	my @pids = slurp($log) =~
	    /event=program_started child=$name child_pid=(\d+)/g;

	return $pids[-1];
}

sub comes ($what, $true, $s = 60) {
	my $ok = eval { Sark::Temp->until($what, $true, $s) };

	return ok $ok, $what;
}

# Everything answers until it ends: asks for a decision and for a page again and
# again, each on a connection of its own, and writes how often, and what failed.
sub client ($to) {
	my ($good, $end, @bad) = (0, 0);
	my $dev = $sark->login('dev');

	local $SIG{TERM} = sub { $end = 1 };
	syswrite $to, "at work\n";
	while (!$end) {
		for my $answer ($sark->stranger->get('/api/v1/auth/providers'),
		    $dev->post('/api/v1/policy/evaluate',
		    { action => 'server:read' })) {
			$answer->status == 200 ? $good++
			    : push @bad, $answer->status . ' ' . $answer->body;
		}
	}
	syswrite $to, "good $good\n" . join '', map { "bad $_\n" } @bad;
	POSIX::_exit(0);
}

# Does something while clients ask; nothing they ask may fail.
sub under_load ($do) {
	my (@clients, $good, @bad);

	$sark->login('dev');
	pipe my $from, my $to or die "pipe: $!\n";
	for (1 .. 3) {
		my $pid = fork // die "fork: $!\n";
		client($to) if $pid == 0;
		push @clients, $pid;
	}
	close $to;
	readline $from for @clients;
	$do->();
	kill TERM => @clients;
	while (my $line = readline $from) {
		chomp $line;
		$line =~ /^good (\d+)/ ? $good += $1 : push @bad, $line;
	}
	waitpid $_, 0 for @clients;
	cmp_ok $good, '>', 0, 'requests are answered meanwhile';
	is join("\n", @bad), '', 'none fails';
}

sub uid ($pid) {
	return (split ' ', (slurp("/proc/$pid/status") =~ /^Uid:(.*)$/m)[0])[1];
}

my $run = started();
comes('everything is there', sub {
	$sark->stranger->get('/health/ready')->status == 200 });

subtest 'what it starts' => sub {
	my @pids = map { pid_of($_) } @names, 'sark-audit-load';

	is scalar(grep { $_ } @pids), 8, 'seven programs and the loader';
	is join(' ', map { uid($_) } $run, @pids),
	    join(' ', ((getpwnam $user)[2]) x 9), 'nobody is root';
	for my $name (@names) {
		my @st = stat "$sark->{sock}/$name.sock";
		is sprintf('%04o %s', $st[2] & 07777, scalar getgrgid $st[5]),
		    "0660 $group", "the socket of $name";
	}
	is scalar(Sark::Program::children(pid_of('sark-audit'))), 2,
	    'two workers';
	my $answer = $sark->login('dev')->post('/api/v1/policy/evaluate',
	    { action => 'server:read' });
	is $answer->status, 200, 'a decision' or diag $answer->body;
	comes('that the loader brings into the trail', sub {
		$sark->psql('SELECT count(*) FROM sark.audit_event'
		    . " WHERE type = 'policy_decision'") > 0 });
};

subtest 'P-10 SIGHUP goes on to all of them' => sub {
	$sark->set(log_format => 'json');
	kill 'HUP', $run;
	for my $name (@names, 'sark-audit-load') {
		comes("$name has new settings", sub { slurp($log) =~
		    /"program":"$name",.*"event":"settings_reloaded"/ });
	}
	comes('they serve', sub {
		$sark->stranger->get('/health/ready')->status == 200 });
	$sark->set(log_format => 'kv');
	kill 'HUP', $run;
	comes('and again', sub { slurp($log) =~
	    /program=sark-audit-load .*event=settings_reloaded$/m });
};

subtest 'one at a time' => sub {
	my ($rc, undef, $err) = $temp->run([ command() ]);

	is $rc, 75, 'a second one';
	like $err, qr/another run/, 'says why';
	is $sark->stranger->get('/health/live')->status, 200,
	    'and the sockets still are those of the first';
};

subtest 'a program that is killed' => sub {
	my $old = pid_of('sark-status');
	my @workers = Sark::Program::children($old);

	kill 'KILL', $old;
	is $sark->stranger->get('/health/live')->status, 200,
	    'a request waits for the next one';
	comes('which is another', sub { pid_of('sark-status') != $old });
	comes('the log says so', sub { slurp($log) =~
	    /event=program_ended child=sark-status text="?signal 9"? / });
	comes('the old workers are gone', sub {
		!grep { -e "/proc/$_" } @workers });

	my $loader = pid_of('sark-audit-load');
	kill 'KILL', $loader;
	comes('the loader, too, is started again', sub {
		pid_of('sark-audit-load') != $loader });
};

sub pids () {
	return map { $_ => pid_of($_) } @names, 'sark-audit-load';
}

sub gone (%pids) {
	return !grep { -e "/proc/$_" } values %pids;
}

subtest 'renewed' => sub {
	my %old = pids();

	under_load(sub {
		my ($rc, undef, $err) = $temp->run([ command('--renew') ]);
		is $rc, 0, 'told to by --renew' or diag $err;
		comes('the old ones end', sub { gone(%old) });
	});
	my %new = pids();
	is scalar(grep { $new{$_} == $old{$_} } keys %new), 0, 'others serve';
	is scalar(grep { !-e "/proc/$_" } values %new), 0, 'and live';
	is slurp($sark->{run} . '/sark-run.lock'), "$run\n",
	    'sark-run is the same process';
	my ($rc) = $temp->run([ command() ]);
	is $rc, 75, 'and holds its lock';
};

subtest 'renewed by what cannot start' => sub {
	my $file = $temp->path('programs/sark-run');
	my $good = slurp($file);
	my %old = pids();

	spew($file, "#!/bin/sh\nexit 78\n", 0755);
	kill USR2 => $run;
	comes('the log says so', sub { slurp($log) =~ /event=not_renewed/ });
	spew($file, $good, 0755);
	is_deeply {pids()}, \%old, 'the programs are the same';
	is $sark->stranger->get('/health/live')->status, 200, 'and serve';
};

subtest 'renewed by a program that cannot live' => sub {
	my $file = $temp->path('programs/sark-status');
	my $good = slurp($file);
	my %old = pids();

	under_load(sub {
		spew($file, "#!/bin/sh\nexit 3\n", 0755);
		kill USR2 => $run;
		comes('it ends', sub { slurp($log) =~
		    /event=program_ended child=sark-status text="?exit 3/ });
		comes('the others are replaced', sub { gone(
		    map { $_ => $old{$_} } grep { !/status/ } keys %old) });
		ok -e "/proc/$old{'sark-status'}", 'its old one serves on';
		spew($file, $good, 0755);
		kill USR2 => $run;
		comes('until the next can', sub {
			gone('sark-status', $old{'sark-status'}) });
	});
};

subtest 'the end' => sub {
	my @pids = map { pid_of($_) } @names, 'sark-audit-load';

	my ($rc, undef, $err) = $temp->run([ command('--stop') ]);
	is $rc, 0, 'asked for by --stop' or diag $err;
	is waitpid($run, 1), $run, 'which has waited for it';
	is $?, 0, 'with 0';
	is scalar(grep { -e "/proc/$_" } @pids), 0, 'and all programs with it';
};

subtest 'killed itself' => sub {
	$run = started('--no-loader');
	comes('it is back', sub {
		$sark->stranger->get('/health/ready')->status == 200 });
	my @pids = map { pid_of($_) } @names;
	kill 'KILL', $run;
	comes('the programs end', sub { !grep { -e "/proc/$_" } @pids });
};

subtest 'a program that cannot live' => sub {
	mkdir(my $bad = $temp->path('bad'));
	spew("$bad/$_", "#!/bin/sh\nexit 3\n", 0755) for @names;
	unlink $log;
	$run = started('--no-loader', '--programs', $bad);
	comes('is started again later and later', sub {
		slurp($log) =~ /text="?exit 3"? again_in_s=4$/m });
	my @waits = slurp($log) =~ /child=sark-login .*again_in_s=(\d+)/g;
	is "@waits[0 .. 1]", '1 2', 'after one second, then two';
	kill 'TERM', $run;
	waitpid $run, 0;
	is $?, 0, 'and it ends while they are waited for';
};

sub refused_with ($want, $pattern, $name, @options) {
	my ($rc, undef, $err) = $temp->run([ command(@options) ]);

	is $rc, $want, $name;
	like $err, $pattern, "$name: says why";
}

subtest 'what it refuses' => sub {
	refused_with(69, qr/sark-run does not run/, 'nobody to renew',
	    '--renew');
	refused_with(69, qr/sark-run does not run/, 'nobody to end', '--stop');
	refused_with(64, qr/workers: 1 to 64/, 'workers', '--workers', 65);
	refused_with(78, qr/there is no group 'nosuchgroup'/, 'a group',
	    '--socket-group', 'nosuchgroup');
	refused_with(78, qr/longer than the path of a socket/, 'a long path',
	    '--sockets', $temp->mkdir('long' x 30));
	my $taken = $temp->mkdir('taken');
	spew("$taken/sark-login.sock", 'precious');
	refused_with(78, qr/sark-login\.sock: File exists/, 'a file in the way',
	    '--sockets', $taken);
	is slurp("$taken/sark-login.sock"), 'precious', 'which stays';
	SKIP: {
		skip 'only root can be refused for being root', 2 if $> != 0;
		$sark->set(user => '');
		refused_with(78, qr/must say whom to become/, 'root');
	}
};

done_testing;
