package Sark::Client;

# Somebody who speaks to SARK over HTTP; and what he is answered.

use v5.36;
use HTTP::Tiny;
use JSON::PP ();

my $json = JSON::PP->new->utf8->canonical->allow_nonref;

# Options: url, token (none: a stranger), headers (sent always).
sub new ($class, %opt) {
	$opt{http} = HTTP::Tiny->new(timeout => 30, max_redirect => 0,
	    agent => 'sark-test', keep_alive => 0);
	return bless \%opt, $class;
}

sub token ($self) {
	return $self->{token};
}

# One that is the same but for some headers; undef takes one away.
sub with ($self, %headers) {
	return Sark::Client->new(%$self,
	    headers => { %{ $self->{headers} // {} }, %headers });
}

sub get ($self, $target) {
	return $self->send('GET', $target);
}

sub post ($self, $target, $body = {}) {
	return $self->send('POST', $target, $body);
}

sub put ($self, $target, $body = {}) {
	return $self->send('PUT', $target, $body);
}

sub patch ($self, $target, $body = {}) {
	return $self->send('PATCH', $target, $body);
}

sub delete ($self, $target) {
	return $self->send('DELETE', $target);
}

# A reference becomes JSON; text is sent as it is.
sub send ($self, $method, $target, $body = undef) {
	my %headers;

	$headers{authorization} = "Bearer $self->{token}" if $self->{token};
	$headers{'content-type'} = 'application/json' if defined $body;
	%headers = (%headers, %{ $self->{headers} // {} });
	delete @headers{ grep { !defined $headers{$_} } keys %headers };

	my %option = (headers => \%headers);
	$option{content} = ref $body ? $json->encode($body) : $body
	    if defined $body;
	my $answer = $self->{http}->request($method, $self->{url} . $target,
	    \%option);
	return bless { %$answer, sent => $body }, 'Sark::Answer';
}

package Sark::Answer;

sub status ($self) {
	return $self->{status};
}

sub body ($self) {
	return $self->{content} // '';
}

# The body as data; undef when it is not JSON.
sub json ($self) {
	return $self->{json} //= eval { $json->decode($self->body) };
}

sub header ($self, $name) {
	my $value = $self->{headers}{lc $name};

	return ref $value ? $value->[0] : $value;
}

# What was sent, to send it again.
sub request ($self) {
	return $self->{sent};
}

1;
