# OPA-01..04, 08..11 as far as they go through the program; what the key and
# the record hold, value by value, is in t/lib/policy and t/fcgi/cache.t.
#
#	SARK_LONG=1	OPA-02 with 20,000 pairs, OPA-10 with 100,000 resources

use v5.36;
use JSON::PP ();
use Sark::Attack;
use Sark::Tree 'slurp';
use Test::More;

my $sark = Sark::Attack->start;
my $json = JSON::PP->new->utf8->canonical;
my ($evaluate) = grep { $_->[0] eq 'policy' } Sark::Attack::posts($sark);
my %token = map { $_ => $sark->login($_)->token } qw(dev viewer admin);
my $redis = $sark->redis;
my $long = $ENV{SARK_LONG};
srand 2026;

sub decide ($ask, $who = 'dev', %header) {
	return Sark::Attack::fcgi($sark, $evaluate)->post($evaluate->[1], $ask,
	    token => $token{$who}, headers => \%header);
}

sub cache ($ask, $who = 'dev', %header) {
	my $answer = decide($ask, $who, %header);

	return $answer->status == 200 ? $answer->header('x-cache-status')
	    : $answer->status;
}

sub kept ($ask, $who = 'dev') {
	cache($ask, $who);
	is cache($ask, $who), 'HIT', 'control: asked twice it is kept';
}

my %question = (action => 'tool:invoke', tool => 'jira.get', resource => 'r');

# ---- OPA-01: two questions whose texts run into each other

my @pairs = (
	[ { tool => 'a|b', resource => 'c' }, { tool => 'a', resource => 'b|c' } ],
	[ { tool => 'a:b', resource => 'c' }, { tool => 'a', resource => 'b:c' } ],
	[ { tool => 'ab', resource => 'c' }, { tool => 'a', resource => 'bc' } ],
	[ { tool => '-' }, {} ], [ { resource => '' }, {} ],
	[ { resource => 'null' }, {} ], [ { parameters => {} }, {} ],
	[ { resource => '{"id":"a"}' }, { resource => { id => 'a' } } ],
	[ { parameters => { a => 'b', c => 'd' } },
	    { parameters => { a => 'b","c":"d' } } ],
	[ { parameters => { a => 1 } }, { parameters => { a => '1' } } ],
	[ { parameters => { a => 1 } }, { context => { a => 1 } } ],
	[ { parameters => { 'a,b' => 1 } }, { parameters => { a => 1, b => 1 } } ],
	[ { tool => "a\n" . 'b' }, { tool => "a\tb" } ],
	[ { resource => '1:a,1:b' }, { resource => 'a', tool => 'b' } ],
	[ { resource => 'e' x 64 }, { resource => 'f' x 64 } ],
);

sub blurred () {
	my $n = 0;

	for my $pair (@pairs) {
		my @asks = map { { action => 'tool:invoke', context =>
		    { n => ++$n }, %$_ } } @$pair;
		$_->{context}{n} = $n for grep { $_->{context}{n} } @asks;
		my @got = map { cache($_) } @asks;
		is_deeply \@got, [qw(MISS MISS)], $json->encode($asks[0]);
	}
}

# ---- OPA-02: no two questions with different decisions share a record

# A question at random; values repeat often, so that near misses are common.
sub at_random () {
	my $pick = sub { $_[ rand @_ ] };
	my %ask = (action => $pick->(qw(tool:invoke a:b)));

	$ask{tool} = $pick->('jira.get', 'x') if rand > .3;
	$ask{resource} = $pick->('r', { id => 'r' }) if rand > .3;
	$ask{$_} = { a => $pick->(1, '1') }
	    for grep { rand > .4 } qw(parameters context);
	return (\%ask, $pick->(qw(dev viewer)),
	    'User-Agent' => $pick->(qw(one another)));
}

# Each question cached, and once more without the cache: the same decision.
sub property ($n) {
	my ($hits, $wrong) = (0, 0);

	for (1 .. $n) {
		my ($ask, $who, %header) = at_random();
		my $cached = decide($ask, $who, %header);
		my $fresh = decide($ask, $who, %header,
		    'Cache-Control' => 'no-cache');
		$hits++ if ($cached->header('x-cache-status') // '') eq 'HIT';
		$wrong++ if $cached->status != $fresh->status ||
		    $cached->json->{decision} ne $fresh->json->{decision} ||
		    $fresh->header('x-cache-status') ne 'BYPASS';
	}
	cmp_ok $hits, '>', $n / 20, 'control: many came from the cache';
	return $wrong;
}

# ---- OPA-03

my @poison = ('true', "1\n", '{"allow":true}', 'allow', '', "\0" x 64,
	'{"decision":"allow"}', 'x' x 1_000_000, '[1,2', '"allow"', 'null');

sub records () {
	return split /\n/, $redis->cli('KEYS', 'policy:decision:*');
}

sub poisoned () {
	my %denied = (action => 'server:register', resource => 'r');
	my $before = join ' ', records();

	is decide(\%denied, 'viewer')->json->{decision}, 'deny',
	    'control: a viewer may not';
	my ($key) = grep { index($before, $_) < 0 } records();
	ok defined $key, 'control: which is kept' or return;
	for my $poison (@poison) {
		$redis->write($key, $poison);
		my $answer = decide(\%denied, 'viewer');
		is $answer->json->{decision}, 'deny', 'still, with ' .
		    length($poison) . ' bytes of something else';
		is $answer->header('x-cache-status'), 'MISS', 'and it is a miss';
	}
}

# ---- OPA-10: Redis has no room, and evicts whatever it likes

sub flood ($policy, $n) {
	my $wrong = 0;

	$redis->cli('CONFIG', 'SET', 'maxmemory-policy', $policy);
	$redis->cli('CONFIG', 'SET', 'maxmemory', '3mb');
	for my $i (1 .. $n) {
		my $answer = decide({ %question, resource => "flood-$i" .
		    'x' x 2_000 });
		$wrong++ if $answer->status != 200 ||
		    $answer->json->{decision} ne 'allow';
	}
	my ($used) = $redis->cli('INFO', 'memory') =~ /^used_memory:(\d+)/m;
	is $wrong, 0, "$policy: each of $n is answered";
	cmp_ok $used, '<', 4_000_000, "$policy: Redis stays within its bound";
}

# Generations that were evicted must not bring an old decision back.
sub revoked_meanwhile () {
	$redis->cli('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
	my %ask = (%question, resource => 'mine');
	kept(\%ask);
	my @generations = split /\n/, $redis->cli('KEYS', 'policy:generation:*');
	cmp_ok scalar @generations, '>', 0, 'control: there are generations';
	$redis->cli('DEL', @generations);
	$sark->tool('sark-user', 'roles', '--role', 'viewer', 'dev');
	$redis->cli('DEL', split /\n/, $redis->cli('KEYS',
	    'policy:generation:*'));
	isnt cache(\%ask), 'HIT', 'an old decision does not come back';
	$sark->tool('sark-user', 'roles', '--role', 'developer', 'dev');
}

# ---- OPA-11

my @private = ('hunter2-password', 'eyJhbGciOiJub25lIn0.hidden.token',
	'AKIA0123456789ABCDEF', 'sark_live_secret');

sub private_parameters () {
	my %ask = (action => 'tool:invoke', tool => 'jira.get', parameters => {
	    password => $private[0], Authorization => "Bearer $private[1]",
	    nested => { api_key => $private[2] }, list => [ $private[3] ] },
	    context => { token => $private[1] });

	return Sark::Attack::fcgi($sark, $evaluate)->post($evaluate->[1], \%ask,
	    token => $token{dev}, headers => { 'X-Request-ID' => 'private' });
}

attacks(
	[ 'OPA-01', 'questions that run into each other', \&blurred,
	    sub { kept({ %question, tool => 'a|b' }) } ],
	[ 'OPA-02', 'questions at random', sub {
		is property($long ? 20_000 : 400), 0,
		    'the cache never says otherwise' },
	    sub { kept(\%question) } ],
	[ 'OPA-03', 'records that somebody else wrote', \&poisoned,
	    sub { kept(\%question) } ],
	[ 'OPA-04', 'a user disabled, a role revoked', sub {
		my %ask = (%question, resource => 'four');
		kept(\%ask);
		$sark->tool('sark-user', 'roles', '--role', 'viewer', 'dev');
		isnt cache(\%ask), 'HIT', 'another role: decided anew, at once';
		$sark->tool('sark-user', 'roles', '--role', 'developer', 'dev');
	    }, sub { kept({ %question, resource => 'four' }) } ],
	[ 'OPA-08', 'paths that are almost the same', sub {
		my %seen;
		for my $path ('/admin', '//admin', '/admin/', '/./admin',
		    '/x/../admin', '/%61dmin', '/ADMIN', '/admin;x', '\\admin',
		    '/admin%2f', "/admin\x{200b}") {
			my $answer = decide({ action => 'file:read',
			    resource => $path, explain => JSON::PP::true },
			    'admin');
			is $answer->status, 200, $json->encode([$path]);
			my $text = $json->encode($answer->json);
			like $text, qr/\Q@{[ substr $json->encode([$path]),
			    1, -1 ]}\E/, 'the policy sees it as it came';
			is cache({ action => 'file:read', resource => $path },
			    'admin'), 'MISS', 'and none stands for another';
		}
	    }, sub { kept({ action => 'file:read', resource => '/admin' },
		'admin') } ],
	[ 'OPA-09', 'a question that is too much', sub {
		problem decide({ %question, parameters => { a => 'x' x
		    1_100_000 } }), [ 413 ], 'more than a megabyte';
		my $deep = '[' x 100 . ']' x 100;
		problem Sark::Attack::post($sark, $evaluate, '{"action":"a:b",'
		    . qq("parameters":{"a":$deep}})), [ 400 ], '100 deep';
		problem decide({ %question, parameters => { map { $_ => 1 }
		    1 .. 1_001 } }), [ 422 ], 'too many';
	    }, sub {
		accepted decide({ %question, parameters => { a => 'x' x
		    100_000 } }), 'a hundred thousand bytes' } ],
	[ 'OPA-10', 'resources without end', sub {
		flood($_, $long ? 100_000 : 1_500) for qw(noeviction
		    allkeys-lru);
		revoked_meanwhile();
	    }, sub {
		$redis->cli('CONFIG', 'SET', 'maxmemory', '0');
		kept({ %question, resource => 'later' }) } ],
	[ 'OPA-11', 'what is nobody\'s business', sub {
		my @seen = map { my $secret = $_; grep { index($_, $secret) >= 0
		    } $sark->psql('SELECT string_agg(e::text, chr(10)) FROM ' .
		    'sark.audit_event e'), map { $sark->log($_) }
		    @{ $sark->{programs} } } @private
		    if accepted private_parameters(), 'a decision';
		is scalar @seen, 0, 'neither the trail nor a log has it';
	    }, sub {
		my ($event) = $sark->events(request_id => 'private');
		is $event->{resource}, 'jira.get', 'control: the event is there';
		is scalar(grep { index($json->encode($event), $_) >= 0 }
		    @private), 0, 'and has none of it'; } ],
);
unharmed($sark);

done_testing;
