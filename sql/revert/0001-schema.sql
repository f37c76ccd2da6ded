-- The roles stay: other databases of the cluster may use them.

DO $$
DECLARE
	program text;
BEGIN
	FOREACH program IN ARRAY ARRAY['sark_login', 'sark_refresh',
	    'sark_registry', 'sark_policy', 'sark_audit', 'sark_status',
	    'sark_admin', 'sark_audit_load']
	LOOP
		EXECUTE pg_catalog.format('ALTER ROLE %I IN DATABASE %I RESET ALL',
		    program, pg_catalog.current_database());
		EXECUTE pg_catalog.format('REVOKE CONNECT ON DATABASE %I FROM %I',
		    pg_catalog.current_database(), program);
	END LOOP;
	EXECUTE pg_catalog.format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO PUBLIC',
	    pg_catalog.current_database());
END
$$;

ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;
DROP TABLE sark.migration;
DROP SCHEMA sark;
