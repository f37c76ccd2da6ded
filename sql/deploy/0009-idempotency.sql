-- Answers kept by Idempotency-Key for a day.  The row of a key is written in
-- the transaction of what the request made, so it is there exactly if that is.
-- compatible: 0008

CREATE TABLE sark.idempotency_key (
	caller_id	uuid NOT NULL,
	route		text NOT NULL CHECK (route <> ''),
	key_digest	text NOT NULL CHECK (key_digest ~ '^[0-9a-f]{64}$'),
	request_digest	text NOT NULL CHECK (request_digest ~ '^[0-9a-f]{64}$'),
	status		integer NOT NULL DEFAULT 0,
	answer		text NOT NULL DEFAULT '',
	created_at	timestamptz NOT NULL DEFAULT pg_catalog.now(),
	PRIMARY KEY (caller_id, route, key_digest)
);
COMMENT ON COLUMN sark.idempotency_key.route IS 'method and path of the route';
COMMENT ON COLUMN sark.idempotency_key.key_digest IS 'SHA-256 of the key';
COMMENT ON COLUMN sark.idempotency_key.request_digest IS
	'SHA-256 of method, path and body: the same key with another is refused';
COMMENT ON COLUMN sark.idempotency_key.answer IS
	'headers and body, sealed by the programs; it may hold a secret';
CREATE INDEX idempotency_key_age ON sark.idempotency_key (created_at);

-- The role of sark-expire, which removes what has had its time.
DO $$
BEGIN
	BEGIN
		CREATE ROLE sark_expire LOGIN NOSUPERUSER NOCREATEDB
		    NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT;
	EXCEPTION WHEN duplicate_object OR unique_violation THEN
		-- another database of this cluster has SARK too
		NULL;
	END;
	EXECUTE pg_catalog.format('ALTER ROLE sark_expire IN DATABASE %I'
	    ' SET statement_timeout = ''60s''', pg_catalog.current_database());
	EXECUTE pg_catalog.format('ALTER ROLE sark_expire IN DATABASE %I'
	    ' SET search_path = pg_catalog, sark, pg_temp',
	    pg_catalog.current_database());
	EXECUTE pg_catalog.format('ALTER ROLE sark_expire IN DATABASE %I'
	    ' SET idle_in_transaction_session_timeout = ''60s''',
	    pg_catalog.current_database());
	EXECUTE pg_catalog.format('GRANT CONNECT ON DATABASE %I TO sark_expire',
	    pg_catalog.current_database());
END
$$;

GRANT USAGE ON SCHEMA sark TO sark_expire;
GRANT SELECT ON sark.migration TO sark_expire;
GRANT SELECT, INSERT ON sark.idempotency_key TO sark_registry;
GRANT UPDATE (request_digest, status, answer, created_at)
	ON sark.idempotency_key TO sark_registry;
-- It need not see an answer to remove it.
GRANT SELECT (caller_id, route, key_digest, created_at), DELETE
	ON sark.idempotency_key TO sark_expire;
