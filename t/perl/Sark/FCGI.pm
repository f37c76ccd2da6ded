package Sark::FCGI;

# A FastCGI client over a Unix socket: what the web server would send, and
# whatever it never would.
#
#   my $client = Sark::FCGI->new('/run/sark/status.sock');
#   my $res = $client->request(GET => '/health/live');
#   $res = $client->request(POST => '/x?y=z', token => $jwt, json => {...},
#       headers => { 'X-Request-ID' => 'a' }, params => { REMOTE_ADDR => '::1' });
#   $res->status, $res->header('Allow'), $res->body, $res->json
#
# Every request is a connection of its own unless keep => 1 was given to new.
# A connection that breaks, or an answer that does not come within timeout
# seconds (default 30), gives status 0 and the reason in error.

use strict;
use warnings;

use Errno qw(EINTR);
use IO::Select;
use IO::Socket::UNIX;
use JSON::PP ();
use Time::HiRes qw(time);

use constant {
    BEGIN_REQUEST => 1,
    END_REQUEST   => 3,
    PARAMS        => 4,
    STDIN_DATA    => 5,
    STDOUT_DATA   => 6,
};

sub new {
    my ($class, $path, %option) = @_;
    return bless { path => $path, timeout => 30, %option }, $class;
}

# One record; content may be at most 65535 bytes.
sub record {
    my ($type, $content, $id) = @_;
    return pack('CCnnCC', 1, $type, $id // 1, length $content, 0, 0) . $content;
}

# One stream: its records and the empty one that ends it.
sub stream {
    my ($type, $content) = @_;
    my $out = '';
    $out .= record($type, $_) for unpack '(a65535)*', $content;
    return $out . record($type, '');
}

sub pair {
    my ($name, $value) = @_;
    return join '', (map { $_ < 128 ? chr : pack 'N', $_ | 0x80000000 }
        length $name, length $value), $name, $value;
}

# The PARAMS that lighttpd makes of such a request, as a list of pairs.
sub params {
    my ($method, $target, $body, %o) = @_;
    my ($path, $query) = split /\?/, $target, 2;
    my %p = (
        GATEWAY_INTERFACE => 'CGI/1.1',
        REQUEST_METHOD    => $method,
        REQUEST_URI       => $target,
        SCRIPT_NAME       => $path,
        PATH_INFO         => '',
        QUERY_STRING      => $query // '',
        SERVER_PROTOCOL   => 'HTTP/1.1',
        SERVER_NAME       => 'localhost',
        SERVER_PORT       => '80',
        REMOTE_ADDR       => '127.0.0.1',
        CONTENT_LENGTH    => length $body,
    );
    my %headers = %{ $o{headers} // {} };
    $headers{'Content-Type'} //= 'application/json' if $o{json};
    $headers{Authorization}  //= "Bearer $o{token}" if $o{token};
    for my $name (keys %headers) {
        (my $param = uc $name) =~ tr/-/_/;
        $param = "HTTP_$param" unless $param eq 'CONTENT_TYPE';
        $p{$param} = $headers{$name};
    }
    my %given = %{ $o{params} // {} };
    @p{ keys %given } = values %given;
    return map { [ $_ => $p{$_} ] } grep { defined $p{$_} } sort keys %p;
}

# The bytes of a whole request.
sub encode {
    my ($self, $method, $target, %o) = @_;
    my $body = $o{json} ? JSON::PP->new->utf8->canonical->encode($o{json}) : $o{body} // '';
    return record(BEGIN_REQUEST, pack('nCx5', 1, $self->{keep} ? 1 : 0))
        . stream(PARAMS, join '', map { pair(@$_) }
            params($method, $target, $body, %o), @{ $o{more_params} // [] })
        . stream(STDIN_DATA, $body);
}

sub connect {
    my ($self) = @_;
    return $self->{socket} if $self->{socket};
    my $socket = IO::Socket::UNIX->new(Peer => $self->{path});
    return undef unless $socket;
    $self->{socket} = $socket if $self->{keep};
    return $socket;
}

# Sends bytes and leaves the reading of the answer to finish().
sub begin {
    my ($self, $bytes) = @_;
    my $socket = $self->connect or return undef;
    local $SIG{PIPE} = 'IGNORE';
    my $done = 0;
    while ($done < length $bytes) {
        my $n = syswrite $socket, $bytes, length($bytes) - $done, $done;
        next if !defined $n && $!{EINTR};
        last unless $n;    # the answer may have come before our last byte
        $done += $n;
    }
    return $socket;
}

# Reads one answer: STDOUT whole, until END_REQUEST.
sub finish {
    my ($self, $socket) = @_;
    my ($in, $out, $until) = ('', '', time + $self->{timeout});
    return $self->failed("connect: $!") unless $socket;
    while (1) {
        while (length $in >= 8) {
            my (undef, $type, undef, $len, $pad) = unpack 'CCnnC', $in;
            last if length $in < 8 + $len + $pad;
            my $content = substr $in, 8, $len;
            substr $in, 0, 8 + $len + $pad, '';
            $out .= $content if $type == STDOUT_DATA;
            return Sark::FCGI::Response->parse($out) if $type == END_REQUEST;
        }
        $! = 0;
        if (!IO::Select->new($socket)->can_read($until - time)) {
            next if $!{EINTR} && time < $until;
            return $self->failed('timeout');
        }
        my $n = sysread $socket, $in, 65536, length $in;
        next if !defined $n && $!{EINTR};
        return $self->failed(defined $n ? 'closed' : "read: $!") unless $n;
    }
}

sub failed {
    my ($self, $why) = @_;
    delete $self->{socket};
    return bless { status => 0, error => $why, headers => {}, body => '' },
        'Sark::FCGI::Response';
}

sub request {
    my ($self, $method, $target, %o) = @_;
    return $self->finish($self->begin($self->encode($method, $target, %o)));
}

sub get  { my $self = shift; return $self->request(GET  => @_) }
sub post {
    my ($self, $target, $json, %o) = @_;
    return $self->request(POST => $target, json => $json, %o);
}

package Sark::FCGI::Response;

# Takes a CGI answer (RFC 3875 section 6) apart.
sub parse {
    my ($class, $text) = @_;
    my ($head, $body) = split /\r?\n\r?\n/, $text, 2;
    my %headers;
    for (split /\r?\n/, $head // '') {
        my ($name, $value) = /^([^:]+):\s*(.*)$/ or next;
        push @{ $headers{ lc $name } }, $value;
    }
    my $status = $headers{status} ? $headers{status}[0] : 200;
    $status =~ s/ .*//;
    return bless { status => $status, headers => \%headers,
        body => $body // '', error => '' }, $class;
}

sub status { return $_[0]{status} }
sub error  { return $_[0]{error} }
sub body   { return $_[0]{body} }
sub json   { return JSON::PP->new->utf8->decode($_[0]{body}) }

# The value of a header, several joined by a comma; undef without.
sub header {
    my ($self, $name) = @_;
    my $values = $self->{headers}{ lc $name } or return undef;
    return join ', ', @$values;
}

1;
