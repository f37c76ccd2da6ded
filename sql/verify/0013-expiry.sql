DO $$
BEGIN
	ASSERT pg_catalog.has_table_privilege('sark_expire', 'sark.session',
	    'DELETE') AND pg_catalog.has_table_privilege('sark_expire',
	    'sark.totp', 'DELETE'), 'sark_expire cannot remove what ended';
	ASSERT NOT pg_catalog.has_column_privilege('sark_expire',
	    'sark.session', 'secret_hash', 'SELECT')
	    AND NOT pg_catalog.has_column_privilege('sark_expire',
	    'sark.totp', 'secret', 'SELECT'), 'sark_expire sees secrets';
END
$$;
