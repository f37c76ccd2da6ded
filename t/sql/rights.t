# SQL-04, SQL-05: what each role may do, found out by trying.

use v5.36;
use Sark::PostgreSQL;
use Sark::Temp;
use Sark::Tree qw(srcdir program spew);
use Test::More;

my $temp = Sark::Temp->new;
my $pg = Sark::PostgreSQL->new($temp)->start->create;
my $conf = $temp->path('sark.conf');

spew($conf, qq{postgresql = "} . $pg->conninfo('owner') . qq{"\n});
my ($rc, undef, $err) = $temp->run([ program('sark-migrate'), '--config',
    $conf, '--dir', srcdir() . '/sql' ]);
BAIL_OUT($err) if $rc != 0;

my @roles = map { "sark_$_" } qw(login refresh registry policy audit status
    admin audit_load expire ldap_sync);
my $user = '00000000-0000-7000-8000-000000000001';
my $server = '00000000-0000-7000-8000-000000000002';
my $tool = '00000000-0000-7000-8000-000000000003';
my $event = '00000000-0000-7000-8000-000000000004';
my $session = '00000000-0000-7000-8000-000000000005';

$pg->psql(<<~"END");
	INSERT INTO sark.users (user_id, username, username_norm, password_hash)
	VALUES ('$user', 'Alice', 'alice', 'secret');
	INSERT INTO sark.user_role (user_id, role) VALUES ('$user', 'viewer');
	INSERT INTO sark.role (name, permissions) VALUES ('auditor', '{}');
	INSERT INTO sark.user_group (user_id, group_name)
	VALUES ('$user', 'staff');
	INSERT INTO sark.role_binding (binding_id, role, user_id, expires_at)
	VALUES ('$tool', 'auditor', '$user', now());
	INSERT INTO sark.team_member (team, user_id) VALUES ('red', '$user');
	INSERT INTO sark.session (session_id, user_id, token_id, secret_hash,
	    expires_at) VALUES ('$session', '$user', '$session', 'x', now());
	INSERT INTO sark.server (server_id, name, transport, sensitivity)
	VALUES ('$server', 'jira', 'http', 'low');
	INSERT INTO sark.tool (tool_id, server_id, name, sensitivity,
	    sensitivity_source)
	VALUES ('$tool', '$server', 'jira.read', 'low', 'declared');
	INSERT INTO sark.tool_sensitivity (history_id, tool_id, level, source)
	VALUES ('$tool', '$tool', 'low', 'declared');
	INSERT INTO sark.audit_event (id, time, type)
	VALUES ('$event', now(), 'planted');
	INSERT INTO sark.audit_pending (id, time) VALUES ('$event', now());
	INSERT INTO sark.audit_sequence (seq, id, time)
	VALUES (1, '$event', now());
	INSERT INTO sark.spool_cursor (segment) VALUES ('planted');
	INSERT INTO sark.idempotency_key (caller_id, route, key_digest,
	    request_digest) VALUES ('$user', 'POST /', repeat('0', 64),
	    repeat('0', 64));
	INSERT INTO sark.api_key (key_id, user_id, name, scopes, revoked_at)
	VALUES ('$tool', '$user', 'k', '{x:y}', now() - interval '31 days');
	INSERT INTO sark.api_key_secret (prefix, key_id, digest)
	VALUES (repeat('a', 12), '$tool', repeat('0', 64));
	INSERT INTO sark.api_key_use (key_id, last_used_at)
	VALUES ('$tool', now());
	INSERT INTO sark.totp (user_id, secret) VALUES ('$user', 'sealed');
	INSERT INTO sark.recovery_code (user_id, digest)
	VALUES ('$user', repeat('0', 64));
	END

my $part = $pg->psql(q{SELECT tableoid::regclass FROM sark.audit_event});

# What may be tried, each in a transaction that is rolled back.
my %try = (
	'hash:r' => 'SELECT password_hash FROM sark.users',
	'users:r' => 'SELECT user_id, username, disabled_at FROM sark.users',
	'users:a' => q{INSERT INTO sark.users (user_id, username,
	    username_norm) VALUES (gen_random_uuid(), 'b', 'b')},
	'users:login' => q{UPDATE sark.users SET last_login_at = now()},
	'users:w' => q{UPDATE sark.users SET disabled_at = now()},
	'must:r' => 'SELECT password_change_required FROM sark.users',
	'must:w' => 'UPDATE sark.users SET password_change_required = true',
	'history:hash' => 'SELECT password_hash FROM sark.password_history',
	'history:hash:a' => qq{INSERT INTO sark.password_history (user_id,
	    password_hash) VALUES ('$user', 'x')},
	'history:hash:w' => q{UPDATE sark.password_history SET
	    password_hash = 'x'},
	'history:hash:d' => q{DELETE FROM sark.password_history},
	'attempt:r' => 'SELECT * FROM sark.login_attempt',
	'attempt:a' => q{INSERT INTO sark.login_attempt (account, network)
	    VALUES (repeat('0', 64), '192.0.2.1')},
	'attempt:w' => q{UPDATE sark.login_attempt SET failures = 1},
	'attempt:d' => q{DELETE FROM sark.login_attempt},
	'users:d' => q{DELETE FROM sark.users WHERE false},
	'role:r' => q{SELECT * FROM sark.user_role},
	'role:w' => qq{INSERT INTO sark.user_role (user_id, role)
	    VALUES ('$user', 'admin')},
	'role:d' => q{DELETE FROM sark.user_role},
	'own:r' => q{SELECT * FROM sark.role},
	'own:w' => q{UPDATE sark.role SET permissions = '{*}'},
	'own:name' => q{UPDATE sark.role SET name = 'b'},
	'own:d' => q{DELETE FROM sark.role},
	'group:r' => q{SELECT * FROM sark.user_group},
	'group:w' => qq{INSERT INTO sark.user_group (user_id, group_name)
	    VALUES ('$user', 'admins')},
	'group:d' => q{DELETE FROM sark.user_group},
	'bound:r' => q{SELECT * FROM sark.role_binding, sark.role_window},
	'bound:at' => qq{SELECT * FROM sark.roles_at('$user', NULL, now())},
	'bound:a' => qq{INSERT INTO sark.role_binding (binding_id, role,
	    user_id) VALUES (gen_random_uuid(), 'admin', '$user')},
	'bound:w' => q{UPDATE sark.role_binding SET role = 'admin'},
	'bound:d' => q{DELETE FROM sark.role_binding WHERE expires_at <= now()},
	'window:a' => qq{INSERT INTO sark.role_window VALUES ('$tool', 0,
	    '{1}', 0, 1, 'UTC')},
	'window:d' => q{DELETE FROM sark.role_window},
	'team:r' => q{SELECT * FROM sark.team_member},
	'team:w' => q{UPDATE sark.team_member SET manager = true},
	'secret:r' => q{SELECT secret_hash FROM sark.session},
	'session:r' => q{SELECT session_id, user_id, expires_at, revoked_at, amr,
	    mfa_time FROM sark.session},
	'session:a' => qq{INSERT INTO sark.session (session_id, user_id,
	    token_id, secret_hash, expires_at) VALUES (gen_random_uuid(),
	    '$user', gen_random_uuid(), 'x', now())},
	'session:end' => q{UPDATE sark.session SET revoked_at = now()},
	'session:next' => q{UPDATE sark.session SET secret_hash = 'y'},
	'session:mfa' => q{UPDATE sark.session SET mfa_time = now(), amr = '{otp}'},
	'session:d' => q{DELETE FROM sark.session},
	'server:r' => q{SELECT * FROM sark.server},
	'server:w' => q{UPDATE sark.server SET status = 'active'},
	'server:d' => q{DELETE FROM sark.server WHERE false},
	'tool:r' => q{SELECT * FROM sark.tool},
	'tool:w' => q{UPDATE sark.tool SET sensitivity = 'high'},
	'history:r' => q{SELECT * FROM sark.tool_sensitivity},
	'history:a' => qq{INSERT INTO sark.tool_sensitivity (history_id,
	    tool_id, level, source) VALUES (gen_random_uuid(), '$tool', 'low',
	    'set')},
	'history:w' => q{UPDATE sark.tool_sensitivity SET level = 'high'},
	'history:d' => q{DELETE FROM sark.tool_sensitivity},
	'event:r' => q{SELECT * FROM sark.audit_event},
	'event:a' => q{INSERT INTO sark.audit_event (id, time, type)
	    VALUES (gen_random_uuid(), now(), 'x')},
	'event:w' => q{UPDATE sark.audit_event SET type = 'x'},
	'event:d' => q{DELETE FROM sark.audit_event},
	'event:t' => q{TRUNCATE sark.audit_event},
	'part:r' => qq{SELECT * FROM $part},
	'part:a' => qq{INSERT INTO $part (id, time, type)
	    VALUES (gen_random_uuid(), now(), 'x')},
	'part:w' => qq{UPDATE $part SET type = 'x'},
	'part:d' => qq{DELETE FROM $part},
	'part:t' => qq{TRUNCATE $part},
	'part:drop' => qq{DROP TABLE $part},
	'part:detach' => qq{ALTER TABLE sark.audit_event DETACH PARTITION $part},
	'trigger' => q{ALTER TABLE sark.audit_event DISABLE TRIGGER ALL},
	'replica' => q{SET session_replication_role = replica},
	'pending:r' => q{SELECT * FROM sark.audit_pending},
	'pending:a' => q{INSERT INTO sark.audit_pending (id, time)
	    VALUES (gen_random_uuid(), now())},
	'pending:d' => q{DELETE FROM sark.audit_pending},
	'seq:r' => q{SELECT * FROM sark.audit_sequence},
	'seq:a' => q{INSERT INTO sark.audit_sequence (seq, id, time)
	    VALUES (2, gen_random_uuid(), now())},
	'seq:w' => q{UPDATE sark.audit_sequence SET seq = 3},
	'seq:d' => q{DELETE FROM sark.audit_sequence},
	'cursor:r' => q{SELECT * FROM sark.spool_cursor},
	'cursor:w' => q{UPDATE sark.spool_cursor SET done = true},
	'key:r' => q{SELECT answer FROM sark.idempotency_key},
	'key:a' => qq{INSERT INTO sark.idempotency_key (caller_id, route,
	    key_digest, request_digest) VALUES ('$user', 'POST /',
	    repeat('1', 64), repeat('1', 64))},
	'key:w' => q{UPDATE sark.idempotency_key SET answer = 'x'},
	'key:move' => qq{UPDATE sark.idempotency_key SET caller_id = '$event'},
	'key:d' => q{DELETE FROM sark.idempotency_key
	    WHERE created_at <= now()},
	'totp:r' => q{SELECT secret FROM sark.totp},
	'totp:seen' => q{SELECT user_id, confirmed_at FROM sark.totp},
	'totp:w' => q{UPDATE sark.totp SET last_step = 1, tries = 0},
	'totp:move' => qq{UPDATE sark.totp SET user_id = '$event'
	    WHERE user_id = '$session'},
	'totp:d' => qq{DELETE FROM sark.totp WHERE user_id = '$user'},
	'recovery:r' => q{SELECT digest FROM sark.recovery_code},
	'recovery:a' => qq{INSERT INTO sark.recovery_code (user_id, digest)
	    VALUES ('$user', repeat('1', 64))},
	'recovery:w' => q{UPDATE sark.recovery_code SET used_at = now()},
	'recovery:set' => q{UPDATE sark.recovery_code
	    SET digest = repeat('1', 64)},
	'apikey:r' => q{SELECT * FROM sark.api_key, sark.api_key_secret},
	'apikey:a' => qq{INSERT INTO sark.api_key (key_id, user_id, name,
	    scopes) VALUES (gen_random_uuid(), '$user', 'n', '{x:y}')},
	'apikey:secret' => qq{INSERT INTO sark.api_key_secret (prefix, key_id,
	    digest) VALUES (repeat('b', 12), '$tool', repeat('1', 64))},
	'apikey:w' => q{UPDATE sark.api_key SET revoked_at = now()},
	'apikey:end' => q{UPDATE sark.api_key_secret SET expires_at = now()},
	'apikey:digest' => q{UPDATE sark.api_key_secret
	    SET digest = repeat('2', 64)},
	'apikey:give' => qq{UPDATE sark.api_key SET user_id = '$user'},
	'apikey:used' => qq{INSERT INTO sark.api_key_use AS u (key_id,
	    usage_count, last_used_at) SELECT k.key_id, 1, now()
	    FROM sark.api_key k ON CONFLICT (key_id) DO UPDATE SET
	    usage_count = u.usage_count + 1},
	'apikey:d' => q{DELETE FROM sark.api_key
	    WHERE coalesce(revoked_at, expires_at) < now()},
	'dir:add' => q{SELECT sark.directory_user_add(gen_random_uuid(), 'd',
	    'd', 'entry')},
	'dir:set' => qq{SELECT sark.directory_user_set('$user', 'd', 'd', 'e',
	    '', '', '{admin}', '{}', '{}', '{}')},
	'dir:gone' => qq{SELECT sark.directory_user_gone('$user')},
	'months' => q{SELECT sark.audit_partitions(4)},
	'ledger:r' => q{SELECT * FROM sark.migration},
	'ledger:w' => q{DELETE FROM sark.migration WHERE false},
	'create' => q{CREATE TABLE sark.mine (a int)},
	'public' => q{CREATE TABLE public.mine (a int)},
	'temp' => q{CREATE TEMPORARY TABLE mine (a int)},
	'function' => q{CREATE FUNCTION sark.now() RETURNS int LANGUAGE sql
	    AS 'SELECT 1'},
	'program' => q{COPY sark.migration TO PROGRAM 'cat'},
	'file' => q{COPY sark.migration TO '/tmp/mine'},
	'read' => q{SELECT pg_read_file('/etc/passwd')},
	'shadow' => q{SELECT rolpassword FROM pg_authid},
	'become' => q{SET ROLE owner},
	'own' => q{ALTER TABLE sark.users OWNER TO CURRENT_ROLE},
	'role' => q{CREATE ROLE mine SUPERUSER},
);

my $events = 'event:a pending:a';
my $passwords = 'hash:r must:r must:w history:hash history:hash:a
    history:hash:d attempt:r attempt:a attempt:w attempt:d';
my $roles = 'role:r own:r group:r bound:r bound:at';
my $keys = 'apikey:r apikey:used';
my %may = (
	sark_login => "$passwords users:r users:login session:r $roles group:w group:d team:r secret:r
	    session:a session:end session:mfa totp:r totp:seen totp:w totp:d
	    recovery:r recovery:a recovery:w $events $keys",
	sark_refresh => "users:r must:r session:r $roles group:w group:d team:r secret:r
	    session:a session:end
	    session:next $events $keys",
	sark_registry => "users:r must:r session:r $roles team:r server:r server:w tool:r tool:w
	    history:r history:a key:r key:a key:w $events $keys",
	sark_policy => "users:r must:r session:r $roles team:r server:r tool:r $keys",
	sark_audit => "users:r team:r session:r event:r seq:r $roles $keys",
	sark_status => "users:r team:r session:r pending:r cursor:r $roles $keys",
	sark_admin => "$passwords users:r users:a users:w $roles role:w role:d
	    own:w own:d group:w group:d bound:a bound:d window:a team:r
	    team:w session:r session:end session:mfa totp:seen totp:d key:r key:a key:w $events
	    $keys apikey:a apikey:secret apikey:w apikey:end",
	sark_audit_load => 'event:r event:a pending:r pending:a pending:d seq:r
	    seq:a cursor:r cursor:w months',
	sark_expire => 'key:d apikey:d bound:d attempt:r attempt:d session:d totp:seen totp:d',
);

# Who asks the directory changes its users, and in no other way.
$may{"sark_$_"} .= ' dir:set dir:gone' for qw(login refresh);
$may{sark_login} .= ' dir:add';
$may{sark_ldap_sync} = "users:r must:r role:r team:r group:r session:end
    dir:set dir:gone $events";

# What comes of each: yes, no, or the SQLSTATE of another error.
sub outcomes ($role, @what) {
	my ($rc, $out, $err) = $pg->try(join('', "\\set ON_ERROR_STOP off\n",
	    map { "BEGIN;\n$try{$_};\n\\echo tried $_ :SQLSTATE\nROLLBACK;\n" }
	    @what), role => $role);
	my %state = $out =~ /^tried (\S+) (\w{5})$/mg;

	return { map { $_ => { '00000' => 'yes', '42501' => 'no' }->{$state{$_}}
	    // $state{$_} } keys %state };
}

# What the owner cannot do is a mistake in a statement of ours.
is_deeply outcomes('owner', keys %try),
    { map { $_ => 'yes' } keys %try }, 'the owner may do all of it';

for my $role (@roles) {
	my %want = map { $_ => 'no' } keys %try;

	$want{$_} = 'yes' for split(' ', $may{$role}), 'ledger:r';
	is_deeply outcomes($role, keys %try), \%want,
	    "$role may do what it needs, and no more";
}

# ---- the triggers hold when a right was given by mistake

$pg->psql('GRANT ALL ON ALL TABLES IN SCHEMA sark TO sark_login');
my @guarded = qw(event:w event:d event:t part:w part:d part:t seq:w seq:d);
is_deeply outcomes('sark_login', @guarded, 'pending:d'),
    { 'pending:d' => 'yes', map { $_ => 'no' } @guarded },
    'all rights, and still nobody changes the trail';

# ---- no event is refused, none is lost between months

sub event ($time) {
	$pg->psql("INSERT INTO sark.audit_event (id, time, type)"
	    . " VALUES (gen_random_uuid(), $time, 'far') RETURNING"
	    . ' tableoid::regclass', 'sark_audit_load');
}

is event(q{now() + interval '8 months'}), 'audit_event_rest',
    'an event of a month without partition goes to the rest';
is event(q{'1970-01-01'}), 'audit_event_rest', 'a very old one too';
cmp_ok $pg->psql('SELECT sark.audit_partitions(8)', 'sark_audit_load'), '>', 0,
    'months are made';
is $pg->psql('SELECT sark.audit_partitions(8)', 'sark_audit_load'), 0,
    'once';
is $pg->psql(q{SELECT count(*) FROM sark.audit_event_rest}), 1,
    'and take their events';
is $pg->psql(q{SELECT count(*) FROM sark.audit_event WHERE type = 'far'}), 2,
    'which are all there';
isnt +($pg->try('SELECT sark.audit_partitions(1000)'))[0], 0,
    'not a thousand months';

done_testing;
