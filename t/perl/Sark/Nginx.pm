package Sark::Nginx;

# An nginx of the test's own, routed as etc/nginx/sark.conf routes.

use v5.36;
use parent 'Sark::WebServer';

sub binary ($class) { return 'nginx' }

sub command ($self, $config) {
	return ($self->{server}, '-p', $self->{temp}->dir, '-e', 'stderr',
	    '-c', $config);
}

# The samples with the paths that an administrator would edit.
sub own_sample ($self, $name) {
	return $self->sample("nginx/$name", sub ($text) {
		return $text =~ s{/run/sark/}{$self->{sockets}/}gr
		    =~ s{/etc/ssl/certs/sark\.pem}{$self->{certificate} // ''}er
		    =~ s{/etc/ssl/private/sark\.key}{$self->{key} // ''}er;
	});
}

sub write_config ($self) {
	my $dir = $self->{temp}->dir;
	my $inside = $self->{config} // '';

	$inside .= 'include ' . $self->own_sample('sark.conf') . ";\n"
	    if $self->{sockets};
	my $text = "daemon off;\npid $dir/nginx.pid;\nworker_processes 1;\n" .
	    "events { }\nhttp {\naccess_log off;\n" .
	    join('', map { "${_}_temp_path $dir/nginx-$_;\n" }
	    qw(client_body fastcgi proxy scgi uwsgi)) .
	    "server {\nlisten 127.0.0.1:$self->{port};\n$inside}\n";
	$text .= "server {\nlisten 127.0.0.1:$self->{tls_port} ssl;\n" .
	    'include ' . $self->own_sample('sark-tls.conf') . ";\n$inside}\n"
	    if $self->{tls};
	return $self->write("$dir/nginx.conf", "$text}\n");
}

1;
