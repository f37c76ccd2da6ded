DO $$
DECLARE
	program text;
	verb text;
BEGIN
	FOREACH program IN ARRAY ARRAY['sark_login', 'sark_refresh',
	    'sark_registry', 'sark_policy', 'sark_audit', 'sark_status',
	    'sark_admin', 'sark_audit_load']
	LOOP
		ASSERT pg_catalog.has_table_privilege(program, 'sark.migration',
		    'SELECT'), program || ' may not read the ledger';
		FOREACH verb IN ARRAY ARRAY['UPDATE', 'DELETE', 'TRUNCATE',
		    'TRIGGER', 'REFERENCES'] LOOP
			ASSERT NOT pg_catalog.has_table_privilege(program,
			    'sark.audit_event', verb),
			    program || ' has ' || verb || ' on the audit trail';
		END LOOP;
		-- sark_admin may since 0011, to whom old passwords are shown
		ASSERT program IN ('sark_login', 'sark_admin') OR NOT
		    pg_catalog.has_column_privilege(program, 'sark.users',
		    'password_hash', 'SELECT'),
		    program || ' may read password hashes';
	END LOOP;
END
$$;
