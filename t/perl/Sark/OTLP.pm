package Sark::OTLP;

# Reads the body of an OTLP/HTTP trace request as strictly as the published
# protocol allows: messages and fields of opentelemetry-proto v1.9.0
# (collector/trace/v1/trace_service.proto, trace/v1/trace.proto,
# resource/v1/resource.proto, common/v1/common.proto), encoded as the OTLP
# specification 1.9 says in "JSON Protobuf Encoding": fields in
# lowerCamelCase, trace and span ids in hex, enumerations as numbers, 64-bit
# integers as decimal text.  Unknown fields, which a receiver should ignore,
# are wrong here: a sender that we test has no reason for one.
#
#	my ($spans, @wrong) = Sark::OTLP::read($text);

use v5.36;
no warnings 'experimental::builtin';
use JSON::PP ();

my %message = (
	ExportTraceServiceRequest => { resourceSpans => '[ResourceSpans' },
	ResourceSpans => { resource => 'Resource', scopeSpans => '[ScopeSpans',
		schemaUrl => 'string' },
	Resource => { attributes => '[KeyValue',
		droppedAttributesCount => 'uint32' },
	ScopeSpans => { scope => 'InstrumentationScope', spans => '[Span',
		schemaUrl => 'string' },
	InstrumentationScope => { name => 'string', version => 'string',
		attributes => '[KeyValue', droppedAttributesCount => 'uint32' },
	Span => { traceId => 'id16', spanId => 'id8', traceState => 'string',
		parentSpanId => 'parent', flags => 'uint32', name => 'string',
		kind => 'SpanKind', startTimeUnixNano => 'uint64',
		endTimeUnixNano => 'uint64', attributes => '[KeyValue',
		droppedAttributesCount => 'uint32', events => '[Event',
		droppedEventsCount => 'uint32', links => '[Link',
		droppedLinksCount => 'uint32', status => 'Status' },
	Event => { timeUnixNano => 'uint64', name => 'string',
		attributes => '[KeyValue', droppedAttributesCount => 'uint32' },
	Link => { traceId => 'id16', spanId => 'id8', traceState => 'string',
		attributes => '[KeyValue', droppedAttributesCount => 'uint32',
		flags => 'uint32' },
	Status => { message => 'string', code => 'StatusCode' },
	KeyValue => { key => 'string', value => 'AnyValue' },
	AnyValue => { stringValue => 'string', boolValue => 'bool',
		intValue => 'int64', doubleValue => 'double',
		arrayValue => 'ArrayValue', kvlistValue => 'KeyValueList',
		bytesValue => 'bytes' },
	ArrayValue => { values => '[AnyValue' },
	KeyValueList => { values => '[KeyValue' },
);
# What must be there for the message to mean something.
my %required = (
	Span => [qw(traceId spanId name startTimeUnixNano endTimeUnixNano)],
	KeyValue => [qw(key value)],
);

sub is_number ($v) {
	return defined $v && !ref $v && builtin::created_as_number($v);
}

sub is_text ($v) {
	return defined $v && !ref $v && builtin::created_as_string($v);
}

sub is_decimal ($v, $sign) {
	return is_text($v) && $v =~ ($sign ? qr/^-?(?:0|[1-9]\d{0,18})$/
	    : qr/^(?:0|[1-9]\d{0,19})$/);
}

my %scalar = (
	string => \&is_text,
	bool => sub ($v) { JSON::PP::is_bool($v) },
	double => sub ($v) { is_number($v) },
	uint32 => sub ($v) { is_number($v) && $v =~ /^\d+$/ && $v < 2**32 },
	int64 => sub ($v) { is_decimal($v, 1) },
	uint64 => sub ($v) { is_decimal($v, 0) },
	bytes => sub ($v) { is_text($v) && $v =~ m{^[A-Za-z0-9+/]*={0,2}$} },
	id16 => sub ($v) { is_text($v) && $v =~ /^[0-9a-f]{32}$/ && $v !~ /^0+$/ },
	id8 => sub ($v) { is_text($v) && $v =~ /^[0-9a-f]{16}$/ && $v !~ /^0+$/ },
	parent => sub ($v) { is_text($v) && $v =~ /^(?:[0-9a-f]{16})?$/
	    && $v !~ /^0+$/ },
	SpanKind => sub ($v) { is_number($v) && $v =~ /^[0-5]$/ },
	StatusCode => sub ($v) { is_number($v) && $v =~ /^[0-2]$/ },
);

sub check ($value, $type, $where) {
	if ($type =~ s/^\[//) {
		return "$where: no array" if ref $value ne 'ARRAY';
		return map { check($value->[$_], $type, "$where/$_") }
		    0 .. $#$value;
	}
	if (my $is = $scalar{$type}) {
		return $is->($value) ? () : "$where: no $type";
	}
	return "$where: no object" if ref $value ne 'HASH';
	my @wrong = map { "$where: no $_" }
	    grep { !exists $value->{$_} } @{ $required{$type} // [] };
	push @wrong, "$where: " . keys(%$value) . ' values'
	    if $type eq 'AnyValue' && keys %$value != 1;
	for my $name (sort keys %$value) {
		my $of = $message{$type}{$name};
		push @wrong, $of ? check($value->{$name}, $of, "$where/$name")
		    : "$where: unknown field $name";
	}
	push @wrong, repeated($value->{attributes}, $where)
	    if ref $value->{attributes} eq 'ARRAY';
	return @wrong;
}

# Keys of attributes are unique and not empty.
sub repeated ($attributes, $where) {
	my %seen;

	return map { "$where: attribute $_" }
	    grep { $_ eq '' || $seen{$_}++ == 1 }
	    map { ref $_ eq 'HASH' ? $_->{key} // '' : '' } @$attributes;
}

# A list of attributes as a hash of their values.
sub attributes ($list) {
	return { map { $_->{key} => (values %{ $_->{value} })[0] }
	    @{ $list // [] } };
}

# The spans, each with resource, scope and attributes as hashes; and what is
# wrong with the text, when there are none.
sub read ($text) {
	my $request = eval { JSON::PP->new->utf8->decode($text) };
	return ([], "no JSON: $@") if !defined $request;
	my @wrong = check($request, 'ExportTraceServiceRequest', '');
	return ([], @wrong) if @wrong;
	my @spans;

	for my $resource (@{ $request->{resourceSpans} // [] }) {
		my $of = attributes($resource->{resource}{attributes});
		push @wrong, 'a resource without service.name'
		    if !$of->{'service.name'};
		for my $scope (@{ $resource->{scopeSpans} // [] }) {
			push @spans, map { { %$_, resource => $of,
			    scope => $scope->{scope},
			    attributes => attributes($_->{attributes}) } }
			    @{ $scope->{spans} // [] };
		}
	}
	push @wrong, map { "$_->{spanId}: ends before it starts" }
	    grep { $_->{endTimeUnixNano} < $_->{startTimeUnixNano} } @spans;
	return (\@spans, @wrong);
}

1;
