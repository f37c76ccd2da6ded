package Sark::Fault::History;

# What clients tried and what they were told, as lines of a file to which
# many processes append: each operation has an invoke and, unless its client
# died, one of
#
#	ok	acknowledged: it must be there at the end
#	fail	refused: it must not be there
#	info	nobody knows: it may be there
#
# and every line has the operation's id and the monotonic time.

use v5.36;
use Fcntl qw(O_APPEND O_CREAT O_WRONLY);
use JSON::PP ();
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

my $json = JSON::PP->new->canonical;

sub new ($class, $path) {
	return bless { path => $path, n => 0 }, $class;
}

# One line is one write: lines of several processes do not mix.
sub note ($self, %line) {
	sysopen my $out, $self->{path}, O_WRONLY | O_CREAT | O_APPEND, 0600
	    or die "$self->{path}: $!\n";
	my $text = $json->encode({ t => clock_gettime(CLOCK_MONOTONIC),
	    %line }) . "\n";

	(syswrite $out, $text) == length $text
	    or die "$self->{path}: cut short\n";
}

# An id of its own for an operation of kind $f.
sub invoke ($self, $f, %more) {
	my $id = "op-$$-" . ++$self->{n};

	$self->note(%more, type => 'invoke', id => $id, f => $f);
	return $id;
}

sub ok ($self, $id, %more) {
	$self->note(%more, type => 'ok', id => $id);
}

sub fail ($self, $id, %more) {
	$self->note(%more, type => 'fail', id => $id);
}

sub info ($self, $id, %more) {
	$self->note(%more, type => 'info', id => $id);
}

# The operations by id: f, end (ok, fail or info), and what else was noted.
# One that was sent again is known when one answer was sure: ok stays ok, and
# who did not know does not know more by a refusal.
my %weight = (fail => 1, info => 2, ok => 3);

sub operations ($self) {
	my %op;

	open my $in, '<', $self->{path} or return {};
	while (my $text = <$in>) {
		my $line = $json->decode($text);
		my $op = $op{ $line->{id} } //= { end => 'info' };
		my $type = delete $line->{type};

		$line->{"t_$type"} = delete $line->{t};
		delete $line->{wrong} if $op->{wrong};
		%$op = (%$op, %$line);
		next if $type eq 'invoke' || $op->{answered}++
		    && $weight{$type} < $weight{ $op->{end} };
		$op->{end} = $type;
	}
	return \%op;
}

1;
