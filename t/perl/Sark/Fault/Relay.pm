package Sark::Fault::Relay;

# The process inside Sark::Fault::Proxy: one loop over all its connections.
# A connection is two ways, up to the server and down to the client; a way
# has bytes that wait, each lot with the time at which it may go on.

use v5.36;
use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;
use JSON::PP ();
use Socket qw(SOL_SOCKET SO_LINGER);
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

my $json = JSON::PP->new;

sub new ($class, %opt) {
	my $self = bless { %opt, toxics => {}, conns => {}, way => {},
		spent => [], seen => { accepted => 0, refused => 0, cut => 0 } }, $class;

	$self->open_listener;
	return $self;
}

sub now () { return clock_gettime(CLOCK_MONOTONIC) }

sub open_listener ($self) {
	my $at = $self->{listen};

	if ($at =~ m{^/}) {
		unlink $at;
		$self->{listener} = IO::Socket::UNIX->new(Local => $at,
		    Listen => 128) or die "$at: $!\n";
		chmod 0777, $at;
		return;
	}
	$self->{listener} = IO::Socket::INET->new(LocalAddr => $at,
	    Listen => 128, ReuseAddr => 1) or die "$at: $!\n";
	# what was any port stays this one
	$self->{listen} = '127.0.0.1:' . $self->{listener}->sockport;
}

sub address ($self) { return $self->{listen} }
sub listener ($self) { return $self->{listener} }

sub forget ($self) {
	close delete $self->{listener};
}

sub dial ($self) {
	my $to = $self->{target};

	return $to =~ m{^/} ? IO::Socket::UNIX->new(Peer => $to)
	    : IO::Socket::INET->new(PeerAddr => $to);
}

# Until the test that holds the other end of $control has ended.
sub run ($self, $control) {
	while (1) {
		my $read = IO::Select->new($control,
		    $self->{listener} // (), map { $_->{from} }
		    grep { $self->wants($_) } values %{ $self->{way} });
		my $write = IO::Select->new(map { $_->{to} }
		    grep { due($_) <= now() } values %{ $self->{way} });
		my ($can_read, $can_write) = IO::Select->select($read, $write,
		    undef, $self->patience);

		for my $from (@{ $can_read // [] }) {
			if ($from == $control) {
				$self->obey($control) or return;
			} elsif ($self->{listener}
			    && $from == $self->{listener}) {
				$self->take;
			} else {
				my $way = $self->{way}{$from} or next;
				$self->pull($way);
			}
		}
		$self->pass($_) for grep { $_ && due($_) <= now() }
		    map { $self->{conns}{$_}{$_} } @{ $can_write // [] };
		$self->keep_time;
	}
}

# No more than this is held: the sender feels how slow the receiver is.
sub wants ($self, $way) {
	return !$way->{ended} && $way->{held} < 65536;
}

# When the first lot may go; never for none.
sub due ($way) {
	return @{ $way->{lots} } ? $way->{lots}[0][0] : 9e99;
}

sub patience ($self) {
	my $next = now() + 1;

	for my $way (values %{ $self->{way} }) {
		for my $at (due($way), $way->{close_at} // 9e99,
		    $way->{end_at} // 9e99) {
			$next = $at if $at < $next;
		}
	}
	my $wait = $next - now();
	return $wait > 0.001 ? $wait : 0.001;
}

# New toxics; what has been seen goes back.
sub obey ($self, $control) {
	my $line = '';

	while ($line !~ /\n/) {
		sysread $control, $line, 4096, length $line or return 0;
	}
	$self->{toxics} = $json->decode($line);
	delete @{ $self->{toxics} }{ @{ $self->{spent} } };
	$self->{seen}{spent} = [ splice @{ $self->{spent} } ];
	if ($self->{toxics}{down}) {
		my @conns = values %{ $self->{conns} };
		$self->drop($_) for @conns;
		close delete $self->{listener} if $self->{listener};
		unlink $self->{listen} if $self->{listen} =~ m{^/};
	} elsif (!$self->{listener}) {
		$self->open_listener;
	}
	$self->arm($_) for values %{ $self->{way} };
	$self->{seen}{open} = %{ $self->{conns} } / 2;
	syswrite $control, $json->encode($self->{seen}) . "\n";
	return 1;
}

sub take ($self) {
	my $client = $self->{listener}->accept or return;
	my $server = $self->dial;

	$self->{seen}{accepted}++;
	if (!$server) {
		$self->{seen}{refused}++;
		return;
	}
	$_->blocking(0) for $client, $server;
	# by the socket that a way writes to
	my %conn = (
		$server => { name => 'up', from => $client, to => $server },
		$client => { name => 'down', from => $server, to => $client },
	);
	for my $way (values %conn) {
		%$way = (%$way, lots => [], held => 0, passed => 0, tail => '');
		$way->{conn} = \%conn;
		$self->{way}{ $way->{from} } = $way;
		$self->arm($way);
	}
	$self->{conns}{$_} = \%conn for $client, $server;
}

# A toxic, if it is there and about this way.
sub toxic ($self, $way, $name) {
	my $toxic = $self->{toxics}{$name} or return undef;

	return ($toxic->{way} // $way->{name}) eq $way->{name} ? $toxic : undef;
}

# Those that end a connection after a time.
sub arm ($self, $way) {
	for my $name (qw(timeout reset_peer)) {
		my $toxic = $self->toxic($way, $name) or next;
		my $ms = $toxic->{ms} // $toxic->{on} // 0;
		next if $name eq 'timeout' && $ms == 0;
		$way->{close_at} //= now() + $ms / 1000;
		$way->{reset} = 1 if $name eq 'reset_peer';
	}
}

sub pull ($self, $way) {
	my $n = sysread $way->{from}, my $bytes, 65536;

	return if !defined $n && ($!{EAGAIN} || $!{EINTR});
	if (!$n) {
		my $slow = $self->toxic($way, 'slow_close');
		$way->{ended} = 1;
		$way->{end_at} = now() + ($slow ? $slow->{ms} / 1000 : 0);
		return;
	}
	return if $self->toxic($way, 'timeout');
	$self->hold($way, $bytes);
}

# Bytes that came, as lots with their times.
sub hold ($self, $way, $bytes) {
	my $latency = $self->toxic($way, 'latency');
	my $slicer = $self->toxic($way, 'slicer');
	my $garble = $self->toxic($way, 'garble');
	my $at = now();

	($bytes, $way->{cut}) = $self->cut($way, $bytes);
	$way->{cut} ||= $self->limit($way, \$bytes);
	if ($garble) {
		my $one_of = $garble->{one_of} // $garble->{on};
		$bytes =~ s/(.)/int rand $one_of ? $1 : chr int rand 256/gse;
	}
	$at += ($latency->{ms} + rand($latency->{jitter} // 0)) / 1000
	    if $latency;
	$at = $way->{lots}[-1][0] if @{ $way->{lots} }
	    && $way->{lots}[-1][0] > $at;
	$way->{held} += length $bytes;
	my $size = $slicer ? $slicer->{bytes} // 1 : 65536;
	for my $slice (unpack "(a$size)*", $bytes) {
		push @{ $way->{lots} }, [ $at, $slice ];
		$at += ($slicer->{ms} // 0) / 1000 if $slicer;
	}
}

# What of the bytes passes before the cut, and whether there is one.
sub cut ($self, $way, $bytes) {
	my $rule = $self->toxic($way, 'cut_match') or return ($bytes, 0);
	my $match = $rule->{match};
	my $seen = $way->{tail} . $bytes;
	my $at = index $seen, $match;

	if ($at < 0) {
		$way->{tail} = substr $seen, -(length $match);
		return ($bytes, 0);
	}
	if ($rule->{once}) {
		delete $self->{toxics}{cut_match};
		push @{ $self->{spent} }, 'cut_match';
	}
	my $end = ($rule->{before} ? $at : $at + length $match)
	    - length $way->{tail};
	return (substr($bytes, 0, $end > 0 ? $end : 0), 1);
}

sub limit ($self, $way, $bytes) {
	my $rule = $self->toxic($way, 'limit_data') or return 0;
	my $left = ($rule->{bytes} // $rule->{on}) - $way->{passed};

	$way->{passed} += length $$bytes;
	return 0 if length $$bytes < $left;
	$$bytes = substr $$bytes, 0, $left > 0 ? $left : 0;
	return 1;
}

# Sends the first lot on.
sub pass ($self, $way) {
	return if !$way->{conn};	# closed with another
	my $lot = $way->{lots}[0];
	my $slow = $self->toxic($way, 'bandwidth');
	my $rate = $slow ? $slow->{bytes} // $slow->{on} : 0;
	my $most = $rate ? int($rate / 20) || 1 : length $lot->[1];
	my $n = syswrite $way->{to}, $lot->[1], $most;

	if (!defined $n) {
		$self->drop($way->{conn}) if !$!{EAGAIN} && !$!{EINTR};
		return;
	}
	$way->{held} -= $n;
	substr $lot->[1], 0, $n, '';
	shift @{ $way->{lots} } if $lot->[1] eq '';
	$way->{lots}[0][0] = now() + $n / $rate if $rate && @{ $way->{lots} };
}

# Ends what is due to end.
sub keep_time ($self) {
	my $now = now();

	my @ways = values %{ $self->{way} };

	for my $way (@ways) {
		next if !$self->{way}{ $way->{from} };	# gone with another
		if ($way->{cut} && !@{ $way->{lots} }) {
			$self->{seen}{cut}++;
			$self->drop($way->{conn});
		} elsif (($way->{close_at} // 9e99) <= $now) {
			$self->drop($way->{conn}, $way->{reset});
		} elsif ($way->{ended} && !@{ $way->{lots} }
		    && $way->{end_at} <= $now) {
			$self->end($way);
		}
	}
}

# One way is over; the connection when both are.
sub end ($self, $way) {
	$way->{to}->shutdown(1) if !$way->{over}++;
	my ($other) = grep { $_ != $way } values %{ $way->{conn} };
	$self->drop($way->{conn}) if $other->{over};
	$way->{end_at} = 9e99;
}

sub drop ($self, $conn, $reset = 0) {
	my @ways = values %$conn;

	for my $way (@ways) {
		setsockopt $way->{to}, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0
		    if $reset;
		delete $self->{way}{ $way->{from} };
		delete $self->{conns}{ $way->{to} };
		close $way->{to};
		delete $way->{conn};
	}
}

1;
