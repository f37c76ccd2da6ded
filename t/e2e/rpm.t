# contrib/rpm/sark.spec: rpm reads it, its %install works on what make install
# gives, and its %files are exactly that.

use v5.36;
use Sark::Skip;
use Sark::Temp;
use Sark::Tree qw(builddir slurp spew srcdir);
use Test::More;

need($_) for qw(rpmspec mandoc);

my $temp = Sark::Temp->new;
my ($rc, $spec, $err) = $temp->run([ 'rpmspec', '-P', '--define',
    '_buildrootdir ' . $temp->dir, srcdir() . '/contrib/rpm/sark.spec' ]);
is $rc, 0, 'rpm reads it' or BAIL_OUT($err);

my ($version) = slurp(srcdir() . '/configure.ac') =~
    /^AC_INIT\(\[sark\], \[([^\]]+)\]\)/m;
like $spec, qr/^Version:\s+\Q$version\E$/m, 'it is of this version';

# "files server" => its lines
my (undef, %section) = split
    /^%((?:package|description|prep|install|pre|post|preun|postun|posttrans|files|changelog)\b.*)\n/m,
    $spec;

for my $name (sort grep { /^(?:pre|post|preun|postun|posttrans) / } keys %section) {
	my ($rc, undef, $err) = $temp->run([ 'sh', '-n' ],
	    stdin => $section{$name});
	is $rc, 0, "%$name is sh" or diag $err;
}

# ---- what is installed

# In place of the build in the folder of the sources: one of elsewhere, with
# the folders that %configure has chosen.
my ($root) = $section{install} =~ /\bDESTDIR=(\S+)/;
my $there = $temp->mkdir('there');
my %folder = $spec =~ /--(\w+dir|prefix)=(\S+)/g;
my $folders = join ' ', map { "$_=$folder{$_}" } sort keys %folder;
my $build = builddir();

symlink srcdir() . '/man', "$there/man";
spew("$there/Makefile", "install:\n\t\$(MAKE) -s -C $build install "
    . "DESTDIR=\$(DESTDIR) $folders\n");
($rc, undef, $err) = $temp->run([ 'sh', '-euc', "cd $there; $section{install}" ],
	env => { MAKEFLAGS => '', MAKELEVEL => '' });
is $rc, 0, '%install works' or BAIL_OUT(substr $err, -2000);

my @installed = map { substr $_, length $root }
    split /\n/, qx(find '$root' ! -type d);
cmp_ok scalar @installed, '>', 80, 'and installs ' . @installed . ' files';

# What a line of %files means: a folder is all that is below it.
sub paths ($line) {
	my $folder = $line =~ s/^%dir\s+//;

	$line =~ s/^%(?:config|attr)\([^)]*\)\s+//;
	return grep { -d "$root$_" } $line if $folder;
	return map { -d $_ ? split(/\n/, qx(find '$_' ! -type d)) : $_ }
	    grep { -e $_ } glob "$root$line";
}

# What is wrong with the lists: package => text.
sub wrong (%files) {
	my (%owners, @wrong);

	for my $package (sort keys %files) {
		for my $line (split /\n/, $files{$package}) {
			next if $line =~ /^(?:#.*)?$/;
			if ($line =~ s/^%(?:doc|license)\s+//) {
				push @wrong, map { "$package: no $_" }
				    grep { !-e srcdir() . "/$_" } split / /, $line;
				next;
			}
			my @paths = paths($line);
			push @wrong, "$package: nothing is $line" if !@paths;
			push @{ $owners{ s/^\Q$root\E//r } }, $package for @paths;
		}
	}
	push @wrong, map { "nobody has $_" } grep { !$owners{$_} } @installed;
	push @wrong, map { "$_: @{ $owners{$_} }" }
	    grep { @{ $owners{$_} } > 1 } sort keys %owners;
	return @wrong;
}

my %files = map { /^files (\w+)$/ ? ($1 => $section{$_}) : () } keys %section;
is join(' ', sort keys %files), 'common doc server tools',
    'the packages of debian/';
is join("\n", wrong(%files)), '', 'each file is in one of them';

# controls
my %less = (%files, tools => $files{tools} =~ s/^.*sarkctl$//mr);
is join("\n", wrong(%less)), 'nobody has /usr/bin/sarkctl',
    'a file that is missing is seen';
my %more = (%files, tools => "$files{tools}/usr/bin/none\n");
is join("\n", wrong(%more)), 'tools: nothing is /usr/bin/none',
    'a line without a file is seen';
my %twice = (%files, tools => "$files{tools}/usr/sbin/sark-run\n");
is join("\n", wrong(%twice)), '/usr/sbin/sark-run: server tools',
    'a file in two packages is seen';

done_testing;
