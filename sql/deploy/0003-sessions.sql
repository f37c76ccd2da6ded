-- Sessions.  Redis serves them; that one is over is decided here.

CREATE TABLE sark.session (
	session_id	uuid PRIMARY KEY,
	user_id		uuid NOT NULL REFERENCES sark.users,
	token_id	uuid NOT NULL UNIQUE,
	secret_hash	text NOT NULL,
	client_ip	text NOT NULL DEFAULT '',
	user_agent	text NOT NULL DEFAULT '',
	created_at	timestamptz NOT NULL DEFAULT pg_catalog.now(),
	last_used_at	timestamptz NOT NULL DEFAULT pg_catalog.now(),
	expires_at	timestamptz NOT NULL,
	revoked_at	timestamptz,
	revoke_reason	text
);
COMMENT ON COLUMN sark.session.token_id IS 'id of the live refresh token';
COMMENT ON COLUMN sark.session.secret_hash IS
	'digest of the refresh token''s secret, never the secret';
CREATE INDEX session_live ON sark.session (user_id, created_at, session_id)
	WHERE revoked_at IS NULL;
CREATE INDEX session_expiry ON sark.session (expires_at);
