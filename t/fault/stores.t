# Redis, or both stores, stopped, and a full disk of PostgreSQL: nothing that
# was acknowledged is lost, nothing is given away.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use Sark::Fault;
use Sark::Skip;
use Sark::Temp;
use Test::More;

my $sark = Sark::Fault->start(qw(login registry policy), { workers => 2 });
my @mix = qw(decide deny login wrong_login register forbidden);

sub recovered () {
	$sark->until_ok($_) for qw(login register decide);
	Sark::Temp->until('a decision is kept', sub {
		my @same = (resource => 'same');
		$sark->operate('decide', @same);
		return $sark->operate('decide', @same)
		    ->header('x-cache-status') eq 'HIT';
	}, 60);
	pass 'and kept';
}

row 'R-13 Redis stopped' => sub {
	my $load = $sark->load(mix => \@mix);

	$sark->redis->stop;
	Sark::Temp->until('no login without its session record', sub {
		$sark->operate('login')->status == 503 });
	my $answer;
	Sark::Temp->until('decided', sub {
		$answer = $sark->operate('decide');
		return $answer->json->{decision} eq 'allow';
	}, 60);
	is $answer->header('x-cache-status'), 'BYPASS', 'without cache';
	is $sark->operate('deny')->json->{decision}, 'deny', 'a deny stays one';
	like $sark->log('policy'), qr/decision_cache_away/, 'the log says so';
	sleep 60 if long();
	$sark->redis->start;
	recovered();
	$load->stop;
	$sark->holds('R-13');
};

row 'G-18 PostgreSQL and Redis stopped' => sub {
	my $load = $sark->load(mix => \@mix);

	$sark->redis->stop;
	$sark->postgresql->stop;
	Sark::Temp->until('whose session it is nobody knows', sub {
		$sark->operate('decide')->status == 503 }, 60);
	is $sark->operate($_)->status, 503, "no $_"
	    for qw(decide deny login register forbidden);
	sleep 60 if long();
	$sark->postgresql->start;
	$sark->redis->start;
	recovered();
	$load->stop;
	$sark->holds('G-18');
};

# Fills what is left of a disk; the path of what fills it.
sub fill ($dir) {
	my $path = "$dir/filler";

	open my $out, '>:raw', $path or die "$path: $!\n";
	for my $size (1 << 20, 1 << 12) {
		while ((syswrite $out, "\0" x $size) // 0) { }
	}
	close $out;
	return $path;
}

row 'G-07 the disk of PostgreSQL is full' => sub { SKIP: {
	skip_here('mounting needs root') if $> != 0;
	my $sark = Sark::Fault->start(qw(login registry policy), {
	    small_pg => 200 });
	my $pg = $sark->postgresql;
	my $load = $sark->load(mix => [qw(decide login register deny)]);

	for (1 .. (long() ? 5 : 1)) {
		my $filler = fill($pg->{data});
		# a new segment of its log is more than the disk has
		Sark::Temp->until('PostgreSQL is full', sub {
			my ($rc) = $pg->try('CREATE TABLE IF NOT EXISTS'
			    . ' public.fill AS SELECT repeat(n::text, 500) FROM'
			    . ' generate_series(1, 200000) n');
			return $rc != 0;
		}, 60);
		Sark::Temp->until('no login', sub {
			$pg->try('SELECT pg_switch_wal()');
			return $sark->operate('login')->status == 503;
		}, 60);
		pass 'no login without its record';
		is $sark->operate('deny')->json->{decision}, 'deny',
		    'a deny stays one';
		unlink $filler;
		# it may have ended in panic, over and over again
		$pg->restart('immediate');
		$sark->psql('DROP TABLE IF EXISTS public.fill');
		$sark->until_ok($_) for qw(login register decide);
	}
	$load->stop;
	$sark->holds('G-07');
} };

done_testing;
