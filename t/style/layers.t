# Includes point left only (lib/README), and each foreign library has one
# file that knows it.

use v5.36;
use Sark::Source;
use Sark::Tree qw(srcdir slurp);
use Test::More;

my @tools = qw(base conf json crypto);
my @below = (@tools, 'store', 'audit');
my @all = (@below, qw(net trace auth registry policy http proc serve));

# What each room may include, besides itself.
my %sees = (
	base => [], conf => ['base'], json => ['base'],
	crypto => [qw(base conf json)],
	net => \@tools, trace => [@tools, 'net'], store => \@tools, audit => [@tools, 'store'],
	auth => [@below, 'net'], policy => \@below,
	registry => [@below, 'policy'],	# it asks before it changes
	http => \@tools, proc => \@tools, serve => \@all,
	fcgi => \@all, bin => \@all,
);

# The files that may include a foreign header; one each.
my %foreign = (
	'libpq-fe.h' => qr{^lib/store/}, 'hiredis.h' => qr{^lib/store/},
	'hiredis/hiredis.h' => qr{^lib/store/},
	'json-c/json.h' => qr{^lib/json/}, 'json.h' => qr{^lib/json/},
	'jwt.h' => qr{^lib/crypto/}, 'curl/curl.h' => qr{^lib/},
	'confuse.h' => qr{^lib/conf/}, 'seccomp.h' => qr{^lib/proc/},
	'zlib.h' => qr{^lib/net/},
	'ldap.h' => qr{^lib/net/}, 'openldap.h' => qr{^lib/net/}, 'lber.h' => qr{^lib/net/},
	'oath.h' => qr{^lib/auth/}, 'liboath/oath.h' => qr{^lib/auth/},
	'qrencode.h' => qr{^lib/auth/},
);

# Libraries that one room may use in several files.
my %room = (qr{^openssl/} => 'crypto', qr{^sodium} => 'crypto');

sub room ($path) {
	return $path =~ m{^lib/(\w+)/} ? $1 : $path =~ m{^(fcgi|bin)/} ? $1 : '';
}

sub direction ($path, $text) {
	my $from = room($path);
	my %may = map { $_ => 1 } $from, @{ $sees{$from} // [] };
	my @wrong;

	for (includes($text)) {
		my ($line, $how, $name) = @$_;
		next if $how ne '"' || $name !~ m{^(\w+)/};
		push @wrong, "$path:$line: $from does not see $1"
		    if !$may{$1};
	}
	return @wrong;
}

sub foreigners ($path, $text) {
	my @wrong;

	for (includes($text)) {
		my ($line, undef, $name) = @$_;
		my $where = $foreign{$name};
		push @wrong, "$path:$line: $name may not be included here"
		    if $where && ($path !~ $where || $path !~ /\.c$/);
		for my $library (keys %room) {
			push @wrong, "$path:$line: $name is for $room{$library}"
			    if $name =~ $library && room($path) ne $room{$library};
		}
	}
	return @wrong;
}

my @files = sources(qr/\.[ch]$/, qw(lib fcgi bin));
my @rooms = map { m{^lib/(\w+)/} } @files;

ok !(grep { !$sees{$_} } @rooms), 'every room of lib has a place in the order';
check('includes point left only', \&direction, @files);
check('foreign headers stay in their room', \&foreigners, @files);

my %users;
for my $path (@files) {
	push @{ $users{ $_->[2] } }, $path
	    for includes(slurp(srcdir() . "/$path"));
}
for my $header (sort keys %foreign) {
	my @users = @{ $users{$header} // [] };
	cmp_ok scalar @users, '<=', 1, "one file knows $header"
	    or diag join "\n", @users;
}

planted(\&direction, 'lib/base/a.c', qq{#include "store/pg.h"\n},
    qq{#include "base/err.h"\n#include <stdio.h>\n});
planted(\&direction, 'lib/http/a.h', qq{#include "auth/rbac.h"\n},
    qq{#include "json/reader.h"\n});
planted(\&direction, 'lib/policy/a.c', qq{#include "registry/tool.h"\n},
    qq{#include "store/pg.h"\n#include "server.h"\n});
planted(\&foreigners, 'lib/auth/a.c', qq{#include <jwt.h>\n},
    qq{#include "crypto/jwt.h"\n});
planted(\&foreigners, 'lib/store/pg.h', qq{#include <libpq-fe.h>\n}, '');
planted(\&foreigners, 'lib/auth/a.c', qq{#include <openssl/evp.h>\n}, '');

done_testing;
