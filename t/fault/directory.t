# The directory goes, hangs, comes back, shows another certificate: nobody is
# let in by that, nobody's password is called wrong, and nothing else waits.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use Sark::Authority;
use Sark::Fault;
use Sark::LDAP;
use Sark::LDAPProxy;
use Sark::Temp;
use Test::More;

my $temp = Sark::Temp->new;
my $ldap = Sark::LDAP->new($temp)->start;
my $proxy = Sark::LDAPProxy->start($temp, $ldap->{port});
my $sark = Sark::Fault->start(qw(login), { conf => { Sark::Fault::patient()->%*,
	$ldap->conf(ldap_servers => [ $proxy->url ],
	    ldap_timeout_ms => 5000) } });

sub login ($user, $password = Sark::LDAP::password($user)) {
	return $sark->client('login')->post('/api/v1/auth/login/ldap',
	    { username => $user, password => $password });
}

sub failures () {
	return scalar $sark->events(type => 'authentication_failure');
}

# How long the directory is waited for.
sub patience ($ms) {
	$sark->set(ldap_timeout_ms => $ms);
	$sark->restart_program('login');
}

# Right and wrong passwords are 503 alike; nothing is counted against anybody.
sub closed ($name) {
	my $before = failures();

	is login('alice')->status, 503, "$name: the right password";
	is login('alice', 'wrong')->status, 503, "$name: a wrong one";
	is failures(), $before, "$name: no failed password";
	is $sark->client('login')->post('/api/v1/auth/login/local',
	    { username => 'dev', password => Sark::password('dev') })->status,
	    200, "$name: other users log in";
}

sub open_again ($name) {
	is login('alice')->status, 200, "$name: control: over, she is let in";
	my $before = failures();
	is login('alice', 'wrong')->status, 401, "$name: control: a wrong one";
	is failures(), $before + 1, "$name: which is counted";
}

row 'I-03 the directory is away, hangs, restarts, has another certificate'
    => sub {
	open_again('before');
	$ldap->stop;
	closed('away');
	$ldap->start;
	open_again('restarted');
	patience(300);
	for my $how ([ 'hang' ], [ hang_after => 1 ], [ 'trickle' ]) {
		$proxy->be(@$how);
		closed("@$how");
	}
	$proxy->be('pass');
	patience(5000);
	open_again('not hanging');
	$ldap->stop;
	$ldap->certify(Sark::Authority->new($temp, 'stranger'),
	    'IP:127.0.0.1');
	$ldap->start;
	closed('another certificate');
	$ldap->stop;
	$ldap->certify($ldap->ca, 'IP:127.0.0.1');
	$ldap->start;
	open_again('the right one');
};

done_testing;
