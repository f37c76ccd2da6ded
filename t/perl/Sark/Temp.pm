package Sark::Temp;

# A private folder and the processes of a test.  Both are gone when the test
# ends, also when it dies; a child whose test was killed dies with it.

use v5.36;
use File::Temp ();
use POSIX ();
use Sark::Skip;
use Sark::Tree ();
use Time::HiRes 'sleep';

my $owner = $$;
my @temps;
my %children;	# pid => name

# Short: the path of a Unix socket has 108 bytes at most.
sub new ($class) {
	my $dir = File::Temp::tempdir('skXXXXXX', DIR => '/tmp');
	my $self = bless { dir => $dir }, $class;

	push @temps, $self;
	$self->give($dir);
	return $self;
}

sub dir ($self) {
	return $self->{dir};
}

sub path ($self, $name) {
	return "$self->{dir}/$name";
}

# Makes a folder that the servers may write.
sub mkdir ($self, $name) {
	my $path = $self->path($name);

	mkdir $path, 0700 or die "$path: $!\n";
	$self->give($path);
	return $path;
}

# Servers refuse to be root; as root, they are nobody.
sub user ($class = undef) {
	return $> == 0 ? 'nobody' : scalar getpwuid $>;
}

# Lets the servers' user have what lies at the paths.
sub give ($self, @paths) {
	return if $> != 0;
	system('chown', '-R', user() . ':', '--', @paths) == 0
	    or die "chown @paths failed\n";
}

# The start of a command line that runs as the servers' user.
sub as_user ($class) {
	return () if $> != 0;
	return qw(setpriv --reuid=nobody --regid=nogroup --clear-groups --);
}

# Starts a process that lives until the test ends it.
#	command	[program, arguments...]
#	name	for messages; its output goes to NAME.log in the folder
#	stdin	a handle to be descriptor 0
#	user	true: runs as the servers' user
#	env	more environment
sub spawn ($self, %opt) {
	my @command = @{ $opt{command} };
	my $log = $self->path("$opt{name}.log");
	my @drop = $opt{user} && $> == 0
	    ? qw(--reuid=nobody --regid=nogroup --clear-groups) : ();

	unshift @command, 'setpriv', @drop, '--pdeathsig=KILL', '--';
	my $pid = fork // die "fork: $!\n";
	if ($pid == 0) {
		become($log, \%opt);
		no warnings 'exec';
		exec { $command[0] } @command;
		POSIX::_exit(127);
	}
	$children{$pid} = $opt{name};
	return $pid;
}

# In the child: its own process group, its descriptors, its environment.
sub become ($log, $opt) {
	POSIX::setpgid(0, 0);
	my $in = defined $opt->{stdin} ? fileno $opt->{stdin}
	    : POSIX::open('/dev/null', POSIX::O_RDONLY());
	my $out = POSIX::open($log, POSIX::O_WRONLY() | POSIX::O_CREAT() |
	    POSIX::O_APPEND(), 0644) // POSIX::_exit(126);

	POSIX::dup2($in, 0);
	POSIX::dup2($out, 1);
	POSIX::dup2($out, 2);
	POSIX::close($_) for 3 .. 63;
	%ENV = (%ENV, %{ $opt->{env} // {} });
	delete @ENV{qw(PGHOST PGUSER PGDATABASE PGPORT PERL5LIB)};
	$SIG{$_} = 'DEFAULT' for qw(INT TERM PIPE CHLD);
	chdir '/';
}

# Whether the child lives; reaps it when not.
sub alive ($class, $pid) {
	return 0 if !exists $children{$pid};
	my $got = waitpid $pid, POSIX::WNOHANG();

	delete $children{$pid} if $got != 0;
	return $got == 0;
}

# Waits until the child has ended; false when it has not after $s seconds.
sub reap ($class, $pid, $s = 10) {
	for (1 .. $s * 100) {
		return 1 if !$class->alive($pid);
		sleep 0.01;
	}
	return 0;
}

# Ends a child by a signal, by force when it does not go.
sub end ($class, $pid, $signal = 'TERM', $s = 10) {
	return if !$class->alive($pid);
	kill $signal, $pid;
	return if $class->reap($pid, $s);
	kill 'KILL', -$pid;
	kill 'KILL', $pid;
	$class->reap($pid, 5);
}

# Waits for something to become true; dies with $what when it does not.
sub until ($class, $what, $true, $s = 60) {
	my $end = Time::HiRes::time() + $s;

	while (Time::HiRes::time() < $end) {
		my $got = eval { $true->() };
		return $got if $got;
		sleep 0.01;
	}
	die "$what: not after $s seconds\n";
}

# Runs a command to its end.  Options: stdin (text), user, env.
# Returns exit value (128 + signal), standard output, standard error.
sub run ($self, $command, %opt) {
	state $n = 0;
	my ($in, $out, $err) = map { $self->path("run$n.$_") } qw(in out err);
	my @command = ($opt{user} ? $self->as_user : (), @$command);

	$n++;
	Sark::Tree::spew($in, $opt{stdin} // '', 0600);
	my $pid = fork // die "fork: $!\n";
	if ($pid == 0) {
		redirect($in, $out, $err);
		%ENV = (%ENV, %{ $opt{env} // {} });
		no warnings 'exec';
		exec { $command[0] } @command;
		POSIX::_exit(127);
	}
	waitpid $pid, 0;
	my $rc = $? & 127 ? 128 + ($? & 127) : $? >> 8;
	my @said = map { Sark::Tree::slurp($_) } $out, $err;
	unlink $in, $out, $err;
	return ($rc, @said);
}

sub redirect ($in, $out, $err) {
	my $create = POSIX::O_WRONLY() | POSIX::O_CREAT() | POSIX::O_TRUNC();

	POSIX::dup2(POSIX::open($in, POSIX::O_RDONLY()), 0);
	POSIX::dup2(POSIX::open($out, $create, 0600), 1);
	POSIX::dup2(POSIX::open($err, $create, 0600), 2);
	POSIX::close($_) for 3 .. 63;
}

# The last lines of every log, for a test that failed.
sub tell_logs ($self) {
	for my $log (glob "$self->{dir}/*.log") {
		my @lines = split /\n/, Sark::Tree::slurp($log);

		@lines = splice @lines, -15 if @lines > 15;
		Test::More::diag(join "\n", "--- $log", @lines) if @lines;
	}
}

END {
	if ($$ == $owner) {
		my $status = $?;
		my $failed = $status != 0
		    || !Test::More->builder->is_passing;

		kill 'TERM', keys %children;
		Sark::Temp->end($_, 'TERM', 3) for keys %children;
		for my $temp (@temps) {
			$temp->tell_logs if $failed;
			system('rm', '-rf', '--', $temp->{dir})
			    if !$ENV{SARK_KEEP};
		}
		$? = $status;
	}
}

$SIG{$_} = sub { exit 1 } for qw(INT TERM HUP);
$SIG{PIPE} = 'IGNORE';

1;
