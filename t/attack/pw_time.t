# PW-05: how long a refused login takes does not tell why.  Refusals of all
# kinds by turns, compared by rank (Mann and Whitney 1947).  What is measured is
# the processor time of the worker, which an attacker sees when the machine has
# nothing else to do; a difference that is planted is seen.

use v5.36;
use List::Util qw(shuffle);
use Sark;
use Sark::FCGI;
use Sark::Temp;
use Sark::Tree qw(slurp);
use Test::More;

my $tries = 80;
my $sark = Sark->start('login', { web => 0, workers => 1,
	conf => { argon2_passes => 3 } });
my $client = Sark::FCGI->new($sark->socket('login'), timeout => 60);
my (%time, $worker);

Sark::Temp->until('its worker', sub { ($worker) = $sark->workers('login') });

sub login ($user, $password) {
	return $client->post('/api/v1/auth/login/local',
	    { username => $user, password => $password })->status;
}

# Nanoseconds that the worker has had, proc(5).
sub spent () {
	my ($ns) = split ' ', slurp("/proc/$worker/schedstat");

	return $ns;
}

sub measure ($kind, $user) {
	my $start = spent();
	my $status = login($user, 'not the password');

	push @{ $time{$kind} }, spent() - $start;
	die "$kind: $status\n" if $status != 401;
}

# How far apart the ranks of two kinds are, in standard deviations.
sub apart ($one, $other) {
	my @sorted = sort { $a->[0] <=> $b->[0] }
	    (map { [ $_, 1 ] } @$one), (map { [ $_, 0 ] } @$other);
	my ($n, $m) = (scalar @$one, scalar @$other);
	my $sum = 0;

	$sum += $_ + 1 for grep { $sorted[$_][1] } 0 .. $#sorted;
	return ($sum - $n * ($n + $m + 1) / 2)
	    / sqrt($n * $m * ($n + $m + 1) / 12);
}

# Users whose hashes cost what the settings say, but for one from before.
is login($_, Sark::password($_)), 200, "control: $_ logs in"
    for qw(dev viewer operator);
$sark->tool('sark-user', 'disable', 'viewer');
$sark->psql("UPDATE sark.users SET provider = 'ldap' WHERE username = 'operator'");
like $sark->psql("SELECT password_hash FROM sark.users WHERE username = 'service'"),
    qr/,t=1,/, 'one hash is cheaper than the others'
    or diag 'the test users come with hashes of one pass';

my %kind = (wrong => 'dev', unknown => 'nobody', disabled => 'viewer',
	another => 'operator', cheaper => 'service');
for (1 .. $tries) {
	measure($_, $kind{$_}) for shuffle keys %kind;
}

for my $kind (qw(unknown disabled another)) {
	my $apart = apart($time{$kind}, $time{wrong});

	cmp_ok abs $apart, '<', 5, "PW-05 $kind takes as long as a wrong password";
	note sprintf '%s: %.1f', $kind, $apart;
}
my $planted = apart($time{cheaper}, $time{wrong});
cmp_ok $planted, '<', -5, 'control: a planted difference is seen';
note sprintf 'planted: %.1f', $planted;

done_testing;
