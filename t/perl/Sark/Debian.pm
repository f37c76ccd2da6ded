package Sark::Debian;

# The Debian packages of this tree, and a Debian that has nothing else but
# what they ask for.  Needs root, and what apt can reach.
#
#	my $debian = Sark::Debian->new($temp);
#	$debian->build;
#	$debian->make_root;
#	my ($rc, $out, $err) = $debian->inside('sark-setup --batch');

use v5.36;
use Digest::SHA ();
use Sark::Skip;
use Sark::Tree qw(srcdir once slurp spew);

# Beside what the packages depend on; the servers are on the same host.
my @servers = qw(postgresql redis-server lighttpd curl);

sub new ($class, $temp) {
	skip_all('only root can make a Debian') if $> != 0;
	need($_) for qw(dpkg-buildpackage dh mandoc mmdebstrap unshare ip git
	    zstd);
	skip_all('not a git checkout') if !-e srcdir() . '/.git';
	return bless { temp => $temp, root => $temp->path('root') }, $class;
}

sub dir ($self) { return $self->{temp}->dir }
sub root ($self) { return $self->{root} }

# Runs a script; dies with what it said unless it ends with 0.
sub must ($self, $script, @args) {
	my ($rc, $out, $err) = $self->sh($script, @args);

	die substr($out, -2000) . substr($err, -2000) . "exit $rc\n" if $rc != 0;
	return $out;
}

sub sh ($self, $script, @args) {
	return $self->{temp}->run([ 'sh', '-euc', $script, 'sh', @args ],
	    env => { MAKEFLAGS => '', MAKELEVEL => '', LC_ALL => 'C.UTF-8' });
}

# From a clean copy of what is tracked.
sub build ($self) {
	$self->must(<<'END', $self->{temp}->dir, srcdir());
mkdir "$1/source"
cd "$2"
git -c safe.directory='*' ls-files -z | xargs -0 cp -P --parents -t "$1/source"
cd "$1/source"
DEB_BUILD_OPTIONS="noautodbgsym parallel=2" dpkg-buildpackage -us -uc
END
	$self->{deb} = { map { m{/(sark-\w+)_[^/]*\.deb$} ? ($1 => $_) : () }
	    glob $self->{temp}->dir . '/*.deb' };
}

# name => file
sub packages ($self) { return %{ $self->{deb} } }

# path => mode, as dpkg -c shows it
sub contents ($self, $name) {
	my $list = $self->must('dpkg -c "$1"', $self->{deb}{$name});

	return map { m{^(\S+) root/root .* \.(/\S*)(?: -> .*)?$} ? ($2 => $1) : () }
	    split /\n/, $list;
}

# The names that the packages depend on, the first of alternatives.
sub depends ($self) {
	my %name;

	for my $deb (values %{ $self->{deb} }) {
		my $depends = $self->must('dpkg-deb -f "$1" Depends', $deb);
		$name{$_} = 1 for grep { !/^sark-/ }
		    map { /^\s*([a-z0-9][a-z0-9.+-]*)/ } split /,/, $depends;
	}
	return sort keys %name;
}

# A Debian with what they depend on, but without them; made once, and anew
# when they depend on something else.
sub make_root ($self) {
	my $need = join ',', @servers, $self->depends;
	my $key = substr Digest::SHA::sha256_hex($need), 0, 16;
	my $kept = once("debian-$key", sub ($dir) {
		mkdir $dir;
		$self->must(<<'END', $dir, $need);
cd "$1"
apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
    'Created-By: Packages' 'Origin: Debian' | sort -u >sources.list
mmdebstrap --quiet --variant=minbase --include="$2" bookworm root.tar \
    sources.list
zstd -q --rm -1 root.tar
END
	});
	$self->must('mkdir "$2" && tar -C "$2" -xpf "$1" --numeric-owner',
	    "$kept/root.tar.zst", $self->{root});
}

# Runs a script in it, with processes and a network of its own.
sub inside ($self, $script) {
	return $self->sh(<<'END', $self->{root}, $script);
exec unshare --mount --pid --net --fork --kill-child sh -euc '
	ip link set lo up
	mount -t proc proc "$1/proc"
	mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm"
	mount -t devpts -o newinstance,ptmxmode=0666 devpts "$1/dev/pts"
	exec chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
	    LC_ALL=C.UTF-8 bash -euc "$2"' sh "$1" "$2"
END
}

# The packages in a folder of the root.
sub put ($self, $folder) {
	$self->must('mkdir -p "$1" && shift && cp "$@"', "$self->{root}$folder",
	    values %{ $self->{deb} }, "$self->{root}$folder");
}

# The same as a later version in another folder, with one migration more:
# the programs are these, so that nothing has to be compiled again.
sub put_next ($self, $folder, $version, $migration, $sql) {
	for my $name (qw(common server tools)) {
		$self->must(<<'END', $self->{deb}{"sark-$name"}, $version,
set -- "$1" "$2" "$3" "$4" "$5" "$6/$7"
dpkg-deb -R "$1" "$6"
old=$(dpkg-deb -f "$1" Version)
sed -i "s/^Version: $old\$/Version: $2/; s/(= $old)/(= $2)/" "$6/DEBIAN/control"
if [ -d "$6/usr/share/sark/sql" ]; then
	printf '%s\n' "$5" >"$6/usr/share/sark/sql/deploy/$4.sql"
	: >"$6/usr/share/sark/sql/verify/$4.sql"
	: >"$6/usr/share/sark/sql/revert/$4.sql"
fi
mkdir -p "$3"
dpkg-deb --root-owner-group -Znone -b "$6" "$3" >/dev/null
END
		    "$self->{root}$folder", $migration, $sql,
		    $self->{temp}->dir, "next-$name");
	}
}

# Every path in it that is not the servers' own to change: path => 1.
sub files ($self) {
	my $list = $self->must(<<'END', $self->{root});
cd "$1"
find . \( -path ./proc -o -path ./sys -o -path ./dev -o -path ./tmp \
    -o -path ./root -o -path ./var/lib/dpkg -o -path ./var/lib/postgresql \
    -o -path ./var/lib/redis -o -path ./var/cache -o -path ./var/log/postgresql \
    -o -path ./var/log/redis -o -path ./var/log/lighttpd \
    -o -path ./var/log/dpkg.log -o -path './run/*' ! -path './run/sark*' \
    \) -prune -o -print
END

	return map { substr($_, 1) => 1 } split /\n/, $list;
}

1;
