# Sark::OTLP is shown mistakes that it must see, each in a request that is
# right but for it.
use v5.36;
use FindBin;
use lib $FindBin::Bin;
use JSON::PP ();
use Sark::OTLP;
use Test::More;

my ($id, $span) = ('0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331');
my $good = { resourceSpans => [ { resource => { attributes => [ { key
    => 'service.name', value => { stringValue => 's' } } ] },
    scopeSpans => [ { spans => [ { traceId => $id,
    spanId => $span, name => 'n', kind => 2,
    startTimeUnixNano => '1', endTimeUnixNano => '2',
    attributes => [] } ] } ] } ] };
my $json = JSON::PP->new->utf8->canonical;
my $judge = sub ($change) {
	my $copy = $json->decode($json->encode($good));
	$change->($copy->{resourceSpans}[0]{scopeSpans}[0]{spans}[0],
	    $copy->{resourceSpans}[0]);
	my (undef, @wrong) = Sark::OTLP::read($json->encode($copy));
	return scalar @wrong;
};
is $judge->(sub ($s, $r) { }), 0, 'nothing is';
my %bad = (
	'upper-case id' => sub ($s, $r) { $s->{traceId} = uc $id },
	'short id' => sub ($s, $r) { chop $s->{spanId} },
	'zero id' => sub ($s, $r) { $s->{spanId} = '0' x 16 },
	'time as number' => sub ($s, $r) { $s->{startTimeUnixNano} = 1 },
	'no time' => sub ($s, $r) { delete $s->{endTimeUnixNano} },
	'kind as name' => sub ($s, $r) { $s->{kind} = 'SPAN_KIND_SERVER' },
	'snake case' => sub ($s, $r) { $s->{trace_state} = '' },
	'two values' => sub ($s, $r) { $s->{attributes} = [ { key => 'a',
	    value => { stringValue => '', intValue => '1' } } ] },
	'int as number' => sub ($s, $r) { $s->{attributes} = [ {
	    key => 'a', value => { intValue => 1 } } ] },
	'a key twice' => sub ($s, $r) { $s->{attributes} = [ ({
	    key => 'a', value => { intValue => '1' } }) x 2 ] },
	'end before start' => sub ($s, $r) { $s->{endTimeUnixNano} = '0' },
	'no service' => sub ($s, $r) { $r->{resource} = {} },
);
is $judge->($bad{$_}), 1, $_ for sort keys %bad;

done_testing;
