#!/usr/bin/perl
# sark-policy-build(8) as an administrator meets it, with opa and without.
use strict;
use warnings;

use Cwd qw(abs_path);
use Digest::SHA qw(sha256_hex);
use Fcntl qw(:flock);
use File::Copy qw(copy);
use File::Temp qw(tempdir);
use JSON::PP;
use Test::More;

my $top = abs_path($ENV{top_srcdir} // '.');
my $tool = abs_path($ENV{top_builddir} // 'build') . '/bin/sark-policy-build';
my $dir = tempdir('sark-policy-build-test.XXXXXX', TMPDIR => 1, CLEANUP => 1);
my ($opa) = grep { -x } map { "$_/opa" } split /:/, $ENV{PATH};

# Tools that translate and compile, and what libtool's wrapper needs; opa
# only where a test asks for it.
mkdir $_ or die $! for map { "$dir/$_" } qw(bin opa tmp);
for my $name (qw(cc as ld wasm2c tar gzip ls sed rm cat)) {
	my ($path) = grep { -x } map { "$_/$name" } qw(/usr/bin /bin);
	symlink $path, "$dir/bin/$name" or die "$name: $!";
}
symlink $opa, "$dir/opa/opa" or die $! if $opa;

sub spit {
	my ($path, $text) = @_;
	open my $out, '>', $path or die "$path: $!";
	print $out $text;
	close $out or die "$path: $!";
}

sub slurp {
	my ($path) = @_;
	open my $in, '<', $path or die "$path: $!";
	local $/;
	return scalar <$in>;
}

# Runs the tool; its exit value and what it printed.
sub build {
	my ($env, @args) = @_;
	my $log = "$dir/log";
	my $pid = fork // die $!;
	if (!$pid) {
		%ENV = (PATH => "$dir/bin", TMPDIR => "$dir/tmp", %$env);
		open STDOUT, '>', $log or die $!;
		open STDERR, '>&', \*STDOUT or die $!;
		exec $tool, @args or die $!;
	}
	waitpid $pid, 0;
	return ($? & 127 ? "signal $?" : $? >> 8, slurp($log));
}

my $n = 0;
# A copy of the shipped policy and a folder to install into.
sub shipped {
	my $source = "$dir/source" . ++$n;
	mkdir $source or die $!;
	copy $_, $source or die "$_: $!" for glob "$top/etc/policy/*";
	return ($source, "$dir/policy$n");
}

sub folder {
	my (%files) = @_;
	my $source = "$dir/source" . ++$n;
	mkdir $source or die $!;
	spit("$source/$_", $files{$_}) for keys %files;
	return ($source, "$dir/policy$n");
}

# A policy that is quickly built: a small module instead of compiled Rego.
sub small {
	my ($source, $policy) = folder('policy.rego' => "package sark\n");
	system('wat2wasm', "$top/t/data/engine/faults.wat", '-o',
	    "$source/policy.wasm") == 0 or die 'wat2wasm failed';
	spit("$source/policy.wasm.sources", join '', map {
	    sha256_hex(slurp("$source/$_")) . "  $_\n" } qw(policy.rego policy.wasm));
	return ($source, $policy);
}

sub manifest {
	return decode_json(slurp("$_[0]/manifest.json"));
}

sub leaves_nothing {
	my @left = glob "$dir/tmp/*";
	is "@left", '', 'nothing is left in the scratch folder';
}

subtest 'values that would switch a denial off' => sub {
	my ($source, $policy) = shipped();
	my $shipped = slurp("$source/data.json");
	my @wrong = (
		[ qr/"224\.0\.0\.0\/3"/, '"224.0.0.0/33"', qr/224\.0\.0\.0\/33 is no range/ ],
		[ qr/"guard":/, '"gaurd":', qr/gaurd is not known; guard\.patterns is missing/ ],
	);
	for my $row (@wrong) {
		my ($from, $to, $expected) = @$row;
		spit("$source/data.json", $shipped =~ s/$from/$to/r);
		my ($exit, $said) = build({}, '-o', $policy, $source);
		is $exit, 78, "refuses $to";
		like $said, $expected, 'says why';
		ok !-e "$policy/manifest.json", 'installs nothing';
	}
};

subtest 'without opa: the module that ships' => sub {
	my ($source, $policy) = shipped();
	my ($exit, $said) = build({}, '--output', $policy, $source);
	is $exit, 0, 'installs' or diag $said;
	is $said, '', 'is silent';
	my $manifest = manifest($policy);
	my @mine = sort map { /([^\/]+)$/ } grep { !/_test/ } glob "$source/*.rego";
	is_deeply [ sort keys %{$manifest->{sources}} ], \@mine, 'names its sources';
	is +(stat "$policy/$manifest->{object}")[2] & 07777, 0644, 'the object is 0644';
	leaves_nothing();

	my $before = slurp("$policy/manifest.json");
	($exit) = build({}, '--check', '--output', $policy, $source);
	is $exit, 0, '--check passes';
	is slurp("$policy/manifest.json"), $before, '--check installs nothing';

	spit("$source/data.json", slurp("$source/data.json") =~ s/"09:00"/"08:00"/r);
	($exit, $said) = build({}, '--output', $policy, $source);
	is $exit, 0, 'the data may change' or diag $said;
	isnt manifest($policy)->{revision}, $manifest->{revision}, 'with it the revision';

	$before = slurp("$policy/manifest.json");
	spit("$source/rbac.rego", slurp("$source/rbac.rego") . "\n# changed\n");
	($exit, $said) = build({}, '--output', $policy, $source);
	is $exit, 69, 'changed Rego needs opa';
	like $said, qr/opa is needed to compile/, 'and says so';
	is slurp("$policy/manifest.json"), $before, 'the installed policy stays';
};

subtest 'without opa: what is refused' => sub {
	my ($source, $policy) = shipped();
	my $wasm = slurp("$source/policy.wasm");
	spit("$source/policy.wasm", $wasm . 'x');
	my ($exit, $said) = build({}, '-o', $policy, $source);
	is $exit, 78, 'a module that is not the listed one';
	like $said, qr/not the file that \S+ lists/, 'is named';
	ok !-e $policy, 'nothing was made';
	spit("$source/policy.wasm", $wasm);
	unlink "$source/policy.wasm.sources" or die $!;
	is +(build({}, '-o', $policy, $source))[0], 78, 'no list of sources';

	my $rego = "package sark\n";
	for my $row (
	    [ 'no Rego', {}, qr/no Rego/ ],
	    [ 'only tests', { 'a_test.rego' => $rego }, qr/no Rego/ ],
	    [ 'data that is no JSON', { 'a.rego' => $rego, 'data.json' => '{' }, qr/data\.json: JSON/ ],
	    [ 'data with duplicates', { 'a.rego' => $rego, 'data.json' => '{"a":1,"a":2}' }, qr/duplicate/ ],
	    [ 'data that is no object', { 'a.rego' => $rego, 'data.json' => '[]' }, qr/not an object/ ],
	    [ 'data in the place of rules', { 'a.rego' => $rego,
		'data.json' => '{"sark":{"decision":{"allow":true}}}' }, qr/belongs to the rules/ ],
	) {
		my ($name, $files, $why) = @$row;
		my ($from, $to) = folder(%$files);
		my ($code, $text) = build({}, '-o', $to, $from);
		is $code, 78, $name;
		like $text, $why, "$name: why";
	}
	my ($from, $to) = folder('a.rego' => $rego);
	mkdir "$from/more" or die $!;
	($exit, $said) = build({}, '-o', $to, $from);
	is $exit, 78, 'a folder within';
	like $said, qr/without folders/, 'is named';
	leaves_nothing();
};

subtest 'the place of installation' => sub {
	my ($source, $policy) = small();
	mkdir $policy or die $!;
	chmod 0775, $policy or die $!;
	my ($exit, $said) = build({}, '-o', $policy, $source);
	is $exit, 78, 'a folder that the group can write';
	like $said, qr/can be written by group/, 'is named';
	chmod 0755, $policy or die $!;
	is +(build({}, '-o', $policy, $source))[0], 0, 'is used once it is closed';

	open my $lock, '>>', "$policy/build.lock" or die $!;
	flock $lock, LOCK_EX | LOCK_NB or die $!;
	is +(build({}, '-o', $policy, $source))[0], 75, 'another run is under way';
	close $lock;

	spit("$dir/sark.conf", "policy_dir = \"$policy-set\"\n");
	is +(build({}, '--config', "$dir/sark.conf", $source))[0], 0, 'policy_dir says where';
	ok -e "$policy-set/manifest.json", 'and is used';
	is +(build({}, '--config', "$dir/none.conf", $source))[0], 78, 'no settings';
	is +(build({}, $source, $source))[0], 64, 'two folders';
	is +(build({}, '--nonsense'))[0], 64, 'an unknown option';
	like +(build({}, '--help'))[1], qr/--check/, '--help';
	like +(build({}, '--version'))[1], qr/^sark-policy-build \(SARK\)/, '--version';
};

subtest 'missing tools are named with their packages' => sub {
	my ($source, $policy) = small();
	for my $row ([ 'wasm2c', qr/wabt/ ], [ 'cc', qr/gcc/ ]) {
		my ($name, $package) = @$row;
		rename "$dir/bin/$name", "$dir/$name" or die $!;
		my ($exit, $said) = build({}, '-o', $policy, $source);
		rename "$dir/$name", "$dir/bin/$name" or die $!;
		is $exit, 69, "no $name";
		like $said, qr/$name is not installed.*$package/, 'is said';
	}
	leaves_nothing();
};

SKIP: {
	skip 'opa is not installed', 1 if !$opa;
	subtest 'with opa' => sub {
		my $env = { PATH => "$dir/bin:$dir/opa" };
		my ($source, $policy) = shipped();
		my ($exit, $said) = build($env, '-o', $policy, $source);
		is $exit, 0, 'compiles the shipped policy' or diag $said;
		my $hash = manifest($policy)->{hashes}{wasm};
		like slurp("$source/policy.wasm.sources"), qr/^$hash  policy\.wasm$/m,
		    'to the module that ships, byte for byte';

		my $saved = slurp("$source/policy.wasm.sources");
		is +(build($env, '--check', '--save', $source))[0], 0, '--save';
		is slurp("$source/policy.wasm.sources"), $saved, 'writes the same again';

		spit("$source/rbac.rego", slurp("$source/rbac.rego") . "\n# changed\n");
		is +(build($env, '--check', '--save', $source))[0], 0, '--save after a change';
		is +(build({}, '--check', $source))[0], 0, 'serves those without opa';

		spit("$source/rbac.rego", slurp("$source/rbac.rego") . "\nallow if {\n");
		($exit, $said) = build($env, '-o', $policy, $source);
		is $exit, 65, 'Rego that does not parse';
		like $said, qr/rego_parse_error/, 'opa says where';

		my %rules = ('sark.rego' => "package sark\ndecision := {\"allow\": input.a == 1}\n");
		my ($own, $to) = folder(%rules, 'sark_test.rego' =>
		    "package sark_test\ntest_no if data.sark.decision.allow with input as {\"a\": 2}\n");
		($exit, $said) = build($env, '-o', $to, $own);
		is $exit, 65, 'a test that fails';
		like $said, qr/test_no: FAIL/, 'is shown';
		ok !-e $to, 'and nothing is installed';

		($own, $to) = folder('sark.rego' => "package sark\ndecision := http.send({\"url\": input.u, \"method\": \"get\"})\n");
		($exit, $said) = build($env, '-o', $to, $own);
		is $exit, 78, 'a builtin that we have not';
		like $said, qr/needs the builtin http\.send/, 'is named';
		ok !-e $to, 'and nothing is installed';

		($own, $to) = folder('sark.rego' => "package sark\nother := 1\n");
		is +(build($env, '-o', $to, $own))[0], 65, 'no decision';
		leaves_nothing();
	};
}

done_testing;
