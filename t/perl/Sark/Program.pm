package Sark::Program;

# One FastCGI program alone, without stores, web server or users: for tests
# of how a program starts, lives and ends.
#
#	my $status = Sark::Program->new($temp, 'sark-status',
#	    log_level => 'debug')->start;
#	my $res = $status->client->get('/health/live');
#	kill KILL => ($status->workers)[0];

use v5.36;
use IO::Socket::UNIX;
use Sark::FCGI;
use Sark::Temp;
use Sark::Tree qw(program slurp spew srcdir);

# Its folders, keys and settings; %conf goes over the settings.
sub new ($class, $temp, $name, %conf) {
	my $self = bless { temp => $temp, name => $name,
		socket => $temp->path("$name.sock") }, $class;

	for my $dir (qw(run keys spool policy)) {
		$self->{$dir} = -d $temp->path($dir) ? $temp->path($dir)
		    : $temp->mkdir($dir);
	}
	$self->{share} = $conf{share_dir} // copy_share($temp);
	$self->{conf} = $self->write_conf($temp->path("$name.conf"), %conf);
	$self->make_keys if !glob "$self->{keys}/*";
	return $self;
}

# The folder of the sources need not be readable for the programs' user.
sub copy_share ($temp) {
	my $to = $temp->path('share');

	return $to if -d $to;
	$temp->mkdir('share');
	for my $file (glob srcdir() . '/share/*') {
		system('cp', '-r', '--', $file, $to) == 0 or die "$file\n"
		    if $file !~ /local\.mk$/;
	}
	$temp->give($to);
	return $to;
}

sub write_conf ($self, $path, %conf) {
	my $temp = $self->{temp};
	my %all = (
		postgresql => 'host=' . $temp->dir . ' dbname=sark',
		redis_socket => $temp->path('redis.sock'),
		run_dir => $self->{run}, key_dir => $self->{keys},
		seal_key_file => $temp->path('seal.key'),
		apikey_pepper_file => $temp->path('apikey.pepper'),
		share_dir => $self->{share}, spool_dir => $self->{spool},
		policy_dir => $self->{policy},
		password_blocklist => "$self->{share}/common-passwords",
		# a busy machine is no reason to refuse a test's request
		deadline_ms => 30_000, login_deadline_ms => 30_000,
		queue_max => 128, queue_timeout_ms => 60_000,
		user => $> == 0 ? Sark::Temp->user : '', %conf,
	);

	spew($path, join '', map { "$_ = " . literal($all{$_}) . "\n" }
	    sort grep { defined $all{$_} } keys %all);
	return $path;
}

# A value as sark.conf has it.
sub literal ($value) {
	return '{' . join(', ', map { literal($_) } @$value) . '}'
	    if ref $value;
	return $value if $value =~ /^(?:-?\d+(?:\.\d+)?|true|false)$/;
	return '"' . $value =~ s/(["\\])/\\$1/gr . '"';
}

sub make_keys ($self) {
	for my $what (qw(seal-key pepper make)) {
		my ($rc, $out, $err) = $self->{temp}->run([
		    program('sark-keys'), '--config', $self->{conf}, $what ]);
		die "sark-keys $what: $out$err" if $rc != 0;
	}
	$self->{temp}->give($self->{keys}, $self->{temp}->path('seal.key'),
	    $self->{temp}->path('apikey.pepper'));
}

# The listening socket that a starter would hand over.
sub listen_on ($self, $path = $self->{socket}) {
	unlink $path;
	my $socket = IO::Socket::UNIX->new(Local => $path, Listen => 4096)
	    or die "$path: $!\n";
	$self->{temp}->give($path);
	return $socket;
}

# As spawn-fcgi -n does it.  Options: workers, env, command (instead).
sub start ($self, %opt) {
	my $listen = $self->listen_on;

	$self->{pid} = $self->{temp}->spawn(name => $self->{name},
	    stdin => $listen, env => $opt{env},
	    command => $opt{command} // [ program($self->{name}), '--config',
	    $self->{conf}, '--workers', $opt{workers} // 2 ]);
	Sark::Temp->until("$self->{name} answers", sub {
		Sark::Temp->alive($self->{pid}) or die $self->log;
		return $self->client(timeout => 1)->get('/')->status;
	});
	return $self;
}

# Runs it to its end: (exit value, output, error).
sub run ($self, @args) {
	my %opt = ref $args[-1] ? %{ pop @args } : ();

	return $self->{temp}->run([ program($self->{name}), @args ], %opt);
}

sub client ($self, %opt) {
	return Sark::FCGI->new($self->{socket}, %opt);
}

sub pid ($self) { return $self->{pid} }
sub conf ($self) { return $self->{conf} }
sub socket ($self) { return $self->{socket} }

sub log ($self) {
	return slurp($self->{temp}->path("$self->{name}.log"));
}

sub workers ($self) {
	return children($self->{pid});
}

# The processes whose parent is $parent.
sub children ($parent) {
	my @found;

	for my $path (glob '/proc/[0-9]*/stat') {
		my $stat = eval { slurp($path) } // '';	# it may have ended
		my ($pid, $of) = $stat =~ /^(\d+) \(.*\) \S (\d+) /s or next;
		push @found, $pid if $of == $parent;
	}
	return @found;
}

# Ends it; returns the time that it took, in seconds.
sub stop ($self, $signal = 'TERM') {
	my $before = Time::HiRes::time();

	Sark::Temp->end(delete $self->{pid}, $signal, 15);
	return Time::HiRes::time() - $before;
}

1;
