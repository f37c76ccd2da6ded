# JSON-01..14: bodies that are no JSON, or JSON that means harm.

use v5.36;
use JSON::PP ();
use Sark::Attack;
use Sark::Tree qw(srcdir slurp);
use Test::More;

my $sark = Sark::Attack->start;
my $json = JSON::PP->new->utf8->canonical->allow_nonref;
my $api = $json->decode(slurp(srcdir() . '/share/openapi.json'));
my @posts = Sark::Attack::posts($sark);
my ($evaluate) = grep { $_->[0] eq 'policy' } @posts;
my ($servers) = grep { $_->[1] =~ /servers$/ } @posts;
my $server = $sark->{attack}{server};
my $admin = $sark->login('admin');
my %question = %{ $evaluate->[2]->() };

sub post ($route, $body, %header) {
	return Sark::Attack::post($sark, $route, $body, %header);
}

sub ask ($program, $target) {
	return Sark::Attack::ask($sark, [$program], GET => $target);
}

sub honest () {
	accepted post($_, $_->[2]->()), $_->[1], $_->[3] for @posts;
}

# ---- the texts of t/data/json_cases

sub bytes ($text) {
	$text =~ s/<(\d+):([^>]*)>/$2 x $1/ge;
	return $text =~ s/\\x([0-9a-f]{2})/chr hex $1/ger;
}

my @cases = map { [ split ' ', $_, 3 ] } grep { !/^#/ }
    split /\n/, slurp(srcdir() . '/t/data/json_cases');

sub cases ($verdict) {
	return grep { $_->[0] eq $verdict } @cases;
}

# A value inside a body that is otherwise as it should be.
sub inside ($text) {
	return qq({"action":"tool:invoke","tool":"jira.get","context":{"v":) .
	    "$text}}";
}

sub refused_cases ($verdict, $least) {
	my @them = cases($verdict);

	cmp_ok scalar @them, '>=', $least, 'as many as there were';
	problem post($evaluate, bytes($_->[2] // '')), [ 400 ], $_->[1]
	    for @them;
}

sub taken_cases ($verdict, $least) {
	my @them = cases($verdict);

	cmp_ok scalar @them, '>=', $least, 'as many as there were';
	accepted post($evaluate, inside(bytes($_->[2]))), $_->[1] for @them;
}

# ---- what the document says of a body: every member, and what it is not

my %not = (
	string => [ [], {}, -1, 1.5, JSON::PP::true, 'x' x 70_000 ],
	boolean => [ [], {}, -1, 'true', 0 ],
	object => [ [], 1, 'x', JSON::PP::false ],
	array => [ {}, 1, 'x', JSON::PP::true ],
	integer => [ [], {}, '1', 1.5, JSON::PP::true ],
);

sub resolve ($schema) {
	return $schema if !$schema->{'$ref'};
	my $at = $api;
	$at = $at->{$_} for split m{/}, $schema->{'$ref'} =~ s{^#/}{}r;
	return $at;
}

sub schema_of ($route) {
	my $path = $route->[1] =~ s{/[0-9a-f-]{36}/}{/{id}/}r;
	my $body = $api->{paths}{$path}{post}{requestBody};

	return resolve($body->{content}{'application/json'}{schema});
}

sub wrong_members ($route) {
	my $schema = schema_of($route);
	my $fields = $schema->{properties};

	for my $name (sort keys %$fields) {
		my $field = resolve($fields->{$name});
		my @wrong = @{ $not{ $field->{type} // '' } // [] };
		push @wrong, 'evil' x 4 if $field->{enum} || $field->{format};
		push @wrong, undef if grep { $_ eq $name }
		    @{ $schema->{required} // [] };
		for my $value (@wrong) {
			my $answer = post($route, { %{ $route->[2]->() },
			    $name => $value });
			problem $answer, [ 400, 413, 422 ], "$route->[1] $name "
			    . substr $json->encode($value), 0, 12;
			unlike $answer->body, qr/evil|x{40}/, 'no echo';
		}
	}
}

# ---- texts that come back as they went in

my @naughty = map { $json->decode($_) } grep { /^"/ }
    split /\n/, slurp(srcdir() . '/t/data/naughty');
# A text for people has new lines and tabs, no other control characters.
my $control = qr/[\x00-\x08\x0b-\x1f\x7f]/;
my $hex = sub { unpack 'H*', $json->encode($_[0]) };

sub through_the_registry () {
	my $n = 0;
	my @texts = grep { /\S/ && length } @naughty;
	my %server = (name => 'naughty', transport => 'stdio',
	    command => 'c', metadata => { map { $n++ . $_ => $_ } @texts },
	    capabilities => \@texts, tools => [ map { { name => 'n' . $n++,
	    description => $_, sensitivity_level => 'low' } } grep { !/$control/ } @texts ]);
	my $answer = post($servers, \%server);

	is $answer->status, 201, 'registered' or diag $answer->body;
	my $got = ask(registry => "/api/v1/servers/" .
	    $answer->json->{server_id})->json;
	is $hex->($got->{$_}), $hex->($server{$_}), "$_: as it went in"
	    for qw(metadata capabilities);
	my %said = map { @$_{qw(name description)} } @{ $got->{tools} };
	is_deeply \%said, { map { @$_{qw(name description)} }
	    @{ $server{tools} } }, 'descriptions: as they went in';
}

# The short fields, text by text: taken and given back, or refused.
sub through_short_fields () {
	my $n = 0;

	for my $text (@naughty) {
		for my $field (qw(name command version)) {
			my %body = (name => 'n' . ++$n, transport => 'stdio',
			    command => 'c', $field => "$n$text");
			my $answer = post($servers, \%body);
			my $name = "$field " . $json->encode($text);
			if ($answer->status != 201) {
				problem $answer, [ 422 ], $name;
				next;
			}
			is $answer->json->{$field}, "$n$text", $name;
			unlike $text, $control, 'no control character';
		}
	}
}

sub through_the_trail () {
	my $n = 0;
	my %sent = map { 'naughty-' . $n++ => $_ } grep { length } @naughty;

	for my $id (sort keys %sent) {
		my $answer = Sark::Attack::ask($sark, $evaluate,
		    POST => $evaluate->[1], json => {
		    action => 'a:b', resource => $sent{$id} },
		    headers => { 'X-Request-ID' => $id });
		is $answer->status, 200, $json->encode($sent{$id});
	}
	my %kept = map { $_->{request_id} => $_->{resource} }
	    grep { ($_->{request_id} // '') =~ /^naughty-/ } $sark->events;
	is $hex->(\%kept), $hex->(\%sent), 'the trail has them as they came';
	my ($id) = sort keys %sent;
	my $found = ask(audit => "/api/v1/audit/events?request_id=$id")->json;
	is $found->{items}[0]{resource}, $sent{$id}, 'and gives them so';
}

my @ids = (uc $server->{server_id}, "$server->{server_id}0",
	substr($server->{server_id}, 1), $server->{server_id} =~ tr/-//dr,
	"urn:uuid:$server->{server_id}", '0x00', '1', 'null', '*',
	"$server->{server_id}%00", "%7b$server->{server_id}%7d",
	"$server->{server_id}'--");
my @lists = ([ registry => '/api/v1/servers' ], [ registry => '/api/v1/tools' ],
	[ audit => '/api/v1/audit/events' ]);

sub ids () {
	problem ask(registry => "/api/v1/servers/$_"), [ 400, 404 ],
	    "server $_" for @ids, '..%2f..%2fetc%2fpasswd', '%2e%2e';
	problem ask(registry => "/api/v1/tools/$_/sensitivity"), [ 400, 404 ],
	    "tool $_" for @ids;
	problem ask(audit => "/api/v1/audit/events/$_"), [ 400, 404 ],
	    "event $_" for @ids;
	problem ask(registry => "/api/v1/tools?server_id=$_"), [ 400, 422 ],
	    "in the query: $_" for @ids;
	problem post($evaluate, { %question, server_id => $_ }), [ 422 ],
	    "in the body: $_" for @ids, "{$server->{server_id}}", '';
}

sub pages () {
	for my $list (@lists) {
		my ($program, $path) = @$list;
		my $first = ask($program, "$path?limit=1")->json->{next_cursor};
		problem ask($program, "$path?limit=$_"), [ 422 ],
		    "$path limit=$_" for -1, 0, 201, '1000000000', '1;drop', '1.0',
		    '', '0x1', '1e1', '9223372036854775808', '%2b1', '%201';
		problem ask($program, "$path?cursor=$_"), [ 400, 422 ],
		    "$path cursor=$_" for 'x', '', 'AAAA.BBBB',
		    defined $first ? ("${first}A", substr($first, 1),
		    scalar reverse $first) : ();
	}
	my $cursor = ask(registry => '/api/v1/servers?limit=1')->json
	    ->{next_cursor};
	problem ask($_->[0], "$_->[1]?cursor=$cursor"), [ 400 ],
	    "a cursor of another list: $_->[1]" for @lists[1, 2];
}

attacks(
	[ 'JSON-01', 'what is no JSON', sub { refused_cases('n', 188) },
	    \&honest ],
	[ 'JSON-02', 'all that is JSON', sub {
		cmp_ok post($evaluate, bytes($_->[2]))->status, '<', 500,
		    $_->[1] for cases('y');
	}, sub { taken_cases('y', 90) } ],
	[ 'JSON-03', 'what the RFC leaves open', sub {
		refused_cases('in', 50) }, sub { taken_cases('iy', 7) } ],
	[ 'JSON-04', 'a member twice', sub {
		for my $route (@posts) {
			my ($name) = sort keys %{ $route->[2]->() };
			my $one = $json->encode($route->[2]->()->{$name});
			my $escaped = sprintf '\u%04x', ord $name;
			$escaped .= substr $name, 1;
			problem post($route, qq({"$name":$one,"$_":$one})),
			    [ 400 ], "$route->[1]: $_" for $name, $escaped;
			problem post($route, '{"x":[{"b":1,"b":2}]}'), [ 400 ],
			    "nested: $route->[1]";
			problem post($route, qq({"$name":$one,"\u$name":$one})),
			    [ 422 ], "another case: $route->[1]";
		}
	}, \&honest ],
	[ 'JSON-05', 'depth', sub {
		for my $depth (33, 64, 2_000, 100_000) {
			problem post($_, '[' x $depth . ']' x $depth),
			    [ 400, 413 ], "$depth: $_->[1]" for @posts;
			problem post($evaluate, '{"a":' x $depth . '1' .
			    '}' x $depth), [ 400 ], "objects, $depth";
		}
	}, sub {
		accepted post($evaluate, inside('[' x 20 . ']' x 20)), 'some';
		honest();
	} ],
	[ 'JSON-06', 'numbers', sub {
		problem post($evaluate, inside($_)), [ 400 ], "number $_" for qw(1e400
		    -1e400 9223372036854775808 -9223372036854775809 0x10 01
		    +1 .5 1. 1e 0b1 1_000 Infinity);
	}, sub {
		accepted post($evaluate, inside($_)), $_ for qw(1e300 -0 1.0
		    9223372036854775807 -9223372036854775808 5e-324);
	} ],
	[ 'JSON-07', 'texts that PostgreSQL would refuse', sub {
		for my $bad ('\u0000', '\ud800', '\udc00\ud800', "\xff",
		    "\xc0\xaf", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
		    "\xe2\x82", "\0", "\x1f") {
			for my $route (@posts) {
				my ($name) = sort keys %{ $route->[2]->() };
				problem post($route, qq({"$name":"$bad"})),
				    [ 400 ], unpack('H*', $bad) .
				    ": $route->[1]";
			}
			problem post($servers, qq({"name":"x","transport":) .
			    qq("stdio","command":"c","metadata":{"a$bad":1}})),
			    [ 400 ], 'in a name: ' . unpack 'H*', $bad;
		}
		problem post($_, "\xef\xbb\xbf" . $json->encode($_->[2]->())),
		    [ 400 ], "BOM: $_->[1]" for @posts;
	}, sub {
		accepted post($servers, '{"name":"nonchar' . ++$sark->{attack}{n}
		    . '\uffff\ufdd0","transport":"stdio","command":"c"}'),
		    'noncharacters', 201;
		honest();
	} ],
	[ 'JSON-08', 'naughty texts in every free-text field',
	    \&through_short_fields, sub {
		through_the_registry();
		through_the_trail();
	} ],
	[ 'JSON-09', 'names by the hundred thousand', sub {
		my @pairs = ('');
		@pairs = map { ("${_}Aa", "${_}BB") } @pairs for 1 .. 14;
		my $n = 0;
		my $many = join ',', map { qq("$_":1) } @pairs;
		my $more = join ',', map { '"' . $n++ . '":1' } 1 .. 90_000;
		problem post($evaluate, "{$_}"), [ 422 ],
		    length($_) . ' bytes' for $many, $more;
	}, \&honest ],
	[ 'JSON-10', 'the top level', sub {
		for my $route (@posts) {
			my $good = $json->encode($route->[2]->());
			problem post($route, $_), [ 400, 422 ],
			    "body $_: $route->[1]" for '[]', '"a"', 'null', '1',
			    'true', "[$good]";
			problem post($route, $_), [ 400 ], "$route->[1]"
			    for "$good$good", "$good x", "$good,", "$good\0",
			    '{"a":NaN}', '{"a":-Infinity}', "$good//";
		}
	}, \&honest ],
	[ 'JSON-11', 'members of another type, unknown, null', sub {
		for my $route (@posts) {
			wrong_members($route);
			problem post($route, { %{ $route->[2]->() },
			    evil => 1 }), [ 422 ], "unknown: $route->[1]";
			problem post($route, {}), [ 422 ], "{}: $route->[1]";
		}
	}, \&honest ],
	[ 'JSON-12', 'members that are code elsewhere', sub {
		for my $name (qw(__proto__ constructor prototype $ref $where)) {
			problem post($_, { %{ $_->[2]->() }, $name => {
			    admin => 1 } }), [ 422 ], "$name: $_->[1]"
			    for @posts;
		}
	}, sub {
		my %plain = map { $_ => { admin => 1 } } qw(__proto__
		    constructor prototype $ref $where);
		my $answer = post($servers, { %{ $servers->[2]->() },
		    metadata => \%plain });
		accepted $answer, 'where names are free', 201;
		is_deeply $answer->json->{metadata}, \%plain,
		    'control: plain data';
	} ],
	[ 'JSON-13', 'ids', \&ids, sub {
		my $id = $server->{server_id};
		accepted ask(registry => "/api/v1/servers/$id"), 'an id';
		accepted ask(registry => "/api/v1/tools?server_id=$id"),
		    'in the query';
		accepted post($evaluate, { %question, server_id => $id }),
		    'in the body';
	} ],
	[ 'JSON-14', 'pages', \&pages, sub {
		accepted ask($_->[0], "$_->[1]?limit=200"), $_->[1] for @lists;
		my $page = ask(registry => '/api/v1/servers?limit=1')->json;
		accepted ask(registry => '/api/v1/servers?limit=1&cursor=' .
		    $page->{next_cursor}), 'the next page';
	} ],
);
unharmed($sark);

done_testing;
