# Programs of another version beside those of before, and a host that starts
# again in whatever order.

use v5.36;
use List::Util qw(shuffle);
use Sark::Fault;
use Sark::Tree qw(program slurp srcdir spew);
use Test::More;

my @programs = qw(login refresh registry policy audit status);
my $sark = Sark::Fault->start(@programs, { keep_sockets => 1 });
my @mix = qw(decide login register deny);

# How many operations have ended so.
sub ended ($how) {
	return scalar grep { $_->{end} eq $how }
	    values %{ $sark->history->operations };
}

# The migrations of the tree and one more, which suits the programs as they are.
sub migrations () {
	my $dir = $sark->temp->mkdir('sql');
	my ($newest) = slurp(srcdir() . '/lib/store/schema.h') =~
	    /SARK_SCHEMA_VERSION\s+(\d+)/;
	my $next = sprintf '%04d-next', $newest + 1;

	system('cp', '-r', '--', srcdir() . '/sql/.', $dir) == 0 or die "sql\n";
	spew("$dir/$_/$next.sql", '') for qw(verify revert);
	spew("$dir/deploy/$next.sql",
	    sprintf "-- compatible: %04d\n", $newest);
	return ($newest, '--database', $sark->postgresql->conninfo('owner'),
	    '--dir', $dir);
}

row 'U-01 rolling upgrade to a newer schema and back under load' => sub {
	my ($newest, @to) = migrations();
	my $load = $sark->load(mix => \@mix);

	$sark->until_ok('register');
	$sark->tool('sark-migrate', @to);
	is $sark->psql('SELECT max(version) FROM sark.migration') + 0,
	    $newest + 1, 'the schema is newer than the programs';
	$sark->replace_program($_) for shuffle @programs;
	$sark->until_ok($_) for @mix[0 .. 2];
	$sark->tool('sark-migrate', @to, '--revert', $newest, '--yes');
	$sark->replace_program($_) for shuffle @programs;
	$sark->until_ok($_) for @mix[0 .. 2];
	$load->stop;
	cmp_ok ended('ok'), '>', 10, 'operations were granted';
	is ended($_), 0, "none ended as $_" for qw(fail info);
	$sark->holds('U-01');
};

row 'U-04 the host starts again, everything in random order' => sub {
	# a socket that we hold open would have clients wait for nobody
	$sark->{keep_sockets} = 0;
	$sark->{listen} = {};
	for my $time (1 .. (long() ? 20 : 3)) {
		my @all = ('postgresql', 'redis', @programs);
		my ($end, $start) = ([ shuffle @all ], [ shuffle @all ]);
		my $load = $sark->load(mix => \@mix);

		$sark->until_ok('decide');
		note "killed: @$end; started: @$start";
		for my $what (@$end) {
			ref $sark->{$what} ? $sark->{$what}->kill9
			    : $sark->stop_program($what, 'KILL');
		}
		$load->stop;
		for my $what (@$start) {
			ref $sark->{$what} ? $sark->{$what}->start
			    : $sark->start_program($what);
		}
		$sark->until_ok($_) for qw(login register decide);
		Sark::Temp->until('it is ready', sub {
			$sark->client('status')->get('/health/ready')->status
			    == 200 }, 60);
		pass 'ready';
	}
	$sark->holds('U-04');
};

done_testing;
