-- The schema, the ledger of migrations and one login role per program.
-- Roles belong to the whole cluster: one that exists is taken as it is.
-- None has a password; pg_hba.conf (peer with a map) or a passfile decides.

CREATE SCHEMA sark;
COMMENT ON SCHEMA sark IS 'SARK: users, registry and audit trail';

CREATE TABLE sark.migration (
	version		integer PRIMARY KEY CHECK (version > 0),
	name		text NOT NULL UNIQUE,
	checksum	text NOT NULL CHECK (checksum ~ '^[0-9a-f]{64}$'),
	applied_at	timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	applied_by	text NOT NULL DEFAULT SESSION_USER
);
COMMENT ON COLUMN sark.migration.checksum IS 'SHA-256 of the deploy file';

DO $$
DECLARE
	program text;
	seconds integer;
BEGIN
	FOR program, seconds IN VALUES
		('sark_login', 5), ('sark_refresh', 5), ('sark_registry', 10),
		('sark_policy', 2), ('sark_audit', 30), ('sark_status', 5),
		('sark_admin', 30), ('sark_audit_load', 120)
	LOOP
		BEGIN
			EXECUTE pg_catalog.format('CREATE ROLE %I LOGIN'
			    ' NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION'
			    ' NOBYPASSRLS NOINHERIT', program);
		EXCEPTION WHEN duplicate_object OR unique_violation THEN
			-- another database of this cluster has SARK too
			NULL;
		END;
		EXECUTE pg_catalog.format(
		    'ALTER ROLE %I IN DATABASE %I SET statement_timeout = %L',
		    program, pg_catalog.current_database(), seconds || 's');
		EXECUTE pg_catalog.format(
		    'ALTER ROLE %I IN DATABASE %I SET search_path = pg_catalog, sark, pg_temp',
		    program, pg_catalog.current_database());
		EXECUTE pg_catalog.format('ALTER ROLE %I IN DATABASE %I'
		    ' SET idle_in_transaction_session_timeout = ''60s''',
		    program, pg_catalog.current_database());
		EXECUTE pg_catalog.format('GRANT CONNECT ON DATABASE %I TO %I',
		    pg_catalog.current_database(), program);
	END LOOP;
	EXECUTE pg_catalog.format('REVOKE ALL ON DATABASE %I FROM PUBLIC',
	    pg_catalog.current_database());
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON SCHEMA sark FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA sark REVOKE ALL ON TABLES FROM PUBLIC;
-- without IN SCHEMA: only so is the built-in right of PUBLIC taken away
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
