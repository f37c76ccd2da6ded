#!/usr/bin/perl
# sark-login: login through the company's directory, a real slapd.

use v5.36;
use JSON::PP;
use Sark;
use Sark::LDAP;
use Sark::Temp;
use Sark::Tree qw(spew);
use Test::More;

my $temp = Sark::Temp->new;
my $data = '80090308: LdapErr: DSID-0C090446, comment: '
    . 'AcceptSecurityContext error, data %s, v4563';
my $ldap = Sark::LDAP->new($temp, odd => {
	frank => [ 49, sprintf $data, 533 ],
	grace => [ 49, sprintf $data, 532 ],
	heidi => [ 49, sprintf $data, 773 ], ivan => [ 53, 'not today' ] },
    ldif => join('', Sark::LDAP::person('judy', 'pwdReset: TRUE'),
	Sark::LDAP::person('dev'),
	Sark::LDAP::person('zoe', 'objectClass: shadowAccount',
	    'shadowExpire: 1')))->start;
my $sark = Sark->start('login', 'refresh', { conf => { $ldap->conf } });
my $stranger = $sark->stranger;
my $path = '/api/v1/auth/login/ldap';

sub login ($user, $password = Sark::LDAP::password($user)) {
	return $stranger->post($path,
	    { username => $user, password => $password });
}

# Logs in and gives the user object; the test ends if that fails.
sub user_of ($user) {
	my $answer = login($user);

	is $answer->status, 200, "$user logs in" or diag $answer->body;
	return $answer->json->{user} // {};
}

# A refused login, with the reason in the trail.
sub refused_for ($user, $why, $name, @password) {
	my $answer = login($user, @password);

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	refused $answer, 401, 'invalid_credentials', $name;
	my @events = $sark->events(type => 'authentication_failure',
	    request_id => $answer->header('x-request-id'));
	is scalar @events, 1, "$name: one event";
	is $events[0]{reason}, $why, "$name: for $why";
	is $events[0]{action}, 'login:ldap', "$name: its action";
}

# Other settings for sark-login, over those of the test.
sub settings (%more) {
	$sark->set($ldap->conf(ldap_starttls => 'true', ldap_preset =>
	    'openldap', ldap_user_filter => '', ldap_login_attributes => [],
	    %more));
}

sub restart_with (%more) {
	settings(%more);
	$sark->restart_program('login');
}

sub change ($user, @lines) {
	$ldap->modify(join "\n", 'dn: ' . Sark::LDAP::dn($user),
	    'changetype: modify', @lines, '');
}

sub members ($group, $how, @users) {
	$ldap->modify(join "\n", "dn: cn=$group,ou=groups,$Sark::LDAP::base",
	    'changetype: modify', "$how: member",
	    (map { 'member: ' . Sark::LDAP::dn($_) } @users), '');
}

subtest 'the first login makes the user' => sub {
	my $tokens = login('alice')->json;
	my $user = $tokens->{user};

	is $user->{username}, 'alice', 'name';
	is $user->{provider}, 'ldap', 'provider';
	is $user->{email}, 'alice@example.org', 'e-mail';
	is $user->{name}, 'Alice Somebody', 'name for people';
	is_deeply $user->{roles}, [qw(developer viewer)],
	    'roles of her group, and of the group that it is in';
	is_deeply $user->{teams}, ['red'], 'a team, by a DN with an escape';
	$sark->audited('user_created', $user->{user_id}, actor => 'alice');
	$sark->audited('authentication_success', undef, actor => 'alice',
	    action => 'login:ldap');
	my $me = Sark::Client->new(url => $sark->url,
	    token => $tokens->{access_token})->get('/api/v1/auth/me');
	is_deeply $me->json->{roles}, $user->{roles}, 'the token counts';
	is $sark->psql("SELECT password_hash IS NULL FROM sark.users"
	    . " WHERE username = 'alice'"), 't', 'no password is kept';
	is $sark->psql("SELECT count(*) FROM sark.user_group WHERE user_id"
	    . " = '$user->{user_id}'"), 3, 'her groups are kept';
};

subtest 'a later one finds him' => sub {
	my $first = user_of('bob');
	my $events = $sark->events(type => 'user_synchronized');

	is user_of('BOB' =~ tr/A-Z/a-z/r)->{user_id}, $first->{user_id},
	    'the same user';
	is scalar($sark->events(type => 'user_created', actor => 'bob')), 1,
	    'made once';
	is scalar($sark->events(type => 'user_synchronized')), $events,
	    'and nothing changed';
	is $sark->psql("SELECT manager FROM sark.team_member WHERE user_id ="
	    . " '$first->{user_id}' AND team = 'red'"), 't', 'he manages';
	is login('BoB', Sark::LDAP::password('bob'))->json->{user}{user_id},
	    $first->{user_id}, 'in another case, too';
};

subtest 'what changes there changes here' => sub {
	my $id = user_of('erin')->{user_id};

	is_deeply user_of('erin')->{roles}, [], 'no group, no role';
	members('developers', add => 'erin');
	change('erin', 'replace: mail', 'mail: e@example.org');
	my $user = user_of('erin');
	is_deeply $user->{roles}, [qw(developer viewer)], 'new roles';
	is $user->{email}, 'e@example.org', 'new e-mail';
	my $event = $sark->audited('user_synchronized', $id);
	is_deeply $event->{detail}{roles}, [qw(developer viewer)],
	    'the event has them';
	$sark->tool('sark-user', 'roles', '--role', 'operator', '--role',
	    'developer', '--role', 'viewer', '--team', 'blue', 'erin');
	is_deeply user_of('erin')->{roles}, [qw(developer operator viewer)],
	    'a role that was given by hand stays';
	members('developers', delete => 'erin');
	$user = user_of('erin');
	is_deeply $user->{roles}, ['operator'], 'the group\'s go'
	    or diag $sark->psql('SELECT * FROM sark.user_role');
	is_deeply $user->{teams}, ['blue'], 'a team by hand stays';
};

subtest 'groups by memberUid' => sub {
	is_deeply user_of('dave')->{roles}, ['operator'], 'a posixGroup';
	is_deeply user_of('carol')->{roles}, ['viewer'],
	    'groups that hold each other do no harm';
};

subtest 'who is refused' => sub {
	refused_for('alice', 'wrong_password', 'a wrong password', 'wrong');
	refused_for('nobody', 'unknown_user', 'nobody of that name');
	refused_for('frank', 'disabled', 'disabled (AD 533)');
	refused_for('grace', 'password_expired', 'expired password (AD 532)');
	refused_for('heidi', 'password_must_change', 'must change (AD 773)');
	refused_for('ivan', 'not_permitted', 'the server is unwilling');
	refused_for('judy', 'password_must_change', 'must change (ppolicy)');
	refused_for('zoe', 'expired', 'an expired account');
	refused_for('zoe', 'wrong_password', 'and does not show with another',
	    'wrong');
	refused_for('dev', 'other_provider', 'the name of a local user');
	is $sark->psql("SELECT provider FROM sark.users"
	    . " WHERE username = 'dev'"), 'local', 'who was not taken over';
	is $stranger->post('/api/v1/auth/login/local', { username => 'dev',
	    password => Sark::password('dev') })->status, 200,
	    'and still has his own password';
	refused $stranger->post('/api/v1/auth/login/local',
	    { username => 'alice', password => Sark::LDAP::password('alice') }),
	    401, 'invalid_credentials', 'no local login of a directory user';
};

subtest 'an administrator has the last word' => sub {
	user_of('dave');
	$sark->tool('sark-user', 'disable', 'dave');
	refused_for('dave', 'disabled', 'disabled here');
	$sark->tool('sark-user', 'enable', 'dave');
	user_of('dave');
};

subtest 'another person of the same name' => sub {
	my $id = user_of('carol')->{user_id};

	$ldap->modify('dn: ' . Sark::LDAP::dn('carol')
	    . "\nchangetype: delete\n");
	$ldap->modify(Sark::LDAP::person('carol') =~
	    s/\n/\nchangetype: add\n/r);
	refused_for('carol', 'other_person', 'does not get her account');
	$ldap->modify('dn: ' . Sark::LDAP::dn('erin') . "\nchangetype: modrdn\n"
	    . "newrdn: uid=erika\ndeleteoldrdn: 1\n");
	my $was = $sark->psql("SELECT user_id FROM sark.users"
	    . " WHERE username = 'erin'");
	my $erika = login('erika', Sark::LDAP::password('erin'))->json->{user};
	is $erika->{user_id}, $was, 'who was renamed keeps his';
	is $erika->{username}, 'erika', 'under the new name';
};

subtest 'the ways to it' => sub {
	my %way = (ldaps => [ ldap_servers => [ $ldap->tls_url ] ],
	    ldapi => [ ldap_servers => [ $ldap->local_url ] ],
	    'without TLS on loopback' => [ ldap_starttls => 'false' ],
	    'the second server' => [ ldap_servers =>
		[ 'ldaps://127.0.0.1:1', $ldap->tls_url ] ]);

	for my $name (sort keys %way) {
		restart_with(@{ $way{$name} });
		is login('alice')->status, 200, $name;
		refused login('alice', 'wrong'), 401, "$name: a wrong password";
	}
};

subtest 'Active Directory' => sub {
	restart_with(ldap_preset => 'active_directory',
	    ldap_base => $Sark::LDAP::corp);
	my $wanda = user_of('wanda');
	is_deeply $wanda->{roles}, [qw(developer viewer)],
	    'memberOf, and the group that holds it';
	is $wanda->{name}, 'Wanda of Corp', 'displayName';
	is login('wanda@corp.example', Sark::LDAP::password('wanda'))
	    ->json->{user}{user_id}, $wanda->{user_id}, 'userPrincipalName';
	like $sark->psql("SELECT directory_id FROM sark.users WHERE"
	    . " username = 'wanda'"), qr/^#[0-9a-f]{64}$/, 'objectGUID';
	refused_for('walter', 'disabled', 'userAccountControl');
	refused_for('wilma', 'expired', 'accountExpires');
	refused_for('walter', 'wrong_password', 'only the right one tells',
	    'wrong');
};

subtest 'providers' => sub {
	my @providers = @{ $stranger->get('/api/v1/auth/providers')
	    ->json->{providers} };

	is_deeply [ map { $_->{id} } @providers ], [qw(local ldap)],
	    'both are shown';
	is $providers[1]{login_url}, $path, 'where to log in';
};

subtest 'away' => sub {
	restart_with();
	my $failures = $sark->events(type => 'authentication_failure');
	$ldap->stop;
	refused login('alice'), 503, 'unavailable', 'the right password';
	refused login('alice', 'wrong'), 503, 'unavailable', 'a wrong one';
	ok login('alice')->header('retry-after'), 'Retry-After';
	is scalar($sark->events(type => 'authentication_failure')), $failures,
	    'no failed password';
	is $stranger->post('/api/v1/auth/login/local', { username => 'viewer',
	    password => Sark::password('viewer') })->status, 200,
	    'local users log in';
	$ldap->start;
	is login('alice')->status, 200, 'back, without a restart';
	for my $store (qw(postgresql redis)) {
		$sark->without($store => sub {
			refused login('alice'), 503, "$store away";
		});
	}
	is login('alice')->status, 200, 'back';
};

subtest 'another password of the service account' => sub {
	spew($ldap->{password_file}, "something else\n", 0600);
	$temp->give($ldap->{password_file});
	Sark::Temp->until('a worker with the new one', sub {
		return login('alice')->status == 503;
	});
	Sark::Temp->until('the log', sub {
		return $sark->log('login') =~ /refuses cn=sark/;
	});
	unlike $sark->log('login'), qr/something else/, 'but not the password';
	spew($ldap->{password_file}, "the service account\n", 0600);
	$temp->give($ldap->{password_file});
	Sark::Temp->until('a worker with the right one', sub {
		return login('alice')->status == 200;
	});
	pass 'control: the right one works, without a restart';
};

subtest 'who guesses has to wait' => sub {
	restart_with(login_delay_after => 3);
	user_of('alice');
	refused_for('alice', 'wrong_password', "wrong $_", "wrong $_") for 1 .. 3;
	# too long a wait for the rest to be over before it
	$sark->psql("UPDATE sark.login_attempt SET locked_until = now()"
	    . " + interval '1 hour' WHERE locked_until IS NOT NULL");
	ok $sark->audited('account_locked'), 'the trail tells';
	refused_for('alice', 'locked', 'also the right password is refused');
	user_of('bob');
	$sark->tool('sark-user', 'unlock', 'alice');
	user_of('alice');
	restart_with();
};

subtest 'settings that cannot be' => sub {
	my $map = $temp->path('bad.map');
	my @cases = (
		[ [ ldap_servers => ['http://x'] ], qr/no LDAP URL/ ],
		[ [ ldap_servers => ['ldap://ldap.example.org'],
		    ldap_starttls => 'false' ], qr/clear text/ ],
		[ [ ldap_base => 'here' ], qr/ldap_base: 'here' is no DN/ ],
		[ [ ldap_user_filter => '(uid=*))(a=b' ], qr/ldap_user_filter/ ],
		[ [ ldap_login_attributes => ['uid)(x'] ], qr/attribute/ ],
		[ [ ldap_password_file => '' ], qr/needs a password/ ],
		[ [ ldap_map_file => $map ], qr/bad\.map:2: begins with none/ ],
	);

	spew($map, "role viewer *\nrule viewer *\n", 0644);
	for (@cases) {
		my ($set, $why) = @$_;
		settings(@$set);
		my ($rc, undef, $err) = $temp->run([
		    Sark::Tree::program('sark-login'), '--config', $sark->conf,
		    '--check-config' ]);
		is $rc, 78, "$set->[0] $set->[1] is refused";
		like $err, $why, 'for that reason';
	}
	settings();
	is +($temp->run([ Sark::Tree::program('sark-login'), '--config',
	    $sark->conf, '--check-config' ]))[0], 0, 'control: good ones';
};

subtest 'no secret in the log' => sub {
	my $log = $sark->log('login');

	like $log, qr/invalid_credentials/, 'control: there is a log';
	unlike $log, qr/correct pony|the service account/, 'no password';
};

done_testing;
