package Sark::Quickstart;

# A copy of the sources with a quickstart of its own, on a free port.  As
# root the copy lies where no other user may go, as a checkout in /root does.

use v5.36;
use File::Temp ();
use Sark::Temp;
use Sark::Tree qw(srcdir);
use Sark::WebServer;

my @made;

sub new ($class) {
	my $dir = File::Temp::tempdir('sqXXXXXX', DIR => '/tmp');
	my $self = bless { dir => $dir, owner => $$, temp => Sark::Temp->new,
		port => Sark::WebServer::free_port() }, $class;

	push @made, $self;
	my ($rc, undef, $err) = $self->{temp}->run([ 'sh', '-c',
	    'cd "$1" && tar -cf - --exclude=./.git --exclude=./build ' .
	    '--exclude="./build-[!a]*" ' .
	    '--exclude=./var --exclude=./autom4te.cache . | tar -xf - -C "$2"',
	    'sh', srcdir(), $dir ]);
	die "copy: $err" if $rc != 0;
	chmod 0700, $dir;
	return $self;
}

sub dir ($self) { return $self->{dir} }
sub url ($self) { return "http://127.0.0.1:$self->{port}" }

# What make, prove and CI have put into the environment is not for it.
sub environment ($self) {
	return (SARK_PORT => $self->{port}, MAKEFLAGS => '', MAKELEVEL => '',
		top_srcdir => '', top_builddir => '');
}

# ./quickstart with arguments: (exit value, output, error).
sub run ($self, @args) {
	return $self->{temp}->run([ "$self->{dir}/quickstart", @args ],
	    env => { $self->environment });
}

# What ./quickstart env says, as a shell would take it.
sub env ($self) {
	my ($rc, $out, $err) = $self->run('env');

	die "quickstart env: $err" if $rc != 0;
	return $out =~ /^(\w+)='(.*)'$/mg;
}

sub forget ($self) {
	my $var = readlink "$self->{dir}/var";

	$self->run('reset');
	system 'rm', '-rf', '--', $self->{dir}, $var // ();
}

END {
	my $status = $?;

	for my $self (@made) {
		$self->forget if $self->{owner} == $$ && !$ENV{SARK_KEEP};
	}
	$? = $status;
}

1;
