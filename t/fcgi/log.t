# The log: one line a request, whole whatever a client sends, and never a
# secret.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use JSON::PP ();
use Sark;
use Sark::FCGI;
use Sark::Tree qw(slurp);
use Test::More;

my $sark = Sark->start(qw(login policy status), { workers => 1,
	conf => { log_format => 'json', log_level => 'debug' } });
my $dev = $sark->login('dev');
my $n = 0;

# Sends a request with an id of its own; returns the id.
sub ask ($program, $method, $target, %option) {
	my $id = 'log-' . ++$n;

	Sark::FCGI->new($sark->socket($program), timeout => 30)
	    ->request($method, $target,
	    %option, headers => { %{ $option{headers} // {} },
	    'X-Request-ID' => $id });
	return $id;
}

# The lines of a program's log.
sub lines ($program) {
	return split /\n/, $sark->log($program);
}

# Whether exactly one line is about the request; it as data.
sub one ($program, $id, $name) {
	my @found = grep { /"request_id":"\Q$id\E"/ && /"event":"request"/ }
	    lines($program);

	is scalar @found, 1, "$name: one line";
	return JSON::PP->new->utf8->decode($found[0] // '{}');
}

my %secret = (password => Sark::password('dev'), token => $dev->token,
	wrong => 'wr0ng-s3cret', bearer => 'b3arer.s3cret.value',
	key => 'k3y-s3cret', parameter => 'p4rameter-s3cret');
my $evaluate = '/api/v1/policy/evaluate';

subtest 'one line a request' => sub {
	my $line = one('login', ask('login', POST => '/api/v1/auth/login/local',
	    json => { username => 'dev', password => $secret{password} }),
	    'a login');
	is $line->{status}, '200', 'with its status';
	$line = one('login', ask('login', POST => '/api/v1/auth/login/local',
	    json => { username => 'dev', password => $secret{wrong} }),
	    'a login that fails');
	is $line->{code}, 'invalid_credentials', 'with its code';
	$line = one('policy', ask('policy', POST => $evaluate,
	    token => $secret{token}, json => { action => 'tool:invoke',
	    tool => 'x.get', parameters => { p => $secret{parameter} } }),
	    'a decision');
	is $line->{path}, $evaluate, 'with its path';
	like $line->{user}, qr/^[0-9a-f-]{36}$/, 'and who asked';
	one('policy', ask('policy', POST => $evaluate, token =>
	    $secret{bearer}, json => {}), 'a bad token');
	one('policy', ask('policy', POST => $evaluate, headers =>
	    { 'X-API-Key' => $secret{key} }, json => {}), 'a bad key');
	one('policy', ask('policy', POST => $evaluate, token =>
	    $secret{token}, json => { action => 'x',
	    nonsense => $secret{parameter} }), 'a bad body');
	one('status', ask('status', GET => "/health/live?x=$secret{parameter}"),
	    'a query that is refused');
};

subtest 'what a client makes of a path' => sub {
	my %odd = ('a newline' => '/a%0aevent=forged', 'a control' => '/%1b[31m',
	    'quotes' => '/%22,%22level%22:%22error', 'no UTF-8' => '/%ff%fe',
	    'UTF-8' => '/%C3%BC', 'a long one' => '/' . 'x' x 7000,
	    'a long one of quotes' => '/' . '%22' x 2500,
	    'a long one of UTF-8' => '/' . '%C3%BC' x 1200);
	for my $name (sort keys %odd) {
		one('status', ask('status', GET => $odd{$name}), $name);
	}
};

subtest 'every line' => sub {
	my $read = 0;

	for my $program (qw(login policy status)) {
		for my $line (lines($program)) {
			my $data = eval { JSON::PP->new->utf8->decode($line) };
			my @lacks = grep { !defined $data->{$_} }
			    qw(time level program pid event);
			@lacks ? fail("$program: $line") : $read++;
		}
	}
	cmp_ok $read, '>=', $n, "$read lines are whole, and JSON";
	my $all = join '', map { $sark->log($_) } qw(login policy status);
	is scalar(() = $all =~ /^.*"event":"forged/mg), 0, 'none is forged';
	for my $name (sort keys %secret) {
		is index($all, $secret{$name}), -1, "no $name in it";
	}
};

done_testing;
