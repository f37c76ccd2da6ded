SELECT user_id, secret, created_at, confirmed_at, last_step, tries, locked_until
FROM sark.totp WHERE false;
SELECT user_id, digest, used_at FROM sark.recovery_code WHERE false;
SELECT amr, mfa_time FROM sark.session WHERE false;

DO $$
DECLARE
	program text;
BEGIN
	FOREACH program IN ARRAY ARRAY['sark_refresh', 'sark_registry',
	    'sark_policy', 'sark_audit', 'sark_status', 'sark_admin',
	    'sark_audit_load', 'sark_expire']
	LOOP
		ASSERT NOT pg_catalog.has_column_privilege(program,
		    'sark.totp', 'secret', 'SELECT'),
		    program || ' may read the secrets of second factors';
		ASSERT NOT pg_catalog.has_any_column_privilege(program,
		    'sark.recovery_code', 'SELECT'),
		    program || ' may read recovery codes';
	END LOOP;
	ASSERT pg_catalog.has_table_privilege('sark_admin', 'sark.totp',
	    'DELETE'), 'sark_admin may not take a lost factor away';
END
$$;
