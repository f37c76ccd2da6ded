package Sark::Tree;

# Where the sources and what was built from them lie.

use v5.36;
use Cwd 'abs_path';
use Digest::SHA;
use Exporter 'import';
use Fcntl ':flock';
use File::Basename 'dirname';
use Time::HiRes ();

our @EXPORT_OK = qw(srcdir builddir program once digest slurp spew);

# make check names the two; prove finds them from here.  SARK_SANITIZED=1: the
# build with sanitizers below the other, as ./check makes it.
sub srcdir () {
	state $dir = $ENV{top_srcdir}
	    // abs_path(dirname(__FILE__) . '/../../..');
	return $dir;
}

sub builddir () {
	state $dir = ($ENV{top_builddir} // found_builddir()) .
	    ($ENV{SARK_SANITIZED} ? '/sanitizers' : '');
	return $dir;
}

sub found_builddir () {
	for my $dir ('.', srcdir() . '/build', srcdir() . '/build-check',
	    srcdir()) {
		return abs_path($dir)
		    if -e "$dir/config.status" && -e "$dir/Makefile";
	}
	die "no build found: run configure in build/, or set top_builddir\n";
}

# Takes the programs of these names from another build.
my ($other_build, $other_names);
sub take_programs ($dir, $names) {
	($other_build, $other_names) = ($dir, $names);
}

# The path of a built program or tool; undef when it is not there.
sub find_program ($name) {
	my $top = $other_build && $name =~ $other_names ? $other_build
	    : builddir();

	for my $path ("$top/$name", glob("$top/{bin,sbin}/$name"),
	    glob("$top/{fcgi,bin}/*/$name")) {
		return $path if -x $path && -f _;
	}
	return undef;
}

sub program ($name) {
	return find_program($name) // die "$name is not built\n";
}

# What libtool's wrapper script stands for: the file that changes.
sub binary ($name) {
	my $path = program($name);
	my $real = $path =~ s{([^/]+)$}{.libs/$1}r;

	return -e $real ? $real : $path;
}

sub slurp ($path) {
	open my $in, '<:raw', $path or die "$path: $!\n";
	local $/;
	return scalar <$in>;
}

sub spew ($path, $text, $mode = 0644) {
	unlink $path;
	sysopen my $out, $path, Fcntl::O_WRONLY | Fcntl::O_CREAT |
	    Fcntl::O_EXCL, $mode or die "$path: $!\n";
	print $out $text;
	close $out or die "$path: $!\n";
	return $path;
}

# One name for the content of some files.
sub digest (@paths) {
	my $sha = Digest::SHA->new(256);

	for my $path (sort @paths) {
		$sha->add("$path\0");
		$sha->addfile($path);
	}
	return substr $sha->hexdigest, 0, 16;
}

# What is costly and the same for every test is made by the first that needs
# it, into a folder of the build tree; the others wait and use it.
sub once ($name, $make) {
	my $cache = builddir() . '/t/cache';
	my $dir = "$cache/$name";

	mkdir builddir() . '/t';
	mkdir $cache;
	open my $lock, '>', "$dir.lock" or die "$dir.lock: $!\n";
	flock $lock, LOCK_EX or die "$dir.lock: $!\n";
	if (!-e "$dir/.made") {
		system('rm', '-rf', '--', $dir) == 0 or die "rm $dir\n";
		$make->($dir);
		spew("$dir/.made", '');
	}
	return $dir;
}

1;
