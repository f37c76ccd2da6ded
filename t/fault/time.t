# The clock of the programs jumps, runs apart from that of PostgreSQL, or
# crosses one of the dates that software is known to stumble over.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use Sark::Fault;
use Sark::Temp;
use Sark::Tree qw(builddir spew);
use Test::More;
use Time::HiRes ();
use Time::Local 'timegm';

use constant { HOUR => 3600, YEAR => 365 * 86400 };

my @programs = qw(login registry policy);
my $clock = File::Temp->new(TEMPLATE => 'skclockXXXXXX', TMPDIR => 1);
my %shim = (LD_PRELOAD => builddir() . '/t/fault/.libs/shim.so',
	SARK_SHIM_CLOCK => "$clock", TZ => 'Europe/Berlin',
	ASAN_OPTIONS => "$ENV{ASAN_OPTIONS}:verify_asan_link_order=0");

# One write in place: programs have the file mapped.
sub ahead ($s) {
	open my $out, '+<', "$clock" or die "$clock: $!\n";
	syswrite $out, sprintf '%-63d', $s;
}

chmod 0644, "$clock";
spew("$clock", '0' . ' ' x 62 . "\0", 0644);
my $sark = Sark::Fault->start(@programs,
    { env => { map { $_ => \%shim } @programs } });

sub to ($time) {
	ahead($time - time);
}

# On a busy machine a store may be too late: the same is asked again.
sub answer_to ($kind) {
	my $answer;

	Sark::Temp->until("$kind is answered", sub {
		$answer = $sark->operate($kind);
		return $answer->status != 503
		    && ($answer->json->{reason} // '') ne 'policy_unavailable';
	});
	return $answer;
}

# The time that the programs believe in, from an event that one makes.
sub now_there () {
	my $id = answer_to('login')->{id};

	$sark->drain;
	return $sark->psql('SELECT floor(extract(epoch FROM time)) FROM'
	    . " sark.audit_event WHERE request_id = '$id' LIMIT 1");
}

# Everything works for those who log in now.
sub works ($name) {
	local $Test::Builder::Level = $Test::Builder::Level + 1;

	delete $sark->{tokens};
	$sark->token($_) for qw(dev admin operator);
	$sark->begin;
	is answer_to('login')->status, 200, "$name: login";
	is answer_to('wrong_login')->status, 401, "$name: a wrong one";
	is answer_to('decide')->json->{decision}, 'allow', "$name: allow";
	is answer_to('deny')->json->{decision}, 'deny', "$name: deny";
	is answer_to('register')->status, 201, "$name: register";
	is answer_to('forbidden')->status, 403, "$name: forbidden";
}

# Processor time that the workers have used, in hundredths of a second.
sub ticks () {
	my $n = 0;

	for my $pid (map { $sark->workers($_) } @programs) {
		my @stat = split ' ', Sark::Tree::slurp("/proc/$pid/stat")
		    =~ s/.*\) //sr;
		$n += $stat[11] + $stat[12];
	}
	return $n;
}

sub status_with ($token) {
	return $sark->client('login')->get('/api/v1/auth/me',
	    token => $token)->status;
}

row 'T-01 the clock jumps' => sub {
	my $old = $sark->token('dev');
	# a token lives an hour, and a minute's difference of clocks is allowed
	my %jump = ('an hour on' => HOUR + 300, 'an hour back' => -HOUR,
		'ten years on' => 10 * YEAR,
		'to 2038-01-19' => timegm(6, 14, 3, 19, 0, 2038) - time,
		'to 1970' => 60 - time);

	is status_with($old), 200, 'control: a token';
	for my $name (sort keys %jump) {
		ahead($jump{$name});
		is status_with($old), 401, "$name: a token of another time";
		works($name);
		my $shown = now_there();
		cmp_ok abs($shown - time - $jump{$name}), '<', 300,
		    "$name: the programs are there";
		my $before = ticks();
		Time::HiRes::sleep(1);
		cmp_ok ticks() - $before, '<', 60 * $sark->{workers},
		    "$name: idle workers do nothing";
		$sark->holds("T-01 $name");
	}
	ahead(0);
	is status_with($old), 200, 'and back: the first token is good again';
	works('T-01 back');
	$sark->holds('T-01 back');
	is $sark->psql('SELECT count(*) - max(seq) + min(seq) - 1 FROM'
	    . ' sark.audit_sequence'), '0', 'the trail has no gap';
};

row 'T-03 the programs and PostgreSQL are ten minutes apart' => sub {
	for my $apart (600, -600) {
		ahead($apart);
		works("$apart s");
		$sark->operate('decide') for 1 .. 5;
		$sark->holds("T-03 $apart s");
	}
	ahead(0);
	works('T-03 together');
};

row 'T-04 leap days, summer time, the turn of a year' => sub {
	my %at = (
		'29 February' => timegm(0, 0, 12, 29, 1, 2028),
		'the last second of a leap year' =>
		    timegm(59, 59, 23, 31, 11, 2028),
		'the hour that Berlin does not have' =>
		    timegm(58, 59, 0, 28, 2, 2027),
		'the hour that Berlin has twice' =>
		    timegm(58, 59, 0, 31, 9, 2027),
	);

	for my $name (sort keys %at) {
		to($at{$name});
		works($name);
		cmp_ok abs(now_there() - $at{$name}), '<', 300,
		    "$name: events have that time, in UTC";
		$sark->holds("T-04 $name");
	}
	ahead(0);
	works('T-04 now');
};

done_testing;
