package Sark::Authority;

# A certificate authority of the test's own.
#
#	my $ca = Sark::Authority->new($temp, 'ours');
#	my ($certificate, $key) = $ca->sign('DNS:localhost', 'IP:127.0.0.1');
#	$ca->path		# what clients are to trust

use v5.36;
use Sark::Skip;

my @new = qw(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes);
my @key = (@new, qw(-days 2));

sub new ($class, $temp, $name) {
	my $self = bless { temp => $temp, name => $name, n => 0,
		path => $temp->path("$name.pem"),
		key => $temp->path("$name.key") }, $class;

	$self->openssl('req', '-x509', @key, '-subj', "/CN=$name", '-keyout', $self->{key},
	    '-out', $self->{path});
	chmod 0644, $self->{path};
	return $self;
}

sub openssl ($self, @args) {
	my ($rc, undef, $err) = $self->{temp}->run([ need('openssl'), @args ]);

	die "openssl: $err" if $rc != 0;
}

sub path ($self) {
	return $self->{path};
}

# A server's certificate for these names, and its key, for the servers' user.
sub sign ($self, @names) {
	my $n = ++$self->{n};
	my ($certificate, $key) = map {
	    $self->{temp}->path("$self->{name}-$n.$_") } qw(pem key);

	$self->openssl('req', '-x509', @key, '-CA', $self->{path}, '-CAkey', $self->{key},
	    '-subj', "/CN=$self->{name}-$n", '-addext',
	    'basicConstraints=critical,CA:FALSE', '-addext',
	    'subjectAltName=' . join(',', @names), '-keyout', $key,
	    '-out', $certificate);
	$self->{temp}->give($certificate, $key);
	return ($certificate, $key);
}

# The certificate of a client of this name, and its key, for the servers' user;
# good for so many days, expired with a negative number.
sub sign_client ($self, $name, $days = 2) {
	my $n = ++$self->{n};
	my ($certificate, $key, $request) = map {
	    $self->{temp}->path("$self->{name}-$n.$_") } qw(pem key csr);

	$self->openssl('req', @new, '-subj', "/CN=$name", '-keyout', $key,
	    '-out', $request);
	$self->openssl('x509', '-req', '-in', $request, '-CA', $self->{path},
	    '-CAkey', $self->{key}, '-CAcreateserial', '-days', $days,
	    '-out', $certificate);
	$self->{temp}->give($certificate, $key);
	return ($certificate, $key);
}

1;
