#!/usr/bin/perl
# sark-refresh: sessions and their end.

use v5.36;
use Sark;
use Test::More;

my $sark = Sark->start(qw(login refresh));

sub enter ($user) {
	return $sark->stranger->post('/api/v1/auth/login/local',
	    { username => $user, password => Sark::password($user) })->json;
}

sub as ($tokens) {
	return Sark::Client->new(url => $sark->url,
	    token => $tokens->{access_token});
}

# Live sessions and records of a user.
sub live ($tokens) {
	my $id = $tokens->{user}{user_id};
	my @records = split /\n/, $sark->redis->cli('--scan', '--pattern',
	    "refresh_token:user:$id:*");

	return $sark->psql('SELECT count(*) FROM sark.session WHERE user_id ='
	    . " '$id' AND revoked_at IS NULL") . ' ' . @records;
}

sub generation ($tokens) {
	return $sark->redis->cli('GET',
	    "policy:generation:user:$tokens->{user}{user_id}");
}

subtest 'logout' => sub {
	my $stays = enter('dev');
	my $goes = enter('dev');
	my $before = generation($goes);
	my $answer = as($goes)->post('/api/v1/auth/logout');

	is $answer->status, 200, 'it ends the session';
	is_deeply $answer->json, { success => JSON::PP::true }, 'and says so';
	is live($stays), '1 1', 'that one and no other';
	isnt generation($goes), $before, 'whoever remembers the user asks anew';
	my $event = $sark->audited('session_ended', undef, actor => 'dev',
	    reason => 'logout', action => 'session:end', severity => 'low');
	is $event->{program}, 'sark-refresh', 'by this program';
	is $sark->psql('SELECT revoke_reason FROM sark.session WHERE'
	    . " session_id = '$event->{resource}'"), 'logout', 'its row';

	refused $sark->stranger->post('/api/v1/auth/logout'), 401,
	    'unauthenticated', 'a stranger has no session';
	for my $store (qw(postgresql redis)) {
		$sark->without($store => sub {
			refused as($stays)->post('/api/v1/auth/logout'), 503,
			    "no $store, no logout";
		});
		like live($stays), qr/^1 /, 'and nothing has ended';
	}
	is as($stays)->post('/api/v1/auth/logout')->status, 200,
	    'control: it works again';
	is live($stays), '0 0', 'the last one';
};

done_testing;
