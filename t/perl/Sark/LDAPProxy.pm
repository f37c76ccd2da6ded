package Sark::LDAPProxy;

# Stands between SARK and a directory, hands on what both say, and can be
# told to be somebody who means harm:
#
#	my $proxy = Sark::LDAPProxy->start($temp, $port_of_slapd);
#	$proxy->be('hang');		# from the next connection on
#	$proxy->sent			# [ [ messages of a connection ], ... ]
#
# It reads LDAP messages (RFC 4511), so all but pass and the ways of hanging
# are for connections without TLS, or before it.
#
#	pass			hands on
#	hang			takes the connection and says nothing
#	hang_after N		hands on so many messages of the server, then none
#	trickle			a byte of the server a second
#	strip			answers StartTLS with protocolError
#	cut			closes when asked for StartTLS
#	inject			adds a message behind the answer to StartTLS
#	refer URL		sends binds elsewhere
#	endless			an entry of a search again and again
#	huge			a message that claims to have 2 GiB
#	mangle SEED		flips bits of what the server says

use v5.36;
use IO::Select;
use IO::Socket::INET;
use Sark::Temp;
use Sark::Tree qw(slurp spew srcdir);

my ($bind_request, $bind_response, $entry) = (0x60, 0x61, 0x64);
my ($extended_request, $extended_response) = (0x77, 0x78);

sub start ($class, $temp, $target) {
	my $dir = $temp->mkdir('ldap-proxy');
	my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
	    LocalPort => 0, Listen => 64) or die "socket: $!\n";
	my $self = bless { dir => $dir, port => $socket->sockport }, $class;

	$self->be('pass');
	$self->{pid} = $temp->spawn(name => 'ldap-proxy', stdin => $socket,
	    command => [ $^X, '-I' . srcdir() . '/t/perl', '-MSark::LDAPProxy',
	    '-e', 'Sark::LDAPProxy::serve(@ARGV)', $dir, $target ]);
	return $self;
}

sub url ($self) { return "ldap://127.0.0.1:$self->{port}" }

# What it is from the next connection on; forgets what was sent.
sub be ($self, @mode) {
	unlink glob "$self->{dir}/sent.*";
	spew("$self->{dir}/mode.new", join ' ', @mode);
	rename "$self->{dir}/mode.new", "$self->{dir}/mode";
}

# All bytes of the clients.
sub bytes ($self) {
	return join '', map { slurp($_) } sort glob "$self->{dir}/sent.*";
}

# The messages of each connection of a client: [ tag, content ].
sub sent ($self) {
	return [ map { [ map { [ operation($_) ] } messages(\slurp($_)) ] }
	    sort glob "$self->{dir}/sent.*" ];
}

# ---- messages

# The length behind a tag: (length, bytes that it takes), () if incomplete.
sub length_at ($bytes, $at) {
	return if length($$bytes) <= $at;
	my $first = ord substr $$bytes, $at, 1;
	return ($first, 1) if $first < 0x80;
	my $n = $first & 0x7f;
	return if length($$bytes) < $at + 1 + $n;
	my $length = 0;
	$length = $length << 8 | ord for split //, substr $$bytes, $at + 1, $n;
	return ($length, 1 + $n);
}

# The whole messages at the front; with take, they are taken off.
sub messages ($bytes, $take = 0) {
	my ($at, @messages) = (0);

	while (my ($length, $size) = length_at($bytes, $at + 1)) {
		my $whole = 1 + $size + $length;
		last if length($$bytes) < $at + $whole;
		push @messages, substr $$bytes, $at, $whole;
		$at += $whole;
	}
	substr($$bytes, 0, $at) = '' if $take;
	return @messages;
}

# Tag of the operation, its content, and the id.
sub operation ($message) {
	my (undef, $size) = length_at(\$message, 1);
	my $at = 1 + $size;
	my ($n) = length_at(\$message, $at + 1);
	my $id = substr $message, $at + 2, $n;
	my $op = $at + 2 + $n;
	my ($length, $more) = length_at(\$message, $op + 1);

	return (ord substr($message, $op, 1),
	    substr($message, $op + 1 + $more, $length), $id);
}

sub ber ($tag, $content) {
	my $n = length $content;

	return chr($tag) . ($n < 0x80 ? chr $n : "\x82" . pack 'n', $n)
	    . $content;
}

sub answer ($id, $tag, $code, $more = '') {
	return ber(0x30, ber(0x02, $id) . ber($tag, ber(0x0a, chr $code)
	    . ber(0x04, '') . ber(0x04, 'the proxy says so') . $more));
}

# ---- the process

sub serve ($dir, $target) {
	my $listen = IO::Socket::INET->new_from_fd(0, 'r') or die "fd: $!\n";
	my $n = 0;

	$SIG{CHLD} = 'IGNORE';
	$SIG{PIPE} = 'IGNORE';
	while (my $client = $listen->accept) {
		my $path = sprintf '%s/sent.%06d', $dir, $n++;
		my @mode = split / /, slurp("$dir/mode");

		spew($path, '');
		next if fork;
		connection({ client => $client, mode => \@mode, path => $path,
		    target => $target, count => 0 });
		exit 0;
	}
}

sub connection ($c) {
	my ($how, $what) = @{ $c->{mode} };

	srand $what + $c->{path} =~ s/.*\.0*(?=\d)//r if $how eq 'mangle';
	$c->{server} = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
	    PeerPort => $c->{target}) or return;
	my $both = IO::Select->new($c->{client}, $c->{server});

	@$c{qw(from_client from_server)} = ('', '');
	while (1) {
		for my $from ($both->can_read) {
			sysread $from, my $bytes, 65536 or return;
			$from == $c->{client} ? from_client($c, $bytes)
			    : from_server($c, $bytes);
		}
	}
}

sub from_client ($c, $bytes) {
	my ($how, $what) = @{ $c->{mode} };

	open my $out, '>>:raw', $c->{path} or die "$c->{path}: $!\n";
	print $out $bytes;
	close $out;
	return if $how eq 'hang';
	if ($how =~ /^(?:strip|cut|refer)$/) {
		$c->{from_client} .= $bytes;
		for (messages(\$c->{from_client}, 1)) {
			my ($tag, undef, $id) = operation($_);

			refuse($c, $tag, $id, $how, $what)
			    or print { $c->{server} } $_;
		}
		$c->{server}->flush;
		return;
	}
	print { $c->{server} } $bytes;
	$c->{server}->flush;
}

# Answers in the server's place; false if there is nothing to say.
sub refuse ($c, $tag, $id, $how, $what) {
	return 0 if $tag != ($how eq 'refer' ? $bind_request
	    : $extended_request);
	exit 0 if $how eq 'cut';
	speak($c, $how eq 'strip' ? answer($id, $extended_response, 2)
	    : answer($id, $bind_response, 10, ber(0xa3, ber(0x04, $what))));
	return 1;
}

sub speak ($c, $bytes) {
	syswrite $c->{client}, $bytes or exit 0;
}

sub from_server ($c, $bytes) {
	my ($how, $what) = @{ $c->{mode} };

	return speak($c, $bytes) if $how =~ /^(?:pass|strip|cut|refer)$/;
	return trickle($c, $bytes) if $how eq 'trickle';
	$c->{from_server} .= $bytes;
	for (messages(\$c->{from_server}, 1)) {
		return if $how eq 'hang_after' && $c->{count}++ >= $what;
		speak($c, $how eq 'mangle' ? mangled($_) : $_);
		evil($c, $_);
	}
}

# What some say after a message.
sub evil ($c, $message) {
	my ($how) = @{ $c->{mode} };
	my ($tag, undef, $id) = operation($message);

	speak($c, answer("\x02", $bind_response, 0))
	    if $how eq 'inject' && $tag == $extended_response;
	speak($c, "\x30\x84\x7f\xff\xff\xff\x02\x01\x02")
	    if $how eq 'huge' && $tag == $bind_response;
	return if $how ne 'endless' || $tag != $entry;
	speak($c, $message) while 1;
}

sub trickle ($c, $bytes) {
	for my $byte (split //, $bytes) {
		speak($c, $byte);
		sleep 1;
	}
}

sub mangled ($message) {
	for (1 .. 1 + int rand 4) {
		my $at = int rand length $message;
		my $how = int rand 3;
		my $byte = ord substr $message, $at, 1;

		if ($how == 2) {
			substr $message, $at, 1 + int rand 8, '';
		} else {
			substr $message, $at, 1, chr($how == 0
			    ? $byte ^ 1 << int rand 8 : int rand 256);
		}
		return "\x30\x00" if $message eq '';
	}
	return $message;
}

1;
