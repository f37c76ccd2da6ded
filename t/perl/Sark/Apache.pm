package Sark::Apache;

# An Apache of the test's own, routed as etc/apache2/sark.conf routes, or with
#	programs	folder of the programs, started by mod_fcgid
#	conf		their settings
# as etc/apache2/sark-fcgid.conf does.

use v5.36;
use parent 'Sark::WebServer';
use Sark::Tree 'srcdir';

my $modules = '/usr/lib/apache2/modules';
my @modules = qw(mpm_event alias authz_core headers ssl socache_shmcb);

sub binary ($class) { return 'apache2' }

sub command ($self, $config) {
	return ($self->{server}, '-d', $self->{temp}->dir, '-f', $config,
	    '-D', 'FOREGROUND');
}

sub write_config ($self) {
	my $dir = $self->{temp}->dir;
	my %define = (SARK_SOCKETS => $self->{sockets},
	    SARK_PROGRAMS => $self->{programs}, SARK_CONF => $self->{conf},
	    SARK_CERTIFICATE => $self->{certificate}, SARK_KEY => $self->{key});
	my $text = join '', map { "Define $_ $define{$_}\n" }
	    grep { defined $define{$_} } sort keys %define;

	$text .= "Define SARK_ETC $dir/apache2\n" . $self->basics;
	$text .= $self->host($self->{port}, '');
	$text .= $self->host($self->{tls_port},
	    "Include \${SARK_ETC}/sark-tls.conf\n") if $self->{tls};
	return $self->write("$dir/apache2.conf", $text);
}

# What Debian's apache2.conf has, as far as it is needed.
sub basics ($self) {
	my $dir = $self->{temp}->dir;
	my @load = (@modules, $self->{programs} ? 'fcgid'
	    : qw(proxy proxy_fcgi));

	mkdir "$dir/apache2";
	$self->write("$dir/apache2/$_",
	    Sark::Tree::slurp(srcdir() . "/etc/apache2/$_"))
	    for qw(sark.conf sark-fcgid.conf sark-http.conf sark-tls.conf);
	$self->{temp}->give("$dir/apache2");
	return join('', map { "LoadModule ${_}_module $modules/mod_$_.so\n" }
	    @load) . "ServerName localhost\nServerTokens Prod\n" .
	    "PidFile $dir/apache2.pid\nDefaultRuntimeDir $dir\n" .
	    "Mutex file:$dir default\nDocumentRoot $dir/apache2\n" .
	    "ErrorLog $dir/apache2-error.log\n" .
	    ($self->{programs} ? "FcgidIPCDir $dir/fcgid\n" .
	    "FcgidProcessTableFile $dir/fcgid.table\n" : '');
}

sub host ($self, $port, $tls) {
	my $sample = $self->{programs} ? 'sark-fcgid' : 'sark';

	return "Listen 127.0.0.1:$port\n<VirtualHost 127.0.0.1:$port>\n$tls" .
	    "Include \${SARK_ETC}/$sample.conf\n" . ($self->{config} // '') .
	    "</VirtualHost>\n";
}

1;
