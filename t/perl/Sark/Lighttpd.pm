package Sark::Lighttpd;

# A lighttpd of the test's own, routed as etc/lighttpd/sark.conf routes.

use v5.36;
use parent 'Sark::WebServer';

sub binary ($class) { return 'lighttpd' }

sub command ($self, $config) {
	return ($self->{server}, '-D', '-f', $config);
}

sub write_config ($self) {
	my $temp = $self->{temp};
	my $text = "server.document-root = \"" . $temp->dir . "\"\n" .
	    "server.bind = \"127.0.0.1\"\n" .
	    "server.port = $self->{port}\n" .
	    "server.upload-dirs = ( \"" . $temp->dir . "\" )\n";

	$text .= $self->tls if $self->{tls};
	$text .= "var.sark_sockets = \"$self->{sockets}\"\n" .
	    "include \"" . $self->sample('lighttpd/sark.conf') . "\"\n"
	    if $self->{sockets};
	$text .= $self->{config} // '';
	return $self->write($temp->path('lighttpd.conf'), $text);
}

sub tls ($self) {
	return "server.modules += ( \"mod_openssl\" )\n" .
	    "var.sark_certificate = \"$self->{certificate}\"\n" .
	    "var.sark_key = \"$self->{key}\"\n" .
	    "\$SERVER[\"socket\"] == \"127.0.0.1:$self->{tls_port}\" {\n" .
	    "\tinclude \"" . $self->sample('lighttpd/sark-tls.conf') .
	    "\"\n}\n";
}

1;
