-- API keys: who they are for, what they may, and what is kept of the secret.
-- compatible: 0008

CREATE TABLE sark.api_key (
	key_id		uuid PRIMARY KEY,
	user_id		uuid NOT NULL REFERENCES sark.users,
	name		text NOT NULL CHECK (name <> ''),
	description	text NOT NULL DEFAULT '',
	scopes		text[] NOT NULL CHECK (pg_catalog.cardinality(scopes) > 0),
	networks	text[] NOT NULL DEFAULT '{}',
	rate_limit	integer CHECK (rate_limit > 0),
	created_by	text NOT NULL DEFAULT '',
	created_at	timestamptz NOT NULL DEFAULT pg_catalog.now(),
	updated_at	timestamptz NOT NULL DEFAULT pg_catalog.now(),
	expires_at	timestamptz,
	disabled_at	timestamptz,
	revoked_at	timestamptz
);
COMMENT ON COLUMN sark.api_key.networks IS
	'addresses and CIDR ranges it may be used from; none: from anywhere';
COMMENT ON COLUMN sark.api_key.rate_limit IS
	'requests a minute; NULL: what the settings give a key';
COMMENT ON COLUMN sark.api_key.disabled_at IS 'suspended; may come back';
COMMENT ON COLUMN sark.api_key.revoked_at IS 'ended for good';
-- Names are for people: no two keys that live.
CREATE UNIQUE INDEX api_key_name ON sark.api_key (user_id, name)
	WHERE revoked_at IS NULL;
CREATE INDEX api_key_live ON sark.api_key (user_id, key_id)
	WHERE revoked_at IS NULL;
CREATE INDEX api_key_over
	ON sark.api_key (coalesce(revoked_at, expires_at))
	WHERE coalesce(revoked_at, expires_at) IS NOT NULL;

-- The secrets of a key: one, and while it is rotated those before it.
CREATE TABLE sark.api_key_secret (
	prefix		text PRIMARY KEY CHECK (prefix ~ '^[a-z2-7]{12}$'),
	key_id		uuid NOT NULL REFERENCES sark.api_key ON DELETE CASCADE,
	digest		text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
	created_at	timestamptz NOT NULL
		DEFAULT pg_catalog.clock_timestamp(),
	expires_at	timestamptz
);
COMMENT ON COLUMN sark.api_key_secret.digest IS
	'HMAC-SHA-256 of the whole key, under the pepper of the programs';
COMMENT ON COLUMN sark.api_key_secret.expires_at IS
	'end of the overlap after a rotation; NULL: the one that counts';
CREATE INDEX api_key_secret_key ON sark.api_key_secret (key_id, created_at);

-- Apart, because every program writes it and nothing else.
CREATE TABLE sark.api_key_use (
	key_id		uuid PRIMARY KEY
		REFERENCES sark.api_key ON DELETE CASCADE,
	last_used_at	timestamptz NOT NULL,
	usage_count	bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE sark.api_key_use IS
	'what workers have told; each does so at most once a minute';

GRANT SELECT ON sark.api_key, sark.api_key_secret TO sark_login, sark_refresh,
	sark_registry, sark_policy, sark_audit, sark_status, sark_admin;
GRANT SELECT, INSERT ON sark.api_key_use TO sark_login, sark_refresh,
	sark_registry, sark_policy, sark_audit, sark_status, sark_admin;
GRANT UPDATE (last_used_at, usage_count) ON sark.api_key_use TO sark_login,
	sark_refresh, sark_registry, sark_policy, sark_audit, sark_status,
	sark_admin;
GRANT INSERT ON sark.api_key, sark.api_key_secret TO sark_admin;
GRANT UPDATE (name, description, scopes, networks, rate_limit, updated_at,
	expires_at, disabled_at, revoked_at) ON sark.api_key TO sark_admin;
GRANT UPDATE (expires_at) ON sark.api_key_secret TO sark_admin;
GRANT SELECT (key_id, expires_at, revoked_at), DELETE
	ON sark.api_key TO sark_expire;
GRANT SELECT (prefix, expires_at), DELETE
	ON sark.api_key_secret TO sark_expire;
