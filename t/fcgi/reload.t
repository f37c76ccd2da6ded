#!/usr/bin/perl
# SIGHUP: new settings for a program that goes on serving.  sark-status
# stands for all programs: they share lib/serve.

use v5.36;
use IO::Socket::UNIX;
use Test::More;

use Sark::Load;
use Sark::Program;
use Sark::Temp;
use Sark::Tree qw(slurp spew);

# Settings that need the environment, also when they are read again.
$ENV{SARK_TEST_FORMAT} = 'kv';

my $temp = Sark::Temp->new;
my $status = Sark::Program->new($temp, 'sark-status',
    log_format => '${SARK_TEST_FORMAT}', Sark::Load::patient);
my $good = slurp($status->conf);

$status->start(workers => 2);

sub live () {
	my $res = $status->client(timeout => 30)->get('/health/live');

	return $res->status == 200 ? '' : $res->status . ' ' . $res->error;
}

# How often the log has this event; its lines.
sub lines ($event) {
	return grep { /event"?[=:]"?$event\b/ } split /\n/, $status->log;
}

# Sends SIGHUP with other settings and waits for the word that ends it.
sub reload ($text, $event) {
	my $before = lines($event);

	spew($status->conf, $text);
	kill HUP => $status->pid;
	Sark::Temp->until($event, sub { lines($event) > $before }, 30);
}

sub workers () {
	return join ' ', sort { $a <=> $b } $status->workers;
}

subtest 'P-10 good settings under load: no request fails' => sub {
	my %old = map { $_ => 1 } $status->workers;
	my $load = Sark::Load->start(4, \&live);

	for my $round (1 .. 5) {
		$load->more(50);
		reload($good . "session_limit = $round\n",
		    'workers_replaced');
		Sark::Temp->until('two workers', sub {
			$status->workers == 2 }, 30);
	}
	$load->more(50)->stop;
	is_deeply $load->{bad}, [], "all of $load->{good} were answered";
	is scalar(lines('settings_reloaded')), 5, 'each time the log says so';
	is scalar(grep { $old{$_} } $status->workers), 0, 'the workers are new';
	unlike $status->log, qr/event=worker_(?:died|crash_loop|killed)/,
	    'and none has died';
};

subtest 'P-10 a request under way is finished' => sub {
	my $client = $status->client(timeout => 30);
	my $bytes = $client->encode(GET => '/health/live');
	my $socket = $client->begin(substr $bytes, 0, 40);

	reload($good, 'workers_replaced');
	syswrite $socket, substr $bytes, 40;
	is $client->finish($socket)->status, 200, 'by who began it';
	Sark::Temp->until('two workers', sub { $status->workers == 2 }, 30);
};

# What is wrong, where the log says so, and the settings that have it.
my $line = 1 + (() = $good =~ /\n/g);
my $conf = $status->conf;
my @broken = (
	[ 'an unknown setting', qr/\Q$conf\E:$line: .*no_such_key/,
	    $good . "no_such_key = 1\n" ],
	[ 'a value out of range', qr/\Q$conf\E:$line: redis_timeout_ms/,
	    $good . "redis_timeout_ms = 1\n" ],
	[ 'half a file', qr/\Q$conf\E:\d+: /, $good . "metrics_allow = {\"" ],
	[ 'a network that is none', qr/10\.0\.0\.300/,
	    $good . "metrics_allow = {\"10.0.0.300\"}\n" ],
	[ 'keys that are not there', qr{/nonexistent},
	    $good . "key_dir = \"/nonexistent\"\n" ],
);

subtest 'P-10 broken settings under load: the old ones stay' => sub {
	my $workers = workers();
	my $load = Sark::Load->start(4, \&live);

	for my $case (@broken) {
		my ($name, $says, $text) = @$case;
		my $lines = () = $status->log =~ /\n/g;

		reload($text, 'settings_not_reloaded');
		$load->more(50);
		my @new = (split /\n/, $status->log)[$lines .. $lines + 99];
		@new = grep { defined && !/event=request/ } @new;
		is scalar @new, 1, "$name: one line" or diag @new;
		like $new[0], $says, "$name: where and what";
		like $new[0], qr/level=error/, "$name: an error";
	}
	$load->stop;
	is_deeply $load->{bad}, [], "all of $load->{good} were answered";
	is workers(), $workers, 'by the same workers';
	unlink $conf;
	kill HUP => $status->pid;
	Sark::Temp->until('no file', sub {
		$status->log =~ /settings_not_reloaded.*No such file/ }, 30);
	is workers(), $workers, 'a file that is gone changes nothing either';
	reload($good, 'workers_replaced');
	isnt workers(), $workers, 'control: good ones replace them';
};

subtest 'what new settings change' => sub {
	is $status->client->get('/metrics')->status, 200, 'metrics are shown';
	reload($good . "metrics_allow = {\"192.0.2.1\"}\n",
	    'workers_replaced');
	Sark::Temp->until('the old ones have gone', sub {
		$status->workers == 2 }, 30);
	is $status->client->get('/metrics')->status, 403, 'then not';

	reload($good =~ s/\$\{SARK_TEST_FORMAT\}/json/r, 'workers_replaced');
	like((lines('settings_reloaded'))[-1], qr/^\{"time"/,
	    'the log has the new form');
	reload($good . "metrics_allow = {\"10.0.0.300\"}\n",
	    'settings_not_reloaded');
	like((lines('settings_not_reloaded'))[-1], qr/^\{"time"/,
	    'which stays when the next are broken');
	reload($good, 'workers_replaced');
	like((lines('settings_reloaded'))[-1], qr/^time=/, 'and changes back');
};

subtest 'what a restart alone changes' => sub {
	my $run = $temp->mkdir('other-run');

	is scalar(lines('settings_need_restart')), 0, 'control: not said yet';
	reload($good . "run_dir = \"$run\"\ngroup = \"sark\"\n",
	    'workers_replaced');
	my @said = lines('settings_need_restart');
	is scalar @said, 1, 'one warning';
	like $said[0], qr/level=warning .*group=sark run_dir=\Q$run\E$/,
	    'names the settings';
	ok !-e "$run/metrics", 'and the folder is not used';
	reload($good, 'workers_replaced');
	is scalar(lines('settings_need_restart')), 1, 'nothing to say then';
};

subtest 'many signals at once' => sub {
	my $load = Sark::Load->start(2, \&live);

	for (1 .. 30) {
		kill HUP => $status->pid;
		$load->more(5);
	}
	Sark::Temp->until('calm again', sub {
		$status->workers == 2 && $status->log =~
		    /workers_replaced(?!.*settings_reloaded)/s }, 30);
	$load->stop;
	is_deeply $load->{bad}, [], "all of $load->{good} were answered";
	my $pid = $status->pid;
	$status->stop;
	ok !kill(0, $pid), 'and it ends';
};

done_testing;
