DO $$
DECLARE
	program text;
	what text;
BEGIN
	FOREACH program IN ARRAY ARRAY['sark_login', 'sark_refresh',
	    'sark_registry', 'sark_policy', 'sark_audit', 'sark_status',
	    'sark_admin']
	LOOP
		FOREACH what IN ARRAY ARRAY['session_id', 'user_id',
		    'expires_at', 'revoked_at', 'amr', 'mfa_time'] LOOP
			ASSERT pg_catalog.has_column_privilege(program,
			    'sark.session', what, 'SELECT'),
			    program || ' may not read session.' || what;
		END LOOP;
		FOREACH what IN ARRAY ARRAY['user_id', 'username', 'email',
		    'name', 'provider', 'agent', 'disabled_at'] LOOP
			ASSERT pg_catalog.has_column_privilege(program,
			    'sark.users', what, 'SELECT'),
			    program || ' may not read users.' || what;
		END LOOP;
		FOREACH what IN ARRAY ARRAY['sark.user_role',
		    'sark.team_member'] LOOP
			ASSERT pg_catalog.has_table_privilege(program, what,
			    'SELECT'), program || ' may not read ' || what;
		END LOOP;
		ASSERT program IN ('sark_login', 'sark_refresh') OR NOT
		    pg_catalog.has_column_privilege(program, 'sark.session',
		    'secret_hash', 'SELECT'),
		    program || ' may read secrets of sessions';
	END LOOP;
END
$$;
