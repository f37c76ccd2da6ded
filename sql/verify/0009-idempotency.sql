SELECT caller_id, route, key_digest, request_digest, status, answer, created_at
FROM sark.idempotency_key WHERE false;

DO $$
DECLARE
	program text;
BEGIN
	ASSERT EXISTS (SELECT FROM pg_catalog.pg_roles
	    WHERE rolname = 'sark_expire' AND rolcanlogin AND NOT rolsuper
	    AND NOT rolcreaterole AND NOT rolcreatedb
	    AND NOT rolreplication AND NOT rolbypassrls),
	    'sark_expire is missing, may not log in, or may too much';
	ASSERT pg_catalog.has_table_privilege('sark_expire',
	    'sark.idempotency_key', 'DELETE'), 'sark_expire may not expire';
	ASSERT NOT pg_catalog.has_column_privilege('sark_expire',
	    'sark.idempotency_key', 'answer', 'SELECT'),
	    'sark_expire may read kept answers';
	FOREACH program IN ARRAY ARRAY['sark_login', 'sark_refresh',
	    'sark_policy', 'sark_audit', 'sark_status', 'sark_audit_load']
	LOOP
		ASSERT NOT pg_catalog.has_any_column_privilege(program,
		    'sark.idempotency_key', 'SELECT'),
		    program || ' may read kept answers';
	END LOOP;
END
$$;
