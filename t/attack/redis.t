# RDS-01..04 as the programs meet them: texts of users in keys and values, and
# a Redis that answers what it likes.  What the client itself makes of each
# reply is held by t/lib/store/redis.t.

use v5.36;
use IO::Socket::UNIX;
use JSON::PP ();
use MIME::Base64 ();
use Sark::Attack;
use Sark::Proxy;
use Sark::Temp;
use Sark::Tree qw(slurp srcdir);
use Test::More;

my $sark = Sark::Attack->start;
my $temp = $sark->temp;
my $redis = $sark->redis;
my $json = JSON::PP->new->utf8->canonical->allow_nonref;
my ($evaluate) = grep { $_->[0] eq 'policy' } Sark::Attack::posts($sark);
my ($servers) = grep { $_->[1] =~ /servers$/ } Sark::Attack::posts($sark);
my %question = (action => 'tool:invoke', tool => 'jira.get', resource => 'r');
my @naughty = map { $json->decode($_) } grep { /^"/ }
    split /\n/, slurp(srcdir() . '/t/data/naughty');

sub decide ($ask = \%question, $timeout = 30) {
	return Sark::Attack::fcgi($sark, $evaluate, timeout => $timeout)->post(
	    $evaluate->[1], $ask, token => $sark->login('dev')->token);
}

sub allowed ($name, $ask = \%question) {
	my $answer = decide($ask);

	is $answer->status, 200, $name or diag $answer->body;
	is $answer->json->{decision}, 'allow', "$name: the same decision";
}

sub is_kept () {
	decide();
	is decide()->header('x-cache-status'), 'HIT',
	    'control: asked twice it is kept';
}

# Names of keys that are none of ours; a tool's name stands in some.
sub strange_keys () {
	my %name = map { my $text = $_; utf8::encode($text); $text => 1 }
	    @naughty;

	return grep { !/^(?:policy:(?:decision|facts):[0-9a-f]{64}
	    |policy:(?:generation|hold):(?:user|tool|all):.*
	    |session:standing:[0-9a-f-]{36}
	    |rate:limit:user:[0-9a-f-]{36}:\d+
	    |rate:limit:(?:address|login_network):[0-9a-f.:\/]+:\d+
	    |rate:limit:login_account:[0-9a-f]{64}:\d+
	    |refresh_token:user:[0-9a-f-]{36}:[0-9a-f-]{36}
	    |refresh_token:successor:[0-9a-f-]{36})$/xs } keys_of();
}

sub keys_of () {
	my $all = $redis->cli('EVAL', q{local t = {} for _, k in
	    ipairs(redis.call('KEYS', '*')) do t[#t + 1] = cjson.encode(k) end
	    return table.concat(t, ',')}, 0);

	return @{ $json->decode("[$all]") };
}

sub texts_in_keys () {
	for my $text (grep { length } @naughty) {
		decide({ %question, tool => $text, resource => $text });
		Sark::Attack::post($sark, $servers, { name => "r$text",
		    transport => 'stdio', command => 'c',
		    sensitivity_level => 'low', tools => [ { name => $text,
		    sensitivity_level => 'low' } ] });
	}
	is join(' ', strange_keys()), '', 'no key is there that is not ours';
	is $redis->cli('EXISTS', 'key'), 0, 'no command of theirs was run';
	cmp_ok scalar keys_of(), '>', 100, 'control: there are keys';
}

# Each key that there is gets a value of another type.
sub other_types () {
	is_kept();
	for my $type (qw(list hash set zset stream)) {
		my %make = (list => [qw(RPUSH), 'a'], hash => [qw(HSET), 'a', 'b'],
		    set => [qw(SADD), 'a'], zset => [qw(ZADD), 1, 'a'],
		    stream => [qw(XADD), '*', 'a', 'b']);
		my $n = $redis->cli('EVAL', q{local keys =
		    redis.call('KEYS', 'policy:*') for _, k in ipairs(keys) do
		    redis.call('DEL', k)
		    redis.call(ARGV[1], k, unpack(ARGV, 2)) end
		    return #keys}, 0, @{ $make{$type} });
		cmp_ok $n, '>', 0, "control: $n keys are a $type";
		allowed("every value is a $type");
		is $sark->login('dev')->get('/api/v1/auth/me')->status, 200,
		    'and tokens are tokens';
		$redis->cli('FLUSHALL');
		is_kept();
	}
}

# Programs behind a proxy that is told what to do with the next bytes.
sub through_a_proxy () {
	my $path = $temp->path('redis-proxy.sock');
	my $proxy = Sark::Proxy->start($temp, $path, $redis->socket);

	# a deaf one is not to be waited for long
	$sark->set(redis_socket => $path, redis_timeout_ms => 300);
	$sark->restart_program('policy');
	allowed('through a proxy');
	for my $what (qw(cut deaf late)) {
		$proxy->rule($what => 'MGET|EVAL|SET', 0.5);
		allowed("a Redis that is $what");
		allowed('and the question after it');
		ok eval { Sark::Temp->until('Redis', sub {
		    decide({ %question, resource => $what });
		    decide({ %question, resource => $what })
			->header('x-cache-status') eq 'HIT' }, 30) },
		    'control: then it is asked again';
	}
	my %other = (action => 'server:register', resource => 'r');
	$proxy->rule(late => 'MGET', 0.5);
	my $viewer = $sark->login('viewer');
	decide();
	is $viewer->post($evaluate->[1], \%other)->json->{decision}, 'deny',
	    'a late allow is nobody else\'s' for 1 .. 5;
	$sark->set(redis_socket => $redis->socket, redis_timeout_ms => 10_000);
	$sark->restart_program('policy');
	Sark::Attack::remember($sark);
}

# Says these bytes to whatever it is told.
sub hostile ($bytes) {
	my $path = $temp->path('hostile.sock');
	unlink $path;
	my $listen = IO::Socket::UNIX->new(Local => $path, Listen => 16)
	    or die "$path: $!\n";

	chmod 0777, $path;
	my $pid = fork // die "fork: $!\n";
	return ($pid, $path) if $pid;
	POSIX::close($_) for grep { $_ != fileno $listen } 3 .. 63;
	$SIG{$_} = 'DEFAULT' for qw(TERM INT);
	$SIG{PIPE} = 'IGNORE';
	while (my $client = $listen->accept) {
		sysread $client, my $request, 65536 and
		    syswrite $client, $bytes;
		$client->shutdown(2);
	}
	POSIX::_exit(0);
}

my @hostile = ("\$2147483648\r\n", "*4294967296\r\n", "*1\r\n" x 1000,
	"*-2\r\n", "\$9223372036854775807\r\nx", "*1000000\r\n:1\r\n",
	"HTTP/1.1 200 OK\r\n\r\n", "\0" x 1000, "+OK\r\n" x 100,
	"*2\r\n\$5\r\nallow\r\n\$5\r\nallow\r\n");

sub hostile_redis () {
	for my $bytes (@hostile) {
		my ($pid, $path) = hostile($bytes);
		$sark->set(redis_socket => $path);
		$sark->restart_program('policy');
		my @workers = sort $sark->workers('policy');
		allowed('told ' . unpack 'H20', $bytes) for 1, 2;
		is join(' ', sort $sark->workers('policy')), "@workers",
		    'no worker dies of it';
		kill 'KILL', $pid;
		waitpid $pid, 0;
	}
	$sark->set(redis_socket => $redis->socket);
	$sark->restart_program('policy');
	Sark::Attack::remember($sark);
}

# Who is let in for a session is a matter of what Redis remembers of it.
sub enter ($user) {
	my $who = $sark->login_again($user);
	my ($claims) = $who->token =~ /\.(.*)\./;
	my $said = $json->decode(MIME::Base64::decode_base64url($claims));

	$who->{key} = "session:standing:$said->{sid}";
	$who->{generation} = "policy:generation:user:$said->{sub}";
	$who->{end} = "UPDATE sark.session SET revoked_at = now()"
	    . " WHERE session_id = '$said->{sid}'";
	$who->{ask} = sub {
		my @answers = map { $who->get($_)->status }
		    qw(/api/v1/auth/me /api/v1/servers);
		push @answers, $who->post($evaluate->[1], \%question)->status;
		return "@answers";
	};
	$who->{ask}->() for 1 .. 4;
	return $who;
}

my ($in, $out) = ('200 200 200', '401 401 401');

sub forged_standings () {
	my ($gone, $stays, $other) = map { enter($_) } qw(dev dev viewer);
	my ($was, $his, $others) = map { $redis->cli('GET', $_->{key}) }
	    $gone, $stays, $other;
	my ($decision) = grep { /^policy:decision:/ } keys_of();
	my ($text, $mark) = split /\./, $was;
	my $plain = MIME::Base64::decode_base64url($text);
	my $later = $plain =~ s/,1(\d{12}),/,9$1,/gr;

	is $_->{ask}->(), $in, 'control: in' for $gone, $stays, $other;
	$sark->psql($gone->{end});
	$redis->cli('SET', $gone->{generation}, 'another');
	is $gone->{ask}->(), $out, 'control: out';
	my $over = $redis->cli('GET', $gone->{key});
	my %forged = (
		'of before' => $was, 'of another session' => $his,
		'of another user' => $others,
		'a decision' => $redis->cli('GET', $decision),
		'without a mark' => $text, 'with an empty one' => "$text.",
		'with another' => "$text." . reverse($mark),
		'of another generation' => MIME::Base64::encode_base64url(
		    $plain =~ s/16:\w{16}/7:another/r) . ".$mark",
		'for ever' => MIME::Base64::encode_base64url($later)
		    . ".$mark",
		'in the open' => $plain, 'nothing' => '',
		'JSON' => '{"state":1}', 'much' => 'x' x 100_000,
	);
	for my $what (sort keys %forged) {
		$redis->cli('SET', $_->{key}, $forged{$what}) for $gone, $stays;
		is $gone->{ask}->(), $out, "$what: out stays out";
		is $stays->{ask}->(), $in, "$what: in stays in";
	}
	for my $of ($gone, $stays) {
		$redis->cli('DEL', $of->{key});
		$redis->cli('HSET', $of->{key}, 'a', 'b');
	}
	is $gone->{ask}->(), $out, 'another type: out stays out';
	is $stays->{ask}->(), $in, 'another type: in stays in';
	# over is remembered as well, and nobody else's
	$redis->cli('SET', $other->{key}, $over);
	is $other->{ask}->(), $in, 'another\'s end is not his';
	$sark->{clients} = {};
}

attacks(
	[ 'RDS-01', 'texts that mean something to Redis', \&texts_in_keys,
	    \&is_kept ],
	[ 'RDS-02', 'values of another type', \&other_types, \&is_kept ],
	[ 'RDS-03', 'replies that come late, or never', \&through_a_proxy,
	    \&is_kept ],
	[ 'RDS-04', 'a Redis that is none', \&hostile_redis, \&is_kept ],
	[ 'RDS-05', 'a session that Redis alone says goes on',
	    \&forged_standings, \&is_kept ],
);
unharmed($sark);

done_testing;
