SELECT directory_id, directory_gone_at FROM sark.users WHERE false;
SELECT granted_by FROM sark.team_member WHERE false;

DO $$
DECLARE
	call text;
	program text;
BEGIN
	ASSERT EXISTS (SELECT FROM pg_catalog.pg_roles
	    WHERE rolname = 'sark_ldap_sync' AND rolcanlogin AND NOT rolsuper
	    AND NOT rolcreaterole AND NOT rolcreatedb
	    AND NOT rolreplication AND NOT rolbypassrls),
	    'sark_ldap_sync is missing, may not log in, or may too much';
	FOREACH call IN ARRAY ARRAY[
	    'sark.directory_user_add(uuid, text, text, text)',
	    'sark.directory_user_set(uuid, text, text, text, text, text,'
	    ' text[], text[], text[], text[])', 'sark.directory_user_gone(uuid)']
	LOOP
		ASSERT pg_catalog.has_function_privilege('sark_login', call,
		    'EXECUTE'), 'sark_login may not call ' || call;
		FOREACH program IN ARRAY ARRAY['sark_registry', 'sark_policy',
		    'sark_audit', 'sark_status', 'sark_audit_load']
		LOOP
			ASSERT NOT pg_catalog.has_function_privilege(program,
			    call, 'EXECUTE'), program || ' may call ' || call;
		END LOOP;
	END LOOP;
	ASSERT NOT pg_catalog.has_column_privilege('sark_ldap_sync',
	    'sark.users', 'password_hash', 'SELECT'),
	    'sark_ldap_sync may read password hashes';
END
$$;
