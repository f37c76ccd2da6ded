package Sark::LDAP;

# A slapd of the test's own, with TLS and a small company in it.
#
#	my $ldap = Sark::LDAP->new($temp)->start;
#	my $sark = Sark->start('login', { conf => { $ldap->conf } });
#	login with alice and Sark::LDAP::password('alice')
#	$ldap->modify("dn: ...\nchangetype: modify\n...");
#
# It takes an empty password, or an empty name, for a guest and says yes:
# what many directories do, and OpenLDAP does when it is told to.  Nobody but
# the service account finds anything.

use v5.36;
use Digest::SHA 'sha256';
use MIME::Base64 'encode_base64';
use Sark::Authority;
use Sark::Skip;
use Sark::Temp;
use Sark::Tree qw(spew);
use Sark::WebServer;

our $base = 'dc=example,dc=org';
our $corp = 'dc=corp,dc=example';	# shaped like Active Directory
our $service = "cn=sark,ou=services,$base";
my $secret = 'the service account';

sub password ($user) {
	return "correct pony $user nail";
}

# Options: names of its certificate; ldif more entries; odd, a hash of users
# to whose bind the server answers with [code, message, seconds of rest].
sub new ($class, $temp, %opt) {
	my $dir = $temp->mkdir('slapd');
	my $ca = Sark::Authority->new($temp, 'directory');
	my $self = bless { temp => $temp, dir => $dir, ca => $ca,
		server => need('slapd'), client => need('ldapmodify'),
		ldif => $opt{ldif} // '', odd => $opt{odd} // {} }, $class;

	need('ldapsearch');
	$self->certify($ca, @{ $opt{names} // [ 'IP:127.0.0.1' ] });
	$self->{password_file} = spew($temp->path('ldap.password'), "$secret\n",
	    0600);
	$self->{map_file} = spew($temp->path('ldap.map'), map_of(), 0644);
	$temp->give($self->{password_file});
	$self->load;
	return $self;
}

# Gives it another certificate.
sub certify ($self, $ca, @names) {
	@$self{qw(certificate key)} = $ca->sign(@names);
	$self->write_config;
}

sub map_of () {
	return <<~"END";
	# roles and teams by group
	role	developer	cn=developers,ou=groups,$base
	role	viewer		CN=Everybody, OU=Groups, $base
	team	red		cn=red\\2C team,ou=groups,$base
	manager	red		cn=leads,ou=groups,$base
	role	operator	cn=posix,ou=groups,$base
	role	developer	CN=Developers,OU=Groups,$corp
	role	viewer		CN=All,OU=Groups,$corp
	END
}

# What a SARK needs to use it; with more settings.
sub conf ($self, %more) {
	return (ldap_servers => [ $self->url ], ldap_ca_file => $self->{ca}->path,
		ldap_bind_dn => $service, ldap_base => $base,
		ldap_password_file => $self->{password_file},
		ldap_map_file => $self->{map_file}, %more);
}

sub url ($self) { return "ldap://127.0.0.1:$self->{port}" }
sub tls_url ($self) { return "ldaps://127.0.0.1:$self->{tls_port}" }
sub local_url ($self) { return "ldapi://" . "$self->{dir}/sock" =~ s{/}{%2F}gr }
sub ca ($self) { return $self->{ca} }

sub write_config ($self) {
	my @modules = qw(back_mdb ppolicy retcode);
	my @schemas = qw(core cosine inetorgperson nis);

	$self->{config} = spew($self->{temp}->path('slapd.conf'), join "\n",
	    (map { "include /etc/ldap/schema/$_.schema" } @schemas), corp_schema(),
	    'modulepath /usr/lib/ldap', (map { "moduleload $_" } @modules),
	    'allow bind_anon_cred bind_anon_dn',
	    "TLSCACertificateFile " . $self->{ca}->path,
	    "TLSCertificateFile $self->{certificate}",
	    "TLSCertificateKeyFile $self->{key}", 'threads 8',
	    $self->database($base, 'org', 'overlay ppolicy',
		"ppolicy_default \"cn=policy,$base\"",
		'overlay retcode', "retcode-parent \"ou=odd,$base\"",
		$self->odd_items),
	    $self->database($corp, 'corp'), '');
	$self->{temp}->give($self->{config});
}

sub database ($self, $suffix, $name, @overlays) {
	my $dir = "$self->{dir}/$name";

	if (!-d $dir) {
		mkdir $dir, 0700;
		$self->{temp}->give($dir);
	}
	return ('database mdb', "suffix \"$suffix\"",
	    "rootdn \"cn=admin,$suffix\"", 'rootpw admin',
	    "directory $dir", 'maxsize 67108864', 'index objectClass,uid,mail eq',
	    'dbnosync', 'sizelimit unlimited',
	    'access to attrs=userPassword by anonymous auth by * none',
	    "access to * by dn.exact=\"$service\" read by * none", @overlays);
}

sub load ($self) {
	my $slapadd = need('slapadd');
	my %ldif = ($base => org() . $self->{ldif} . join('', map {
	    person($_) =~ s/ou=people/ou=odd/r } sort keys %{ $self->{odd} }),
	    $corp => corp());

	for my $suffix ($base, $corp) {
		my ($rc, $out, $err) = $self->{temp}->run([ $slapadd, '-q',
		    '-f', $self->{config}, '-b', $suffix ], user => 1,
		    stdin => $ldif{$suffix});
		die "slapadd: $out$err" if $rc != 0;
	}
}

# The first start takes ports, which it keeps.
sub start ($self) {
	return $self->listen ? $self : die "slapd does not start\n"
	    if $self->{port};
	for (1 .. 10) {
		@$self{qw(port tls_port)} = (Sark::WebServer::free_port(),
		    Sark::WebServer::free_port());
		return $self if $self->listen;
	}
	die "slapd does not start\n";
}

sub listen ($self) {
	$self->{pid} = $self->{temp}->spawn(name => 'slapd', user => 1,
	    command => [ $self->{server}, '-d', 'none', '-f', $self->{config},
	    '-h', join ' ', $self->url, $self->tls_url, $self->local_url ]);
	return Sark::Temp->until('slapd', sub {
		return 'ended' if !Sark::Temp->alive($self->{pid});
		return ($self->as_admin('ldapwhoami'))[0] == 0;
	}, 30) ne 'ended';
}

sub stop ($self) {
	Sark::Temp->end(delete $self->{pid});
}

# A tool of ldap-utils: (exit value, output, error).
sub as_admin ($self, $tool, $stdin = '', @args) {
	return $self->tool($tool, "cn=admin,$base", 'admin', $stdin, @args);
}

sub tool ($self, $tool, $dn, $password, $stdin = '', @args) {
	return $self->{temp}->run([ need($tool), '-x', '-H', $self->local_url,
	    '-D', $dn, '-w', $password, @args ], stdin => $stdin,
	    env => { LDAPNOINIT => 1 });
}

# Changes entries, as LDIF has it.
sub modify ($self, $ldif) {
	my ($rc, $out, $err) = $self->as_admin('ldapmodify', $ldif);

	die "ldapmodify: $out$err" if $rc != 0;
}

sub dn ($user) { return "uid=$user,ou=people,$base" }

sub person ($user, @more) {
	my @classes = grep { /^objectClass/ } @more;	# all in one place

	return join("\n", 'dn: ' . dn($user), 'objectClass: inetOrgPerson',
	    @classes, "uid: $user", "cn: \u$user Somebody", "sn: Somebody",
	    "mail: $user\@example.org", 'userPassword: ' . password($user),
	    grep { !/^objectClass/ } @more) . "\n\n";
}

sub group ($name, @members) {
	return join("\n", "dn: cn=$name,ou=groups,$base",
	    'objectClass: groupOfNames', map { "member: $_" } @members)
	    . "\n\n";
}

# What slapo-retcode answers to the binds of odd users.
sub odd_items ($self) {
	return map {
		my ($code, $message, $rest) = @{ $self->{odd}{$_} };
		"retcode-item \"uid=$_\" $code op=bind text=\"" .
		    ($message // '') . '" sleeptime=' . ($rest // 0);
	} sort keys %{ $self->{odd} };
}

sub org () {
	my $units = join '', map { "dn: ou=$_,$base\n" .
	    "objectClass: organizationalUnit\nou: $_\n\n" }
	    qw(people groups services odd);

	return "dn: $base\nobjectClass: dcObject\nobjectClass: organization\n" .
	    "o: Example\n\n$units" .
	    "dn: cn=policy,$base\nobjectClass: organizationalRole\n" .
	    "objectClass: pwdPolicy\npwdAttribute: userPassword\n" .
	    "pwdMustChange: TRUE\n\n" .
	    "dn: $service\nobjectClass: organizationalRole\n" .
	    "objectClass: simpleSecurityObject\nuserPassword: $secret\n\n" .
	    join('', map { person($_) } qw(alice bob carol dave erin)) .
	    group('developers', dn('alice'), dn('bob')) .
	    group('everybody', "cn=developers,ou=groups,$base", dn('carol')) .
	    group('red\2C team', dn('alice')) .
	    group('leads', dn('bob')) .
	    group('around', "cn=and around,ou=groups,$base", dn('carol')) .
	    group('and around', "cn=around,ou=groups,$base") .
	    "dn: cn=posix,ou=groups,$base\nobjectClass: posixGroup\n" .
	    "gidNumber: 1000\nmemberUid: dave\n\n";
}

# What of Active Directory matters here; OpenLDAP's own copy of its schema
# (msuser) has no rules to compare by, so that nothing could be found.
sub corp_schema () {
	my ($oid, $text, $number, $dn, $bytes) = ('1.2.840.113556.1.4',
	    map { "SYNTAX 1.3.6.1.4.1.1466.115.121.1.$_->[0] EQUALITY $_->[1]" }
	    [ 15, 'caseIgnoreMatch' ], [ 27, 'integerMatch' ],
	    [ 12, 'distinguishedNameMatch' ], [ 40, 'octetStringMatch' ]);
	my @types = ([ 221, 'sAMAccountName', $text ],
	    [ 656, 'userPrincipalName', $text ], [ 2, 'objectGUID', $bytes ],
	    [ 8, 'userAccountControl', $number ],
	    [ 159, 'accountExpires', $number ], [ 222, 'memberOf', $dn ]);

	return ((map { "attributetype ( $oid.$_->[0] NAME '$_->[1]' $_->[2] )" }
	    @types),
	    "objectclass ( 1.2.840.113556.1.5.9 NAME 'user' SUP inetOrgPerson"
	    . ' STRUCTURAL MAY (' . join(' $ ', map { $_->[1] } @types) . ') )',
	    "objectclass ( 1.2.840.113556.1.5.8 NAME 'group' SUP top STRUCTURAL"
	    . ' MUST cn MAY ( member $ memberOf ) )',
	    "objectclass ( 1.2.840.113556.1.3.30 NAME 'computer' SUP user"
	    . ' STRUCTURAL )');
}

sub corp () {
	my $user = sub ($name, @more) {
		return join("\n", "dn: CN=\u$name,OU=Users,$corp",
		    'objectClass: user', "cn: \u$name", "sn: \u$name",
		    'objectGUID:: ' . encode_base64(sha256($name), ''),
		    "sAMAccountName: $name",
		    "userPrincipalName: $name\@corp.example",
		    "displayName: \u$name of Corp",
		    "mail: $name\@corp.example", 'userPassword: '
		    . password($name), @more) . "\n\n";
	};
	my $group = sub ($name, @more) {
		return join("\n", "dn: CN=$name,OU=Groups,$corp",
		    'objectClass: group', "cn: $name", @more) . "\n\n";
	};
	my $units = join '', map { "dn: OU=$_,$corp\n" .
	    "objectClass: organizationalUnit\nou: $_\n\n" } qw(Users Groups);

	return "dn: $corp\nobjectClass: dcObject\nobjectClass: organization\n" .
	    "o: Corp\ndc: corp\n\n$units" .
	    $user->('wanda', 'userAccountControl: 512', 'accountExpires: 0',
		"memberOf: CN=Developers,OU=Groups,$corp") .
	    $user->('walter', 'userAccountControl: 514') .
	    $user->('wilma', 'accountExpires: 116444736000000001') .
	    $group->('Developers') .
	    $group->('All', "member: CN=Developers,OU=Groups,$corp");
}

1;
