SELECT password_change_required FROM sark.users WHERE false;
SELECT user_id, set_at, password_hash FROM sark.password_history WHERE false;
SELECT account, network, failures, locked_until, last_login_at, touched_at
FROM sark.login_attempt WHERE false;

DO $$
DECLARE
	program text;
BEGIN
	FOREACH program IN ARRAY ARRAY['sark_refresh', 'sark_registry',
	    'sark_policy', 'sark_audit', 'sark_status', 'sark_audit_load',
	    'sark_expire']
	LOOP
		ASSERT NOT pg_catalog.has_any_column_privilege(program,
		    'sark.password_history', 'SELECT'),
		    program || ' may read earlier passwords';
		ASSERT NOT pg_catalog.has_column_privilege(program,
		    'sark.users', 'password_hash', 'SELECT'),
		    program || ' may read passwords';
	END LOOP;
END
$$;
