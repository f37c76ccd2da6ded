# Users as an administrator sees and changes them.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../perl";
use Sark;
use Test::More;

my $sark = Sark->start(qw(login admin));
my $admin = $sark->login('admin');
my $viewer = $sark->login('viewer');
my $users = '/api/v1/users';
my $nobody = '01980000-0000-7000-8000-000000000000';

sub id_of ($name) {
	return $sark->psql("SELECT user_id FROM sark.users"
	    . " WHERE username = '$name'");
}

subtest 'looking' => sub {
	my $all = $admin->get($users);

	is $all->status, 200, 'an administrator lists users';
	is_deeply [ map { $_->{username} } @{ $all->json->{items} } ],
	    [ qw(admin dev officer operator service viewer) ], 'by name';
	ok !$all->json->{has_more}, 'all on one page';
	my ($dev) = grep { $_->{username} eq 'dev' } @{ $all->json->{items} };
	is_deeply $dev->{roles}, ['developer'], 'with roles';
	unlike $all->body, qr/argon2|password_hash/, 'no hash of a password';

	my $one = $admin->get("$users/$dev->{user_id}");
	is_deeply $one->json, $dev, 'one is shown as in the list';
	is $admin->with('if-none-match' => $one->header('etag'))
	    ->get("$users/$dev->{user_id}")->status, 304, 'and has a tag';
	refused $admin->get("$users/$nobody"), 404, 'not_found', 'nobody';
	refused $admin->get("$users/x"), 404, 'not_found', 'no id';
	refused $viewer->get($users), 403, 'forbidden', 'a viewer may not';
	refused $viewer->get("$users/$dev->{user_id}"), 403, 'forbidden',
	    'not one either';
	refused $sark->stranger->get($users), 401, 'unauthenticated',
	    'nor a stranger';
};

subtest 'lists' => sub {
	my (@seen, $cursor);

	do {
		my $page = $admin->get("$users?limit=1" .
		    (defined $cursor ? "&cursor=$cursor" : ''));
		push @seen, map { $_->{username} } @{ $page->json->{items} };
		$cursor = $page->json->{next_cursor};
	} while (defined $cursor && @seen < 20);
	is "@seen", 'admin dev officer operator service viewer', 'page by page';

	my $first = $admin->get("$users?limit=1")->json->{next_cursor};
	refused $admin->get("$users?cursor=$_"), 400, 'invalid_cursor',
	    'JSON-14 a forged cursor' for 'x', "${first}A", substr $first, 1;
	refused $admin->get("$users?$_"), 422, $_ for qw(limit=0 limit=201
	    disabled=maybe sort=name role=);
	my %found = ('role=developer' => 'dev', 'search=FFIC' => 'officer',
	    'search=%25' => '', 'search=%27%20or%201=1--' => '',
	    'team=nobody' => '', 'disabled=true' => '',
	    'disabled=false&search=v' => 'dev service viewer');
	for my $query (sort keys %found) {
		is join(' ', map { $_->{username} } @{ $admin->get("$users?$query")
		    ->json->{items} // [ { username => 'broken' } ] }),
		    $found{$query}, "SQL-03 $query";
	}
};

subtest 'without stores' => sub {
	my $dev = id_of('dev');

	$sark->without(postgresql => sub {
		refused $admin->get($users), 503, 'a list needs PostgreSQL';
		refused $admin->get("$users/$dev"), 503, 'so does one user';
	});
};

done_testing;
