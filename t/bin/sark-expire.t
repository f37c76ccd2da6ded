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

sub there ($table = 'idempotency_key') {
	return $sark->psql("SELECT count(*) FROM sark.$table");
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
ends ['--dry-run'], 0, qr/^2500 kept answers would be removed\n(?:0 .*\n)+\z/, $nothing,
    'a dry run';
is there(), 2504, 'which changes nothing';
ends ['--verbose'], 0, qr/^2500 kept answers removed\n(?:0 .*\n)+\z/, $nothing,
    'more than one batch';
is there(), 4, 'what is younger stays';
ends [], 0, $nothing, $nothing, 'nothing to do is fine, and silent';
is there(), 4, 'and nothing is done';
# What ends, planted as long ago as it stays, and a bit less.
subtest 'sessions, bindings, keys, logins, second factors' => sub {
	my $user = $sark->psql(q{SELECT user_id FROM sark.users LIMIT 1});
	my $plant = sub ($days) {
		$sark->psql(<<~"END");
			INSERT INTO sark.session (session_id, user_id, token_id,
			    secret_hash, expires_at, revoked_at)
			SELECT gen_random_uuid(), '$user', gen_random_uuid(), '',
			    now() - e, now() - r
			FROM (VALUES (interval '$days days', NULL),
			    (interval '-1 day', interval '$days days'))
			AS v (e, r);
			INSERT INTO sark.role_binding (binding_id, role, user_id,
			    expires_at) VALUES (gen_random_uuid(), 'viewer',
			    '$user', now() - interval '$days days');
			INSERT INTO sark.api_key (key_id, user_id, name, scopes,
			    expires_at, revoked_at)
			SELECT gen_random_uuid(), '$user', n || ' $days',
			    '{server:read}', now() - e, now() - r
			FROM (VALUES ('expired', interval '$days days', NULL),
			    ('revoked', interval '-9 days',
				interval '$days days')) AS v (n, e, r);
			INSERT INTO sark.api_key_secret (prefix, key_id, digest,
			    expires_at)
			SELECT rpad(translate('$days', '189', 'cab'), 12, 'z'),
			    key_id, repeat('0', 64), now() - interval '$days days'
			FROM sark.api_key WHERE name = 'live';
			INSERT INTO sark.login_attempt (account, network,
			    touched_at) VALUES (repeat('0', 64),
			    '10.0.$days.0/24', now() - interval '$days days')
			END
	};

	$sark->psql("INSERT INTO sark.api_key (key_id, user_id, name, scopes)"
	    . " VALUES (gen_random_uuid(), '$user', 'live', '{server:read}')");
	$plant->(89);
	$sark->psql(<<~"END");
		INSERT INTO sark.session (session_id, user_id, token_id,
		    secret_hash, expires_at) VALUES (gen_random_uuid(), '$user',
		    gen_random_uuid(), '', now() + interval '1 day');
		INSERT INTO sark.role_binding (binding_id, role, user_id)
		    VALUES (gen_random_uuid(), 'viewer', '$user');
		INSERT INTO sark.totp (user_id, secret, created_at, confirmed_at)
		    SELECT user_id, 'x', now() - interval '25 hours', now()
		    FROM sark.users WHERE user_id <> '$user' LIMIT 1
		END
	my @tables = qw(session role_binding login_attempt totp
	    api_key api_key_secret);
	my @young = map { there($_) } @tables;
	ends ['--verbose'], 0, qr/^(?:0 .* removed\n)+\z/, $nothing,
	    'nothing is old enough';
	is_deeply [ map { there($_) } @tables ], \@young, 'and all stays';

	$plant->(91);
	$sark->psql("INSERT INTO sark.totp (user_id, secret, created_at)"
	    . " VALUES ('$user', 'x', now() - interval '25 hours')");
	my $all = qr/2 sessions.*1 role.*2 API keys.*1 rotated.*1 notes.*1 second/s;
	ends ['--dry-run'], 0, $all, $nothing, 'a dry run counts';
	ends ['--verbose'], 0, $all, $nothing, 'what is old goes';
	is_deeply [ map { there($_) } @tables ], \@young, 'and nothing else';
};

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
