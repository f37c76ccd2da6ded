# LDAP-01..LDAP-15: names, passwords and servers that mean harm, against a
# real slapd, with somebody in between where a server has to misbehave.

use v5.36;
use IO::Select;
use IO::Socket::INET;
use Sark::Attack;
use Sark::Authority;
use Sark::LDAP;
use Sark::LDAPProxy;
use Sark::Skip;
use Sark::Temp;
use Test::More;

my $base = $Sark::LDAP::base;
my @members = map { "uid=nobody$_,ou=people,$base" } 1 .. 50_000;
my @odd_names = ('a,b', 'a+b', 'a"b', 'a\\b', 'a<b>', 'a;b', 'a=b', '#ab',
	'a(b)', 'a*b');
my %code = (refused => 49, absent => 32, unwilling => 53, strong => 8,
	busy => 51, gone => 52);

my $temp = Sark::Temp->new;
# A port where nobody may ever come.
my $trap = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0,
	Listen => 16) or die "socket: $!\n";
my $trap_url = 'ldap://127.0.0.1:' . $trap->sockport;
my $ldap = Sark::LDAP->new($temp,
	odd => { map { $_ => [ $code{$_}, 'says the test' ] } keys %code },
	ldif => join('', (map { named($_) } @odd_names),
	    (map { Sark::LDAP::person("many$_") =~
		s/^mail: .*/mail: many\@example.org/mr } 1 .. 10_000),
	    twin('people'), twin('services'),
	    Sark::LDAP::group('huge', @members, Sark::LDAP::dn('alice')),
	    (map { Sark::LDAP::group("g$_", Sark::LDAP::dn('bob')) } 1 .. 40),
	    "dn: ou=elsewhere,ou=people,$base\nobjectClass: referral\n" .
	    "objectClass: extensibleObject\nou: elsewhere\n" .
	    "ref: $trap_url/ou=people,$base??sub\n\n"))->start;
my $proxy = Sark::LDAPProxy->start($temp, $ldap->{port});
my $sark = Sark::Attack->start(conf => { conf() }, workers => 1);
my $path = '/api/v1/auth/login/ldap';

# Somebody whose name has characters that a DN must escape.
sub named ($name) {
	my $value = $name =~ s/([,+"\\<>;=#])/\\$1/gr;
	my $rdn = "uid=$value";

	return Sark::LDAP::person($name) =~
	    s/^dn: .*/"dn: $rdn,ou=people,$base"/mer .
	    "dn: cn=" . unpack('H*', $name) . ",ou=groups,$base\n" .
	    "objectClass: groupOfNames\nmember: $rdn,ou=people,$base\n\n";
}

sub twin ($unit) {
	return Sark::LDAP::person('twin') =~ s/ou=people/ou=$unit/r;
}

# Settings of the test: without TLS, so that the proxy can read.
sub conf (%more) {
	return $ldap->conf(ldap_servers => [ $proxy->url ],
	    ldap_starttls => 'false', ldap_login_attributes => [qw(uid mail)],
	    ldap_groups_max => 30, ldap_timeout_ms => 5000, %more);
}

sub set (%more) {
	$sark->set(conf(%more));
	$sark->restart_program('login');
	Sark::Attack::remember($sark);
}

sub login ($name, $password = Sark::LDAP::password($name)) {
	return $sark->stranger->post($path,
	    { username => $name, password => $password });
}

sub let_in ($name = 'alice') {
	accepted login($name), "$name logs in";
}

# 401, with this reason in the trail.
sub denied ($answer, $why, $name) {
	my ($event) = $sark->events(type => 'authentication_failure',
	    request_id => $answer->header('x-request-id'));

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	problem $answer, [ 401 ], $name;
	is $event ? $event->{reason} : 'no event', $why, "$name: $why";
}

# 503, and nothing that counts against the user.
sub unavailable ($answer, $name) {
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	problem $answer, [ 503 ], $name;
	is scalar($sark->events(type => 'authentication_failure',
	    request_id => $answer->header('x-request-id'))), 0,
	    "$name: no failed password";
}

sub nothing_sent ($name) {
	is $proxy->bytes, '', "$name: nothing is sent to the directory";
}

# So many came to the trap; they are let go.
sub trapped () {
	my $n = 0;

	for (; IO::Select->new($trap)->can_read(0); $n++) {
		close $trap->accept;
	}
	return $n;
}

sub descriptors () {
	my $n = 0;

	$n += () = glob "/proc/$_/fd/*" for $sark->workers('login');
	return $n;
}

sub names () {
	return ('*', 'alic*', '*)(uid=*))(|(uid=*', 'admin)(!(&(1=0', '\2a',
	    'alice)', '(alice', 'alice)(objectClass=*', 'alice))(|(uid=*',
	    '*)(&', '*)(|(&', '*)(objectClass=*', '*)(uid=*))%00',
	    '*))%00', '*/*', '*|', '/', '//', '|', '||', '&', '&&', '!', '!(',
	    '(|(uid=*))', '(&(uid=alice))', 'alice)(cn=*', 'alice\00',
	    'alice\\29', '\28', '\29', '\5c', 'x*lice', '*lice', 'ali*e',
	    '>=a', '<=z', '~=alice', '=alice', ':=alice', 'uid=alice',
	    'uid:dn:=alice', '*)(mail=*', '*)(userPassword=*',
	    'alice)(userPassword=corr*', '%2a', '%28%29');
}

# What the connection on which this DN was bound was used for: tags.
sub tags_of ($dn) {
	return map { my @messages = @$_; [ map { $_->[0] } @messages ] }
	    grep { my ($first) = @$_; $first && $first->[0] == 0x60 &&
		index($first->[1], $dn) >= 0 } @{ $proxy->sent };
}

sub tls_with (@make) {
	$ldap->stop;
	$ldap->certify(@make);
	$ldap->start;
}

# A certificate of our authority for this host that was good once.
sub expired () {
	my ($request, $key, $certificate, $names) = map { $temp->path("old.$_") }
	    qw(csr key pem ext);
	my $ca = $ldap->ca;

	Sark::Tree::spew($names, "subjectAltName=IP:127.0.0.1\n");
	$ca->openssl('req', qw(-newkey ec -pkeyopt
	    ec_paramgen_curve:prime256v1 -nodes -subj /CN=old), '-keyout',
	    $key, '-out', $request);
	$ca->openssl('x509', '-req', '-in', $request, '-CA', $ca->path,
	    '-CAkey', $ca->{key}, '-CAcreateserial', '-days', '-1',
	    '-extfile', $names, '-out', $certificate);
	$temp->give($key, $certificate);
	$ldap->stop;
	@$ldap{qw(certificate key)} = ($certificate, $key);
	$ldap->write_config;
	$ldap->start;
}

attacks(
    [ 'LDAP-01', 'an empty password', sub {
	my ($rc, $out) = $ldap->tool('ldapwhoami', Sark::LDAP::dn('alice'), '');
	is "$rc $out", "0 anonymous\n", 'the server takes it for a guest';
	$proxy->be('pass');
	denied login('alice', ''), 'wrong_password', 'SARK does not';
	nothing_sent('an empty password');
    }, sub {
	let_in();
	like $proxy->bytes, qr/uid=alice/, 'control: something is sent now';
    } ],

    [ 'LDAP-02', 'a password that begins with NUL', sub {
	$proxy->be('pass');
	for my $password ("\0", "\0\0", "\0" . Sark::LDAP::password('alice')) {
		problem login('alice', $password), [ 400, 401, 422 ],
		    length($password) . ' bytes';
	}
	nothing_sent('NUL');
    }, sub { let_in() } ],

    [ 'LDAP-03', 'names that are filters', sub {
	my %asked;
	for my $name (names()) {
		my $answer = login($name, Sark::LDAP::password('alice'));
		problem $answer, [ 401 ], $name;
		$asked{ $answer->header('x-request-id') } = $name;
	}
	my %reason = map { $asked{ $_->{request_id} } => $_->{reason} }
	    grep { $asked{ $_->{request_id} // '' } }
	    $sark->events(type => 'authentication_failure');
	is_deeply \%reason, { map { $_ => 'unknown_user' } names() },
	    'nobody was found by any';
	problem login("alice\0"), [ 400 ], 'a NUL in the name';
    }, sub {
	let_in('a*b');
	let_in('a(b)');
    } ],

    [ 'LDAP-04', 'names that a DN must escape', sub {
	problem login($_, 'wrong'), [ 401 ], $_ for @odd_names;
    }, sub {
	for my $name (@odd_names) {
		my $answer = login($name);
		accepted $answer, $name;
		is $answer->json->{user}{username}, $name, 'it is he';
		is $sark->psql("SELECT group_name FROM sark.user_group"
		    . ' WHERE user_id = \'' . $answer->json->{user}{user_id}
		    . "'"), 'cn=' . unpack('H*', $name) . ",ou=groups,$base",
		    'in his group';
	}
    } ],

    [ 'LDAP-05', 'a name that finds none, two, ten thousand', sub {
	denied login('nobody', 'x'), 'unknown_user', 'none';
	denied login('twin'), 'ambiguous_user', 'two';
	denied login('many@example.org', Sark::LDAP::password('many1')),
	    'ambiguous_user', 'ten thousand';
	$proxy->be('endless');
	denied login('alice'), 'ambiguous_user', 'one that never ends';
	$proxy->be('pass');
    }, sub {
	let_in('many1');
	accepted login('alice@example.org', Sark::LDAP::password('alice')),
	    'one, by his address';
    } ],

    [ 'LDAP-06', 'referrals', sub {
	trapped();
	my $follower = $temp->spawn(name => 'ldapsearch', command => [
	    need('ldapsearch'), '-x', '-H', $ldap->local_url, '-D',
	    "cn=admin,$base", '-w', 'admin', '-C', '-b',
	    "ou=elsewhere,ou=people,$base", '(uid=x)' ],
	    env => { LDAPNOINIT => 1 });
	ok Sark::Temp->until('who follows it', \&trapped),
	    'control: who follows it is trapped';
	Sark::Temp->end($follower, 'KILL');
	trapped();
	denied login('nobody', 'x'), 'unknown_user', 'found elsewhere';
	$proxy->be(refer => "$trap_url/$base");
	unavailable login('alice'), 'a bind that is sent elsewhere';
	$proxy->be('pass');
	is trapped(), 0, 'nobody came';
    }, sub {
	let_in();
	is trapped(), 0, 'nor then';
    } ],

    [ 'LDAP-07', 'StartTLS taken away', sub {
	set(ldap_starttls => 'true');
	for my $how (qw(strip cut inject)) {
		$proxy->be($how);
		unavailable login('alice'), $how;
		my $sent = $proxy->bytes;
		ok length $sent, "$how: it was asked for";
		unlike $sent, qr/correct pony|service account/,
		    "$how: no password in clear text";
		is scalar(grep { ($_->[0] // 0) == 0x60 } map { @$_ }
		    @{ $proxy->sent }), 0, "$how: no bind"
		    if $how ne 'inject';
	}
    }, sub {
	$proxy->be('pass');
	let_in();
	unlike $proxy->bytes, qr/correct pony|service account/,
	    'control: with TLS nothing can be read';
	set();
	let_in();
	like $proxy->bytes, qr/correct pony/, 'control: without, it can';
    } ],

    [ 'LDAP-08', 'certificates', sub {
	my $other = Sark::Authority->new($temp, 'other');
	my %bad = ('another authority' => sub {
		tls_with($other, 'IP:127.0.0.1') },
	    'another host' => sub { tls_with($ldap->ca, 'DNS:else.where') },
	    'expired' => \&expired);
	for my $name (sort keys %bad) {
		$bad{$name}->();
		for my $url ($ldap->url, $ldap->tls_url) {
			set(ldap_servers => [$url], ldap_starttls => 'true');
			unavailable login('alice'), "$name, $url";
		}
	}
	tls_with($ldap->ca, 'IP:127.0.0.1');
	set(ldap_servers => [ $ldap->tls_url ], ldap_ca_file => $other->path);
	unavailable login('alice'), 'an authority that is not trusted';
    }, sub {
	for my $url ($ldap->url, $ldap->tls_url) {
		set(ldap_servers => [$url], ldap_starttls => 'true');
		let_in();
	}
	set();
    } ],

    [ 'LDAP-09', 'servers that hang', sub {
	set(ldap_timeout_ms => 500);
	$proxy->be('hang');
	unavailable login('alice'), 'hang';
	my $before = descriptors();
	for my $how ([ 'hang' ], [ hang_after => 1 ], [ hang_after => 2 ],
	    [ hang_after => 3 ], [ 'trickle' ], [ 'huge' ]) {
		$proxy->be(@$how);
		# a byte a second would take minutes
		unavailable login('alice'), "@$how" for 1 .. 2;
	}
	# two each would be 24; others come and go with the web server
	cmp_ok descriptors() - $before, '<', 12, 'no descriptor is left open';
	set(ldap_timeout_ms => 500, ldap_starttls => 'true');
	$proxy->be('trickle');
	unavailable login('alice'), 'within TLS';
	$proxy->be('pass');
    }, sub {
	set();
	let_in();
    } ],

    [ 'LDAP-10', 'codes of a result', sub {
	denied login('refused'), 'wrong_password', 'result 49';
	denied login('absent'), 'wrong_password', 'result 32';
	denied login('unwilling'), 'not_permitted', 'result 53';
	unavailable login('strong'), '8 strongerAuthRequired';
	unavailable login('busy'), '51 busy';
	unavailable login('gone'), '52 unavailable';
    }, sub { let_in() } ],

    [ 'LDAP-12', 'searching as the user', sub {
	$proxy->be('pass');
	accepted login('alice'), 'alice';
	Sark::Temp->until('the end of her connection', sub {
		my ($tags) = tags_of(Sark::LDAP::dn('alice'));
		return $tags && $tags->[-1] == 0x42;
	});
	is_deeply [ tags_of(Sark::LDAP::dn('alice')) ], [ [ 0x60, 0x42 ] ],
	    'her connection sees a bind and an unbind';
	my ($rc, undef, $err) = $ldap->tool('ldapsearch',
	    Sark::LDAP::dn('alice'), Sark::LDAP::password('alice'), '', '-b',
	    $base, 'uid=alice');
	isnt $rc, 0, 'she could not search';
    }, sub {
	my $tags;
	Sark::Temp->until('the end of its connection', sub {
		($tags) = tags_of($Sark::LDAP::service);
		return $tags && $tags->[-1] == 0x42;
	});
	is_deeply [ sort { $a <=> $b } keys %{ { map { $_ => 1 } @$tags } } ],
	    [ 0x42, 0x60, 0x63 ], 'control: the service account searches';
    } ],

    [ 'LDAP-13', 'groups without end', sub {
	denied login('bob'), 'too_many_groups', 'forty groups';
	my $answer = login('carol');
	accepted $answer, 'groups that hold each other';
	is_deeply $answer->json->{user}{roles}, ['viewer'], 'end';
    }, sub {
	let_in();
	is $sark->psql("SELECT count(*) FROM sark.user_group JOIN sark.users"
	    . " USING (user_id) WHERE username = 'alice' AND group_name LIKE"
	    . " 'cn=huge,%'"), 1, 'control: a group of 50,001 is one group';
    } ],

    [ 'LDAP-14', 'broken messages', sub {
	my %seen;

	set(ldap_timeout_ms => 300);
	for my $seed (1 .. 40) {
		$proxy->be(mangle => $seed);
		my $answer = login('alice');
		$seen{ $answer->status }++;
		like $answer->status, qr/^(?:200|401|503)$/, "seed $seed";
	}
	cmp_ok $seen{503} // 0, '>', 0, 'some are seen to be broken';
	$proxy->be('pass');
	set();
    }, sub { let_in() } ],
);

unharmed($sark);
done_testing;
