package Sark::Attack;

# A family of the attack catalogue as a table.  A row is its id, what it is,
# the attack, and the control: the same without the attack, which is accepted.
#
#	my $sark = Sark::Attack->start;
#	attacks(
#	    [ 'HTTP-06', 'httpoxy', sub { ... }, sub { ... } ],
#	    ...
#	);
#	unharmed($sark);
#
# The control runs behind the attack: it also shows that nothing broke.

use v5.36;
use Exporter 'import';
use JSON::PP ();
use Sark;
use Sark::FCGI;
use Sark::Tree qw(builddir slurp);
use Test::More;

our @EXPORT = qw(attacks unharmed problem accepted);

my $json = JSON::PP->new->utf8->canonical->allow_nonref;
my $growth_kib = 16 * 1024;

# A whole SARK; options as those of Sark->start, and "and": more programs.
sub start ($class, %opt) {
	my $sark = Sark->start(qw(login refresh registry policy audit status),
	    @{ delete $opt{and} // [] }, \%opt);

	$sark->{attack} = { n => 0, rss => {} };
	$sark->{attack}{server} = $sark->login('admin')->post(
	    '/api/v1/servers', { name => 'jira', transport => 'http',
	    endpoint => 'https://jira.example/mcp',
	    tools => [ { name => 'jira.get' } ] })->json;
	remember($sark);
	return $sark;
}

# Routes with a body: program, path, a body that is accepted, its status.
sub posts ($sark) {
	my $tool = $sark->{attack}{server}{tools}[0]{tool_id};

	return (
	    [ login => '/api/v1/auth/login/local', sub { { username => 'dev',
		password => Sark::password('dev') } }, 200 ],
	    [ refresh => '/api/v1/auth/revoke',
		sub { { refresh_token => 'x' } }, 200 ],
	    [ registry => '/api/v1/servers', sub { { name => 's' .
		++$sark->{attack}{n}, transport => 'stdio', command => 'c' } },
		201 ],
	    [ registry => '/api/v1/tools/detect-sensitivity',
		sub { { tool_name => 'x' } }, 200 ],
	    [ registry => "/api/v1/tools/$tool/sensitivity",
		sub { { sensitivity_level => 'low', reason => 'r' } }, 200 ],
	    [ policy => '/api/v1/policy/evaluate',
		sub { { action => 'tool:invoke', tool => 'jira.get' } }, 200 ],
	);
}

# Routes without one: program, path.
sub gets ($sark) {
	my $server = $sark->{attack}{server};
	my $tool = "/api/v1/tools/$server->{tools}[0]{tool_id}/sensitivity";

	return (
	    [ login => '/api/v1/auth/me' ],
	    [ login => '/api/v1/auth/providers' ],
	    [ login => '/.well-known/jwks.json' ],
	    [ refresh => '/api/v1/auth/sessions' ],
	    [ registry => '/api/v1/servers' ],
	    [ registry => "/api/v1/servers/$server->{server_id}" ],
	    [ registry => '/api/v1/tools' ],
	    [ registry => $tool ],
	    [ registry => "$tool/history" ],
	    [ policy => '/api/v1/policy' ],
	    [ audit => '/api/v1/audit/events' ],
	    [ audit => '/api/v1/audit/stats' ],
	    [ status => '/health/live' ],
	    [ status => '/health' ],
	);
}

# Those of them that want a credential.
sub guarded ($sark) {
	return grep { $_->[1] !~ m{health|jwks|providers} } gets($sark);
}

# Past the web server, which would catch some of it.
sub fcgi ($sark, $route, %opt) {
	return Sark::FCGI->new($sark->socket($route->[0]), timeout => 30, %opt);
}

# An admin asks; the body is text, or data.
sub ask ($sark, $route, $method, $target, %opt) {
	return fcgi($sark, $route)->request($method => $target,
	    token => $sark->login('admin')->token, %opt);
}

sub post ($sark, $route, $body, %header) {
	return ask($sark, $route, POST => $route->[1],
	    body => ref $body ? $json->encode($body) : $body,
	    headers => { 'Content-Type' => 'application/json', %header });
}

# ---- the table

sub attacks (@rows) {
	for my $row (@rows) {
		my ($id, $what, $attack, $control) = @$row;

		subtest "$id $what" => sub {
			checks(attack => $attack);
			checks(control => $control);
		};
	}
}

sub checks ($name, $do) {
	my $before = Test::More->builder->current_test;

	$do->();
	cmp_ok(Test::More->builder->current_test, '>', $before,
	    "the $name was made");
}

# The one error shape, with one of these statuses; returns whether it was.
sub is_problem ($answer, @statuses) {
	my $body = eval { $answer->json } // {};

	return (grep { $answer->status == $_ } @statuses) &&
	    ($answer->header('content-type') // '') =~
	    m{^application/problem\+json} && ref $body eq 'HASH' &&
	    ($body->{status} // 0) == $answer->status &&
	    defined $body->{code} && defined $body->{request_id};
}

sub problem ($answer, $statuses, $name) {
	local $Test::Builder::Level = $Test::Builder::Level + 1;

	return ok(is_problem($answer, @$statuses), $name) ||
	    diag $answer->status . ' ' . substr $answer->body, 0, 500;
}

sub accepted ($answer, $name, $status = 200) {
	local $Test::Builder::Level = $Test::Builder::Level + 1;

	return is($answer->status, $status, "control: $name") ||
	    diag substr $answer->body, 0, 500;
}

# ---- the rules that hold for every row

sub workers ($sark) {
	return map { $sark->workers($_) } @{ $sark->{programs} };
}

sub rss_kib ($pid) {
	return slurp("/proc/$pid/status") =~ /^VmRSS:\s+(\d+)/m ? $1 : 0;
}

sub remember ($sark) {
	$sark->{attack}{rss} = { map { $_ => rss_kib($_) } workers($sark) };
}

sub sanitized () {
	return slurp(builddir() . '/config.status') =~ /fsanitize/;
}

# No worker died (G1), none has grown (G3), no log has a secret or a raw
# byte (G6), no sanitizer had a word to say.
sub unharmed ($sark) {
	my $before = $sark->{attack}{rss};
	my %after = map { $_ => rss_kib($_) } workers($sark);
	my $log = join '', map { $sark->log($_) } @{ $sark->{programs} };
	my @secrets = ('correct horse', map { $_->token }
	    values %{ $sark->{clients} });

	is join(' ', sort keys %after), join(' ', sort keys %$before),
	    'G1 no worker has died';
	unlike $log, qr/Sanitizer|runtime error:/, 'G1 no sanitizer speaks';
	is join(' ', grep { ($after{$_} // 0) - $before->{$_} > $growth_kib }
	    sort keys %$before), '', 'G3 no worker has grown' if !sanitized();
	like $log, qr/event=request/, 'control: requests are logged';
	is scalar(grep { index($log, $_) >= 0 } @secrets), 0,
	    'G6 no secret is in a log';
	unlike $log, qr/[^\n\x20-\x7e\x80-\xff]/, 'G6 nor a control byte';
}

1;
