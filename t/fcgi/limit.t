# Rate limits as clients meet them: who is counted where, what he is told, and
# what happens without Redis.

use v5.36;
use Sark;
use Sark::FCGI;
use Sark::Temp;
use Test::More;

my %limit = (rate_user => 6, rate_address => 4,
	rate_login_network => 5, rate_login_account => 3);
# a busy machine is no Redis that is away
my $sark = Sark->start(qw(login refresh policy status), { workers => 2, conf => { %limit,
	redis_timeout_ms => 5000 } });
my $fcgi = Sark::FCGI->new($sark->socket('login'), timeout => 60);
my $status = Sark::FCGI->new($sark->socket('status'), timeout => 60);
my ($refresh, $policy) = map { Sark::FCGI->new($sark->socket($_),
    timeout => 60) } qw(refresh policy);
my $hosts = 0;

$sark->add_user($_, 'viewer') for qw(asker auditor janitor);

my ($me, $jwks) = qw(/api/v1/auth/me /.well-known/jwks.json);

# An address that nobody had before.
sub address () {
	return '10.0.0.' . ++$hosts;
}

sub from ($address, %more) {
	return (params => { REMOTE_ADDR => $address }, %more);
}

sub login ($address, $user, $password = Sark::password($user)) {
	return $fcgi->post('/api/v1/auth/login/local',
	    { username => $user, password => $password }, from($address));
}

sub token ($user) {
	return login(address(), $user)->json->{access_token};
}

# Asks until it is refused, at most $most times: the answers, and the refusal.
# Minutes that pass meanwhile let a few more through.
sub exhaust ($ask, $most = 60) {
	my @answers;

	for (1 .. $most) {
		my $answer = $ask->();
		return (\@answers, $answer) if $answer->status == 429;
		push @answers, $answer;
	}
	return (\@answers, undef);
}

# Whether that has no room left; twice, should a moment ago have made some.
sub is_full ($ask, $name) {
	local $Test::Builder::Level = $Test::Builder::Level + 1;

	return ok scalar(grep { $ask->()->status == 429 } 1, 2), $name;
}

sub is_limited ($limit, $ask, $name, $status = 200) {
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my ($answers, $refusal) = exhaust($ask);
	my $n = @$answers;

	cmp_ok $n, '>=', $limit, "$name: $limit are served";
	is join(' ', grep { $_ != $status } map { $_->status } @$answers), '',
	    "$name: as ever";
	ok defined $refusal, "$name: then one is not"
	    or diag "none of $n was refused";
	return ($answers, $refusal);
}

subtest 'what a client is told' => sub {
	my $token = token('dev');
	my ($answers, $refusal) = is_limited(6,
	    sub { $fcgi->get($me, token => $token, from('10.9.9.9')) },
	    'a user');
	my $now = time;

	is $answers->[0]->header('x-ratelimit-limit'), 6, 'the limit';
	is $answers->[0]->header('x-ratelimit-remaining'), 5, 'what is left';
	cmp_ok $answers->[0]->header('x-ratelimit-reset'), '>', $now - 3600,
	    'when all of it is';
	cmp_ok $answers->[0]->header('x-ratelimit-reset'), '<=', $now + 3600,
	    'is not far';
	is $answers->[0]->header('retry-after'), undef, 'no Retry-After';

	refused $refusal, 429, 'rate_limited', 'the refusal is an error';
	my $wait = $refusal->header('retry-after');
	like $wait, qr/^[1-9]\d*$/, 'Retry-After';
	cmp_ok $wait, '<=', 120, 'within two minutes';
	is $refusal->json->{retry_after}, $wait, 'retry_after';
	like $refusal->json->{detail}, qr/^\QRate limit exceeded. Try again in\E
	    \ $wait\ seconds?\.$/x, 'detail';
	is $refusal->header('x-ratelimit-limit'), 6, 'the limit, then';
	is $refusal->header('x-ratelimit-remaining'), 0, 'nothing is left';
	ok $refusal->header('x-ratelimit-reset'), 'until';
};

subtest 'a user is one, wherever he is and however often he logged in' => sub {
	my ($first, $second) = (token('viewer'), token('viewer'));

	is_limited(6, sub { $fcgi->get($me, token => $first,
	    from(address())) }, 'from anywhere');
	is_full(sub { $fcgi->get($me, token => $second) },
	    'the other session as well');
	is $fcgi->get($me, token => token('operator'))->status, 200,
	    'control: another user';
};

# The look into the cache takes the count along; a kept decision counts too.
subtest 'decisions' => sub {
	my $token = token('asker');
	my ($answers) = is_limited(6, sub { $policy->post(
	    '/api/v1/policy/evaluate', { action => 'server:read',
	    resource => 'x' }, token => $token) }, 'a decision');

	is $answers->[-1]->header('x-cache-status'), 'HIT',
	    'control: the last one was kept';
	is $answers->[0]->header('x-ratelimit-remaining'), 5, 'one counts';
	is $answers->[1]->header('x-ratelimit-remaining'), 4, 'as one';
	is_full(sub { $fcgi->get($me, token => $token) },
	    'in the same place as everything else');
};

subtest 'a large body counts once' => sub {
	my $token = token('auditor');
	my $answer = $policy->post('/api/v1/policy/evaluate', {
	    action => 'server:read', context => { x => 'x' x 100_000 } },
	    token => $token);

	is $answer->status, 200, 'it is read, as he is known';
	is $answer->header('x-ratelimit-remaining'), 5, 'and counts as one';
};

# Whoever has found an old token does not use up what its user may.
subtest 'a session that is over' => sub {
	my ($over, $good) = (token('janitor'), token('janitor'));

	is $refresh->post('/api/v1/auth/logout', {}, token => $over)->status,
	    200, 'is ended';
	is_limited(4, sub { $fcgi->get($me, token => $over,
	    from('10.1.1.1')) }, 'its token', 401);
	$fcgi->get($me, token => $over, from(address())) for 1 .. 20;
	my $answer = $fcgi->get($me, token => $good);
	is $answer->status, 200, 'the user goes on';
	cmp_ok $answer->header('x-ratelimit-remaining'), '>=',
	    6 - 2 - $sark->{workers}, 'each worker took it for his once';
};

subtest 'an admin has no limit' => sub {
	my $token = token('admin');
	my ($answers, $refusal) = exhaust(sub { $fcgi->get($me,
	    token => $token) }, 3 * $limit{rate_user});

	is $refusal, undef, 'none of many is refused';
	is $answers->[0]->header('x-ratelimit-limit'), undef,
	    'and he is told of none';
};

subtest 'a stranger is his address' => sub {
	my $address = address();
	my ($answers) = is_limited(4, sub { $fcgi->get($jwks, from($address)) },
	    'public keys');

	is $answers->[0]->header('x-ratelimit-limit'), 4, 'the limit';
	is_full(sub { $fcgi->get('/api/v1/auth/providers', from($address)) },
	    'other routes count in the same place');
	is_full(sub { $status->get('/api/openapi.json', from($address)) },
	    'and those of other programs');
	is $fcgi->get($jwks, from(address()))->status, 200,
	    'control: another address';
	is $fcgi->get($me, token => token('service'), from($address))->status,
	    200, 'control: somebody known, from there';
	is $status->get('/health', from($address))->status, 200,
	    'health is not limited';
	is $status->get('/metrics', from($address))->status, 200,
	    'nor are metrics' for 1 .. 20;
};

subtest 'a made-up credential is a stranger\'s' => sub {
	my $good = token('operator');
	my ($address, $n) = (address(), 0);
	my ($answers) = is_limited(4, sub { $fcgi->get($me, token =>
	    $n++ % 2 ? "$good$n" : "a.b.$n", from($address)) }, 'tokens', 401);

	is $answers->[0]->header('x-ratelimit-remaining'), 3, 'he is told';
	is_full(sub { $fcgi->get($me, headers => { 'X-API-Key' => 'sark_x' },
	    from($address)) }, 'a key counts in the same place');
	is_full(sub { $fcgi->get($me, from($address)) }, 'and none at all');
	is $fcgi->get($me, token => $good, from($address))->status, 200,
	    'control: the good one';
};

subtest 'a login counts for its name and for its address' => sub {
	my $address = address();
	my ($answers, $refusal) = is_limited(3,
	    sub { login($address, 'dev', 'wrong') }, 'wrong passwords', 401);

	is $answers->[0]->header('x-ratelimit-limit'), 3, 'the tighter limit';
	is_full(sub { login($address, 'dev') }, 'then the right one neither');
	is login($address, 'viewer')->status, 200, 'another name goes on';
	is login(address(), 'dev')->status, 200,
	    'and from elsewhere the name does: nobody is locked out';

	$address = address();
	my $n = 0;
	is_limited(5, sub { login($address, 'nobody' . ++$n, 'x') },
	    'many names', 401);
	is_full(sub { login($address, 'dev') }, 'of one address');
};

subtest 'what cannot be a login counts as one' => sub {
	my $address = address();

	is_limited(5, sub { $fcgi->request(POST => '/api/v1/auth/login/local',
	    body => '{', headers => { 'Content-Type' => 'application/json' },
	    from($address)) }, 'no JSON', 400);
	is_full(sub { login($address, 'dev') }, 'in the same place');
};

subtest 'metrics' => sub {
	my $figures = $status->get('/metrics')->body;

	like $figures, qr/^sark_rate_limited_total\{program="sark-login",
	    tier="$_"\}\ [1-9]/mx, $_
	    for qw(user address login_network login_account);
	like $figures, qr/^# HELP sark_rate_shared_total/m, 'shared';
};

# What each worker allows while Redis is away: half of it, as there are two.
subtest 'without Redis' => sub {
	my $token = token('officer');
	my ($one, $address) = (address(), address());

	$sark->redis->stop;
	is login($one, 'dev')->status, 503, 'no login';
	my ($answers) = is_limited(3, sub { $fcgi->get($me,
	    token => $token) }, 'a user has a share of his limit');
	is $answers->[0]->header('x-ratelimit-limit'), 3, 'which he is told';
	is_limited(2, sub { $fcgi->get($me, token => 'a.b.c',
	    from($address)) }, 'a made-up credential too', 401);
	Sark::Temp->until('the log of it', sub {
		$sark->log('login') =~ /event=limits_shared/ });
	my $said = () = $sark->log('login') =~ /event=limits_shared/g;
	cmp_ok $said, '<=', 2, 'each worker says so once';
	cmp_ok +($status->get('/metrics')->body =~
	    /^sark_rate_shared_total\{program="sark-login"\} (\d+)/m)[0],
	    '>=', 5, 'and counts';
	$sark->redis->start;
	Sark::Temp->until('logins again', sub {
		login(address(), 'dev')->status == 200 });
	Sark::Temp->until('the end of it in the log', sub {
		$fcgi->get($jwks, from(address()));
		$sark->log('login') =~ /event=limits_whole/ });
	pass 'and says when it is over';
};

subtest 'off' => sub {
	$sark->set(map { $_ => 0 } keys %limit);
	$sark->restart_program('login');
	my ($answers, $refusal) = exhaust(sub { $fcgi->get($jwks) }, 20);

	is $refusal, undef, 'no limit is none';
	is $answers->[0]->header('x-ratelimit-limit'), undef, 'nor told';
};

done_testing;
