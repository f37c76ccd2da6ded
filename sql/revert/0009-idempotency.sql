-- The role stays: other databases of the cluster may use it.

DROP TABLE sark.idempotency_key;
REVOKE ALL ON sark.migration FROM sark_expire;
REVOKE ALL ON SCHEMA sark FROM sark_expire;
DO $$
BEGIN
	EXECUTE pg_catalog.format('ALTER ROLE sark_expire IN DATABASE %I'
	    ' RESET ALL', pg_catalog.current_database());
	EXECUTE pg_catalog.format('REVOKE CONNECT ON DATABASE %I'
	    ' FROM sark_expire', pg_catalog.current_database());
END
$$;
