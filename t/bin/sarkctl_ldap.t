# sarkctl ldap-test: what a login asks the directory and hears, step by step.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use Sark::LDAP;
use Sark::Program;
use Sark::Temp;
use Sark::Tree qw(program spew);
use Test::More;

my $temp = Sark::Temp->new;
my $ldap = Sark::LDAP->new($temp)->start;
my $conf = settings($ldap->conf);

sub settings (%conf) {
	return spew($temp->path('sark.conf'), join '', map { "$_ = "
	    . Sark::Program::literal($conf{$_}) . "\n" } sort keys %conf);
}

sub ldap_test ($stdin, @args) {
	return $temp->run([ program('sarkctl'), 'ldap-test', '--config', $conf,
	    @args ], stdin => $stdin);
}

my $right = Sark::LDAP::password('alice');
my @word = ('--password-file', '-');
my ($rc, $out, $err) = ldap_test("$right\n", @word, 'alice');
is $rc, 0, 'who is let in' or diag $err;
my $url = $ldap->url;
my $url_like = qr/\Q$url\E/;
like $out, qr/^server +$url_like$/m, 'the server';
like $out, qr/^service account +cn=sark,/m, 'the service account';
like $out, qr/^search +\(&\(objectClass=person\)\(\|\(uid=alice\)\)\) under/m,
    'the search';
like $out, qr/^entry +uid=alice,ou=people/m, 'her entry';
like $out, qr/^password +right$/m, 'her password';
like $out, qr/^group +cn=developers,.*^group +cn=everybody,/ms, 'her groups';
like $out, qr/^role +developer\nrole +viewer\nteam +red\nmanages +-$/m,
    'what they give her';
like $out, qr/^outcome +lets the user in$/m, 'the outcome';
unlike "$out$err", qr/\Q$right\E|the service account\b.*nail/, 'no secret';

($rc, $out) = ldap_test("wrong\n", @word, 'alice');
is $rc, 1, 'a wrong password';
like $out, qr/^outcome +wrong_password$/m, 'is said to be one';
($rc, $out) = ldap_test('', '--no-password', 'alice');
is $rc, 0, 'without a password';
like $out, qr/^role +viewer$/m, 'her roles are shown';
($rc, $out) = ldap_test('', '--no-password', 'nobody');
is $rc, 1, 'nobody';
like $out, qr/^outcome +unknown_user$/m, 'is not found';
($rc, $out) = ldap_test("\n", @word, 'alice');
is "$rc $out", "1 outcome          wrong_password\n",
    'an empty password asks nobody';
is +(ldap_test('', '--no-password'))[0], 64, 'whom?';

$ldap->stop;
($rc, $out, $err) = ldap_test("$right\n", @word, 'alice');
is $rc, 69, 'the server is away';
like $out, qr/^failed +$url_like: /m, 'the step says so';
like $err, qr/$url_like: Connection refused/, 'and the error';
$conf = settings();
($rc, undef, $err) = ldap_test('', '--no-password', 'alice');
is $rc, 69, 'no directory';
like $err, qr/ldap_servers is empty/, 'which it says';
$conf = settings(ldap_servers => ['ldap://x'], ldap_base => 'x');
is +(ldap_test('', '--no-password', 'alice'))[0], 78, 'a wrong setting';

done_testing;
