package Sark;

# A whole SARK of a test's own: stores, keys, users, programs, web server.
#
#	my $sark = Sark->start(qw(login registry audit));
#	my $dev = $sark->login('dev');
#	is $dev->get('/api/v1/servers')->status, 200, 'a developer looks';
#
# Users: admin, officer, dev, operator, viewer, service; each named as his
# role in short, with the password of Sark::password.

use v5.36;
use Exporter 'import';
use IO::Socket::UNIX;
use JSON::PP ();
use Sark::Client;
use Sark::Lighttpd;
use Sark::PostgreSQL;
use Sark::Program;
use Sark::Redis;
use Sark::Temp;
use Sark::Tree qw(srcdir builddir program once digest slurp spew);
use Test::More ();
use Time::HiRes ();

our @EXPORT = qw(refused);

my %role = (admin => 'admin', officer => 'security_officer',
	dev => 'developer', operator => 'operator', viewer => 'viewer',
	service => 'service');

sub password ($user) {
	# a password must not hold the user name
	return "correct horse " . reverse($user) . " staple";
}

# Starts the programs named (login is sark-login).  Options, after the names:
#	conf		hash of settings, over the test's own
#	workers		of each program, 2
#	durable		1: PostgreSQL with fsync
#	web		0: no web server, the sockets alone
#	env		hash: of a program, more environment
#	redis_settings	hash: of Redis, over the test's own
#	keep_sockets	1: for replace_program
#	small_spool	1: the spool is a disk of 256 KiB; root only
sub start ($class, @names) {
	my %opt = ref $names[-1] ? %{ pop @names } : ();
	my $temp = Sark::Temp->new;
	my $self = bless { temp => $temp, workers => 2, web => 1, %opt,
		programs => \@names, pids => {}, clients => {} }, $class;

	$self->{$_} = $temp->mkdir($_) for qw(run keys spool share policy sock);
	$self->mount_small_spool if $self->{small_spool};
	$self->make_share;
	$self->{redis} = Sark::Redis->new($temp,
	    settings => $self->{redis_settings})->start;
	$self->{postgresql} = $self->database;
	$self->place_proxies;
	$self->write_conf;
	$self->make_keys;
	$self->take_policy if grep { /^(?:policy|registry)$/ } @names;
	$self->start_program($_) for @names;
	$self->start_web if $self->{web};
	return $self;
}

# ---- what a test asks of it

sub temp ($self) { return $self->{temp} }
sub conf ($self) { return $self->{temp}->path('sark.conf') }
sub spool ($self) { return $self->{spool} }
sub run_dir ($self) { return $self->{run} }
sub url ($self) { return $self->{lighttpd}->url }
sub postgresql ($self) { return $self->{postgresql} }
sub redis ($self) { return $self->{redis} }
sub lighttpd ($self) { return $self->{lighttpd} }

# The FastCGI socket of a program.
sub socket ($self, $name) {
	return "$self->{sock}/sark-$name.sock";
}

# SQL as the owner, or as a role.
sub psql ($self, $sql, $role = undef) {
	return $self->{postgresql}->psql($sql, $role);
}

# Somebody without credentials.
sub stranger ($self) {
	return Sark::Client->new(url => $self->url);
}

# A user who has logged in, once in a test.
sub login ($self, $user) {
	return $self->{clients}{$user} //= $self->login_again($user);
}

sub login_again ($self, $user) {
	my $answer = $self->stranger->post('/api/v1/auth/login/local',
	    { username => $user, password => password($user) });

	die "login of $user: " . $answer->status . ' ' . $answer->body . "\n"
	    if $answer->status != 200;
	return Sark::Client->new(url => $self->url,
	    token => $answer->json->{access_token});
}

# Runs a tool on this SARK: (exit value, output, error).
sub run ($self, $tool, @args) {
	my %opt = ref $args[-1] ? %{ pop @args } : ();

	return $self->{temp}->run([ program($tool), '--config', $self->conf,
	    @args ], %opt);
}

# The same, and it must succeed.
sub tool ($self, $tool, @args) {
	my ($rc, $out, $err) = $self->run($tool, @args);

	die "$tool: exit $rc\n$out$err" if $rc != 0;
	return $out;
}

# Takes the spool into PostgreSQL and says that an event of this type (about
# this resource, and with what else is named) is there.  Returns the newest.
sub audited ($self, $type, $resource = undef, %more) {
	my $what = "audited: $type" . (defined $resource ? " $resource" : '');
	my ($event) = $self->events(type => $type,
	    defined $resource ? (resource => $resource) : (), %more);

	Test::More::ok($event, $what)
	    or Test::More::diag("the trail ends with:\n" . join "\n",
	    map { JSON::PP->new->canonical->encode($_) }
	    grep { defined } ($self->events)[0 .. 4]);
	return $event;
}

# The events that have these values, newest first.
sub events ($self, %want) {
	$self->tool('sark-audit-load');
	my $rows = $self->psql('SELECT row_to_json(e) FROM sark.audit_event e'
	    . ' ORDER BY time DESC, id DESC');

	return grep { matches($_, \%want) }
	    map { JSON::PP::decode_json($_) } split /\n/, $rows;
}

sub matches ($event, $want) {
	for my $name (keys %$want) {
		return 0 if ($event->{$name} // '') ne $want->{$name};
	}
	return 1;
}

# Runs something while a server is away: postgresql, redis or a program.
sub without ($self, $what, $do) {
	my $server = $self->{$what};

	ref $server ? $server->stop : $self->stop_program($what);
	my $ok = eval { $do->(); 1 };
	my $why = $@;
	ref $server ? $server->start : $self->start_program($what);
	# programs leave a server that failed alone for a second, lighttpd a
	# program for two
	Time::HiRes::sleep(ref $server ? 1.1 : 2.1);
	die $why if !$ok;
}

# What /metrics says, as a hash of values by their full names.
sub figures ($self) {
	return { map { /^(\w+(?:\{.*\})?) (\S+)$/ ? ($1, $2) : () }
	    split /\n/, $self->stranger->get('/metrics')->body };
}

# The parent of a program, and its workers.
sub pid ($self, $name) {
	return $self->{pids}{$name};
}

sub workers ($self, $name) {
	return Sark::Program::children($self->{pids}{$name});
}

# What a program has written to standard error.
sub log ($self, $name) {
	return slurp($self->{temp}->path("sark-$name.log"));
}

# An error in the one shape: refused $answer, 422, '/name', 'what it shows'.
# The third may be a field's JSON Pointer, or a code; or be left out.
sub refused ($answer, $status, @rest) {
	my $name = pop @rest;
	my ($about) = @rest;
	my $problem = $answer->json;
	my @wrong;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	push @wrong, 'status ' . $answer->status if $answer->status != $status;
	push @wrong, 'not application/problem+json' if
	    ($answer->header('content-type') // '') !~
	    m{^application/problem\+json(?:;|$)};
	if (ref $problem ne 'HASH') {
		push @wrong, 'not a JSON object';
	} else {
		push @wrong, wrong_problem($problem, $status, $about);
	}
	return Test::More::ok(!@wrong, $name)
	    || Test::More::diag(join "\n", @wrong, $answer->body);
}

sub wrong_problem ($problem, $status, $about) {
	my @wrong = map { "no $_" } grep { !defined $problem->{$_} }
	    qw(type title status detail code request_id);

	push @wrong, "status in the body is not $status"
	    if ($problem->{status} // '') ne $status;
	return @wrong if !defined $about;
	if ($about =~ m{^/}) {
		push @wrong, "no error about $about" if !grep {
		    ($_->{field} // '') eq $about } @{ $problem->{errors} // [] };
	} elsif (($problem->{code} // '') ne $about) {
		push @wrong, "code is not $about";
	}
	return @wrong;
}

# ---- how it is made

my @mounted;

sub mount_small_spool ($self) {
	system('mount', '-t', 'tmpfs', '-o', 'size=256k,mode=0700', 'sark-spool',
	    $self->{spool}) == 0 or die "cannot mount a small disk\n";
	push @mounted, $self->{spool};
	$self->{temp}->give($self->{spool});
}

END { system('umount', '-l', $_) for @mounted }

# What an installed share folder holds, where the servers' user may read it.
sub make_share ($self) {
	my ($from, $to) = (srcdir(), $self->{share});

	system('cp', '-r', '--', "$from/sql", $to) == 0 or die "sql\n";
	for my $file (glob "$from/share/*") {
		system('cp', '-r', '--', $file, $to) == 0 or die "$file\n"
		    if $file !~ /local\.mk$/;
	}
	$self->{temp}->give($to);
}

sub write_conf ($self, $path = $self->conf) {
	my %conf = (
		issuer => 'http://localhost', audience => 'sark',
		postgresql => $self->{postgresql}->conninfo,
		redis_socket => $self->{redis}->socket,
		run_dir => $self->{run}, key_dir => $self->{keys},
		seal_key_file => $self->{temp}->path('seal.key'),
		apikey_pepper_file => $self->{temp}->path('apikey.pepper'),
		share_dir => $self->{share}, spool_dir => $self->{spool},
		policy_dir => $self->{policy}, argon2_memory_kib => 8192,
		argon2_passes => 1, log_level => 'info',
		# a test that logs in wrongly does not wait for it
		login_delay_after => 1_000_000,
		login_account_delay_after => 1_000_000,
		login_hash_slots => 64, login_hash_wait_ms => 30_000,
		password_blocklist => "$self->{share}/common-passwords",
		# a busy machine is no reason to refuse a test's request
		deadline_ms => 30_000, login_deadline_ms => 30_000,
		queue_max => 128, queue_timeout_ms => 60_000,
		# a test logs in again and again, and stays logged in
		session_limit => 1000,
		redis_timeout_ms => 10_000, policy_deadline_ms => 5000,
		# tests ask as fast as they can, all from one address
		(map { ("rate_$_" => 1_000_000) } qw(user address login_network
		login_account)),
		user => $> == 0 ? Sark::Temp->user : '',
		%{ $self->{conf} // {} },
	);

	spew($path, join '', map { "$_ = " . Sark::Program::literal($conf{$_}) . "\n" }
	    sort keys %conf);
	$self->{temp}->give($path);
}

# Nothing here: Sark::Fault puts proxies in front of the stores.
sub place_proxies ($self) {
}

# New values for settings; programs see them when they are restarted.
sub set ($self, %conf) {
	$self->{conf} = { %{ $self->{conf} // {} }, %conf };
	$self->write_conf;
}

# A copy of one that was migrated and given users once, by whichever test
# came first.
sub database ($self) {
	my $key = digest(glob(srcdir() . '/sql/*/*.sql'),
	    map { Sark::Tree::binary($_) } qw(sark-migrate sark-user));
	my $from = once("postgresql-$key", sub ($dir) {
		$self->make_database($dir);
	});

	return Sark::PostgreSQL->new($self->{temp}, from => "$from/data",
	    durable => $self->{durable})->start;
}

sub make_database ($self, $dir) {
	# It is for all tests: none of this one's settings.
	local $self->{conf} = {};
	my $first = Sark::PostgreSQL->new($self->{temp});

	$self->{postgresql} = $first->start->create;
	$self->write_conf;
	$self->tool('sark-migrate', '--database',
	    $first->conninfo('owner'));
	$self->add_user($_, $role{$_}) for sort keys %role;
	$first->stop;
	mkdir $dir;
	system('cp', '-a', '--', "$first->{dir}/data", $dir) == 0
	    or die "cannot keep $dir\n";
	system('rm', '-rf', '--', $first->{dir});
}

# A user of the database, whose password is password($name).
sub add_user ($self, $name, @roles) {
	$self->tool('sark-user', 'add', (map { ('--role', $_) } @roles),
	    '--password-stdin', $name, { stdin => password($name) . "\n" });
}

sub make_keys ($self) {
	my $seal = $self->{temp}->path('seal.key');

	$self->tool('sark-keys', 'seal-key');
	$self->tool('sark-keys', 'pepper');
	$self->tool('sark-keys', 'make');
	$self->{temp}->give($seal, $self->{keys},
	    $self->{temp}->path('apikey.pepper'));
}

# The built policy: compiled once for all tests.
sub take_policy ($self) {
	my $source = srcdir() . '/etc/policy';
	my $key = digest(grep { -f } glob("$source/*"),
	    Sark::Tree::binary('sark-policy-build'));
	my $built = once("policy-$key", sub ($dir) {
		mkdir $dir;
		my ($rc, $out, $err) = $self->{temp}->run([
		    program('sark-policy-build'), '--output', $dir, $source ]);
		die "sark-policy-build: $out$err" if $rc != 0;
	});

	system('cp', '-r', '--', "$built/.", $self->{policy}) == 0
	    or die "policy\n";
	$self->{temp}->give($self->{policy});
}

# Builds the policy of a folder and puts it in place of the running one.
sub build_policy ($self, $source) {
	# The folder of a policy is root's or the builder's.
	chown $>, -1, $self->{policy}, glob "$self->{policy}/*";
	$self->tool('sark-policy-build', '--source', $source, '--output',
	    $self->{policy});
	$self->{temp}->give($self->{policy});
}

# As spawn-fcgi does it: the listening socket is descriptor 0.
sub start_program ($self, $name) {
	my $path = $self->socket($name);

	unlink $path;
	my $socket = IO::Socket::UNIX->new(Local => $path, Listen => 1024)
	    or die "$path: $!\n";
	$self->{temp}->give($path);
	$self->{listen}{$name} = $socket if $self->{keep_sockets};
	$self->start_on($name, $socket);
}

sub start_on ($self, $name, $socket) {
	$self->{pids}{$name} = $self->{temp}->spawn(name => "sark-$name",
	    stdin => $socket, env => $self->{env}{$name}, command => [ program("sark-$name"),
	    '--config', $self->conf, '--workers', $self->{workers} ]);
	Sark::Temp->until("workers of sark-$name", sub {
		Sark::Temp->alive($self->{pids}{$name})
		    or die "sark-$name has ended:\n" . $self->log($name);
		return $self->started($name);
	});
}

# Its log says so; some tests start what cannot live, or give it another log.
sub started ($self, $name) {
	return $self->workers($name) == $self->{workers}
	    if !-f $self->{temp}->path("sark-$name.log")
	    || ($self->{conf}{log_level} // '') =~ /^(?:warning|error)$/;
	return $self->log($name) =~ /\bpid(?:=|":")$self->{pids}{$name}\b
	    .*\b(?:workers_ready|worker_crash_loop)\b/x;
}

sub stop_program ($self, $name, $signal = 'TERM') {
	Sark::Temp->end(delete $self->{pids}{$name}, $signal);
	unlink $self->socket($name);
}

# Starts it a second time on its socket, then ends the first; needs
# keep_sockets.
sub replace_program ($self, $name) {
	my $old = $self->{pids}{$name};

	$self->start_on($name, $self->{listen}{$name});
	Sark::Temp->end($old);
}

sub restart_program ($self, $name) {
	$self->stop_program($name);
	$self->start_program($name);
}

sub start_web ($self) {
	$self->{lighttpd} = Sark::Lighttpd->new($self->{temp},
	    sockets => $self->{sock})->start;
}

1;
