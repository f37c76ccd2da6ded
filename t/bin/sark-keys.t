#!/usr/bin/perl
# sark-keys: signing keys come and go, and what they signed with them.

use v5.36;
use JSON::PP;
use MIME::Base64 'decode_base64url';
use Test::More;
use Time::HiRes 'sleep';

use Sark;
use Sark::Temp;
use Sark::Tree qw(program slurp spew);

my $temp = Sark::Temp->new;
my $dir = $temp->mkdir('keys');
my $conf = spew($temp->path('sark.conf'), "key_dir = \"$dir\"\n"
    . 'seal_key_file = "' . $temp->path('seal.key') . "\"\n");

sub keys_run (@args) {
	return $temp->run([ program('sark-keys'), '--config', $conf, @args ]);
}

sub quiet ($what, @args) {
	my ($rc, $out, $err) = keys_run(@args);

	return is "$rc$out$err", '0', $what;
}

sub listed () {
	my ($rc, $out) = keys_run('list', '--json');

	return @{ decode_json($out)->{keys} };
}

sub states () {
	return join ' ', map { $_->{state} } listed();
}

sub exists_for ($kid) {
	return join '', map { -e "$dir/$_.pem" ? 1 : 0 } "$kid.key",
	    "public/$kid.pub";
}

subtest 'the life of keys' => sub {
	my ($rc, undef, $err) = keys_run('list');

	is $rc, 78, 'no keys yet';
	like $err, qr/keyring\.json/, 'says where';
	quiet('the first key', 'make');
	is states(), 'active', 'signs at once';
	my ($first) = listed();
	like $first->{kid}, qr/^[A-Za-z0-9_-]{1,64}$/, 'its name';
	is $first->{alg}, 'ES256', 'its algorithm';
	is sprintf('%04o', (stat "$dir/$first->{kid}.key.pem")[2] & 07777),
	    '0600', 'its private half is private';
	quiet('another', 'make');
	is states(), 'active next', 'is published, and waits';
	quiet('once more', 'make');
	is states(), 'active next', 'does nothing';
	quiet('rotate', 'rotate');
	is states(), 'retired active', 'the next one signs';
	is exists_for($first->{kid}), '01', 'the old one can sign no more';
	quiet('rotate without a next one', 'rotate');
	is states(), 'retired retired active', 'makes one';
	($first) = listed();
	my ($until) = $first->{verify_until} =~ /^(.{19})/;
	ok $until gt $first->{retired_at}, 'the old one verifies on';
	quiet('retire', 'retire', $first->{kid});
	($first) = listed();
	is $first->{verify_until}, $first->{retired_at}, 'ends it at once';
	quiet('rotate', 'rotate');
	is states(), 'retired retired active', 'and forgets it';
	is exists_for($first->{kid}), '00', 'files and all';
};

subtest 'refusals' => sub {
	my ($active) = map { $_->{kid} } grep { $_->{state} eq 'active' }
	    listed();
	my $before = slurp("$dir/public/keyring.json");
	my @rows = (
		[ 'the active key', 73, 'retire', $active ],
		[ 'an unknown key', 66, 'retire', 'nobody' ],
		[ 'a path', 66, 'retire', '../keyring' ],
		[ 'no key', 64, 'retire' ],
		[ 'no command', 64 ],
		[ 'another command', 64, 'burn' ],
		[ 'too much', 64, 'make', 'it' ],
	);

	for my $row (@rows) {
		my ($what, $exit, @args) = @$row;
		my ($rc, $out, $err) = keys_run(@args);
		is $rc, $exit, "$what: exit";
		is $out, '', "$what: no output";
		isnt $err, '', "$what: a word";
	}
	is slurp("$dir/public/keyring.json"), $before, 'nothing has changed';
	my ($rc, $out) = keys_run('--help');
	is $rc, 0, '--help';
	like $out, qr/rotate/, 'explains';
};

subtest 'two at once' => sub {
	open my $lock, '>>', "$dir/keyring.lock" or die "lock: $!\n";
	flock $lock, 2 or die "flock: $!\n";
	my ($rc) = keys_run('rotate');

	is $rc, 75, 'the second waits for another day';
	close $lock;
	quiet('control: alone', 'rotate');
};

subtest 'the sealing key' => sub {
	my $path = $temp->path('seal.key');

	quiet('made', 'seal-key');
	my $key = slurp($path);
	like $key, qr/^[0-9a-f]{64}\n$/, '64 digits';
	is((stat $path)[2] & 0007, 0, 'not for others');
	quiet('again', 'seal-key');
	is slurp($path), $key, 'it stays';
	spew($path, "short\n", 0600);
	my ($rc) = keys_run('seal-key');
	is $rc, 78, 'a bad one is refused';
	is slurp($path), "short\n", 'and left alone';
};

my $sark = Sark->start('login');
my $me = '/api/v1/auth/me';

sub status_of ($client) {
	return $client->get($me)->status;
}

sub kid_of ($client) {
	my ($header) = split /\./, $client->token;

	return decode_json(decode_base64url($header))->{kid};
}

subtest 'rotation disturbs nobody' => sub {
	my $old = $sark->login_again('dev');
	my $kid = kid_of($old);

	is status_of($old), 200, 'control: the token';
	$sark->tool('sark-keys', 'rotate');
	$sark->temp->give("$sark->{keys}");
	is status_of($old), 200, 'right after the rotation';
	sleep 1.2;
	is status_of($old), 200, 'when the keys were read again';
	my $new = $sark->login_again('dev');
	isnt kid_of($new), $kid, 'another key signs';
	is status_of($new), 200, 'and is known';
	my %published = map { $_->{kid} => 1 }
	    @{ $new->get('/.well-known/jwks.json')->json->{keys} };
	ok $published{$kid} && $published{ kid_of($new) }, 'both are published';

	$sark->tool('sark-keys', 'retire', $kid);
	$sark->temp->give("$sark->{keys}");
	sleep 1.2;
	refused $old->get($me), 401, 'invalid_token',
	    'a retired key ends its tokens';
	is status_of($new), 200, 'and no others';
	ok !grep({ $_->{kid} eq $kid }
	    @{ $new->get('/.well-known/jwks.json')->json->{keys} }),
	    'nor is it published';
};

subtest 'JWT-03, CFG-01: bad keys' => sub {
	my $keys = $sark->{keys};
	my ($active) = map { $_->{kid} } grep { $_->{state} eq 'active' } @{
	    decode_json(slurp("$keys/public/keyring.json"))->{keys} };
	my %good = map { $_ => slurp($_) } "$keys/public/keyring.json",
	    "$keys/$active.key.pem", "$keys/public/$active.pub.pem";
	my $other = slurp((grep { !/\Q$active\E/ } glob "$dir/*.key.pem")[0]);
	my @rows = (
		[ 'empty', '' ], [ 'blank', "  \n" ], [ 'missing', undef ],
		[ 'no key at all', "no key\n" ],
	);
	my $start = sub {
		my ($rc, $out, $err) = $sark->run('sark-login',
		    '--check-config');
		return ($rc, $err);
	};
	my $refused = sub ($path, $text, $mode, $what) {
		unlink $path;
		spew($path, $text, $mode) if defined $text;
		$sark->temp->give($path) if defined $text;
		my ($rc, $err) = $start->();
		is $rc, 78, "$what: does not start";
		like $err, qr/\Q$path\E/, "$what: says which file";
		spew($path, $good{$path}, $path =~ /key\.pem/ ? 0600 : 0644);
		$sark->temp->give($path);
	};

	is(($start->())[0], 0, 'control: as they are');
	for my $path (sort keys %good) {
		my $name = $path =~ s{.*/}{}r;
		$refused->($path, $_->[1], 0600, "$name $_->[0]") for @rows;
	}
	$refused->("$keys/$active.key.pem", $good{"$keys/$active.key.pem"},
	    0644, 'a private key for all to read');
	$refused->("$keys/$active.key.pem", $other, 0600,
	    'the private half of another key');
	$refused->("$keys/public/keyring.json", $good{"$keys/public/keyring.json"} =~
	    s/"ES256"/"HS256"/r, 0644, 'another algorithm');
	$refused->("$keys/public/keyring.json", $good{"$keys/public/keyring.json"} =~
	    s/"kid":"[^"]+"/"kid":"..\/x"/r, 0644, 'a kid that is a path');
	is(($start->())[0], 0, 'control: as they were');
};

done_testing;
