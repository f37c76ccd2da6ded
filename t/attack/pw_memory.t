# PW-11, PW-12: each login has a session of its own, and a password is gone when its login is answered: not in the memory of
# the worker, where a core dump would find it, nor in a log or a process list.

use v5.36;
no warnings 'portable';
use JSON::PP;
use MIME::Base64 qw(decode_base64url);
use Sark;
use Sark::FCGI;
use Sark::Temp;
use Sark::Tree qw(slurp);
use Test::More;

my $sark = Sark->start('login', { web => 0, workers => 1 });
my $client = Sark::FCGI->new($sark->socket('login'), timeout => 60);
my $worker;
Sark::Temp->until('its worker', sub { ($worker) = $sark->workers('login') });
my ($right, $wrong) = (Sark::password('dev'), 'wrong horse viewer staple');

sub login ($user, $password) {
	return $client->post('/api/v1/auth/login/local',
	    { username => $user, password => $password });
}

# All that the worker can write to.
sub memory () {
	my $all = '';

	open my $mem, '<:raw', "/proc/$worker/mem" or die "mem: $!\n";
	for (split /\n/, slurp("/proc/$worker/maps")) {
		my ($from, $to) = /^([0-9a-f]+)-([0-9a-f]+) rw/ or next;
		sysseek $mem, hex $from, 0;
		sysread $mem, my $piece, hex($to) - hex($from);
		$all .= $piece // '';
	}
	return $all;
}

my @tokens = map { login('dev', $right)->json } 1 .. 2;
my @sids = map { decode_json(decode_base64url((split /\./,
    $_->{access_token})[1]))->{sid} } @tokens;
like $sids[0], qr/^[0-9a-f-]{36}$/, 'control: a login and its session';
isnt $sids[1], $sids[0], 'PW-11 another login is another session';
# 32 random bytes are the last but one part of a token
cmp_ok length($_->{refresh_token}), '>', 43, 'with a secret that is long enough'
    for @tokens;
isnt substr($tokens[0]{refresh_token}, -60), substr($tokens[1]{refresh_token},
    -60), 'and not that of the other';
my $refused = login('viewer', $wrong);
is $refused->status, 401, 'and a wrong one';

SKIP: {
	skip 'only root may read the memory of a program', 3 if $> != 0;
	my $memory = memory();

	cmp_ok index($memory, $sark->socket('login') =~ s{/sock/.*}{}r), '>=', 0,
	    'control: what the worker remembers is found';
	is index($memory, $right), -1, 'PW-12 not the password that was right';
	is index($memory, $wrong), -1, 'nor the one that was wrong';
}
is +(split ' ', slurp("/proc/$worker/limits") =~
    s/.*?^Max core file size\s+//msr)[0], 0, 'no core is dumped';
like $sark->log('login'), qr/invalid_credentials/, 'control: there is a log';
unlike $sark->log('login') . slurp("/proc/$worker/cmdline"),
    qr/\Q$right\E|\Q$wrong\E/, 'no password in it, nor in the process list';

done_testing;
