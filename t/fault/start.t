# Programs that start while something is away, or with a schema that is not
# theirs.

use v5.36;
use Test::More;

use Sark;
use Sark::Fault::Row;
use Sark::PostgreSQL;
use Sark::Program;
use Sark::Redis;
use Sark::Temp;
use Sark::Tree qw(program slurp srcdir);

my $temp = Sark::Temp->new;
my $pg = Sark::PostgreSQL->new($temp)->start->create;
my $redis = Sark::Redis->new($temp)->start;
my $login = Sark::Program->new($temp, 'sark-login',
	postgresql => $pg->conninfo, redis_socket => $redis->socket);
my $jwks = '/.well-known/jwks.json';	# asks no store by itself

# Starts it on a socket and waits until it has ended.
sub refuses ($pattern, $name) {
	my $pid = $temp->spawn(name => 'refused', stdin => $login->listen_on(
	    $temp->path('refused.sock')), command => [ program('sark-login'),
	    '--config', $login->conf ]);

	my $log = $temp->path('refused.log');
	Sark::Temp->until("$name: its end", sub { waitpid($pid, 1) == $pid });
	is $? >> 8, 78, "$name: exit 78";
	like slurp($log), qr/^sark-login: .*$pattern/m, "$name: says why";
	unlink $log;
}

my ($rc, $out, $err) = $temp->run([ program('sark-migrate'), '--config',
	$login->conf, '--database', $pg->conninfo('owner'), '--dir',
	srcdir() . '/sql' ]);
is $rc, 0, 'the schema is made' or diag $out, $err;

my $newest = $pg->psql('SELECT max(version) FROM sark.migration');

row 'G-16 a schema older or newer than the program' => sub {
	$login->start;
	is $login->client->get($jwks)->status, 200,
	    'control: with its schema it serves';
	$login->stop;

	$pg->psql("INSERT INTO sark.migration (version, name, checksum)"
	    . " SELECT version + 1, 'later', checksum FROM sark.migration"
	    . " WHERE version = $newest");
	refuses qr/the schema is at @{[ $newest + 1 ]}, this program needs $newest/,
	    'a newer schema';
	$pg->psql("UPDATE sark.migration SET oldest_program = $newest"
	    . " WHERE version = $newest + 1");
	$login->start;
	is $login->client->get($jwks)->status, 200,
	    'with a newer one that suits it, it serves';
	$login->stop;
	older();
	refuses qr/the schema is at @{[ $newest - 1 ]}.*run sark-migrate/,
	    'an older schema';
};

# Takes the newest migration, and what a row planted after it, off the ledger.
sub older () {
	$pg->psql("DELETE FROM sark.migration WHERE version >= $newest");
}

# A program alone: PostgreSQL is away, comes back with an older schema, then
# with the right one.
sub alone () {
	older();
	$pg->stop;
	$login->start(workers => 1);
	like $login->log, qr/event=postgresql_away/, 'it starts and says so';
	my $res = $login->client->get($jwks);
	is $res->status, 503, 'answers 503';
	is $res->json->{code}, 'unavailable', 'the code';
	ok $res->header('Retry-After'), 'when to try again';
	is $login->client->get('/nowhere')->status, 404, 'no path is no path';

	$pg->start;	# with the older schema
	Sark::Temp->until('it has seen the schema', sub {
		$login->client->get($jwks);
		$login->log =~ /the schema is at/ });
	is $login->client->get($jwks)->status, 503, 'not with another schema';

	$pg->psql("INSERT INTO sark.migration (version, name, checksum)"
	    . " SELECT $newest, 'again', checksum FROM sark.migration LIMIT 1");
	Sark::Temp->until('it serves', sub {
		$login->client->get($jwks)->status == 200 });
	pass 'with its own schema it serves, without a restart';

	$pg->stop;
	is $login->client->get($jwks)->status, 200,
	    'what needs no PostgreSQL is served without';
	$pg->start;
}

# All programs start while one thing is away; it comes back.
sub together ($sark, $take, $give) {
	my @programs = @{ $sark->{programs} };
	my $ready = sub { $sark->stranger->get('/health/ready')->status };

	$take->();
	$sark->restart_program($_) for @programs;
	is $ready->(), 503, 'they start; not ready';
	is $sark->stranger->get('/health/live')->status, 200, 'but alive';
	$give->();
	Sark::Temp->until('ready', sub { $ready->() == 200 });
	my $token;
	Sark::Temp->until('a login', sub {
		my $answer = $sark->stranger->post('/api/v1/auth/login/local',
		    { username => 'dev', password => Sark::password('dev') });
		$token = $answer->json->{access_token} if $answer->status == 200;
		return $token });
	my $dev = Sark::Client->new(url => $sark->url, token => $token);
	Sark::Temp->until('an allow', sub {
		my $answer = $dev->post('/api/v1/policy/evaluate',
		    { action => 'tool:discover' });
		$answer->status == 200
		    && $answer->json->{decision} eq 'allow' });
	pass 'ready by itself: a login, and an allow';
}

row 'U-05 started while PostgreSQL or Redis is away' => sub {
	subtest 'PostgreSQL, and its schema' => \&alone;

	my $sark = Sark->start(qw(login registry policy audit status));

	for my $name (qw(postgresql redis)) {
		subtest $name => sub {
			together($sark, sub { $sark->{$name}->stop },
			    sub { $sark->{$name}->start });
		};
	}
};

done_testing;
