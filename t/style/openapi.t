# The route tables of the programs and share/openapi.json say the same: every
# route with its program, permission, body limit and input fields, and none
# beside.

use v5.36;
use JSON::PP ();
use Sark::Source;
use Sark::Tree qw(srcdir slurp);
use Test::More;

my @methods = qw(get post put patch delete);
my $words_max = 1000;

# Everything that tables refer to by name, from all sources.
my $all = join "\n", map { slurp(srcdir() . "/$_") }
    sources(qr/\.[ch]$/, qw(lib fcgi));

# "{ ... }" at the top of a text, each without its braces.
sub rows ($text) {
	return map { substr $_, 1, -1 } $text =~ /(\{(?:[^{}]|(?1))*\})/g;
}

# An array of C: { name => text between its braces }.
sub arrays ($code, $type) {
	my %found;

	$found{$1} = $2
	    while $code =~ /\b$type\s+(\w+)\[\w*\]\s*=\s*\{(.*?)\n?\};/sg;
	return %found;
}

# A number as tables write it: digits, a constant, a product of them.
sub number ($text) {
	return $text if $text =~ /^-?\d+$/;
	return number($1) if $text =~ /^\((.*)\)$/;
	if ($text =~ /\*/) {
		my $product = 1;
		$product *= number(s/^\s+|\s+$//gr) for split /\*/, $text;
		return $product;
	}
	my ($value) = $all =~ /^#define\s+\Q$text\E\s+(.*?)\s*(?:\/\*.*)?$/m;
	return defined $value ? number($value) : die "no number: $text\n";
}

sub choices ($name) {
	my ($list) = $all =~ /\b\Q$name\E\[\]\s*=\s*\{(.*?)\}/s
	    or die "no choices: $name\n";
	return [ $list =~ /"(\w+)"/g ];
}

# A row of a field table: { name, type, min, max, required, choices, sub }.
sub field ($row) {
	my %of = $row =~ /\.(\w+)\s*=\s*([^,]+?)\s*(?=,|$)/g;
	my ($name, $type, $offset, @rest) = grep { !/^\./ }
	    map { s/^\s+|\s+$//gr } split /,(?![^()]*\))/, $row;
	my %field = (name => $name =~ s/"//gr =~ s{^/}{}r,
		type => $type =~ s/^SARK_//r);

	$of{min} //= $rest[0] // 0;
	$of{max} //= $rest[1] // 0;
	$of{flags} //= $rest[2] // 0;
	@field{qw(min max)} = map { number($_) } @of{qw(min max)};
	$field{required} = $of{flags} =~ /SARK_REQUIRED/ ? 1 : 0;
	$field{choices} = choices($of{choices}) if $of{choices};
	$field{sub} = $of{sub} if $of{sub};
	return \%field;
}

# A routes.c, and the field tables that stand beside it.
sub with_inputs ($path) {
	return join "\n", map { slurp($_) } srcdir() . "/$path",
	    glob srcdir() . '/' . $path =~ s{routes\.c$}{*_input.c}r;
}

# The tables of one routes.c: a list of routes with their fields.
sub routes ($path, $text) {
	my $code = $text =~ s{/\*.*?\*/}{}sgr;
	my %fields = arrays($code, 'struct sark_field');
	my %inputs = $code =~ /struct sark_input\s+(\w+)\s*=\s*\{\s*(\w+),/g;
	my %tables = arrays($code, 'struct sark_route');
	my ($program) = $path =~ m{fcgi/(\w+)/};
	my @routes;

	for my $table (keys %fields) {
		$fields{$table} = [ map { field($_) }
		    grep { /^\s*"/ } rows($fields{$table}) ];
	}
	for my $list (values %fields) {
		$_->{sub} = $fields{ $_->{sub} } for grep { $_->{sub} } @$list;
	}
	for my $row (map { rows($_) } values %tables) {
		my @columns = map { s/^\s+|\s+$//gr }
		    split /,(?![^()]*\))/, $row;
		next if @columns < 4;
		my ($method, $route, $access, $input) = map { s/^&//r } @columns;
		push @routes, { program => "sark-$program",
			method => lc($method =~ s/^SARK_//r),
			path => $route =~ s/"//gr, access => $access,
			body_max => number($columns[7] // 0),
			creates => $row =~ /\.creates\s*=\s*true/ ? 1 : 0,
			takes_body => $row =~ /\.takes_body\s*=\s*true/ ? 1 : 0,
			form => $row =~ /\.form\s*=\s*true/ ? 1 : 0,
			fields => $input eq 'NULL' ? []
			    : $fields{ $inputs{$input} // '' } // die "no input: $input\n" };
	}
	return @routes;
}

# ---- the document

sub resolve ($api, $value) {
	my $hops = 0;

	while (ref $value eq 'HASH' && defined $value->{'$ref'}) {
		my $at = $api;
		for my $step (split m{/}, $value->{'$ref'} =~ s{^#/}{}r) {
			$step =~ s/~1/\//g;
			$at = $at->{ $step =~ s/~0/~/gr };
		}
		die "$value->{'$ref'} leads nowhere\n"
		    if !defined $at || $hops++ > 8;
		$value = $at;
	}
	return $value;
}

# What a schema has to say about a field.
sub wanted ($field) {
	my ($type, $min, $max) = @$field{qw(type min max)};
	my %string = (type => 'string');

	$string{minLength} = $min if $min > 0;
	$string{maxLength} = $max if $max > 0;
	return \%string if $type =~ /^(?:TEXT|SECRET)$/;
	return { type => 'string', format => 'uuid' } if $type eq 'UUID';
	return { type => 'string', format => 'date-time' } if $type eq 'TIME';
	return { type => 'boolean' } if $type eq 'BOOL';
	return { type => 'string', enum => $field->{choices} }
	    if $type eq 'CHOICE';
	return { type => 'integer',
		$min || $max ? (minimum => $min, maximum => $max) : () }
	    if $type eq 'INT';
	return { type => 'object', $min ? (minProperties => $min) : (),
		$max ? (maxProperties => $max) : () } if $type eq 'OBJECT';
	return {} if $type eq 'ANY';
	die "no such type: $type\n" if $type !~ /^(?:WORDS|LIST)$/;
	return { type => 'array', $min ? (minItems => $min) : (),
		maxItems => $max || $words_max };
}

my @keywords = qw(type format enum minimum maximum minLength maxLength
	minItems maxItems minProperties maxProperties);
my $json = JSON::PP->new->canonical->allow_nonref;

sub compare ($api, $where, $field, $schema) {
	$schema = resolve($api, $schema);
	my %said = map { $_ => $schema->{$_} }
	    grep { defined $schema->{$_} } @keywords;
	my ($is, $should) = map { $json->encode(plain($_)) } \%said,
	    wanted($field);
	my @wrong;

	push @wrong, "$where: is $is, should be $should" if $is ne $should;
	if ($field->{type} eq 'WORDS') {
		push @wrong, compare($api, "$where/0",
		    { type => 'TEXT', min => 1, max => 200 }, $schema->{items});
	} elsif ($field->{type} eq 'LIST') {
		push @wrong, members($api, "$where/0",
		    { fields => $field->{sub} }, $schema->{items});
	}
	return @wrong;
}

# Numbers as numbers, so that 5 and "5" print alike.
sub plain ($value) {
	return [ map { plain($_) } @$value ] if ref $value eq 'ARRAY';
	return { map { $_ => plain($value->{$_}) } keys %$value }
	    if ref $value eq 'HASH';
	return $value =~ /^-?\d+$/ ? 0 + $value : $value;
}

# The members of an object schema against a field table.
# A form may have others, which are ignored (RFC 6749 section 3.2).
sub members ($api, $where, $of, $schema) {
	my ($fields, $form) = @$of{qw(fields form)};
	$schema = resolve($api, $schema // {});
	my %there = %{ $schema->{properties} // {} };
	my %required = map { $_ => 1 } @{ $schema->{required} // [] };
	my @wrong;

	push @wrong, "$where: allows other members, or not" if !$form !=
	    (defined $schema->{additionalProperties}
	    && !$schema->{additionalProperties});
	for my $field (@$fields) {
		my $at = "$where/$field->{name}";
		my $member = delete $there{ $field->{name} };
		push(@wrong, "$at: missing"), next if !defined $member;
		push @wrong, compare($api, $at, $field, $member);
		push @wrong, "$at: required or not"
		    if $field->{required} != (delete $required{ $field->{name} } // 0);
	}
	return (@wrong, map { "$where/$_: too much" } sort keys %there,
		keys %required);
}

sub query ($api, $where, $fields, @parameters) {
	my %there = map { $_->{name} => $_ } grep { $_->{in} eq 'query' }
	    @parameters;
	my @wrong;

	for my $field (@$fields) {
		my $at = "$where?$field->{name}";
		my $parameter = delete $there{ $field->{name} };
		push(@wrong, "$at: missing"), next if !defined $parameter;
		push @wrong, compare($api, $at, $field, $parameter->{schema});
		push @wrong, "$at: required or not"
		    if $field->{required} != ($parameter->{required} ? 1 : 0);
	}
	return (@wrong, map { "$where?$_: too much" } sort keys %there);
}

sub access ($where, $route, $operation) {
	my ($may) = $route->{access} =~ /^SARK_MAY\("(.*)"\)$/;
	my $security = $json->encode($operation->{security} // 'any');
	my %wanted = (SARK_ANYONE => '[]', SARK_IN_PERSON => '[{"bearer":[]}]',
		SARK_EITHER => '[{},{"bearer":[]}]');

	return (($security ne ($wanted{ $route->{access} } // '"any"')
		? "$where: security" : ()),
	    (($may // '') ne ($operation->{'x-permission'} // '')
		? "$where: x-permission is not " . ($may // 'absent') : ()));
}

# An operation that creates takes a key; no other does.
sub creates ($api, $where, $route, $operation, @parameters) {
	my $takes = grep { $_->{in} eq 'header'
	    && $_->{name} eq 'Idempotency-Key' } @parameters;
	my $made = $operation->{responses}{201}
	    // $operation->{responses}{200} // {};
	my $says = exists +($made->{headers} // {})->{'Idempotent-Replayed'};

	return (($takes != $route->{creates}
		? "$where: Idempotency-Key is " . ($takes ? 'too much' : 'missing')
		: ()), ($takes && !($says && $operation->{responses}{409})
		? "$where: no Idempotent-Replayed, or no 409" : ()));
}

# What every operation has, whatever its route.
sub form ($api, $where, $path, $operation, @parameters) {
	my %in_path = map { $_->{name} => 1 } grep { $_->{in} eq 'path' }
	    @parameters;
	my @wrong = map { "$where: no $_" }
	    grep { !$operation->{$_} } qw(operationId summary responses);

	push @wrong, "$where: path parameters" if join(' ', sort keys %in_path)
	    ne join ' ', sort $path =~ /\{(\w+)\}/g;
	push @wrong, "$where: no response of its own"
	    if !grep { /^[2345]/ } keys %{ $operation->{responses} };
	return @wrong;
}

sub operation ($api, $route, $operation) {
	my ($method, $path) = @$route{qw(method path)};
	my $where = "$method $path";
	my @parameters = map { resolve($api, $_) }
	    @{ $operation->{parameters} // [] };
	my $body = $operation->{requestBody};
	my @wrong = (access($where, $route, $operation),
	    creates($api, $where, $route, $operation, @parameters),
	    form($api, $where, $path, $operation, @parameters));

	push @wrong, "$where: belongs to $route->{program}"
	    if "@{ $operation->{tags} // [] }" ne $route->{program};
	push @wrong, "$where: x-body-max-bytes is not $route->{body_max}"
	    if ($operation->{'x-body-max-bytes'} // 0) != $route->{body_max};
	if ($method =~ /^(?:post|put|patch)$/ || $route->{takes_body}) {
		return (@wrong, query($api, $where, [], @parameters),
		    @{ $route->{fields} } || $body
		    ? members($api, $where, $route, resolve($api,
			$body)->{content}{ $route->{form} ?
			'application/x-www-form-urlencoded' :
			'application/json' }{schema}) : ());
	}
	push @wrong, "$where: a body" if $body;
	return (@wrong, query($api, $where, $route->{fields}, @parameters));
}

# All that differs between some routes and a document.
sub differences ($api, @routes) {
	my (%there, %ids, @wrong);

	for my $path (keys %{ $api->{paths} }) {
		$there{"$_ $path"} = $api->{paths}{$path}{$_}
		    for grep { $api->{paths}{$path}{$_} } @methods;
	}
	$ids{ $_->{operationId} // '' }++ for values %there;
	push @wrong, map { "operationId $_ twice" } grep { $ids{$_} > 1 }
	    sort keys %ids;
	for my $route (@routes) {
		my $key = "$route->{method} $route->{path}";
		my $operation = delete $there{$key};
		push @wrong, defined $operation
		    ? operation($api, $route, $operation) : "$key: missing";
	}
	return (@wrong, map { "$_: no such route" } sort keys %there);
}

# Every reference leads somewhere; every component is used.
sub references ($api, $text) {
	my %used = map { $_ => 1 } $text =~ m{"(#/components/[^"]+)"}g;
	my @wrong;

	for my $ref (sort keys %used) {
		push @wrong, $@ =~ s/\n//r
		    if !eval { resolve($api, { '$ref' => $ref }) };
	}
	for my $kind (qw(parameters headers responses schemas)) {
		push @wrong, map { "$kind/$_: not used" }
		    grep { !$used{"#/components/$kind/$_"} }
		    sort keys %{ $api->{components}{$kind} };
	}
	return @wrong;
}

# ---- what is

my $text = slurp(srcdir() . '/share/openapi.json');
my $api = JSON::PP->new->utf8->decode($text);
my @files = sources(qr{/routes\.c$}, 'fcgi');
my @routes = map { routes($_, with_inputs($_)) } @files;
my $tables = join "\n", map { slurp(srcdir() . "/$_") } @files;
my $rows_in_c = () = $tables =~ /\{\s*SARK_(?:GET|POST|PUT|PATCH|DELETE)\s*,/g;
my ($version) = slurp(srcdir() . '/configure.ac') =~ /^AC_INIT\(\[sark\], \[(.*?)\]/m;
my @codes = grep { !/^(?:ok|locked|usage)$/ }
    slurp(srcdir() . '/lib/base/code.c') =~ /\] = \{ "(\w+)"/g;

is $api->{openapi}, '3.1.0', 'OpenAPI 3.1';
is $api->{info}{version}, $version, 'of this version';
is "@{ $api->{components}{schemas}{Code}{enum} }", "@codes",
    'every code of an error is in it';
cmp_ok scalar @routes, '>', 0, 'the route tables are read';
is scalar @routes, $rows_in_c, 'every row of them';
is join("\n", differences($api, @routes)), '', 'routes and document agree';
is join("\n", references($api, $text)), '', 'and the document with itself';

# ---- the control: a planted difference is found

my $table = <<'END';
static const char *const sizes[] = { "small", "large", NULL };
static const struct sark_field part[] = {
	{ "/name", SARK_TEXT, AT(part, name), 1, 20, SARK_REQUIRED },
	{ NULL }
};
static const struct sark_field thing[] = {
	{ "/name", SARK_TEXT, AT(thing, name), 1, 20, SARK_REQUIRED },
	{ "/count", SARK_INT, AT(thing, count), 0, 7 },
	{ "/parts", SARK_LIST, AT(thing, parts), 0, 3, .sub = part },
	{ NULL }
};
static const struct sark_field find[] = {
	{ "name", SARK_TEXT, AT(find, name), 0, 20 },
	{ NULL }
};
static const struct sark_input thing_in = { thing, sizeof(struct thing) };
static const struct sark_input find_in = { find, sizeof(struct find) };
const struct sark_route thing_routes[] = {
	{ SARK_POST, "/things", SARK_MAY("thing:make"),
	  &thing_in, post_thing, NULL, SARK_LIMIT_USER, 0 },
	{ SARK_GET, "/things/{id}", SARK_ANYONE, &find_in, get_thing, NULL,
	  SARK_LIMIT_USER, 2 * 1024 },
	{ 0 }
};
END
my $document = <<'END';
{ "paths": {
 "/things": { "post": { "tags": ["sark-thing"], "operationId": "post",
  "summary": "s", "x-permission": "thing:make", "responses": { "201": {} },
  "requestBody": { "content": { "application/json": { "schema":
   { "$ref": "#/components/schemas/Thing" } } } } } },
 "/things/{id}": { "get": { "tags": ["sark-thing"], "operationId": "get",
  "summary": "s", "security": [], "x-body-max-bytes": 2048,
  "responses": { "200": {} }, "parameters": [
   { "name": "id", "in": "path", "required": true },
   { "name": "name", "in": "query", "schema": { "type": "string", "maxLength": 20 } } ] } } },
 "components": { "schemas": {
  "Thing": { "type": "object", "additionalProperties": false,
   "required": ["name"], "properties": {
    "name": { "type": "string", "minLength": 1, "maxLength": 20 },
    "count": { "type": "integer", "minimum": 0, "maximum": 7 },
    "parts": { "type": "array", "maxItems": 3, "items": {
     "type": "object", "additionalProperties": false, "required": ["name"],
     "properties": { "name": { "type": "string", "minLength": 1, "maxLength": 20 } } } } } } } } }
END

sub planted_in ($what, $c, $api_text, $n = 1) {
	my @seen = map { s/\s+/ /gr } differences(
	    JSON::PP->new->decode($api_text),
	    routes('fcgi/thing/routes.c', $c));

	is scalar @seen, $n, $what . ($n ? ': ' . ($seen[0] // 'not seen') : '')
	    or diag join "\n", @seen;
}

planted_in('what agrees is found to agree', $table, $document, 0);
planted_in('a route that is not in the document',
    $table =~ s/^(const .*)$/$1\n\t{ SARK_PUT, "\/x", SARK_ANYONE, NULL, put_x, NULL, 0, 0 },/mr,
    $document);
planted_in('a route that is not in the table',
    $table =~ s/\{ SARK_GET.*?\},\n//sr, $document);
planted_in('another permission', $table =~ s/thing:make/thing:read/r, $document);
planted_in('a route for anyone', $table,
    $document =~ s/"security": \[\], //r);
planted_in('a route for strangers and others', $table =~ s/SARK_ANYONE/SARK_EITHER/r,
    $document);
planted_in('what agrees about it', $table =~ s/SARK_ANYONE/SARK_EITHER/r,
    $document =~ s/"security": \[\]/"security": [{}, {"bearer": []}]/r, 0);
planted_in('another limit', $table =~ s/0, 7/0, 8/r, $document);
planted_in('another limit of a part', $table =~ s/1, 20/1, 21/r, $document);
planted_in('a field that became required',
    $table =~ s/0, 7/0, 7, SARK_REQUIRED/r, $document);
planted_in('a field that the document lacks', $table,
    $document =~ s/^\s+"count".*\n//mr);
planted_in('a field that the table lacks', $table =~ s/^.*"\/count".*\n//mr,
    $document);
planted_in('a query parameter that the table lacks',
    $table =~ s/\{ "name", .*\n//r, $document);
planted_in('another type', $table =~ s/SARK_INT/SARK_BOOL/r, $document);
planted_in('another body limit', $table =~ s/2 \* 1024/1024/r, $document);
planted_in('a key that the document lacks',
    $table =~ s/(post_thing, NULL, SARK_LIMIT_USER, 0)/$1, .creates = true/r,
    $document);
my $keyed = $document =~ s/"summary": "s", "x-perm/"parameters": [
    { "name": "Idempotency-Key", "in": "header" } ], "summary": "s", "x-perm/r;
planted_in('a key that the table lacks', $table, $keyed, 2);
planted_in('a key whose answer does not say that it is one of before',
    $table =~ s/(post_thing, NULL, SARK_LIMIT_USER, 0)/$1, .creates = true/r,
    $keyed);
planted_in('another program', $table,
    $document =~ s/sark-thing/sark-other/r);

done_testing;
