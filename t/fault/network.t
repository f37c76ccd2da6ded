# Connections that are reset, that hang, or that carry a byte at a time.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use Sark::Fault;
use Sark::Temp;
use Test::More;
use Time::HiRes qw(sleep);

my $sark = Sark::Fault->start(qw(login registry policy), { tcp => 1 });
my @mix = qw(decide deny login wrong_login register forbidden);

sub both ($name, $toxic) {
	$sark->proxy($_)->set($name => $toxic) for qw(postgresql redis);
}

sub clear () {
	$sark->proxy($_)->clear for qw(postgresql redis);
}

sub recovers ($name) {
	$sark->until_ok($_) for qw(login register decide);
	$sark->holds($name);
}

row 'N-04 connections are reset, and peers that do not answer' => sub {
	$sark->operate($_) for @mix;
	my $load = $sark->load(mix => \@mix);

	for (1 .. (long() ? 100 : 4)) {
		both(reset_peer => { ms => 0 });
		sleep 0.3;
		clear();
		sleep 0.3;
	}
	# Half open: the other end will never say anything again.
	both(timeout => { ms => 0 });
	$sark->operate($_) for qw(login decide deny);
	clear();
	$load->stop;
	recovers('N-04');
};

row 'N-06 a byte at a time' => sub {
	both(slicer => { bytes => 1 });
	$sark->proxy($_)->set(reset_peer => { ms => 0 })
	    for qw(postgresql redis);
	sleep 0.1;
	$sark->proxy($_)->clear('reset_peer') for qw(postgresql redis);
	$sark->until_ok($_) for qw(login register decide);
	is $sark->operate('deny')->json->{decision}, 'deny', 'denied';
	is $sark->operate('wrong_login')->status, 401, 'refused';
	is $sark->operate('forbidden')->status, 403, 'forbidden';
	cmp_ok $sark->proxy('postgresql')->seen->{accepted}, '>', 0,
	    'control: they come this way';

	# and what the web server sends
	my $path = $sark->temp->path('sliced');
	my $proxy = Sark::Fault::Proxy->start(listen => $path,
	    target => $sark->socket('login'));
	$proxy->set(slicer => { bytes => 1 });
	for (1 .. 3) {
		my $answer = Sark::FCGI->new($path, timeout => 60)->get(
		    '/api/v1/auth/me', token => $sark->token('dev'));
		is $answer->status, 200, 'a request in slices';
		is $answer->json->{username}, 'dev', 'and its answer';
	}
	clear();
	$sark->holds('N-06');
};

done_testing;
