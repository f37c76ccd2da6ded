SELECT version, name, checksum, applied_at, applied_by
FROM sark.migration WHERE false;

DO $$
DECLARE
	program text;
BEGIN
	FOREACH program IN ARRAY ARRAY['sark_login', 'sark_refresh',
	    'sark_registry', 'sark_policy', 'sark_audit', 'sark_status',
	    'sark_admin', 'sark_audit_load']
	LOOP
		ASSERT EXISTS (SELECT FROM pg_catalog.pg_roles
		    WHERE rolname = program AND rolcanlogin AND NOT rolsuper
		    AND NOT rolcreaterole AND NOT rolcreatedb
		    AND NOT rolreplication AND NOT rolbypassrls),
		    program || ' is missing, may not log in, or may too much';
		ASSERT NOT pg_catalog.has_schema_privilege(program, 'public', 'CREATE'),
		    program || ' may create in schema public';
		ASSERT NOT pg_catalog.has_schema_privilege(program, 'sark', 'CREATE'),
		    program || ' may create in schema sark';
		ASSERT NOT pg_catalog.has_database_privilege(program,
		    pg_catalog.current_database(), 'TEMPORARY'),
		    program || ' may create temporary tables';
	END LOOP;
END
$$;
