package Sark::PostgreSQL;

# A PostgreSQL of the test's own: one Unix socket, no TCP unless by over_tls,
# every local role let in.  It may start from a copy of a data directory made
# before.

use v5.36;
use Sark::Skip;
use Sark::Temp;
use Sark::WebServer;

# Options:
#	from	data directory to copy, instead of making an empty one
#	durable	1: fsync stays on, for a test that pulls the plug
sub new ($class, $temp, %opt) {
	my $dir = $temp->mkdir('pg');
	my $self = bless { temp => $temp, data => "$dir/data", dir => $dir,
		%opt }, $class;

	$self->{bin} = bindir();
	$opt{from} ? $self->copy($opt{from}) : $self->init;
	return $self;
}

# Debian keeps the servers out of the path.
sub bindir () {
	my ($newest) = sort { $b <=> $a } map { m{/(\d+)/bin/} ? $1 : () }
	    glob '/usr/lib/postgresql/*/bin/initdb';

	skip_all('PostgreSQL is not installed') if !$newest;
	return "/usr/lib/postgresql/$newest/bin";
}

sub init ($self) {
	my ($rc, undef, $err) = $self->{temp}->run([ "$self->{bin}/initdb",
	    '--pgdata', $self->{data}, '--username', 'owner', '--auth',
	    'trust', '--encoding', 'UTF8', '--locale', 'C.UTF-8',
	    '--no-sync', '--no-instructions' ], user => 1);

	die "initdb: $err" if $rc != 0;
	Sark::Tree::spew("$self->{data}/pg_hba.conf", "local all all trust\n");
	$self->{temp}->give("$self->{data}/pg_hba.conf");
}

sub copy ($self, $from) {
	system('cp', '-a', '--reflink=auto', '--', $from, $self->{data}) == 0
	    or die "cannot copy $from\n";
	$self->{temp}->give($self->{data});
	chmod 0700, $self->{data};
}

sub start ($self) {
	my %set = (
		listen_addresses => '', unix_socket_directories => $self->{dir},
		unix_socket_permissions => '0777', max_connections => 60,
		shared_buffers => '16MB', synchronous_commit => 'on',
		fsync => $self->{durable} ? 'on' : 'off',
		timezone => 'UTC', lc_messages => 'C', log_connections => 'off',
		%{ $self->{settings} // {} },
	);
	my $give_up = time + 20;

	$self->{port} //= 5432;

	# the children of one that was killed may hold its memory a moment
	do {
		$set{port} = $self->{port} = Sark::WebServer::free_port()
		    if $self->{tls};
		$self->{pid} = $self->{temp}->spawn(name => 'postgresql',
		    user => 1, command => [ "$self->{bin}/postgres", '-D',
		    $self->{data}, map { ('-c', "$_=$set{$_}") } sort keys %set ]);
		return $self if $self->ready;
	} while time < $give_up;
	die "PostgreSQL does not start\n";
}

# Waits until it answers; false when it has ended.
sub ready ($self) {
	for (1 .. 1500) {
		return 0 if !Sark::Temp->alive($self->{pid});
		if (-S "$self->{dir}/.s.PGSQL.$self->{port}") {
			my ($rc) = $self->try('SELECT 1', db => 'postgres');
			return 1 if $rc == 0;
		}
		Time::HiRes::sleep(0.02);
	}
	return 0;
}

# smart waits for the clients, fast ends them, immediate is a crash.
sub stop ($self, $mode = 'fast') {
	my %signal = (smart => 'TERM', fast => 'INT', immediate => 'QUIT');

	Sark::Temp->end($self->{pid}, $signal{$mode}, 30);
}

sub kill9 ($self) {
	kill 'KILL', $self->{pid};
	Sark::Temp->reap($self->{pid});
}

sub restart ($self, $mode = 'fast') {
	$self->stop($mode);
	return $self->start;
}

sub pid ($self) {
	return $self->{pid};
}

# A libpq connection string; without a role that of the caller is added.
sub conninfo ($self, $role = undef, $db = 'sark') {
	return "host=$self->{dir} dbname=$db" . ($role ? " user=$role" : '')
	    . ($self->{tls} ? " port=$self->{port}" : '');
}

# Starts anew on a port of 127.0.0.1 as well, where only TLS is let in (and,
# should it be switched off, nobody); settings go over those of TLS.
sub over_tls ($self, $certificate, $key, %settings) {
	my $hba = "$self->{data}/pg_hba.conf";

	$self->stop;
	$self->{tls} = 1;
	$self->{settings} = { listen_addresses => '127.0.0.1', ssl => 'on',
		ssl_cert_file => $certificate, ssl_key_file => $key,
		%settings };
	Sark::Tree::spew($hba, "local all all trust\n"
	    . "hostssl all all 127.0.0.1/32 trust\n");
	$self->{temp}->give($hba);
	return $self->start;
}

sub port ($self) {
	return $self->{port};
}

# Runs SQL: (exit value, output, error).  Columns are split by tabs.
sub try ($self, $sql, %opt) {
	my $conninfo = $self->conninfo($opt{role} // 'owner',
	    $opt{db} // 'sark');

	return $self->{temp}->run([ 'psql', '-XAtq', '-F', "\t",
	    '-v', 'ON_ERROR_STOP=1', '-v', 'VERBOSITY=verbose', '-f', '-',
	    $conninfo ], stdin => $sql);
}

# Runs SQL as a role (the owner without one); dies when it fails.
sub psql ($self, $sql, $role = undef) {
	my ($rc, $out, $err) = $self->try($sql, role => $role);

	die "psql: $err" if $rc != 0;
	chomp $out;
	return $out;
}

sub create ($self, $db = 'sark') {
	my ($rc, undef, $err) = $self->try("CREATE DATABASE $db",
	    db => 'postgres');

	die "create $db: $err" if $rc != 0;
	return $self;
}

1;
