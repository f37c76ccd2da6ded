DO $$
BEGIN
	ASSERT EXISTS (SELECT 1 FROM pg_catalog.pg_db_role_setting AS s
	    JOIN pg_catalog.pg_roles AS r ON r.oid = s.setrole
	    JOIN pg_catalog.pg_database AS d ON d.oid = s.setdatabase
	    WHERE r.rolname = 'sark_audit'
	    AND d.datname = pg_catalog.current_database()
	    AND 'plan_cache_mode=force_custom_plan' = ANY (s.setconfig)),
	    'sark_audit plans its search once for all';
END
$$;
