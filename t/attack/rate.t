# Rates: clients that look like many, windows, a limiter without its store, and
# what a flood of logins leaves behind.  How minutes are counted is held by
# t/lib/store/limits_test.c, what each tier is by t/fcgi/limit.t.

use v5.36;
use Sark::Attack;
use Sark::Temp;
use Test::More;

my %limit = (rate_user => 40, rate_address => 4, rate_login_network => 12,
	rate_login_account => 3);
my $sark = Sark::Attack->start(conf => { %limit, redis_timeout_ms => 5000 });
my ($login) = Sark::Attack::posts($sark);
my @keys = (login => '/.well-known/jwks.json');
my $hosts = 0;

sub address () {
	return '10.1.0.' . ++$hosts;
}

sub ask ($address, $method = 'GET', $target = $keys[1], %headers) {
	return Sark::Attack::fcgi($sark, \@keys)->request($method => $target,
	    params => { REMOTE_ADDR => $address }, headers => \%headers);
}

sub enter ($address, $user, $password) {
	return Sark::Attack::fcgi($sark, $login)->post($login->[1],
	    { username => $user, password => $password },
	    params => { REMOTE_ADDR => $address });
}

# How many of these requests were served, how many refused for the rate.
sub served (@answers) {
	my $refused = grep { $_->status == 429 } @answers;
	my $served = grep { $_->status == 200 } @answers;

	is $served + $refused, @answers, 'each is served or limited';
	return ($served, $refused);
}

# A minute may begin anew meanwhile, on a slow machine several.
sub few ($served, $limit, $since, $name) {
	my $most = $limit * (2 + (time - $since) / 60);

	cmp_ok $served, '<=', $most, $name;
	cmp_ok $served, '>', 0, 'control: the first ones were served';
}

sub somebody_else () {
	accepted(ask(address()), 'another client');
}

sub forwarded_for () {
	my ($address, $since) = (address(), time);
	my ($served) = served(map { ask($address, 'GET', $keys[1],
	    'X-Forwarded-For' => "198.51.100.$_, 203.0.113.$_") } 1 .. 200);

	few($served, $limit{rate_address}, $since,
	    'what he says he forwards for is not believed');
}

# A proxy that is trusted speaks for its clients: each has a limit.
sub trusted_proxy () {
	$sark->set(trusted_proxies => ['10.2.0.1']);
	$sark->restart_program('login');
	my @answers = map { ask('10.2.0.1', 'GET', $keys[1],
	    'X-Forwarded-For' => "198.51.100.$_") } 1 .. 20;
	is scalar(grep { $_->status == 200 } @answers), 20,
	    'control: clients of a trusted proxy are many';
	my $since = time;
	my ($served) = served(map { ask('10.2.0.1', 'GET', $keys[1],
	    'X-Forwarded-For' => "192.0.2.$_, 198.51.100.77") } 1 .. 100);
	few($served, $limit{rate_address}, $since,
	    'but not what stands left of their own address');
	$sark->set(trusted_proxies => []);
	$sark->restart_program('login');
	Sark::Attack::remember($sark);
}

sub one_network () {
	my $since = time;
	my ($served) = served(map { ask(sprintf '2001:db8:0:1:%x:%x::%x',
	    $_ * 7919 % 65536, $_, $_) } 1 .. 300);

	few($served, $limit{rate_address}, $since, 'a /64 is one client');
}

sub other_network () {
	accepted(ask('2001:db8:0:2::1'), 'the /64 beside it');
	accepted(ask('::ffff:10.1.1.1'), 'an IPv4 address as IPv6');
	my ($served) = served(map { ask('10.1.1.1') } 1 .. 20);
	cmp_ok $served, '<', 20, 'counts as the IPv4 address';
}

my @variants = map { [ split / / ] } ('HEAD /.well-known/jwks.json',
	'GET /.well-known/jwks.json/', 'GET /.WELL-KNOWN/jwks.json',
	'GET /.well-known//jwks.json', 'GET /.well-known/./jwks.json',
	'GET /%2ewell-known/jwks.json', 'GET /.well-known/jwks%2Ejson',
	'GET /x/../.well-known/jwks.json', 'GET /.well-known/jwks.json?a=1',
	'GET /.well-known/jwks.json;a', 'get /.well-known/jwks.json',
	'GET /api/v1/auth/providers', 'POST /.well-known/jwks.json');

sub variants () {
	my $address = address();

	ask($address) for 1 .. 2 * $limit{rate_address};
	for my $variant (@variants) {
		# twice: a moment may have made room for one
		my @status = map { ask($address, @$variant)->status } 1, 2;
		like $status[1], qr/^(?:400|404|405|429)$/, "@$variant";
	}
}

sub variants_elsewhere () {
	my %status;

	$status{ ask(address(), @$_)->status }++ for @variants;
	cmp_ok $status{200} // 0, '>=', 2,
	    'control: some of them are routes that serve';
}

# What a user who is known has asked before is in the way of nobody.
sub without_redis () {
	my ($address, $since) = (address(), time);
	my $token = $sark->login('viewer')->token;

	$sark->redis->stop;
	problem(enter(address(), 'dev', Sark::password('dev')), [503],
	    'no login');
	my ($served) = served(map { ask($address) } 1 .. 60);
	few($served, $limit{rate_address}, $since,
	    'a stranger has no more than his limit');
	my @known = map { Sark::Attack::fcgi($sark, \@keys)->request(
	    GET => '/api/v1/auth/me', token => $token) } 1 .. 150;
	($served) = served(@known);
	few($served, $limit{rate_user}, $since, 'nor has a user');
	$sark->redis->start;
	Sark::Temp->until('logins', sub {
		enter(address(), 'dev', Sark::password('dev'))->status == 200 });
}

# The same of a name that is there, one that is not, and one that cannot be.
sub no_oracle () {
	my (%seen, $answer);

	for my $user ('dev', 'nobody') {
		my $address = address();
		for (1 .. 30) {
			$answer = enter($address, $user, 'wrong');
			last if $answer->status == 429;
		}
		problem($answer, [429], "$user: refused");
		my $body = $answer->json;
		is $body->{code}, 'rate_limited', "$user: the code";
		is $body->{retry_after}, $answer->header('retry-after'),
		    "$user: when to come again";
		is $body->{detail}, "Rate limit exceeded. Try again in"
		    . " $body->{retry_after} second"
		    . ($body->{retry_after} == 1 ? '' : 's') . '.',
		    "$user: in words";
		delete @$body{qw(request_id retry_after detail)};
		$seen{ JSON::PP->new->canonical->encode($body) }++;
	}
	is scalar(keys %seen), 1, 'nobody learns which name is there';
}

# The right password is no way around, nor a way to see that it is right.
sub right_password () {
	my $address = address();

	enter($address, 'operator', 'wrong') for 1 .. 2 * $limit{rate_login_account};
	my @status = map { enter($address, 'operator',
	    Sark::password('operator'))->status } 1, 2;
	is $status[1], 429, 'the right password waits as well';
	accepted(enter(address(), 'operator', Sark::password('operator')),
	    'the user himself, elsewhere');
}

# Many at once that cost a hash each: whoever asks for decisions is served.
sub flood_of_logins () {
	my $token = $sark->login('dev')->token;
	my @flood = map { my $n = $_; my $pid = fork // die "fork: $!\n";
	    if (!$pid) {
		eval { enter("10.3.$n." . ($_ % 250), "nobody$_", 'wrong') }
		    for 1 .. 10_000;
		POSIX::_exit(0);
	    } $pid } 1 .. 4;
	my ($decide) = grep { $_->[0] eq 'policy' } Sark::Attack::posts($sark);
	my @status = map { Sark::Attack::fcgi($sark, $decide)->post(
	    $decide->[1], $decide->[2]->(), token => $token)->status } 1 .. 30;
	my $alive = grep { kill 0, $_ } @flood;

	kill KILL => @flood;
	waitpid $_, 0 for @flood;
	is join(' ', grep { $_ != 200 } @status), '', 'decisions go on';
	is $alive, @flood, 'control: all the time there were logins';
	cmp_ok scalar(() = $sark->log('login') =~ /code=invalid_credentials/g),
	    '>', 0, 'control: which were looked at';
}

sub logins_go_on () {
	accepted(enter(address(), 'viewer', Sark::password('viewer')),
	    'a login, afterwards');
}

# ---- RATE-09: what is left in the trail

my %trail;

sub flooded_trail () {
	my ($address, $since) = (address(), time);
	my @answers = map { enter($address, 'viewer', "wrong $_") } 1 .. 300;
	my $refused = grep { $_->status == 429 } @answers;

	$sark->restart_program('login');
	Sark::Attack::remember($sark);
	$trail{$_} = [ $sark->events(type => $_, client_ip => $address) ]
	    for qw(authentication_failure login_limited);
	is @{ $trail{authentication_failure} }, 300 - $refused,
	    'a login that was looked at has its event';
	few(scalar @{ $trail{authentication_failure} },
	    $limit{rate_login_account}, $since, 'of which there are few');
	my $minutes = 2 + (time - $since) / 60;
	cmp_ok scalar @{ $trail{login_limited} }, '<=',
	    2 * $minutes * $sark->{workers}, 'and the others have few';
	my $count = 0;
	$count += $_->{detail}{count} for @{ $trail{login_limited} };
	is $count, $refused, 'but each is counted';
	is scalar(grep { $_->{reason} ne 'login_account' }
	    @{ $trail{login_limited} }), 0, 'and says for which limit';
}

sub trail_of_one () {
	my $address = address();

	enter($address, 'viewer', 'wrong');
	is scalar($sark->events(type => 'authentication_failure',
	    client_ip => $address)), 1, 'control: one is one event';
}

attacks(
	[ 'RATE-01', 'X-Forwarded-For, another each time', \&forwarded_for,
	    \&trusted_proxy ],
	[ 'RATE-02', 'addresses of one /64', \&one_network, \&other_network ],
	[ 'RATE-03', 'other spellings of a route', \&variants,
	    \&variants_elsewhere ],
	[ 'RATE-04', 'Redis away', \&without_redis, \&somebody_else ],
	[ 'RATE-07', 'what a refusal tells', \&no_oracle, \&right_password ],
	[ 'RATE-08', 'logins without end', \&flood_of_logins, \&logins_go_on ],
	[ 'RATE-09', 'a trail full of failed logins', \&flooded_trail,
	    \&trail_of_one ],
);
unharmed($sark);

done_testing;
