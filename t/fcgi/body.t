# How much of a body is read, and from whom: the answer comes before the rest
# was sent.  Each is shown beside the same of somebody who may.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use IO::Select;
use JSON::PP ();
use Sark;
use Sark::FCGI;
use Sark::Program;
use Sark::Tree qw(program slurp spew);
use Test::More;

my $sark = Sark->start(qw(login policy), { conf => {
	body_max_bytes => 300_000 } });
my %token = map { $_ => $sark->login($_)->token } qw(dev viewer);
my $evaluate = '/api/v1/policy/evaluate';
my $login = '/api/v1/auth/login/local';

# A question with a parameter so long.
sub question ($bytes) {
	return JSON::PP->new->encode({ action => 'tool:invoke', tool => 'x',
	    parameters => { text => 'a' x ($bytes - 64) } });
}

# Sends all of a request but its last bytes and sees what comes back; then
# the rest.  Returns both answers, undef for none.
sub in_two ($program, $path, $body, $kept_back, %option) {
	my $client = Sark::FCGI->new($sark->socket($program), timeout => 30);
	my $bytes = $client->encode(POST => $path, body => $body, %option,
	    headers => { 'Content-Type' => 'application/json',
	    %{ $option{headers} // {} } });
	my $socket = $client->begin(substr $bytes, 0, -$kept_back);

	return $client->finish($socket) if $option{refused};
	return 'early' if IO::Select->new($socket)->can_read(0.3);
	syswrite $socket, substr $bytes, -$kept_back;
	return $client->finish($socket);
}

subtest 'HTTP-13 the first 64 KiB are read from anybody, more is not' => sub {
	my $big = question(200_000);

	refused in_two(policy => $evaluate, $big, 100_000, refused => 1), 401,
	    'unauthenticated', 'HTTP-13 nobody';
	refused in_two(policy => $evaluate, $big, 100_000, refused => 1,
	    token => 'x.y.z'), 401, 'invalid_token', 'HTTP-13 a bad token';
	refused in_two(policy => $evaluate, $big, 100_000, refused => 1,
	    token => $token{dev}, headers => { 'Content-Type' => 'text/plain' }),
	    415, 'unsupported_media_type', 'HTTP-13 HTTP-17 another type';
	refused in_two(policy => $evaluate, $big, 100_000, refused => 1,
	    params => { CONTENT_LENGTH => 10 }), 401, 'unauthenticated',
	    'HTTP-13 nobody who lies';
	refused in_two(policy => '/api/v1/policy/nowhere', $big, 100_000,
	    refused => 1), 404, 'not_found', 'HTTP-13 no such path';
	my $answer = in_two(policy => $evaluate, $big, 100_000,
	    token => $token{dev});
	is ref $answer && $answer->status, 200,
	    'control: who may is read to the end';
	$answer = in_two(policy => $evaluate, question(60_000), 1000);
	refused $answer, 401, 'unauthenticated',
	    'control: a shorter one of nobody is read';
	refused in_two(policy => $evaluate, $big, 100_000,
	    token => $token{dev}, params => { CONTENT_LENGTH => 10 }), 400,
	    'bad_request', 'FCGI-05 who may and lies is read, and refused';
};

subtest 'HTTP-13 the limits of all and of a route' => sub {
	refused in_two(policy => $evaluate, question(301_000), 200_000,
	    refused => 1, token => $token{dev}), 413, 'too_large',
	    'HTTP-13 more than body_max_bytes';
	my $answer = in_two(policy => $evaluate, question(299_000), 1000,
	    token => $token{dev});
	is ref $answer && $answer->status, 200, 'control: a little less';
	my %password = (username => 'dev', password => Sark::password('dev'));
	my $json = JSON::PP->new;
	refused in_two(login => $login, $json->encode({ %password,
	    otp => 'x' x 100_000 }), 30_000, refused => 1), 413, 'too_large',
	    'HTTP-13 a login is read no further than any stranger';
	refused in_two(login => $login, $json->encode({ %password,
	    otp => 'x' x 20_000 }), 10), 413, 'too_large',
	    'HTTP-13 nor taken beyond its own 16 KiB';
	is in_two(login => $login, $json->encode(\%password), 10)->status,
	    200, 'control: a login';
};

subtest 'HTTP-13 the same by plain CGI' => sub {
	my $conf = $sark->conf;
	my $cgi = sub ($body, $token = undef) {
		my ($rc, $out) = $sark->temp->run([ program('sark-policy') ],
		    stdin => $body, env => { SARK_CONF => $conf,
		    GATEWAY_INTERFACE => 'CGI/1.1', REQUEST_METHOD => 'POST',
		    REQUEST_URI => $evaluate, REMOTE_ADDR => '127.0.0.1',
		    CONTENT_TYPE => 'application/json',
		    CONTENT_LENGTH => length $body, $token
		    ? (HTTP_AUTHORIZATION => "Bearer $token") : () });
		return $out =~ /^Status: (\d+)/ ? $1 : $out;
	};

	is $cgi->(question(200_000), $token{dev}), 200, 'control: who may';
	is $cgi->(question(200_000)), 401, 'HTTP-13 nobody';
	is $cgi->(question(301_000), $token{dev}), 413, 'HTTP-13 too much';
};

done_testing;
