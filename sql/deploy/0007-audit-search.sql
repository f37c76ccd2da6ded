-- The search of the audit trail is one statement whose filters may each be
-- absent.  Planned with the values at hand, an absent filter costs nothing
-- and one that is there uses its index; a plan made once for all would not.
DO $$
BEGIN
	EXECUTE pg_catalog.format('ALTER ROLE sark_audit IN DATABASE %I'
	    ' SET plan_cache_mode = force_custom_plan',
	    pg_catalog.current_database());
END
$$;
