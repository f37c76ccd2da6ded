#!/usr/bin/perl
# sark-refresh: the directory is asked about its users at each refresh.

use v5.36;
use Sark;
use Sark::LDAP;
use Sark::Temp;
use Test::More;

my $ldap = Sark::LDAP->new(Sark::Temp->new)->start;
my $sark = Sark->start('login', 'refresh', { conf => { $ldap->conf } });

sub enter ($user) {
	return $sark->stranger->post('/api/v1/auth/login/ldap',
	    { username => $user, password => Sark::LDAP::password($user) })
	    ->json;
}

sub refresh ($tokens) {
	return $sark->stranger->post('/api/v1/auth/refresh',
	    { refresh_token => $tokens->{refresh_token} });
}

sub access ($tokens) {
	return Sark::Client->new(url => $sark->url,
	    token => $tokens->{access_token})->get('/api/v1/auth/me')->status;
}

subtest 'his groups' => sub {
	my $tokens = enter('erin');

	is_deeply $tokens->{user}{roles}, [], 'no group, no role';
	$ldap->modify(join "\n", "dn: cn=developers,ou=groups,$Sark::LDAP::base",
	    'changetype: modify', 'add: member',
	    'member: ' . Sark::LDAP::dn('erin'), '');
	$tokens = refresh($tokens)->json;
	is_deeply $tokens->{user}{roles}, [qw(developer viewer)],
	    'a group gives roles at the next refresh';
	is access($tokens), 200, 'and he goes on';
};

subtest 'a directory that is away' => sub {
	my $tokens = enter('carol');

	$ldap->stop;
	refused refresh($tokens), 503, 'no refresh meanwhile';
	$ldap->start;
	is refresh($tokens)->status, 200, 'then it goes on';
};

subtest 'who has gone' => sub {
	my ($one, $two) = map { enter('carol') } 1, 2;

	$ldap->modify('dn: ' . Sark::LDAP::dn('carol')
	    . "\nchangetype: delete\n");
	refused refresh($one), 401, 'invalid_refresh_token', 'is refused';
	is access($_), 401, 'his sessions are over' for $one, $two;
	refused refresh($two), 401, 'invalid_refresh_token', 'all of them';
};

done_testing;
