# Rate limits in a real Redis: limits_test.c.

use v5.36;
use Sark::Redis;
use Sark::Skip;
use Sark::Temp;
use Sark::Tree qw(builddir);
use Test::More;

my $test = builddir() . '/t/lib/store/limits_test';
skip_all('cmocka is not installed') if !-x $test;

my $temp = Sark::Temp->new;
my $redis = Sark::Redis->new($temp)->start;
my ($rc, $out, $err) = $temp->run([ $test ], env => {
	CMOCKA_MESSAGE_OUTPUT => 'TAP', SARK_TEST_REDIS => $redis->socket });
my @results = $out =~ /^((?:not )?ok \d+ - .*)/mg;

cmp_ok scalar @results, '>', 0, 'the C tests ran';
ok !/^not/, s/^(?:not )?ok \d+ - //r for @results;
is $rc, 0, 'and ended well' or diag $err;

done_testing;
