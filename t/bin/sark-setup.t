# sark-setup: what it refuses before it touches anything; what it does is in
# t/e2e/packages.t.

use v5.36;
use Sark::Temp;
use Sark::Tree qw(builddir spew);
use Test::More;

my $temp = Sark::Temp->new;
my $setup = builddir() . '/bin/sark-setup';

sub refused ($want, $pattern, $name, @args) {
	my ($rc, $out, $err) = $temp->run([ 'sh', '-s', '--', @args ],
	    stdin => Sark::Tree::slurp($setup), user => 1);

	is $rc, $want, $name;
	like $err, $pattern, "$name: says why";
}

refused(64, qr/^usage: /, 'an unknown option', '--fast');
refused(64, qr/^usage: /, 'an unknown option with a value', '--fast=1');
refused(64, qr/^usage: /, 'an argument', 'now');
refused(64, qr/--admin needs a value/, 'an option without its value', '--admin');
refused(64, qr/write or show/, 'another way of access', '--access=maybe');
refused(64, qr/would be seen by ps/, 'a password on the command line',
    '--database', 'dbname=sark password=secret');
refused(66, qr/nosuchfile cannot be read/, 'a password file that is not there',
    '--password-file', '/nosuchfile');
# the control: nothing is wrong with these but who runs it
refused(77, qr/run it as root/, 'not root', '--batch', '--access=write',
    '--database', 'dbname=sark');

my ($rc, $out) = $temp->run([ 'sh', $setup, '--help' ]);
is $rc, 0, '--help';
like $out, qr/^usage: sark-setup/, 'prints how to use it';

done_testing;
