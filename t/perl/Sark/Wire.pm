package Sark::Wire;

# Bytes to a web server and its answers, one by one, as it sends them.
#
#	my $wire = Sark::Wire->new($web->connect);
#	$wire->send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
#	my $answer = $wire->answer;	# a Sark::Answer; undef: no more
#	$wire->closed			# whether the server has hung up

use v5.36;
use IO::Select;
use Sark::Client;
use Time::HiRes ();

sub new ($class, $socket) {
	die "no connection: $!\n" if !$socket;
	return bless { socket => $socket, in => '', closed => 0 }, $class;
}

# A server that refuses may hang up before it has read all.
sub send ($self, $bytes) {
	local $SIG{PIPE} = 'IGNORE';
	my $done = 0;

	while ($done < length $bytes) {
		my $n = syswrite $self->{socket}, $bytes,
		    length($bytes) - $done, $done;
		last if !$n;
		$done += $n;
	}
	return $self;
}

# More bytes; false when none come within the seconds.
sub more ($self, $until) {
	my $left = $until - Time::HiRes::time();

	return 0 if $self->{closed} || $left <= 0 ||
	    !IO::Select->new($self->{socket})->can_read($left);
	my $n = sysread $self->{socket}, $self->{in}, 65536,
	    length $self->{in};
	$self->{closed} = 1 if !$n;
	return !!$n;
}

# The next answer; undef when none comes within the seconds.  head: to HEAD.
sub answer ($self, $seconds = 60, %opt) {
	my $until = Time::HiRes::time() + $seconds;
	my ($head, %header);

	until ($self->{in} =~ s/\A(HTTP\/1\.[01] .*?)\r?\n\r?\n//s &&
	    ($head = $1)) {
		return undef if !$self->more($until);
	}
	my ($status) = $head =~ /\AHTTP\/1\.[01] (\d{3})/;
	for ($head =~ /^([^:\n]+:[^\n]*)$/mg) {
		my ($name, $value) = /^([^:]+):\s*(.*?)\s*$/;
		push @{ $header{lc $name} }, $value;
	}
	return $self->answer($seconds) if $status == 100;
	my $body = $opt{head} || $status =~ /^(?:204|304)$/ ? ''
	    : $self->body(\%header, $until);
	return bless { status => $status, headers => \%header,
	    content => $body }, 'Sark::Answer';
}

sub body ($self, $header, $until) {
	my $length = $header->{'content-length'};
	my $body = '';

	if (($header->{'transfer-encoding'} // [''])->[0] eq 'chunked') {
		while (1) {
			$self->more($until) or last
			    until $self->{in} =~ /\A[0-9a-fA-F]+\r\n/;
			$self->{in} =~ s/\A([0-9a-fA-F]+)\r\n// or last;
			my $n = hex $1;
			$body .= substr $self->take($n + 2, $until), 0, $n;
			last if $n == 0;
		}
		return $body;
	}
	return $self->take($length->[0], $until) if $length;
	1 while $self->more($until);
	return $self->take(length $self->{in}, $until);
}

sub take ($self, $n, $until) {
	while (length $self->{in} < $n) {
		last if !$self->more($until);
	}
	$n = length $self->{in} if $n > length $self->{in};
	return substr $self->{in}, 0, $n, '';
}

# Whether the server has hung up, or does within the seconds.
sub closed ($self, $seconds = 0) {
	$self->more(Time::HiRes::time() + $seconds);
	return $self->{closed};
}

1;
