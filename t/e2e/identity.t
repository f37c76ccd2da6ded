# A new administrator and a directory, by sarkctl alone, as sark-identity(7)
# tells it: connect it, map a group, let somebody in, see and end sessions,
# give a key, ask for a second factor, take a role away.

use v5.36;
use Sark;
use Sark::Authenticator;
use Sark::LDAP;
use Sark::Skip;
use Sark::Temp;
use Sark::Tree qw(program slurp spew);
use Test::More;

my $temp = Sark::Temp->new;
my $ldap = Sark::LDAP->new($temp)->start;
my $sark = Sark->start(qw(login refresh registry policy audit admin status),
    { conf => { $ldap->conf } });
my %home;

# Runs sarkctl as somebody with a home of his own: (exit, output).
sub ctl ($who, $args, $stdin = '') {
	my $session = $home{$who} //= $temp->mkdir("home-$who") . '/session';
	my ($rc, $out, $err) = $temp->run([ program('sarkctl'), '--url',
	    $sark->url, '--session-file', $session, @$args ],
	    stdin => $stdin);

	return ($rc, $out . $err);
}

# One that must end so and print something like it; the output.
sub does ($who, $args, $like, $name, %opt) {
	my ($rc, $out) = ctl($who, $args, $opt{stdin} // '');

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is $rc, $opt{exit} // 0, $name or diag $out;
	like $out, $like, "$name: what it prints";
	return $out;
}

sub enters ($who, $password, @more) {
	return does($who, [ 'login', '--user', $who, '--password-file', '-',
	    @more ], qr/^Logged in to .* as $who\.$/m, "$who logs in",
	    stdin => "$password\n");
}

sub id_in ($out) {
	my ($id) = $out =~ /\b([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})\b/;

	return $id // die "no id in: $out";
}

my $alice = Sark::LDAP::password('alice');

subtest 'the directory' => sub {
	my ($rc, $out, $err) = $temp->run([ program('sarkctl'), 'ldap-test',
	    '--config', $sark->conf, '--password-file', '-', 'alice' ],
	    stdin => "$alice\n");

	is $rc, 0, 'ldap-test lets her in' or diag $out . $err;
	like $out, qr/developer/, 'and says which role her group gives';
	unlike $out . $err, qr/\Q$alice\E/, 'not her password';
};

subtest 'a user of the directory' => sub {
	enters('alice', $alice, '--provider', 'ldap');
	my $out = does('alice', ['whoami'], qr/^Provider\s+ldap$/m, 'she is known');
	like $out, qr/^Roles .*developer/m, 'with the role of her group';
	does('alice', [ 'evaluate', 'tool:discover' ], qr/^Decision\s+allow$/m,
	    'who may');
};

subtest 'sessions' => sub {
	$home{elsewhere} = $temp->mkdir('home-elsewhere') . '/session';
	does('elsewhere', [ 'login', '--provider', 'ldap', '--user', 'alice',
	    '--password-file', '-' ], qr/as alice/, 'a second session',
	    stdin => "$alice\n");
	my $out = does('alice', ['sessions'], qr/127\.0\.0\.1/, 'a list');
	my ($other) = grep { !/\byes\b|\btrue\b|\*/ } grep { /-7/ }
	    split /\n/, $out;
	does('elsewhere', ['whoami'], qr/alice/, 'control: it is one');
	does('alice', [ 'sessions', 'end', id_in($other) ], qr//, 'ended');
	does('elsewhere', [ 'evaluate', 'tool:discover' ], qr/Invalid token/,
	    'the next request fails', exit => 77);
	does('alice', [ 'evaluate', 'tool:discover' ], qr/allow/,
	    'control: the other goes on');
};

subtest 'a key' => sub {
	my $key = $temp->path('key');
	my $asks = sub ($file) {
		return $temp->run([ program('sarkctl'), '--url', $sark->url,
		    '--key-file', $file, 'evaluate', 'tool:discover' ]);
	};
	my ($rc, $out, $err) = $temp->run([ program('sarkctl'), '--url',
	    $sark->url, '--session-file', $home{alice}, qw(keys create ci
	    --scope policy:evaluate) ]);

	is $rc, 0, 'made' or diag $err;
	like $out, qr/^sark_[a-z0-9]+_\w+$/, 'shown, alone';
	spew($key, $out, 0600);
	is +($asks->($key))[0], 0, 'and taken' or diag(($asks->($key))[2]);
	my $list = does('alice', [ 'keys', 'list' ], qr/\bci\b/, 'listed');
	chomp $out;
	unlike $list, qr/\Q$out\E/, 'without its secret';
	my ($again, $new, $why) = $temp->run([ program('sarkctl'), '--url',
	    $sark->url, '--session-file', $home{alice}, 'keys', 'rotate',
	    id_in($list), '--overlap', '0' ]);
	is $again, 0, 'rotated' or diag $why;
	isnt +($asks->($key))[0], 0, 'the old one is over at once';
	spew($key, $new, 0600);
	is +($asks->($key))[0], 0, 'the new one is taken';
};

subtest 'a second factor' => sub {
	my $out = does('alice', [ 'mfa', 'enrol' ], qr/Scan this/, 'enrolled');
	my ($secret) = $out =~ /^([A-Z2-7]{32})$/m or die "no secret: $out";
	my $phone = Sark::Authenticator->new($sark, $secret);

	does('alice', [ 'mfa', 'confirm', '--code-file', '-' ], qr/\S/,
	    'confirmed', stdin => $phone->code . "\n");
	does('alice', [ 'login', '--provider', 'ldap', '--user', 'alice',
	    '--password-file', '-', '--code-file', '-' ], qr/as alice/,
	    'a login asks for it', stdin => "$alice\n" . $phone->fresh . "\n");
	does('alice', ['whoami'], qr/^MFA\s+(?:yes|true)$/m, 'and it is seen');
};

subtest 'a role taken away' => sub {
	enters('admin', Sark::password('admin'));
	enters('viewer', Sark::password('viewer'));
	my @ask = ('evaluate', 'tool:invoke', '--tool', 'some.tool');
	does('admin', [ 'servers', 'add', '-' ], qr/registered/, 'a tool',
	    stdin => '{"name": "some", "transport": "stdio", "command": "x",'
	    . ' "tools": [{ "name": "some.tool", "sensitivity_level": "low" }]}');
	does('viewer', \@ask, qr/deny/, 'a viewer may not', exit => 1);
	my $binding = does('admin', [ 'bindings', 'add', 'developer',
	    '--user', 'viewer' ], qr/developer/, 'bound');
	does('viewer', \@ask, qr/allow/, 'now he may');
	does('viewer', \@ask, qr/allow/, 'and again, from the cache');
	does('admin', [ 'bindings', 'remove', id_in($binding) ], qr//,
	    'taken away');
	does('viewer', \@ask, qr/deny/, 'the next decision knows', exit => 1);
};

subtest 'the trail' => sub {
	my %seen = map { $_->{type} => 1 } $sark->events;

	ok $seen{$_}, $_ for qw(authentication_success session_ended
	    api_key_created api_key_rotated mfa_enrolled mfa_confirmed
	    role_bound role_unbound policy_decision);
};

done_testing;
