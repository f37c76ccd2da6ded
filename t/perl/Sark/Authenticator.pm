package Sark::Authenticator;

# What a user has on his phone: RFC 6238 by itself, beside that of SARK.
#
#	my $phone = Sark::Authenticator->new($sark, $enrolment->{secret});
#	$client->post('/api/v1/auth/mfa/verify', { otp => $phone->fresh });

use v5.36;
use Digest::SHA qw(hmac_sha1);

sub new ($class, $sark, $secret) {
	return bless { sark => $sark, key => base32($secret) }, $class;
}

# RFC 4648 section 6.
sub base32 ($text) {
	my %value;

	@value{ 'A' .. 'Z', 2 .. 7 } = map { sprintf '%05b', $_ } 0 .. 31;
	my $bits = join '', map { $value{$_} // die "no base32: $text\n" }
	    split //, $text;
	return pack 'B*', substr $bits, 0, 8 * int(length($bits) / 8);
}

# The code of so many steps from now.
sub code ($self, $steps = 0) {
	my $mac = hmac_sha1(pack('Q>', int(time / 30) + $steps), $self->{key});
	my $at = ord(substr $mac, -1) & 0xf;

	return sprintf '%06d',
	    (unpack('N', substr $mac, $at, 4) & 0x7fffffff) % 1_000_000;
}

# One that is none of those around now.
sub wrong ($self) {
	my %right = map { $self->code($_) => 1 } -3 .. 3;
	my ($wrong) = grep { !$right{$_} } map { sprintf '%06d', $_ } 0 .. 9;

	return $wrong;
}

# The code of now, as if no code had been used for a while: nobody wants to
# wait half a minute for the next.
sub fresh ($self) {
	$self->{sark}->psql('UPDATE sark.totp SET last_step = 0');
	return $self->code;
}

1;
