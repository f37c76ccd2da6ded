# SQL-01..03, 05: texts that mean something to SQL, in every parameter that
# the API document has.  PostgreSQL's own log is the judge: it has no error.

use v5.36;
use JSON::PP ();
use Sark::Attack;
use Sark::Tree qw(srcdir slurp);
use Test::More;

my $sark = Sark::Attack->start;
my $json = JSON::PP->new->utf8->canonical;
my $api = $json->decode(slurp(srcdir() . '/share/openapi.json'));
my $server = $sark->{attack}{server};
my $admin = $sark->login('admin');
my @posts = Sark::Attack::posts($sark);

my @injections = ("' OR 1=1--", "'; DROP TABLE sark.users;--", '" OR ""="',
	"') OR ('1'='1", '$1', '$$; SELECT 1; $$', "\\'; SELECT 1;--",
	"' UNION SELECT password_hash FROM sark.users--", '1;SELECT 1',
	"' || pg_sleep(9) || '", '{"a":1}', '{a,b}', "E'\\047'", '*/', '--',
	"x'::int", "\x{bf}\x{27}", "\x{2019} OR 1=1", '%27%20OR%201=1', ':a');
my @patterns = ('%', '_', '%%%', '\\', '\\%', '[a-z]*', '(a+)+$', '.*',
	'^', '.{1,1000000}', 'a|', '(?i)jira', '\\Qj', 'j_ra', 'jir%');

sub resolve ($value) {
	return $value if !$value->{'$ref'};
	my $at = $api;
	$at = $at->{$_} for split m{/}, $value->{'$ref'} =~ s{^#/}{}r;
	return $at;
}

sub program_of ($path) {
	return $path =~ m{auth/|jwks} ? 'login' : $path =~ m{/servers|/tools} ?
	    'registry' : $path =~ m{/policy} ? 'policy' :
	    $path =~ m{/audit} ? 'audit' : 'status';
}

sub escape ($text) {
	utf8::encode($text);
	return $text =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ger;
}

# Every operation of the document: method, path, what the document says.
sub operations () {
	return map { my $path = $_; map { [ uc, $path, $api->{paths}{$path}{$_} ]
	    } sort grep { /^(?:get|post|put|patch|delete)$/ }
	    keys %{ $api->{paths}{$path} } } sort keys %{ $api->{paths} };
}

sub send_to ($method, $path, %opt) {
	$path =~ s/\{[a-z_]+\}/$server->{tools}[0]{tool_id}/g;
	return Sark::Attack::ask($sark, [ program_of($path) ],
	    $method => $path, %opt);
}

# The body of an honest request, as far as one is known.
sub body_of ($path) {
	my ($known) = grep { $_->[1] =~ s{/[0-9a-f-]{36}/}{/{id}/}r eq $path }
	    @posts;

	return $known ? $known->[2]->() : {};
}

# The text in each parameter of an operation; the answers.
sub inject ($operation, $text) {
	my ($method, $path, $said) = @$operation;
	my $content = resolve($said->{requestBody} // {})->{content};
	my $schema = $content && resolve($content->{'application/json'}{schema});
	my @answers;

	for my $parameter (map { resolve($_) } @{ $said->{parameters} // [] }) {
		my ($name, $in) = @$parameter{qw(name in)};
		my $escaped = escape($text);
		utf8::encode(my $bytes = $text);
		push @answers, [ "$in $name", $in eq 'path' ?
		    send_to($method, $path =~ s/\{$name\}/$escaped/r) :
		    $in eq 'query' ? send_to($method, "$path?$name=$escaped") :
		    send_to($method, $path, headers => { $name => $bytes }) ];
	}
	for my $name (sort keys %{ $schema ? $schema->{properties} : {} }) {
		push @answers, [ "body $name", send_to($method, $path, json => {
		    %{ body_of($path) }, $name => $text }) ];
	}
	return @answers;
}

sub inject_everywhere (@texts) {
	my $n = 0;

	for my $operation (operations()) {
		for my $text (@texts) {
			my @answers = inject($operation, $text);
			my @bad = grep { my $status = $_->[1]->status;
			    $status == 0 || $status >= 500 } @answers;
			$n += @answers;
			ok !@bad, "@$operation[0, 1] " . escape($text) or
			    diag map { "$_->[0]: " . $_->[1]->status . "\n" }
			    @bad;
		}
	}
	return $n;
}

sub postgresql_errors () {
	return grep { /\b(?:ERROR|FATAL|PANIC):/ } split /\n/,
	    slurp($sark->temp->path('postgresql.log'));
}

# Everything that no request may change.
sub state_of_things () {
	return $sark->psql(q{SELECT string_agg(md5(u::text), ',' ORDER BY
	    user_id) FROM (SELECT user_id, username, password_hash,
	    disabled_at FROM sark.users) u}) . $sark->psql(q{SELECT
	    string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE
	    relnamespace = 'sark'::regnamespace});
}

my $before = state_of_things();
my %lists = ('/api/v1/servers' => [qw(search team owner tags)],
	'/api/v1/tools' => ['search'], '/api/v1/audit/events' =>
	[qw(actor action resource q type request_id trace_id)]);

sub found ($path, $query = '') {
	my $answer = send_to(GET => "$path$query");

	return $answer->status == 200 ?
	    scalar @{ $answer->json->{items} } : $answer->status;
}

# A search path that is not ours must not lead to other tables, nor a
# function or an operator of somebody else's stand in for those we call.
sub shadow () {
	$sark->psql(<<~'END');
		CREATE SCHEMA evil;
		GRANT USAGE ON SCHEMA evil TO PUBLIC;
		CREATE TABLE evil.users AS SELECT * FROM sark.users LIMIT 0;
		CREATE TABLE evil.server AS SELECT * FROM sark.server LIMIT 0;
		CREATE FUNCTION evil.lower(text) RETURNS text LANGUAGE plpgsql
		    AS $$ BEGIN RAISE 'shadowed'; END $$;
		CREATE FUNCTION evil.now() RETURNS timestamptz LANGUAGE plpgsql
		    AS $$ BEGIN RAISE 'shadowed'; END $$;
		ALTER DATABASE sark SET search_path = evil, public;
		ALTER ROLE sark_login IN DATABASE sark SET search_path = evil;
		ALTER ROLE sark_registry IN DATABASE sark
		    SET search_path = evil;
		END
	$sark->restart_program($_) for qw(login registry);
	Sark::Attack::remember($sark);
	is $sark->login_again('dev')->get('/api/v1/auth/me')->status, 200,
	    'a login finds the users';
	cmp_ok found('/api/v1/servers'), '>', 0, 'a list its servers';
	is $sark->psql("SELECT count(*) FROM users", 'sark_login'), 0,
	    'control: another client of that role is led astray'
	    if $sark->psql('GRANT SELECT ON evil.users TO sark_login') eq '';
}

# SQL-01 leaves servers whose names are its texts: it is not the first.
attacks(
	[ 'SQL-02', 'columns and orders from outside', sub {
		for my $path (sort keys %lists) {
			is found($path, "?$_"), 422, "$path $_" for
			    'order=time', 'sort=id;--', 'columns=*', 'fields=*',
			    'order_by=1', 'select=password_hash', 'group=1',
			    "sort=metadata-%3E%3E'a'", 'offset=1', 'where=1';
		}
		is found('/api/v1/servers', "?$_"), 422, $_ for
		    'status=urgent', 'sensitivity=1%20OR%201=1',
		    "status=active'--";
	}, sub {
		isnt found('/api/v1/servers', '?status=registered'), 422,
		    'control: one of those that there are';
	} ],
	[ 'SQL-03', 'what means something to LIKE', sub {
		for my $path (sort keys %lists) {
			for my $name (@{ $lists{$path} }) {
				# these stand in many an action
				my @texts = grep { $name ne 'q' ||
				    !/^[_\\^]$/ } @patterns;
				my @n = map { found($path, "?$name=" .
				    escape($_)) } @texts;
				is join(' ', @n), join(' ', map { 0 } @n),
				    "$path $name: nothing";
			}
		}
	}, sub {
		is found('/api/v1/servers', '?search=jir'), 1,
		    'control: a plain text';
	} ],
	[ 'SQL-01', 'injections in every parameter of every route', sub {
		cmp_ok inject_everywhere(@injections), '>', 1_000, 'so many';
		is_deeply [ postgresql_errors() ], [], 'PostgreSQL saw no error';
		is state_of_things(), $before, 'users and tables as before';
	}, sub {
		$sark->{postgresql}->try(q{SELECT ''' OR 1=1--});
		is scalar(my @e = postgresql_errors()), 1,
		    'control: PostgreSQL tells of a broken statement';
		for my $path (sort keys %lists) {
			cmp_ok found($path), '>', 0, "$path finds something";
		}
	} ],
	[ 'SQL-05', 'another search path', \&shadow, sub {
		$sark->psql("ALTER ROLE sark_$_ IN DATABASE sark RESET ALL")
		    for qw(login registry);
		accepted send_to(GET => '/api/v1/servers'), 'and without';
	} ],
);
unharmed($sark);

done_testing;
