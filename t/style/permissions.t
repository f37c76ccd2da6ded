# The catalogue of permissions (lib/auth/catalogue.c) has what the routes ask
# for and the built-in roles give, and sark-admin(8) explains each.

use v5.36;
use Sark::Source;
use Sark::Tree qw(srcdir slurp);
use Test::More;

my $word = qr/"([a-z_]+(?::[a-z_*]+)+)"/;

# The words of a table that begins with a line and ends with "};".
sub table ($text, $begin) {
	my ($rows) = $text =~ /\Q$begin\E.*?\{(.*?)\n\};/s
	    or die "no $begin\n";
	return $rows =~ /$word/g;
}

sub known ($permission, @catalogue) {
	return 1 if grep { $_ eq $permission } @catalogue;
	return $permission =~ /^(.*:)\*$/
	    && scalar grep { substr($_, 0, length $1) eq $1 } @catalogue;
}

my @catalogue = table(slurp(srcdir() . '/lib/auth/catalogue.c'),
    'sark_permissions[]');
my @given = table(slurp(srcdir() . '/lib/auth/rbac.c'), 'built_in[]');
my $manual = slurp(srcdir() . '/man/sark-admin.8');
my @routes = sources(qr{/routes\.c$}, 'fcgi');

cmp_ok scalar @catalogue, '>', 10, 'there is a catalogue';
is "@catalogue", join(' ', sort @catalogue), 'in order';
for my $path (@routes) {
	my @asked = slurp(srcdir() . "/$path") =~ /SARK_MAY\($word\)/g;

	is_deeply [ grep { !known($_, @catalogue) } @asked ], [],
	    "$path: lib/auth/catalogue.c has what it asks for";
}
is_deeply [ grep { !known($_, @catalogue) } @given ], [],
    'it has what built-in roles give';
is_deeply [ grep { $manual !~ /^\.It Li \Q$_\E$/m } @catalogue ], [],
    'and sark-admin(8) explains each';

ok !known('audit:wipe', @catalogue), 'an unknown permission is seen';
ok !known('nothing:*', @catalogue), 'so is an unknown area';
ok known('audit:*', @catalogue), 'an area is known';

done_testing;
