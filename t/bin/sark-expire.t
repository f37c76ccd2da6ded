# sark-expire: removes what is old, all of it, and nothing else.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use Sark;
use Test::More;

my $sark = Sark->start({ web => 0 });

# So many kept answers, of this age.
sub plant ($n, $age) {
	$sark->psql(<<~"END");
		INSERT INTO sark.idempotency_key (caller_id, route, key_digest,
		    request_digest, status, answer, created_at)
		SELECT gen_random_uuid(), 'POST /', repeat('0', 64),
		    repeat('0', 64), 201, 'x', now() - interval '$age'
		FROM generate_series(1, $n)
		END
}

sub there () {
	return $sark->psql('SELECT count(*) FROM sark.idempotency_key');
}

sub ends ($args, $exit, $out, $err, $name) {
	my @got = $sark->run('sark-expire', @$args);

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is $got[0], $exit, $name or diag $got[2];
	like $got[1], $out, "$name: standard output";
	like $got[2], $err, "$name: standard error";
}

my $nothing = qr/^\z/;

plant(2500, '24 hours 1 second');
plant(3, '23 hours');
plant(1, '-1 hour');
ends ['--dry-run'], 0, qr/^2500 kept answers would be removed$/, $nothing,
    'a dry run';
is there(), 2504, 'which changes nothing';
ends ['--verbose'], 0, qr/^2500 kept answers removed$/, $nothing,
    'more than one batch';
is there(), 4, 'what is younger stays';
ends [], 0, $nothing, $nothing, 'nothing to do is fine, and silent';
is there(), 4, 'and nothing is done';
ends ['more'], 64, $nothing, qr/unexpected argument/, 'a wrong command line';
ends ['--config', '/nonexistent/sark.conf'], 78, $nothing, qr/nonexistent/,
    'no settings';

$sark->psql("INSERT INTO sark.migration (version, name, checksum)"
    . " VALUES (9999, 'next', repeat('0', 64))");
ends [], 78, $nothing, qr/the schema is at 9999/, 'another schema';
$sark->psql('DELETE FROM sark.migration WHERE version = 9999');
$sark->postgresql->stop;
ends [], 69, $nothing, qr/postgresql/, 'PostgreSQL is away';
$sark->postgresql->start;
ends [], 0, $nothing, $nothing, 'and is back';

done_testing;
