# The main job: one command, then an allow, a deny, and both in the trail.

use v5.36;
use File::Find ();
use IO::Socket::INET;
use Sark::Client;
use Sark::Quickstart;
use Sark::Tree qw(slurp);
use Test::More;

my @names = qw(SARK_URL SARK_ADMIN_USER SARK_ADMIN_PASSWORD SARK_DEMO_USER
	SARK_DEMO_PASSWORD SARK_CONF SARK_VAR SARK_SPOOL SARK_PG_URI
	SARK_REDIS_SOCKET SARK_BIN SARK_PIDS);
my @components = qw(postgresql redis sark-admin sark-login sark-refresh
	sark-registry sark-policy sark-audit sark-status audit-load web);
my $quick = Sark::Quickstart->new;

my ($rc) = $quick->run('env');
isnt $rc, 0, 'before up there is no environment';

# ---- up

($rc, my $out, my $err) = $quick->run;
if ($rc != 0) {
	fail('quickstart');
	diag($out, $err);
	done_testing;
	exit 1;
}
is $err, '', 'it has nothing to complain of';
like $out, qr/May demo invoke tickets\.get\?\s+allow: \S/, 'one allow';
like $out, qr/May demo invoke tickets\.delete\?\s+deny: \S/,
    'one deny with its reason';
like $out, qr/decision\s+allow.*decision\s+deny/s,
    'both events are in the audit trail';
like $out, qr/\Q${\ $quick->url}\E/, 'and where SARK is';

my ($env_rc, $env) = $quick->run('env');
is $env_rc, 0, 'quickstart env';
is join(' ', map { /^(\w+)='[^']*'$/ ? $1 : "<$_>" } split /\n/, $env),
    join(' ', @names), 'prints assignments and nothing else';
my %env = $quick->env;

# ---- what it left on the disk

sub mode ($path) {
	return sprintf '%04o', (stat $path)[2] & 07777;
}

# The files below a folder that have one of the texts in them.
sub holding ($dir, @texts) {
	my @found;

	File::Find::find({ no_chdir => 1, wanted => sub {
		return if !-f || !-r;
		my $content = slurp($_);
		push @found, $_ if grep { index($content, $_) >= 0 } @texts;
	} }, $dir);
	return @found;
}

my @passwords = @env{qw(SARK_ADMIN_PASSWORD SARK_DEMO_PASSWORD)};
my @secret = holding("$env{SARK_VAR}/secrets", @passwords);

is scalar @secret, 2, 'each password is in a file';
is join(' ', map { mode($_) } @secret), '0600 0600', 'for its owner only';
is join(' ', holding("$env{SARK_VAR}/log", @passwords)), '',
    'no password is in a log';
is join(' ', map { -e "$env{SARK_PIDS}/$_.pid" ? () : $_ } @components), '',
    'each component has a pid file';

# ---- a client

sub psql ($sql) {
	my (undef, $said) = $quick->{temp}->run([ 'psql', '-XAt', '-c', $sql,
	    $env{SARK_PG_URI} ]);

	chomp $said;
	return $said;
}

sub login ($who) {
	my $answer = Sark::Client->new(url => $env{SARK_URL})->post(
	    '/api/v1/auth/login/local', { username => $env{"SARK_${who}_USER"},
	    password => $env{"SARK_${who}_PASSWORD"} });

	is $answer->status, 200, lc($who) . ' logs in';
	return Sark::Client->new(url => $env{SARK_URL},
	    token => $answer->json->{access_token});
}

sub ask ($client, $tool) {
	return $client->post('/api/v1/policy/evaluate',
	    { action => 'tool:invoke', tool => $tool });
}

my ($admin, $demo) = map { login($_) } qw(ADMIN DEMO);

is ask($demo, 'tickets.get')->json->{decision}, 'allow', 'demo may look';
is ask($demo, 'tickets.delete')->json->{decision}, 'deny',
    'but may not delete';
ok eval { Sark::Temp->until('the event', sub {
	my $trail = $admin->get('/api/v1/audit/events?type=policy_decision');
	$trail->json->{items}[0]{decision} eq 'deny' }) }, 'the trail has it';
is psql('SELECT current_user'), 'sark_owner', 'SARK_PG_URI is the owner';

# ---- components

sub up_and_down ($component, $away) {
	my ($stopped) = $quick->run('stop', $component);
	my ($status, $said) = $quick->run('status');
	my $now = $away->();
	my ($started) = $quick->run('start', $component);

	is $stopped . $started, '00', "stop and start $component";
	is $status, 3, 'status tells that something is down';
	like $said, qr/^\Q$component\E\s+is down$/m, 'and what';
	return $now;
}

is up_and_down('sark-policy', sub { ask($demo, 'tickets.get')->status }), 503,
    'without its program a request is answered 503';
up_and_down('redis', sub { 1 });
is ask($demo, 'tickets.get')->json->{decision}, 'allow', 'all is well again';
isnt +($quick->run('start', 'nothing'))[0], 0, 'an unknown component fails';
is +($quick->run('status'))[0], 0, 'everything runs';

# ---- twice, and away

my $count = 'SELECT count(*) FROM sark.users UNION ALL'
    . ' SELECT count(*) FROM sark.server';
my $before = psql($count);

is +($quick->run)[0], 0, 'a second time';
is psql($count), $before, 'makes nothing anew';
is_deeply { $quick->env }, \%env, 'and the environment is the same';

sub processes () {
	return grep { (eval { slurp($_) } // '') =~ /\Q$env{SARK_VAR}\E/ }
	    glob '/proc/[0-9]*/cmdline';
}

cmp_ok scalar processes(), '>', 8, 'its processes are seen';
is +($quick->run('down'))[0], 0, 'down';
is scalar processes(), 0, 'leaves no process';
my $taken = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
    LocalPort => $quick->{port}, Listen => 1, ReuseAddr => 1)
    or die "listen: $!\n";
($rc, undef, $err) = $quick->run('start', 'web');
isnt $rc, 0, 'a port that another program has fails';
like $err, qr/port $quick->{port} is taken.*What to do: SARK_PORT=\d+/s,
    'and what to do is told';
close $taken;
is +($quick->run)[0], 0, 'up again';
is psql($count), $before, 'with the same data';
is +($quick->run('reset'))[0], 0, 'reset';
ok !-e "$env{SARK_VAR}/pg", 'forgets the data';
is scalar processes(), 0, 'and ends every process';

done_testing;
