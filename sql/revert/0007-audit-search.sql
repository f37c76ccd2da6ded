DO $$
BEGIN
	EXECUTE pg_catalog.format('ALTER ROLE sark_audit IN DATABASE %I'
	    ' RESET plan_cache_mode', pg_catalog.current_database());
END
$$;
