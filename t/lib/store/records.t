# Users, sessions, generations and the schema check: records_test.c and
# standing_test.c on real servers; then what takes two at once, or another schema.

use v5.36;
use Sark::Driver;
use Sark::PostgreSQL;
use Sark::Redis;
use Sark::Skip;
use Sark::Temp;
use Sark::Tree qw(srcdir builddir program spew);
use Test::More;

my @tests = map { builddir() . "/t/lib/store/${_}_test" } qw(records standing);
skip_all('cmocka is not installed') if grep { !-x } @tests;

my $temp = Sark::Temp->new;
my $pg = Sark::PostgreSQL->new($temp)->start->create;
my $redis = Sark::Redis->new($temp)->start;
my $conf = $temp->path('sark.conf');

spew($conf, qq{postgresql = "} . $pg->conninfo('owner') . qq{"\n});

sub migrate (@args) {
	my ($rc, undef, $err) = $temp->run([ program('sark-migrate'),
	    '--config', $conf, '--dir', srcdir() . '/sql', @args ]);

	BAIL_OUT("sark-migrate: $err") if $rc != 0;
}

migrate();
for my $test (@tests) {
	my ($rc, $out, $err) = $temp->run([ $test ], env => {
		CMOCKA_MESSAGE_OUTPUT => 'TAP', SARK_TEST_PG => $pg->conninfo,
		SARK_TEST_REDIS => $redis->socket });
	my @results = $out =~ /^((?:not )?ok \d+ - .*)/mg;

	cmp_ok scalar @results, '>', 0, 'the C tests ran';
	ok !/^not/, s/^(?:not )?ok \d+ - //r for @results;
	is $rc, 0, 'and ended well' or diag $err;
}

# ---- another schema

sub check_says ($want, $name) {
	my $driver = Sark::Driver->start('t/lib/store/pg_driver',
	    $pg->conninfo, 'sark_policy', 2000);

	like $driver->say('schema'), $want, $name;
}

my ($newest) = $pg->psql('SELECT max(version) FROM sark.migration');
my $next = $newest + 1;

check_says(qr/^ok$/, 'the schema of these programs');
$pg->psql("INSERT INTO sark.migration (version, name, checksum)"
    . " VALUES ($next, 'next', repeat('0', 64))");
check_says(qr/^configuration\tthe schema is at $next, this program needs $newest: install/,
    'a newer one');
$pg->psql("DELETE FROM sark.migration WHERE version >= $newest");
check_says(qr/^configuration\tthe schema is at @{[$newest - 1]}, this program needs $newest: run sark-migrate/,
    'an older one');
$pg->stop;
check_says(qr/^unavailable/, 'none, while PostgreSQL is away');

done_testing;
