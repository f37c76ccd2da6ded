SELECT key_id, user_id, name, description, scopes, networks, rate_limit,
	created_by, created_at, updated_at, expires_at, disabled_at, revoked_at
FROM sark.api_key WHERE false;
SELECT prefix, key_id, digest, created_at, expires_at
FROM sark.api_key_secret WHERE false;
SELECT key_id, last_used_at, usage_count FROM sark.api_key_use WHERE false;

DO $$
DECLARE
	program text;
BEGIN
	FOREACH program IN ARRAY ARRAY['sark_login', 'sark_refresh',
	    'sark_registry', 'sark_policy', 'sark_audit', 'sark_status']
	LOOP
		ASSERT NOT pg_catalog.has_any_column_privilege(program,
		    'sark.api_key', 'INSERT, UPDATE')
		    AND NOT pg_catalog.has_any_column_privilege(program,
		    'sark.api_key_secret', 'INSERT, UPDATE'),
		    program || ' may make or change API keys';
		ASSERT pg_catalog.has_table_privilege(program,
		    'sark.api_key_secret', 'SELECT'),
		    program || ' may not verify API keys';
	END LOOP;
	ASSERT NOT pg_catalog.has_column_privilege('sark_admin',
	    'sark.api_key_secret', 'digest', 'UPDATE'),
	    'sark_admin may change a secret';
	ASSERT NOT pg_catalog.has_column_privilege('sark_expire',
	    'sark.api_key_secret', 'digest', 'SELECT'),
	    'sark_expire may read the digests of API keys';
END
$$;
