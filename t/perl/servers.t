# The servers of a test: they start, die, come back, and leave nothing behind.

use v5.36;
use HTTP::Tiny;
use Sark::Lighttpd;
use Sark::PostgreSQL;
use Sark::Redis;
use Sark::Temp;
use Test::More;

my $temp = Sark::Temp->new;

my $pg = Sark::PostgreSQL->new($temp)->start->create;
is $pg->psql('SELECT 1 + 1'), 2, 'PostgreSQL answers';
$pg->psql('CREATE ROLE some_program LOGIN');
is $pg->psql('SELECT current_user', 'some_program'), 'some_program',
    'a role logs in';
ok !eval { $pg->psql('SELECT * FROM nowhere') }, 'an SQL error dies';
$pg->kill9;
isnt +($pg->try('SELECT 1'))[0], 0, 'killed, it does not answer';
is $pg->start->psql('SELECT 3'), 3, 'and comes back';

my $redis = Sark::Redis->new($temp)->start;
is $redis->cli(qw(SET a b)), 'OK', 'Redis answers';
$redis->kill9;
ok !eval { $redis->cli('PING') }, 'killed, it does not answer';
is $redis->start->cli(qw(GET a)), '', 'it comes back empty';

my $web = Sark::Lighttpd->new($temp, config => '')->start;
is +HTTP::Tiny->new->get($web->url . '/nowhere')->{status}, 404,
    'lighttpd answers';

# A test in a process of its own that dies, or is killed, with a server up.
sub outcome ($end) {
	pipe my $read, my $write or die "pipe: $!\n";
	my $pid = fork // die "fork: $!\n";
	if ($pid == 0) {
		open STDOUT, '>&', $write;
		open STDERR, '>', '/dev/null';
		exec $^X, '-I', $INC{'Sark/Temp.pm'} =~ s{/Sark/Temp\.pm}{}r,
		    '-MSark::Temp', '-MSark::Redis', '-e', <<~"END";
			\$| = 1;
			my \$temp = Sark::Temp->new;
			my \$redis = Sark::Redis->new(\$temp)->start;
			print \$temp->dir, ' ', \$redis->pid, "\\n";
			$end;
			END
	}
	close $write;
	my ($dir, $server) = split ' ', scalar <$read>;
	waitpid $pid, 0;
	Time::HiRes::sleep(0.2);
	my $stat = eval { Sark::Tree::slurp("/proc/$server/stat") };
	my $lives = ($stat // ') Z') !~ m{\) Z}; # a zombie is dead
	my $there = -d $dir;
	system 'rm', '-rf', '--', $dir;
	return ($lives ? 'lives' : 'gone', $there ? 'there' : 'gone');
}

is_deeply [ outcome('die "oops"') ], [ 'gone', 'gone' ],
    'a test that dies leaves neither server nor folder';
is_deeply [ outcome('kill TERM => $$; sleep 9') ], [ 'gone', 'gone' ],
    'nor one that is ended';
is_deeply [ outcome('kill KILL => $$; sleep 9') ], [ 'gone', 'there' ],
    'a test that is killed leaves no server';

done_testing;
