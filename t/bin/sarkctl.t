# sarkctl as a person and as a script use it.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use JSON::PP qw(decode_json);
use Sark;
use Sark::Authenticator;
use Sark::Fault::Proxy;
use Sark::Tree qw(builddir program slurp spew);
use Test::More;

my $sark = Sark->start(qw(login refresh admin registry policy audit status));
my $temp = $sark->temp;
my $home = $temp->mkdir('home');
our $session = "$home/session.json";
our $url = $sark->url;

# Runs sarkctl: (exit value, output, error).
sub ctl (@args) {
	my %opt = ref $args[-1] ? %{ pop @args } : ();

	return $temp->run([ program('sarkctl'), '--url', $url,
	    '--session-file', $session, @args ], %opt);
}

sub login ($user) {
	my $file = spew($temp->path("password-$user"),
	    Sark::password($user) . "\n", 0600);

	return ctl('login', '--user', $user, '--password-file', $file);
}

subtest 'login' => sub {
	my ($rc, $out, $err) = ctl('whoami');
	is $rc, 77, 'nobody is logged in';
	like $err, qr/sarkctl login/, 'and is told how to';
	($rc, $out) = ctl('servers', '--help');
	ok $rc == 0 && $out =~ /add FILE/, 'help needs no login';

	($rc, $out, $err) = ctl('login', '--user', 'dev', '--password-file',
	    '-', { stdin => "wrong\n" });
	is $rc, 77, 'a wrong password';
	like $err, qr/Invalid credentials/, 'is told';
	ok !-e $session, 'and nothing is kept';

	my $open = spew($temp->path('open'), "x\n", 0644);
	($rc, $out, $err) = ctl('login', '--user', 'dev', '--password-file',
	    $open);
	is $rc, 78, 'a password file that others can read';

	($rc, $out) = login('dev');
	is $rc, 0, 'control: logged in';
	is +(stat $session)[2] & 07777, 0600, 'the tokens are for him alone';
	unlike $out, qr/eyJ/, 'and not on the terminal';
	($rc, $out) = ctl('whoami');
	like $out, qr/^User +dev$/m, 'whoami';
	like $out, qr/developer/, 'with roles';
	($rc, $out) = ctl('--json', 'whoami');
	is decode_json($out)->{username}, 'dev', 'for machines';
	my ($elsewhere) = $temp->run([ program('sarkctl'), '--url',
	    'http://127.0.0.1:1', '--session-file', $session, 'whoami' ]);
	is $elsewhere, 77, 'the token is not sent to another server';
	for my $host ('http://sark.example', 'http://localhost.example',
	    'http://127.0.0.1.example:80/') {
		($rc, $out, $err) = $temp->run([ program('sarkctl'), '--url',
		    $host, '--session-file', $session, 'login', '--user', 'a',
		    '--password-file', '-' ], stdin => "x\n");
		is $rc, 64, "no password in clear text to $host";
		like $err, qr/clear text/, 'and why';
	}
};

subtest 'roles and bindings' => sub {
	login('admin');
	my ($rc, $out, $err) = ctl('roles', 'add', 'auditor', '--permission',
	    'audit:read', '-p', 'health:read', '--description', 'Reads');
	is $rc, 0, 'a role is made' or diag $err;
	like $out, qr/^Permissions +\["audit:read","health:read"\]$/m,
	    'and shown';
	($rc, $out) = ctl('roles', 'list');
	like $out, qr/^auditor +false +\["audit:read"/m, 'listed';
	like $out, qr/^admin +true /m, 'with built-in ones';
	($rc, $out) = ctl('roles', 'list', '--limit', '1');
	like $out, qr/^more: --cursor \S+$/m, 'by pages';
	($rc, $out) = ctl('roles', 'show', 'viewer');
	like $out, qr/^Built in +true$/m, 'one is shown';
	($rc, undef, $err) = ctl('roles', 'add', 'x', '-p', 'audit:wipe');
	is $rc, 65, 'no such permission';
	like $err, qr{/permissions/0}, 'and which';

	($rc, $out, $err) = ctl('bindings', 'add', 'auditor', '--user',
	    'Viewer', '--hours', '00:00-24:00', '--days', 'monday,sunday',
	    '--zone', 'Europe/Berlin', '--expires', '2100-01-01T00:00:00Z',
	    '--team', 'red');
	is $rc, 0, 'it is bound' or diag $err;
	like $out, qr/^User +viewer$/m, 'by the name of the user';
	like $out, qr/"days":\["monday","sunday"\],"from":"00:00"/, 'hours';
	my ($id) = $out =~ /^Id +(\S+)$/m;
	($rc, $out) = ctl('bindings', 'list', '--user', 'viewer');
	like $out, qr/^\Q$id\E +auditor +viewer .*red/m, 'listed';
	($rc, $out) = ctl('--json', 'bindings', 'show', $id);
	is decode_json($out)->{scope}{id}, 'red', 'shown';
	($rc, $out) = ctl('roles', 'of', 'viewer');
	like $out, qr/^server:read +viewer +user/m, 'what he may, and why';
	($rc, undef, $err) = ctl('roles', 'remove', 'auditor');
	isnt $rc, 0, 'a bound role stays';
	($rc, $out, $err) = ctl('bindings', 'remove', $id);
	is "$rc$out$err", '0', 'taken away';
	($rc) = ctl('bindings', 'show', $id);
	isnt $rc, 0, 'and gone';
	($rc) = ctl('roles', 'remove', 'auditor');
	is $rc, 0, 'now it can be removed';
	($rc) = ctl('bindings', 'add', 'viewer', '--user', 'nobody-at-all');
	isnt $rc, 0, 'nobody';
	($rc) = ctl('bindings', 'add', 'viewer', '--group', 'x', '--team', 'a',
	    '--server', 'b');
	is $rc, 64, 'a team or a server';
	is +(ctl('roles'))[0], 64, 'what to do with roles';
	is +(ctl('bindings', 'show'))[0], 64, 'and which binding';
	login('dev');
};

subtest 'keys' => sub {
	my ($rc, $key, $err) = ctl('keys', 'create', 'mine', '--scope',
	    'server:read', '--scope', 'tool:read', '--network', '127.0.0.0/8',
	    '--days', '3', '--rate', '50', '--description', 'of a test');
	is $rc, 0, 'a key is made' or diag $err;
	like $key, qr/^sark_live_[a-z2-7]{12}_[a-z2-7]{40}\n\z/,
	    'it alone on standard output';
	unlike $err, qr/sark_live/, 'and nowhere else';
	my ($id) = $err =~ /^key (\S+) of dev;/;
	my $out;
	($rc, $out) = ctl('keys', 'list');
	like $out, qr/^\Q$id\E +mine +[a-z2-7]{12} +dev +true /m, 'listed';
	($rc, $out) = ctl('keys', 'show', $id);
	like $out, qr/^Scopes +\["server:read","tool:read"\]$/m, 'shown';
	like $out, qr/^Description +of a test$/m, 'with what it is for';
	unlike $out, qr/\Q${\ substr $key, 23, 32 }/, 'not with its secret';

	my $file = spew($temp->path('key'), $key, 0600);
	my $by_key = sub (@args) {
		return $temp->run([ program('sarkctl'), '--url', $url,
		    '--session-file', "$home/none", '--key-file', $file, @args ]);
	};
	($rc, $out) = $by_key->('servers', 'list');
	is $rc, 0, 'a key in a file is as good as a login';
	($rc, $out) = $by_key->('whoami');
	like $out, qr/^User +dev$/m, 'as its owner';
	is +($by_key->('audit', 'list'))[0], 77, 'for what its scopes say';
	chmod 0644, $file;
	($rc, undef, $err) = $by_key->('servers', 'list');
	is $rc, 78, 'not from a file that others can read';
	unlike $err, qr/sark_live/, 'nor is it printed';
	chmod 0600, $file;

	($rc, my $new) = ctl('keys', 'rotate', $id, '--overlap', '0');
	is $rc, 0, 'rotated';
	like $new, qr/^sark_live_\S+\n\z/, 'the new one alone';
	is +($by_key->('servers', 'list'))[0], 77, 'the old one is over';
	spew($file, $new, 0600);
	is +($by_key->('servers', 'list'))[0], 0, 'the new one works';
	($rc, $out, $err) = ctl('keys', 'revoke', $id);
	is "$rc$out$err", '0', 'revoked';
	is +($by_key->('servers', 'list'))[0], 77, 'it is over';
	isnt +(ctl('keys', 'show', $id))[0], 0, 'and not shown';
	($rc, undef, $err) = ctl('keys', 'create', 'x', '--scope', 'admin');
	is $rc, 65, 'no such scope';
	like $err, qr{/scopes/0}, 'and which';
	is +(ctl('keys', 'create', 'x', '--days', 'many'))[0], 64, 'no number';
	is +(ctl('keys'))[0], 64, 'what to do with keys';
};

subtest 'servers and tools' => sub {
	my $file = spew($temp->path('jira.json'), '{"name":"jira",' .
	    '"transport":"http","endpoint":"https://jira.example/mcp",' .
	    '"description":"a \u001b[31mred\u0085 one",' .
	    '"tools":[{"name":"jira.get"},{"name":"jira.put"}]}');
	my ($rc, $out, $err) = ctl('servers', 'add', $file);

	is $rc, 65, 'control characters are refused';
	like $err, qr{/description}, 'and where they are';
	spew($file, slurp($file) =~ s/\\u001b\[31m|\\u0085//gr);
	($rc, $out) = ctl('servers', 'add', $file);
	is $rc, 0, 'added';
	like $out, qr/^jira\.put +medium/m, 'its tools and their levels';
	my ($id) = $out =~ /^Id +(\S+)/m;
	($rc, $out, $err) = ctl('servers', 'add', $file);
	is $rc, 73, 'once';
	($rc, $out) = ctl('servers', 'list');
	like $out, qr/^\Q$id\E +jira +registered +medium +dev/m, 'listed';
	($rc, $out) = ctl('servers', 'show', $id);
	like $out, qr/^Name +jira$/m, 'shown';
	($rc, $out) = ctl('tools', 'list');
	my ($tool) = $out =~ /^(\S+) +jira\.get /m;
	ok $tool, 'tools listed';
	($rc, $out) = ctl('tools', 'history', $tool);
	like $out, qr/ low /, 'history of a level';
	($rc, $out, $err) = ctl('tools', 'set-level', $tool, 'high', 'why');
	is $rc, 77, 'a developer sets no level';
	($rc) = ctl('servers', 'nonsense');
	is $rc, 64, 'a command that is none';
};

subtest 'a lost answer' => sub {
	my $proxy = Sark::Fault::Proxy->start(listen => '127.0.0.1:0',
	    target => $url =~ s{^http://}{}r);
	local $url = 'http://' . $proxy->address;
	local $session = "$home/proxy.json";
	my $add = sub ($name) {
		return ctl('servers', 'add', '-', { stdin => '{"name":"' . $name
		    . '","transport":"stdio","command":"x"}' });
	};
	my $there = sub ($name) {
		return $sark->psql('SELECT count(*) FROM sark.server'
		    . " WHERE name = '$name'");
	};
	my %lost = (way => 'down', before => 1, match => 'HTTP/1.1 201');

	is +(login('dev'))[0], 0, 'logged in behind a proxy';
	$proxy->set(cut_match => { %lost, once => 1 });
	my ($rc, $out, $err) = $add->('lost-once');
	is $rc, 0, 'the answer is lost, and asked for once more' or diag $err;
	like $out, qr/^Name +lost-once$/m, 'it is that of the first time';
	is $there->('lost-once'), 1, 'registered once';
	is $proxy->seen->{cut}, 1, 'control: one was lost';

	$proxy->set(cut_match => { %lost });
	($rc) = $add->('lost-twice');
	is $rc, 69, 'lost twice is not known';
	is $there->('lost-twice'), 1, 'registered once';
	$proxy->clear;
	($rc, $out, $err) = $add->('lost-twice');
	is $rc, 73, 'another command is another request';
};

subtest 'evaluate' => sub {
	my ($rc, $out) = ctl('evaluate', 'tool:invoke', '--tool', 'jira.put',
	    '--parameters', '{"issue":7}');

	is $rc, 0, 'allow is 0';
	like $out, qr/^Decision +allow$/m, 'and said';
	like $out, qr/^Cache +MISS$/m, 'decided afresh';
	($rc, $out) = ctl('evaluate', 'tool:invoke', '--tool', 'jira.put',
	    '--parameters', '{"issue":7}');
	like $out, qr/^Cache +HIT$/m, 'then remembered';
	($rc, $out) = ctl('evaluate', 'server:delete');
	is $rc, 1, 'deny is 1';
	like $out, qr/^Reason +\S/m, 'with the reason';
	($rc, $out) = ctl('--json', 'evaluate', 'tool:invoke', '--tool',
	    'jira.put', '--explain');
	is decode_json($out)->{explanation}{input}{user}{username}, 'dev',
	    'explained';
	my ($bad, undef, $err) = ctl('evaluate', 'tool:invoke',
	    '--parameters', '{');
	is $bad, 65, 'parameters that are no JSON';
};

# audit tail shows what is there, and later what is new.
sub tail_goes_on () {
	my $seen = $temp->path('tail');
	my $pid = fork // die "fork: $!";

	if (!$pid) {
		open STDOUT, '>', $seen or die "$seen: $!";
		open STDERR, '>&', \*STDOUT or die $!;
		exec program('sarkctl'), '--url', $url, '--session-file',
		    $session, qw(audit tail --type policy_decision) or die $!;
	}
	my $shows = sub ($what) {
		for (1 .. 100) {
			return 1 if -e $seen && slurp($seen) =~ $what;
			select undef, undef, undef, 0.1;
		}
		return 0;
	};
	ok $shows->(qr/jira\.put/), 'tail shows what is there';
	ctl('evaluate', 'tool:invoke', '--tool', 'seen.by.tail');
	$sark->tool('sark-audit-load');
	ok $shows->(qr/seen\.by\.tail/), 'and what is new' or diag slurp($seen);
	kill TERM => $pid;
	waitpid $pid, 0;
	is $? & 127, 15, 'until it is ended';
}

subtest 'audit and status' => sub {
	my ($rc, $out, $err) = ctl('audit', 'list');

	is $rc, 77, 'a developer reads no trail';
	is +(login('officer'))[0], 0, 'an officer';
	$sark->tool('sark-audit-load');
	($rc, $out) = ctl('audit', 'list', '--type', 'policy_decision',
	    '--decision', 'allow', '--limit', '2');
	is $rc, 0, 'does';
	like $out, qr/policy_decision +dev +tool:invoke +jira\.put +allow/,
	    'what was decided';
	my ($cursor) = $out =~ /^more: --cursor (\S+)$/m;
	ok $cursor, 'and there is more';
	($rc, $out) = ctl('audit', 'list', '--type', 'policy_decision',
	    '--decision', 'allow', '--limit', '2', '--cursor', $cursor);
	is $rc, 0, 'which is shown';
	($rc, $out) = ctl('--json', 'audit', 'stats');
	ok decode_json($out), 'counts';
	tail_goes_on();
	($rc, $out) = ctl('status');
	is $rc, 0, 'ready';
	like $out, qr/^postgresql +ok$/m, 'each dependency';
	$sark->without(redis => sub {
		($rc, $out) = ctl('status');
		is $rc, 69, 'not ready';
		like $out, qr/^redis +away$/m, 'and why';
	});
	($rc) = ctl('logout');
	ok $rc == 0 && !-e $session, 'logged out';
};

# Runs something while sark-login believes that it is two hours ago: what it
# gives has expired.
sub two_hours_ago ($do) {
	local $sark->{env}{login} = {
		LD_PRELOAD => builddir() . '/t/fault/.libs/shim.so',
		SARK_SHIM_CLOCK => spew($temp->path('clock'),
		    '-7200' . ' ' x 58 . "\0", 0644),
	};
	my $works = sub {
		return Sark::Temp->until('sark-login behind lighttpd', sub {
			$sark->stranger->get('/api/v1/auth/providers')
			    ->status == 200 });
	};

	$sark->restart_program('login');
	$works->();
	$do->();
	$sark->{env}{login} = {};
	$sark->restart_program('login');
	$works->();
}

subtest 'sessions' => sub {
	my $token = sub { decode_json(slurp($session)) };

	login('dev');
	my $first = $token->();
	login('dev');
	my ($rc, $out) = ctl('--json', 'sessions');
	is $rc, 0, 'listed';
	my @all = @{ decode_json($out)->{items} };
	my ($other) = map { $_->{session_id} } grep { !$_->{current} } @all;
	($rc, $out) = ctl('sessions');
	like $out, qr/^\Q$other\E +127\.0\.0\.1 +sark .*false$/m, 'for people';
	is +(ctl('sessions', 'end', $other))[0], 0, 'one is ended';
	unlike +(ctl('sessions'))[1], qr/\Q$other\E/, 'and is gone';
	is +(ctl('sessions', 'end', $other))[0], 66, 'it ends once';
	is +(ctl('sessions', 'burn'))[0], 64, 'no such thing';

	two_hours_ago(sub { login('viewer') });
	my $old = $token->();
	($rc, $out) = ctl('whoami');
	like $out, qr/^User +viewer$/m, 'an expired token is refreshed';
	my $new = $token->();
	isnt $new->{$_}, $old->{$_}, "$_ is kept"
	    for qw(access_token refresh_token);
	is +(stat $session)[2] & 07777, 0600, 'for him alone';

	two_hours_ago(sub { login('viewer') });
	$sark->psql('UPDATE sark.session SET revoked_at = now()');
	($rc, $out, my $err) = ctl('whoami');
	is $rc, 77, 'a session that is over';
	like $err, qr/your session is over: sarkctl login/, 'is told';

	login('dev');
	is +(ctl('logout'))[0], 0, 'logout';
	ok !-e $session, 'forgets the tokens';
	is $sark->psql("SELECT count(*) FROM sark.session WHERE revoke_reason"
	    . " = 'logout'"), '2', 'and ends the session';
	login('dev');
	($rc, $out) = ctl('sessions', 'end-all');
	like $out, qr/^\d+ ended, this one too\.$/, 'all of them';
	is +(ctl('whoami'))[0], 77, 'this one too';
	login('dev');
	$sark->without(postgresql => sub {
		is +(ctl('logout'))[0], 69, 'a logout that the server refuses';
		ok !-e $session, 'forgets the tokens all the same';
	});
	is +(ctl('logout'))[0], 0, 'nobody is logged in: fine';
};

subtest 'the second factor' => sub {
	local $session = "$home/factor.json";
	$sark->add_user('fay', 'viewer');
	login('fay');
	my ($rc, $out, $err) = ctl('mfa', 'enrol');
	my ($secret) = $out =~ /^([A-Z2-7]{32})$/m;
	is $rc, 0, 'enrolled';
	like $out, qr/^(?: *(?:\xe2\x96[\x80\x84\x88] *)*\n){15,}/,
	    'with a QR code';
	my $phone = Sark::Authenticator->new($sark, $secret // 'A' x 32);
	my $code = sub ($text) { return { stdin => "$text\n" } };

	($rc, $out, $err) = ctl('mfa', 'confirm', '--code-file', '-',
	    $code->($phone->wrong));
	is $rc, 77, 'a wrong code';
	like $err, qr/Invalid code/, 'is told';
	($rc, $out) = ctl('mfa', 'confirm', '--code-file', '-',
	    $code->($phone->code));
	is $rc, 0, 'confirmed';
	my @codes = $out =~ /^  ([a-z2-7-]{19})$/mg;
	is scalar @codes, 10, 'with recovery codes';
	($rc, $out) = ctl('whoami');
	like $out, qr/^MFA +true$/m, 'the session has shown it';
	is +(ctl('mfa', 'verify', '--code-file', '-',
	    $code->($phone->fresh)))[0], 0, 'shown again';

	my @login = ('login', '--user', 'fay', '--password-file', '-',
	    '--code-file', '-');
	my $password = Sark::password('fay');
	($rc, $out, $err) = ctl(@login, $code->($password));
	is $rc, 64, 'a login without a code';
	like $err, qr/no line more/, 'asks for it';
	($rc, $out) = ctl(@login, $code->("$password\n" . $phone->fresh));
	is $rc, 0, 'with one';
	like $out, qr/as fay/, 'logs in';
	is +(ctl(@login, $code->("$password\n$codes[0]")))[0], 0,
	    'or with a recovery code';
	is +(ctl('mfa', 'remove', '--code-file', '-', $code->($codes[1])))[0],
	    0, 'removed';
	is +(login('fay'))[0], 0, 'the password is enough';
	is +(ctl('mfa', 'lose'))[0], 64, 'no such command';
};

done_testing;
