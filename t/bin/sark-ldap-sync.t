# sark-ldap-sync: users of the directory as it has them, and no others.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use Sark;
use Sark::LDAP;
use Sark::Temp;
use Test::More;

my $temp = Sark::Temp->new;
my $ldap = Sark::LDAP->new($temp)->start;
my $sark = Sark->start('login', 'refresh', { conf => { $ldap->conf(
	ldap_sync_percent => 50) } });
my $base = $Sark::LDAP::base;
my %refresh;

sub login ($user) {
	my $answer = $sark->stranger->post('/api/v1/auth/login/ldap',
	    { username => $user, password => Sark::LDAP::password($user) });

	$refresh{$user} = $answer->json->{refresh_token}
	    if $answer->status == 200;
	return $answer;
}

sub refresh ($user) {
	my $answer = $sark->stranger->post('/api/v1/auth/refresh',
	    { refresh_token => $refresh{$user} });

	$refresh{$user} = $answer->json->{refresh_token}
	    if $answer->status == 200;
	return $answer;
}

sub ends ($args, $exit, $out, $err, $name) {
	my @got = $sark->run('sark-ldap-sync', @$args);

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is $got[0], $exit, $name or diag $got[1], $got[2];
	like $got[1], $out, "$name: standard output";
	like $got[2], $err, "$name: standard error";
}

sub disabled () {
	return $sark->psql('SELECT coalesce(string_agg(username, \' \' ORDER BY'
	    . ' username), \'\') FROM sark.users WHERE disabled_at IS NOT NULL');
}

sub sessions ($user) {
	return $sark->psql('SELECT count(*) FROM sark.session JOIN sark.users'
	    . " USING (user_id) WHERE username = '$user' AND revoked_at IS NULL");
}

sub delete_entry ($user) {
	$ldap->modify('dn: ' . Sark::LDAP::dn($user)
	    . "\nchangetype: delete\n");
}

my $nothing = qr/^\z/;

is login($_)->status, 200, "$_ logs in" for qw(alice bob carol dave erin);
ends [], 0, $nothing, $nothing, 'nothing to do is fine, and silent';
ends ['--verbose'], 0, qr/^5 users, 0 changed, 0 disabled\n\z/, $nothing,
    'told';

delete_entry('erin');
$ldap->modify("dn: cn=developers,ou=groups,$base\nchangetype: modify\n"
	. 'delete: member' . "\nmember: " . Sark::LDAP::dn('bob') . "\n");
ends ['--dry-run'], 0, qr/^change bob: roles= teams= manages=red
disable erin: unknown_user
5 users, 1 would be changed, 1 would be disabled\n\z/, $nothing, 'a dry run';
is disabled(), '', 'which changes nothing';
is sessions('erin'), 1, 'and ends no session';

ends ['-v'], 0, qr/^5 users, 1 changed, 1 disabled$/m, $nothing, 'a run';
is disabled(), 'erin', 'who is gone is disabled';
is sessions('erin'), 0, 'her session is over';
is sessions('bob'), 1, 'control: his is not';
is $sark->psql("SELECT count(*) FROM sark.user_role JOIN sark.users"
	. " USING (user_id) WHERE username = 'bob'"), 0, 'his roles have gone';
$sark->audited('user_disabled', undef, reason => 'unknown_user');
$sark->audited('user_synchronized');
ends ['-v'], 0, qr/^5 users, 0 changed, 0 disabled$/m, $nothing,
    'the second finds nothing';

# ---- back again
$ldap->modify(Sark::LDAP::person('erin') =~ s/\n/\nchangetype: add\n/r);
is login('erin')->status, 401, 'another entry of the name is another person';
$sark->psql("UPDATE sark.users SET directory_id = NULL"
	. " WHERE username = 'erin'");
ends ['-v'], 0, qr/^change erin/m, $nothing, 'who is back';
is disabled(), '', 'is enabled';
is login('erin')->status, 200, 'and logs in';

# ---- an administrator's word
$sark->tool('sark-user', 'disable', 'carol');
ends ['-v'], 0, qr/^4 users, 0 changed, 0 disabled$/m, $nothing,
    'who was disabled by hand';
is disabled(), 'carol', 'stays so';
$sark->tool('sark-user', 'enable', 'carol');
is login('carol')->status, 200, 'she is back';

# ---- too many
delete_entry($_) for qw(alice bob dave);
ends [], 73, $nothing, qr/more than ldap_sync_percent/, 'too many';
is disabled(), '', 'nobody is disabled';
ends ['--dry-run'], 0, qr/3 would be disabled/, $nothing, 'a dry run tells';

# ---- refresh asks, too
is refresh('carol')->status, 200, 'control: a refresh';
refused refresh('alice'), 401, 'a refresh of who is gone';
is disabled(), 'alice', 'disables her';
is sessions('alice'), 0, 'and ends her sessions';
$ldap->stop;
refused refresh('carol'), 503, 'a refresh while the directory is away';
ends [], 69, $nothing, qr/ldap:/, 'the directory is away';
is disabled(), 'alice', 'and nobody is gone for that';
$ldap->start;
is refresh('carol')->status, 200, 'the same token, when it is back';

ends ['--force', '-v'], 0, qr/2 disabled$/m, $nothing, 'by force';
is disabled(), 'alice bob dave', 'all of them';

# ---- what stands in the way
ends ['more'], 64, $nothing, qr/unexpected argument/, 'a wrong command line';
$sark->postgresql->stop;
ends [], 69, $nothing, qr/postgresql/, 'PostgreSQL is away';
$sark->postgresql->start;
$sark->redis->stop;
delete_entry('carol');
ends ['--force'], 69, $nothing, qr/redis/, 'Redis is away';
is disabled(), 'alice bob dave', 'and nothing was changed';
$sark->redis->start;
open my $lock, '>>', $sark->run_dir . '/ldap-sync.lock' or die $!;
$temp->give($sark->run_dir . '/ldap-sync.lock');
flock $lock, 2 or die $!;
ends [], 75, $nothing, qr/lock/, 'another run';
close $lock;
ends ['--force'], 0, $nothing, $nothing, 'and then';
is disabled(), 'alice bob carol dave', 'it is done';
$sark->set(ldap_servers => []);
ends [], 69, $nothing, qr/ldap_servers is empty/, 'no directory';

done_testing;
