package Sark::Driver;

# A built test program that takes a line and answers a line.

use v5.36;
use IPC::Open2;
use Sark::Tree 'builddir';

sub start ($class, $program, @args) {
	my $path = builddir() . "/$program";
	my $self = bless {}, $class;

	-x $path or die "$path is not built\n";
	$self->{pid} = open2($self->{out}, $self->{in}, $path, @args);
	return $self;
}

sub pid ($self) {
	return $self->{pid};
}

# The answer; undef when the program has died.
sub say ($self, $line) {
	local $SIG{PIPE} = 'IGNORE';

	print { $self->{in} } "$line\n" or return undef;
	$self->{in}->flush;
	my $answer = readline $self->{out};
	chomp $answer if defined $answer;
	return $answer;
}

# Ends the input; the exit status, 0 when all is well.
sub end ($self) {
	close $self->{in};
	waitpid delete $self->{pid}, 0;
	return $?;
}

sub DESTROY ($self) {
	local $?;
	$self->end if $self->{pid};
}

1;
