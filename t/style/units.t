# The systemd units: systemd understands them, and what they may do is little.
# The programs named in them need not be installed for that.

use v5.36;
use Sark::Skip;
use Sark::Temp;
use Sark::Tree qw(builddir slurp spew);
use Test::More;

my $analyze = need('systemd-analyze');
my $temp = Sark::Temp->new;
my @units = glob builddir() . '/etc/systemd/*.{service,socket,target}';
my $dir = $temp->mkdir('units');

sub verify (@paths) {
	my ($rc, $out, $err) = $temp->run([ $analyze, 'verify', '--man=no',
	    '--recursive-errors=no', @paths ], env => { LC_ALL => 'C.UTF-8' });

	return "$rc $out$err";
}

# Exposure in tenths, as systemd-analyze counts it: 0 best, 100 worst.
sub exposure ($path) {
	my (undef, $out) = $temp->run([ $analyze, 'security', '--offline=true',
	    '--no-pager', $path ], env => { LC_ALL => 'C.UTF-8' });

	return $out =~ /Overall exposure level for \S+: (\d+)\.(\d)/
	    ? 10 * $1 + $2 : 'unknown';
}

my @paths;
for my $unit (@units) {
	my $text = slurp($unit) =~ s/^ExecStart=\S+/ExecStart=\/bin\/true/mr;
	push @paths, spew("$dir/" . $unit =~ s{.*/}{}r, $text);
	unlike $text, qr/\@[a-z]+\@/, "$paths[-1] names its folders";
	like $text, qr/^ExecReload=.*kill -HUP \$MAINPID$/m,
	    "$paths[-1] is reloaded by SIGHUP" if $unit =~ /\.service$/;
}
is scalar @paths, 17, 'seven programs with sockets, two services, target';
is verify(@paths), '0 ', 'systemd has nothing to say about them';

for my $path (grep { /\.service$/ } @paths) {
	my $level = exposure($path);
	cmp_ok $level, '<=', 20, $path =~ s{.*/}{}r . ": exposure $level";
}

# The controls: both see what is wrong.
my $service = slurp("$dir/sark-login.service");
my $bad = spew("$dir/bad.service",
    $service =~ s/^Restart=.*/Restart=perhaps/mr);
like verify($bad), qr/restart.*perhaps/, 'a wrong value is seen';
my $open = spew("$dir/open.service",
    $service =~ s/^(?:Protect|Restrict|SystemCall|Capab|NoNew).*\n//mgr);
cmp_ok exposure($open), '>', 40, 'a service without limits is seen';

done_testing;
