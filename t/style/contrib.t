# What contrib says of metrics is true: promtool understands the rules, their
# unit test holds, every metric that rules, dashboard or manual name is there,
# and every one that is there stands in the manual.
use v5.36;
use JSON::PP ();
use Sark::Program;
use Sark::Skip;
use Sark::Temp;
use Sark::Tree qw(srcdir slurp spew);
use Test::More;

my $promtool = need('promtool');
my $temp = Sark::Temp->new;
my $dir = srcdir() . '/contrib';
my $rules = slurp("$dir/prometheus/sark.rules.yml");
my $tests = slurp("$dir/prometheus/sark.rules.test.yml");
my $dashboard = JSON::PP->new->utf8->decode(slurp("$dir/grafana/sark.json"));
my $manual = slurp(srcdir() . '/man/sark-status.8');

# The table of families: name => type.
my %family = slurp(srcdir() . '/lib/proc/families.c') =~
    /^\t\{ "(\w+)", "(\w+)",$/mg;

# The names of metrics in a text that no family has.
sub unknown ($text) {
	my %names = map { $_ => 1 } $text =~ /\b(sark_\w+)/g;
	my @known = map { $family{$_} eq 'histogram'
	    ? ("${_}_bucket", "${_}_sum", "${_}_count") : $_ } keys %family;

	delete @names{@known};
	return sort keys %names;
}

# The families that the manual has no item for.
sub undocumented ($text) {
	my %items = map { $_ => 1 } map { /\b(sark_\w+)/g }
	    $text =~ /^\.It Sy (.*)$/mg;

	return grep { !$items{$_} } sort keys %family;
}

sub promtool ($what, $yaml, $tests = undef) {
	my $place = $temp->path('rules');

	mkdir $place;
	spew("$place/sark.rules.yml", $yaml);
	spew("$place/sark.rules.test.yml", $tests) if defined $tests;
	my ($rc, $out, $err) = $temp->run([ $promtool, $what, 'rules',
	    "$place/sark.rules" . (defined $tests ? '.test' : '') . '.yml' ]);
	return $rc == 0 ? '' : "$out$err";
}

# Rules of nothing but these expressions, in the order given.
sub as_rules (@expressions) {
	my $n = 0;

	return "groups:\n- name: dashboard\n  rules:\n" . join '', map {
		my $expr = s/\$__rate_interval/5m/gr;
		"  - record: x" . ++$n . "\n    expr: >-\n      $expr\n"
	} @expressions;
}

cmp_ok scalar keys %family, '>', 20, 'the table is read';

subtest 'rules' => sub {
	my @expressions = $rules =~
	    /^\s+expr: (.*?)(?=^\s+(?:for|labels|- )|\z)/msg;

	is @expressions, (() = $rules =~ /^\s+expr: /mg), 'are read';
	is promtool('check', $rules), '', 'are understood';
	is promtool('test', $rules, $tests), '', 'do what their test says';
	is join(' ', unknown("@expressions")), '', 'name metrics that exist';
	my @alerts = $rules =~ /- alert: (\w+)/g;
	my @summaries = $rules =~ /^\s+summary: \S/mg;
	is @summaries, @alerts, 'each alert says what it is about';

	isnt promtool('check', $rules =~ s/absent\(/absent((/r), '',
	    'a mistake of syntax is seen';
	isnt promtool('test', $rules =~ s/ratio5m > 0\.05/ratio5m > 0.5/r,
	    $tests), '', 'another threshold is seen';
	isnt promtool('test', $rules =~ s/sark_up == 0/sark_up == 1/r, $tests),
	    '', 'another sense is seen';
	is join(' ', unknown('rate(sark_nothing_total[5m]) + sark_up')),
	    'sark_nothing_total', 'a metric that is not there is seen';
	is join(' ', unknown('sark_request_duration_seconds')),
	    'sark_request_duration_seconds', 'and a histogram without a part';
};

subtest 'dashboard' => sub {
	my @panels = @{ $dashboard->{panels} };
	my @expressions = map { $_->{expr} } map { @{ $_->{targets} } } @panels;
	my %ids = map { $_->{id} => 1 } @panels;

	cmp_ok scalar @panels, '>', 10, 'has panels';
	is scalar(keys %ids), scalar @panels, 'each with an id of its own';
	ok !(grep { !$_->{title} || !$_->{description} } @panels),
	    'a title and a word about it';
	is promtool('check', as_rules(@expressions)), '', 'is understood';
	is join(' ', unknown("@expressions")), '', 'names metrics that exist';
	my @unseen = grep { "@expressions" !~ /\b\Q$_\E(?:_bucket|_count)?\b/ }
	    grep { $_ ne 'sark_spool_files' } sort keys %family;
	is "@unseen", '', 'and shows all there is to see';
	isnt promtool('check', as_rules('sum(rate(sark_up[5m])')), '',
	    'a mistake of syntax is seen';
};

subtest 'manual' => sub {
	is join(' ', undocumented($manual)), '', 'has every metric';
	is join(' ', unknown(join "\n", map { s/_seconds\b/_seconds_sum/gr }
	    $manual =~ /^\.It Sy (.*)$/mg)), '', 'and no other';
	is join(' ', undocumented($manual =~ s/^\.It Sy sark_up.*\n//mr)),
	    'sark_up', 'one that is missing is seen';
};

subtest 'a scrape' => sub {
	my $status = Sark::Program->new($temp, 'sark-status')->start;
	my $client = $status->client;

	$client->get($_) for qw(/health/live /health/ready /nowhere);
	my $text = $client->get('/metrics')->body;
	my $lint = sub ($scrape) {
		my ($rc, $out, $err) = $temp->run([ $promtool, 'check',
		    'metrics' ], stdin => $scrape);
		return $rc == 0 ? '' : "$out$err";
	};
	like $text, qr/^sark_store_connects_total\{/m, 'of a program at work';
	is $lint->($text), '', 'promtool has nothing to say about it';
	isnt $lint->($text =~ s/^# HELP sark_up .*\n//mr), '',
	    'a metric without help is seen';
	isnt $lint->("${text}x\n"), '', 'a line that is none is seen';
	$status->stop;
};

done_testing;
