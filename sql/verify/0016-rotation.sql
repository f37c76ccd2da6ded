SELECT previous_token_id, previous_hash, rotated_at, rotations
FROM sark.session WHERE false;

DO $$
DECLARE
	program text;
BEGIN
	FOREACH program IN ARRAY ARRAY['sark_login', 'sark_registry',
	    'sark_policy', 'sark_audit', 'sark_status', 'sark_admin',
	    'sark_audit_load', 'sark_expire']
	LOOP
		ASSERT NOT pg_catalog.has_column_privilege(program,
		    'sark.session', 'previous_token_id', 'UPDATE'),
		    program || ' may rotate refresh tokens';
	END LOOP;
END
$$;
