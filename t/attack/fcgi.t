# FCGI-08, FCGI-10: who speaks to the sockets, and what stays of whom.  The
# rows about records are held by the C tests in t/lib/http.
#
#	SARK_LONG=1	a hundred thousand requests instead of two thousand

use v5.36;
use POSIX ();
use Sark::Attack;
use Sark::FCGI;
use Sark::Skip;
use Sark::Temp;
use Test::More;

# What is freed is overwritten: what a request finds of another is not text.
local $ENV{MALLOC_PERTURB_} = 165;

my $sark = Sark::Attack->start(workers => 1);
my $rounds = $ENV{SARK_LONG} ? 50_000 : 1_000;
my $socket = $sark->socket('login');
my $me = '/api/v1/auth/me';
chmod 0711, $sark->temp->dir, $sark->{sock};

# ---- FCGI-08

# Asks as another user of this machine: the status, 0 if nobody answers.
sub status_as ($user) {
	my (undef, undef, $uid, $gid) = getpwnam $user;
	my $pid = open(my $child, '-|') // die "fork: $!\n";

	if ($pid == 0) {
		POSIX::setgid($gid);
		POSIX::setuid($uid);
		my $answer = Sark::FCGI->new($socket)->get(
		    '/api/v1/auth/providers', params => {
		    REMOTE_ADDR => '10.9.8.7', HTTPS => 'on',
		    REMOTE_USER => 'admin' });
		syswrite STDOUT, $answer->status;
		POSIX::_exit(0);
	}
	my $status = <$child>;
	close $child;
	return $status;
}

sub count () {
	my $metrics = Sark::FCGI->new($sark->socket('status'))
	    ->get('/metrics')->body;

	return $metrics =~
	    /^sark_peers_refused_total\{program="sark-login"\} (\d+)/m ? $1 : 0;
}

# The setting, and a socket into which everybody may write.
sub peer_users (@users) {
	$sark->set(peer_users => [@users]);
	$sark->restart_program('login');
	chmod 0777, $socket;
}

sub others_by_peer_users () {
	peer_users('daemon');
	is status_as('bin'), 0, 'another user is let in by the socket only';
	cmp_ok count(), '>', 0, 'and counted';
	like $sark->log('login'), qr/event=peer_refused .*uid 2\b/,
	    'and told in the log';
	is status_as('daemon'), 200, 'control: the one that is named';
	is status_as('root'), 200, 'control: root';
}

sub others_by_mode () {
	peer_users();
	is status_as('bin'), 200, 'control: 0777 lets everybody in';
	chmod 0660, $socket;
	is status_as('bin'), 0, '0660 lets others not';
}

sub unknown_user () {
	$sark->set(peer_users => ['nobody-here']);
	my ($rc, $out, $err) = $sark->run('sark-login', '--check-config');

	is $rc, 78, 'a user that is not there';
	like $err, qr/^[^\n]*peer_users[^\n]*'nobody-here'\n\z/, 'is named';
	$sark->set(peer_users => []);
	is +($sark->run('sark-login', '--check-config'))[0], 0, 'control: none';
}

# ---- FCGI-10

# Two users and a stranger in turn through the one worker; wrong answers.
sub interleaved ($n) {
	my $wrong = 0;
	my @who = map { my $name = $_; [ $name, map { Sark::FCGI->new($socket,
	    keep => 1, timeout => 30) } 1 .. 2 ] } qw(dev viewer);
	my $stranger = Sark::FCGI->new($socket, keep => 1, timeout => 30);
	my %token = map { $_->[0] => $sark->login($_->[0])->token } @who;

	for my $i (1 .. $n) {
		for my $who (@who) {
			my ($name, @clients) = @$who;
			my $id = "$name-$i";
			my $answer = $clients[ $i % 2 ]->get($me, token =>
			    $token{$name}, headers => { 'X-Request-ID' => $id });
			$wrong++ if $answer->status != 200 ||
			    $answer->json->{username} ne $name ||
			    $answer->header('x-request-id') ne $id;
		}
		next if $i % 5;
		my $answer = $stranger->get($me);
		$wrong++ if $answer->status != 401 ||
		    $answer->body =~ /dev|viewer/;
	}
	return $wrong;
}

my @rows = ([ 'FCGI-10', 'two users in turn through one worker', sub {
	is interleaved($rounds), 0, 2 * $rounds . ' answers';
}, sub {
	is $sark->login('dev')->get($me)->json->{username}, 'dev',
	    'control: one alone';
} ]);
push @rows, [ 'FCGI-08', 'a process that is not the web server',
	\&others_by_peer_users, \&others_by_mode ] if $> == 0;
attacks(@rows, [ 'FCGI-08', 'a user that is not there', \&unknown_user,
	sub {
		peer_users();
		is $sark->login_again('dev')->get($me)->status, 200,
		    'control: without the setting';
	} ]);
SKIP: {
	skip_here('only root becomes other users') if $> != 0;
	pass 'as other users';
}
Sark::Attack::remember($sark);
unharmed($sark);

done_testing;
