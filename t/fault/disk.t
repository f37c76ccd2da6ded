# Disks that are full, broken, read-only or gone; files that are torn; a log
# that nobody reads.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use Fcntl qw(O_NONBLOCK O_RDWR);
use POSIX ();
use Sark::Fault;
use Sark::Skip;
use Sark::Temp;
use Sark::Tree qw(builddir slurp);
use Test::More;

use constant F_SETPIPE_SZ => 1031;

# No decision without its record, and decisions again when there is room.
sub refuses_decisions ($sark, $name, $undo) {
	local $Test::Builder::Level = $Test::Builder::Level + 1;

	Sark::Temp->until("$name: refused", sub {
		$sark->operate('decide')->status == 503 });
	# one worker or the other may have a bit of room left
	Sark::Temp->until("$name: all workers", sub {
		($sark->operate('deny')->json->{code} // '')
		    eq 'audit_unavailable' });
	pass "$name: no decision without its record";
	is $sark->operate('login')->status, 200,
	    "$name: what is recorded in PostgreSQL goes on";
	$undo->();
	$sark->until_ok('decide');
	$sark->holds($name);
}

row 'D-01 the disk of the spool is full' => sub { SKIP: {
	skip_here('mounting needs root') if $> != 0;
	my $sark = Sark::Fault->start(qw(login registry policy),
	    { small_spool => 1 });
	my $filler = $sark->spool . '/.filler';
	my $answer;

	$sark->operate('decide');
	open my $out, '>', $filler or die "$filler: $!\n";
	while (syswrite $out, 'x' x 4096) { }
	close $out;
	refuses_decisions($sark, 'D-01', sub { unlink $filler });

	for my $n (1 .. 500) {
		$answer = $sark->operate('decide', context => {
		    filler => 'x' x 4000, n => $n });
		last if $answer->status != 200;
	}
	is $answer->status, 503, 'filled by its own records';
	$sark->drain;
	$sark->until_ok('decide');
	pass 'the loader makes room';
	$sark->holds('D-01');
} };

row 'D-02 no inodes, a read-only disk, a folder that is gone' => sub { SKIP: {
	skip_here('mounting needs root') if $> != 0;
	my $sark = Sark::Fault->start(qw(login registry policy),
	    { small_spool => 1 });
	my $spool = $sark->spool;
	my @files;

	system('mount', '-o', 'remount,nr_inodes=8', $spool) == 0
	    or die "cannot limit the inodes\n";
	for my $n (1 .. 20) {
		open my $out, '>', "$spool/.f$n" or last;
		push @files, "$spool/.f$n";
	}
	cmp_ok scalar @files, '<', 20, 'control: no inode is left';
	refuses_decisions($sark, 'D-02 inodes', sub {
		unlink @files;
		system('mount', '-o', 'remount,nr_inodes=0', $spool) });

	# Nobody has a segment open yet: a disk with one stays writable.
	$sark->restart_program($_) for qw(login registry policy);
	system('mount', '-o', 'remount,ro', $spool) == 0
	    or die "cannot be made read-only\n";
	refuses_decisions($sark, 'D-02 read-only', sub {
		system('mount', '-o', 'remount,rw', $spool) });

	# A folder that is moved away, and back.
	$sark = Sark::Fault->start(qw(login registry policy));
	rename $sark->spool, $sark->spool . '.away' or die "spool: $!\n";
	refuses_decisions($sark, 'D-02 gone', sub {
		rename $sark->spool . '.away', $sark->spool });
} };

row 'D-03 every write is short or interrupted' => sub {
	my %shim = (LD_PRELOAD => builddir() . '/t/fault/.libs/shim.so',
		SARK_SHIM_WRITES => 1, ASAN_OPTIONS =>
		"$ENV{ASAN_OPTIONS}:verify_asan_link_order=0");
	my $sark = Sark::Fault->start(qw(login registry policy),
	    { env => { map { $_ => \%shim } qw(login registry policy) } });
	my $load = $sark->load(mix => [qw(decide deny login register)]);

	is $sark->operate('decide')->status, 200, 'decisions are recorded'
	    for 1 .. 20;
	$load->stop;
	for my $args ([qw(sark-keys make)], [qw(sark-keys rotate)],
	    [qw(sark-keys list)]) {
		my ($rc, $out, $err) = $sark->run(@$args, { env => \%shim });
		is $rc, 0, "@$args" or diag $err;
	}
	$sark->temp->give($sark->{keys});
	$sark->restart_program('login');
	is $sark->operate('login')->status, 200, 'keys written so are whole';
	my ($rc, undef, $err) = $sark->run('sark-audit-load',
	    { env => \%shim });
	is $rc, 0, 'the loader reads what was written' or diag $err;
	$sark->holds('D-03');
};

# In place: owner, mode and inode stay.
sub put ($path, $text) {
	open my $out, '>', $path or die "$path: $!\n";
	syswrite $out, $text;
}

# What a torn file makes of a program's start: [ exit value, message ].
sub start_with ($sark, $program) {
	my ($rc, undef, $err) = $sark->run("sark-$program", '--check-config');

	return ($rc, $err);
}

row 'D-04 a torn key, setting or state' => sub {
	my $sark = Sark::Fault->start(qw(login registry policy));
	my ($key) = glob "$sark->{keys}/*.key.pem";
	my %file = (
		'the signing key' => [ $key, 'login' ],
		'the list of keys' => [ "$sark->{keys}/public/keyring.json",
		    'login' ],
		'the seal key' => [ $sark->temp->path('seal.key'), 'login' ],
		'the settings' => [ $sark->conf, 'login' ],
		'the metrics' => [ "$sark->{run}/metrics", 'login' ],
		'the policy' => [ glob("$sark->{policy}/*.so"), 'policy' ],
	);

	for my $name (sort keys %file) {
		my ($path, $program) = @{ $file{$name} };
		ok defined $path && -s $path, "$name: control: a file" or next;
		is +(start_with($sark, $program))[0], 0,
		    "$name: control: whole";
		my $whole = slurp($path);
		my $kept = int(length($whole) / 2);
		# settings of which the last one is torn in its middle
		$kept-- while $name eq 'the settings'
		    && substr($whole, 0, $kept) !~ /= "[^"\n]+\z/;
		# torn when it was made: who has it mapped has the whole one
		rename $path, "$path.whole" or die "$path: $!\n";
		system('cp', '-p', "$path.whole", $path);
		put($path, substr $whole, 0, $kept);
		my ($rc, $err) = start_with($sark, $program);
		is $rc, 78, "$name: torn: no start";
		like $err, qr/\A[^\n]+\n\z/, "$name: one line";
		my ($file) = $path =~ m{([^/]+)$};
		like $err, qr/\Q$file\E/,
		    "$name: that names it";
		is $sark->operate('login')->status, 200,
		    "$name: who runs goes on" if $program eq 'login';
		rename "$path.whole", $path or die "$path: $!\n";
	}
	$sark->arm(policy => 'spool_before:eio');
	is $sark->operate('decide')->json->{code}, 'audit_unavailable',
	    'EIO: no decision without its record';
	$sark->arm('policy');
	$sark->until_ok('decide');
	$sark->holds('D-04');
};

# A FIFO where the log of a program would be; it has little room.
sub fifo_for ($sark, $program) {
	my $path = $sark->temp->path("sark-$program.log");

	$sark->stop_program($program);
	unlink $path;
	POSIX::mkfifo($path, 0666) or die "$path: $!\n";
	chmod 0666, $path;
	sysopen my $reader, $path, O_RDWR | O_NONBLOCK or die "$path: $!\n";
	fcntl $reader, F_SETPIPE_SZ, 4096;
	$sark->start_program($program);
	unlink $path;	# nobody else is to read it
	return $reader;
}

sub read_all ($reader) {
	my $text = '';

	while (sysread $reader, my $bytes, 65536) {
		$text .= $bytes;
	}
	return $text;
}

row 'D-05 nobody reads the log, or its reader goes' => sub {
	my $sark = Sark::Fault->start(qw(login registry policy status));
	my $reader = fifo_for($sark, 'policy');

	is $sark->operate('decide')->status, 200, 'nobody waits for the log'
	    for 1 .. 60;
	my $log = read_all($reader);
	cmp_ok length $log, '<=', 8192, 'control: there was no room';
	is scalar(grep { !/^time=\S+ level=.* event=/ } split /\n/, $log), 0,
	    'what was written are whole lines';
	is $sark->operate('decide')->status, 200, 'once more';
	Sark::Temp->until('new lines', sub { read_all($reader) ne '' });
	pass 'lines again when there is room';
	Sark::Temp->until('the lost ones are counted', sub {
		$sark->client('status')->get('/metrics')->body =~
		    /^sark_log_lines_lost_total\{[^}]*policy[^}]*\} [1-9]/m });
	pass 'the lost ones are counted';
	close $reader;
	is $sark->operate('decide')->status, 200, 'its reader has gone'
	    for 1 .. 20;
	$sark->holds('D-05');
};

done_testing;
