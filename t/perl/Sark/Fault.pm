package Sark::Fault;

# A SARK whose stores stand behind proxies, whose programs have failpoints and
# whose clients write down what they were told.
#
#	my $sark = Sark::Fault->start(qw(login registry policy));
#	my $load = $sark->load(mix => [qw(decide login register deny)]);
#	$sark->proxy('postgresql')->set(down => 1);
#	...
#	$load->stop;
#	$sark->holds('G-02');	# A1, A2, A3 over all of it
#
# Clients speak FastCGI to the programs: a web server would hide who failed.

use v5.36;
use parent 'Sark';
use Exporter ();
use Sark;
use Sark::FCGI;
use Sark::Fault::Build;
use Sark::Fault::Checker;
use Sark::Fault::History;
use Sark::Fault::Load;
use Sark::Fault::Proxy;
use Sark::Fault::Row;
use Sark::Temp;
use Sark::Tree qw(slurp);
use Test::More;
use Time::HiRes ();

our @EXPORT = qw(long row);

# Everybody who uses this wants the same words.
sub import ($class, @) {
	no strict 'refs';
	*{ caller() . "::$_" } = \&$_ for @EXPORT;
}

# Settings for rows that are not about time: a busy machine changes nothing.
sub patient () {
	my @half_a_minute = qw(postgresql_timeout_ms deadline_ms
	    login_deadline_ms queue_timeout_ms);

	return { (map { $_ => 30000 } @half_a_minute),
	    redis_timeout_ms => 5000, policy_deadline_ms => 5000 };
}

# Options besides those of Sark->start:
#	tcp		1: the programs reach PostgreSQL over TCP
#	small_pg	its data on a disk of so many MiB; root only
sub start ($class, @names) {
	my %opt = ref $names[-1] ? %{ pop @names } : ();
	my $self = $class->SUPER::start(@names, { web => 0, %opt });

	$self->{history} = Sark::Fault::History->new(
	    $self->{temp}->path('history'));
	$self->prepare if grep { $_ eq 'registry' } @names;
	$self->token($_) for qw(dev admin operator);
	$self->begin;
	return $self;
}

# From now on everything that is done must be in the history.
sub begin ($self) {
	$self->{checker} = Sark::Fault::Checker->new($self->{history},
	    sub { $self->state });
}

# Forgets what was noted, for a row after one whose mistakes were planted.
sub begin_anew ($self) {
	unlink $self->{history}{path};
	$self->begin;
}

my @mounted;
END { system('umount', '-l', $_) for @mounted }

# With small_pg its data lies on a disk of its own.
sub database ($self) {
	my $pg = $self->SUPER::database;
	my $mib = $self->{small_pg} or return $pg;
	my $disk = $self->{temp}->mkdir('disk');

	$pg->stop;
	system('mount', '-t', 'tmpfs', '-o', "size=${mib}m,mode=0700",
	    'sark-pg', $disk) == 0 or die "cannot mount a small disk\n";
	push @mounted, $disk;
	system('mv', '--', $pg->{data}, "$disk/data") == 0 or die "data\n";
	$self->{temp}->give($disk);
	$pg->{data} = "$disk/data";
	return $pg->start;
}

sub place_proxies ($self) {
	my $pg = "$self->{postgresql}{dir}/.s.PGSQL.5432";
	my $dir = $self->{temp}->mkdir('pgproxy');
	my $redis = $self->{temp}->path('redis.proxy');
	my $at = $self->{tcp} ? '127.0.0.1:0' : "$dir/.s.PGSQL.5432";

	$self->{proxies}{postgresql} = Sark::Fault::Proxy->start(
	    listen => $at, target => $pg);
	$self->{proxies}{redis} = Sark::Fault::Proxy->start(
	    listen => $redis, target => $self->{redis}->socket);
	my ($host, $port) = split /:/,
	    $self->{proxies}{postgresql}->address if $self->{tcp};
	$self->{conf} = { redis_socket => $redis,
		postgresql => $port ? "host=$host port=$port dbname=sark"
		    : "host=$dir dbname=sark", %{ $self->{conf} // {} } };
}

sub proxy ($self, $name) { return $self->{proxies}{$name} }
sub history ($self) { return $self->{history} }

# The connections that the programs made while something was done, by its
# seconds: workers that failed come back one by one, not as a herd.
sub connects ($self, $name, $workers, $do) {
	my ($before, $start) = ($self->proxy($name)->seen->{accepted},
	    Time::HiRes::time());

	$do->();
	my $most = $workers * (2 + (Time::HiRes::time() - $start) / 0.2);
	cmp_ok $self->proxy($name)->seen->{accepted} - $before, '<=', $most,
	    "no herd of connections to $name";
}

# Restarts a program with failpoints armed; without any, disarmed.
sub arm ($self, $program, $failpoints = undef) {
	$self->{env}{$program} = $failpoints
	    ? { SARK_FAILPOINT => $failpoints } : {};
	$self->restart_program($program);
}

# One tool that everybody may use and one that nobody may.
sub prepare ($self) {
	my $made = $self->insist(registry => '/api/v1/servers', {
	    name => 'base', transport => 'http',
	    endpoint => 'https://base.example/mcp', tools => [
	    { name => 'base.open', sensitivity_level => 'low' },
	    { name => 'base.locked', sensitivity_level => 'low' } ] },
	    token => $self->token('admin'),
	    headers => { 'Idempotency-Key' => 'base' });
	my ($locked) = grep { $_->{name} eq 'base.locked' }
	    @{ $made->json->{tools} };
	$self->insist(registry =>
	    "/api/v1/tools/$locked->{tool_id}/sensitivity",
	    { sensitivity_level => 'critical', reason => 'keys' },
	    token => $self->token('officer'));
}

# What a test stands on, also where the machine is so busy that it takes two.
sub insist ($self, $program, @request) {
	my $answer;

	Sark::Temp->until("$request[0] is granted", sub {
		$answer = $self->client($program)->post(@request);
		return $answer->status =~ /^20/;
	}, 60);
	return $answer;
}

sub client ($self, $program) {
	return Sark::FCGI->new($self->socket($program), timeout => 60);
}

# The access token of a user, who logs in once.
sub token ($self, $user) {
	return $self->{tokens}{$user} //= $self->insist(login =>
	    '/api/v1/auth/login/local', { username => $user,
	    password => Sark::password($user) })->json->{access_token};
}

# ---- operations: each is invoked, done, judged and noted

my %program = (decide => 'policy', deny => 'policy', login => 'login',
	wrong_login => 'login', register => 'registry',
	forbidden => 'registry');

# The request that an operation makes: target, body, token.
sub request ($self, $kind, $id, %more) {
	my %ask = (action => 'tool:invoke', resource => $id,
	    tool => $kind eq 'decide' ? 'base.open' : 'base.locked', %more);

	return ('/api/v1/policy/evaluate', \%ask, $self->token('dev'))
	    if $program{$kind} eq 'policy';
	return ('/api/v1/auth/login/local', { username => 'viewer', password =>
	    $kind eq 'login' ? Sark::password('viewer') : 'wrong' }, undef)
	    if $kind =~ /login$/;
	return ('/api/v1/servers', { name => $id, transport => 'http',
	    endpoint => 'https://a.example/', sensitivity_level => 'low' },
	    # not who logs in all the time: his sessions are many
	    $self->token($kind eq 'register' ? 'admin' : 'operator'));
}

# Does one and returns its answer.  repeat => id: sends that one once more.
sub operate ($self, $kind, %more) {
	my $id = delete $more{repeat} // $self->{history}->invoke($kind);
	my ($target, $body, $token) = $self->request($kind, $id, %more);
	my $answer = $self->client($program{$kind})->post($target, $body,
	    ($token ? (token => $token) : ()), headers => {
	    'X-Request-ID' => $id, $kind =~ /login$/ ? ('User-Agent' => $id) : (),
	    $kind eq 'register' ? ('Idempotency-Key' => $id) : () });
	my ($end, %judged) = judge($kind, $answer);

	$judged{wrong} = 'no answer' if $answer->error eq 'timeout';
	$self->{history}->$end($id, status => $answer->status, %judged);
	@$answer{qw(id kind)} = ($id, $kind);
	return $answer;
}

# What the client knows now: (ok | fail | info, and what was wrong).
sub judge ($kind, $answer) {
	my $status = $answer->status;
	my $json = eval { $answer->json } // {};

	return 'info' if $status == 0;
	if ($status == 200 || $status == 201) {
		my $wrong = wrong_answer($kind, $status, $json);
		return ('ok', $wrong ? (wrong => $wrong) : ());
	}
	my @wrong = Sark::wrong_problem($json, $status, undef);
	push @wrong, 'no Retry-After' if $status == 503
	    && !defined $answer->header('retry-after');
	push @wrong, "status $status" if $status >= 500
	    && $status != 503 && $status != 504;
	my %wrong = @wrong ? (wrong => join ', ', @wrong) : ();
	return ('info', %wrong) if ($json->{code} // '') =~
	    /^(?:uncertain|timeout)$/ || $status == 504;
	return ('fail', %wrong, refused => $status < 500 ? 1 : 0,
	    code => $json->{code});
}

# A2 and A3: an answer that is none of those that this may have.
sub wrong_answer ($kind, $status, $json) {
	if ($kind eq 'decide' || $kind eq 'deny') {
		my $decision = $json->{decision} // 'nothing';
		return 'A3: allowed' if $kind eq 'deny' && $decision ne 'deny';
		return '' if $decision eq 'allow' || $kind eq 'deny'
		    || $json->{reason} eq 'policy_unavailable';
		return "$decision: $json->{reason}";
	}
	return $json->{access_token} ? '' : 'no token' if $kind eq 'login';
	return $json->{server_id} ? '' : 'no server' if $kind eq 'register';
	return "A3: $status to $kind";
}

sub load ($self, %opt) {
	return Sark::Fault::Load->start(sub ($kind) { $self->operate($kind) },
	    %opt);
}

# Asks until it is granted again; by this it has recovered.
sub until_ok ($self, $kind, $s = 60) {
	Sark::Temp->until("$kind is granted", sub {
		my $answer = $self->operate($kind);
		return $answer->status =~ /^20/ && ($kind ne 'decide'
		    || $answer->json->{decision} eq 'allow');
	}, $s);
	pass "$kind is granted again";
}

# ---- the end

# What PostgreSQL holds once the spool is empty; straight, by no proxy.
sub state ($self) {
	$self->drain;
	my $events = $self->psql('SELECT request_id, type FROM'
	    . ' sark.audit_event WHERE request_id IS NOT NULL');
	my $rows = $self->psql(q{SELECT user_agent FROM sark.session}
	    . q{ WHERE user_agent LIKE 'op-%' UNION ALL}
	    . q{ SELECT name FROM sark.server WHERE name LIKE 'op-%'});

	return { events => [ map { [ split /\t/ ] } split /\n/, $events ],
		rows => [ split /\n/, $rows ] };
}

# Loads until there is nothing that was not loaded.
sub drain ($self) {
	Sark::Temp->until('the spool is loaded', sub {
		my ($rc) = $self->run('sark-audit-load');
		return $rc == 0;
	}, 60);
}

# All that was acknowledged is there, once, and nothing else.
sub holds ($self, $name) {
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $found = $self->{checker}->check;

	is_deeply $found->{$_}, [], "$name: nothing is $_"
	    for qw(lost unexpected duplicated wrong);
	is $self->torn_memory, '', "$name: no process was hurt";
	note "$name: recovered " . @{ $found->{recovered} };
	return $found;
}

# What a program has said that only a mistake in its memory makes it say.
sub torn_memory ($self) {
	my $found = '';

	for my $log (glob "$self->{temp}{dir}/sark-*.log") {
		my $text = slurp($log);
		$found .= "$log: $1\n" while $text =~ /(.*(?:ERROR:\ \w+Sanitizer
		    |runtime\ error:|text="?signal\ (?:4|6|7|8|11)\b).*)/gx;
	}
	return $found;
}

1;
