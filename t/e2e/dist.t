# The tarball: everything that is tracked, and make distcheck likes it.

use v5.36;
use Sark::Skip;
use Sark::Temp;
use Sark::Tree qw(srcdir builddir);
use Test::More;

my $temp = Sark::Temp->new;
my $made = $temp->path('build');

# A build of its own: others use the one that is tested.
sub run ($dir, @command) {
	my ($rc, $out, $err) = $temp->run([ 'sh', '-c',
	    'cd "$1" && shift && exec "$@"', 'sh', $dir, @command ],
	    env => { MAKEFLAGS => '', MAKELEVEL => '' });

	return ($rc == 0, $out, $err);
}

mkdir $made;
my ($ok, $out, $err) = run($made, srcdir() . '/configure', '-q');
ok $ok, 'configure' or diag $err;
# no tests in the tests: the rest of distcheck is what is wanted here
($ok, $out, $err) = run($made, qw(make -s distcheck TESTS=));
ok $ok, 'make distcheck' or diag substr $err, -3000;

my ($tarball) = glob "$made/sark-*.tar.gz";
ok $tarball, 'there is a tarball';
(undef, $out) = run($made, 'tar', '-tf', $tarball);
my %packed = map { s{^[^/]+/}{}r => 1 } split /\n/, $out;
ok $packed{'lib/base/err.c'}, 'with sources in it';

SKIP: {
	skip_here('not a git checkout', 2) if !-e srcdir() . '/.git';
	($ok, $out, $err) = run(srcdir(), 'git', '-c', 'safe.directory=*',
	    'ls-files');
	ok $ok, 'git ls-files' or diag $err;
	is join("\n", grep { !$packed{$_} && !/^\.gitignore$/ }
	    split /\n/, $out), '', 'and every tracked file';
}

done_testing;
