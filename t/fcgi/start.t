#!/usr/bin/perl
# A program that needs PostgreSQL: what it does while that is away, and with
# a schema that is not its own.  sark-login stands for all of them.

use v5.36;
use Test::More;

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

$login->start;
is $login->client->get($jwks)->status, 200, 'with its schema it serves';
$login->stop;

my $newest = $pg->psql('SELECT max(version) FROM sark.migration');
chomp $newest;
$pg->psql("INSERT INTO sark.migration (version, name, checksum)"
	. " SELECT version + 1, 'later', checksum FROM sark.migration"
	. " WHERE version = $newest");
refuses qr/the schema is at @{[ $newest + 1 ]}, this program needs $newest/,
	'G-16 a newer schema';
$pg->psql("UPDATE sark.migration SET oldest_program = $newest"
	. " WHERE version = $newest + 1");
$login->start;
is $login->client->get($jwks)->status, 200,
    'with a newer one that suits it, it serves';
$login->stop;
$pg->psql("DELETE FROM sark.migration WHERE version >= $newest");
refuses qr/the schema is at @{[ $newest - 1 ]}.*run sark-migrate/,
	'G-16 an older schema';

subtest 'U-05 PostgreSQL away at the start' => sub {
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
};

done_testing;
