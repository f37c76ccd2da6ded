#!/usr/bin/perl
# The rows JWT-26 and JWT-27: how an access token may come, and how not.

use v5.36;
use Test::More;

use Sark;
use Sark::FCGI;

my $sark = Sark->start('login');
my $token = $sark->login('dev')->token;
my $stranger = $sark->stranger;
my $fcgi = Sark::FCGI->new($sark->socket('login'));
my $me = '/api/v1/auth/me';

sub with (%headers) {
	return $stranger->with(%headers)->get($me);
}

sub fine () {
	return is with(authorization => "Bearer $token")->status, 200,
	    'control: as it should be';
}

subtest 'JWT-26: elsewhere than in the header' => sub {
	for my $name (qw(access_token token bearer)) {
		refused $stranger->get("$me?$name=$token"), 401,
		    'unauthenticated', "in the query as $name";
		refused with(cookie => "$name=$token"), 401,
		    'unauthenticated', "in a cookie as $name";
		refused with("x-$name" => $token), 401, 'unauthenticated',
		    "in a header as x-$name";
	}
	my $body = $fcgi->request(GET => $me,
	    body => "access_token=$token", params => {
	    CONTENT_TYPE => 'application/x-www-form-urlencoded' });
	like $body->status, qr/^(?:400|401)$/, 'in a form';
	fine;
};

subtest 'JWT-26: twice' => sub {
	my $twice = $fcgi->request(GET => $me, token => $token,
	    more_params => [ [ HTTP_AUTHORIZATION => "Bearer $token" ] ]);

	is $twice->status, 400, 'the header twice';
	is $fcgi->request(GET => $me, token => $token)->status, 200,
	    'control: once';
	refused with(authorization => "Bearer $token, Bearer $token"), 400,
	    'two in one header';
	refused with(authorization => "Bearer $token", 'x-api-key' => 'a'),
	    400, 'and an API key';
	fine;
};

subtest 'JWT-27: the scheme' => sub {
	is with(authorization => "$_ $token")->status, 200, $_
	    for qw(Bearer bearer BEARER bEaReR);
	refused with(authorization => "Bearer\t$token"), 400, 'a tab';
	refused with(authorization => "Bearer  $token"), 400, 'two blanks';
	is $fcgi->request(GET => $me, headers => { Authorization => 'Bearer ' })
	    ->status, 400, 'nothing behind it';
	refused with(authorization => 'Bearer a, Bearer b'), 400,
	    'two broken ones';
	refused with(authorization => "Token $token"), 401, 'unauthenticated',
	    'another scheme';
	refused with(authorization => $token), 401, 'unauthenticated',
	    'no scheme';
	refused with(authorization => "Basic ZGV2OmRldg=="), 401,
	    'unauthenticated', 'Basic';
	fine;
};

subtest 'JWT-18: as long as may be, and longer' => sub {
	my $long = with(authorization => 'Bearer ' . 'A' x 7000);

	refused $long, 401, 'invalid_token', '7000 letters';
	my $longer = $fcgi->request(GET => $me, token => 'A' x 9000);
	like $longer->status, qr/^(?:401|431)$/, '9000 letters';
	fine;
};

unlike $sark->log('login'), qr/\Q@{[ substr $token, -40 ]}\E/,
    'no token is in the log';

done_testing;
