-- Users whose passwords are kept here: earlier passwords, passwords that must
-- be changed, and logins that failed.  What sark-admin needs to change users.
-- compatible: 0009

ALTER TABLE sark.users ADD COLUMN password_change_required boolean
	NOT NULL DEFAULT false;
COMMENT ON COLUMN sark.users.password_change_required IS
	'the next login must bring a new password';

CREATE TABLE sark.password_history (
	user_id		uuid NOT NULL REFERENCES sark.users,
	set_at		timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	password_hash	text NOT NULL CHECK (password_hash <> ''),
	PRIMARY KEY (user_id, set_at)
);
COMMENT ON TABLE sark.password_history IS
	'passwords that a user had before, none of which he may take again';

-- One row for the tries to log in to an account from a network, and one with
-- network 0.0.0.0/0 for those from networks that the user never came from.
CREATE TABLE sark.login_attempt (
	account		text NOT NULL CHECK (account ~ '^[0-9a-f]{64}$'),
	network		cidr NOT NULL,
	failures	integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
	locked_until	timestamptz,
	last_login_at	timestamptz,
	touched_at	timestamptz NOT NULL DEFAULT pg_catalog.now(),
	PRIMARY KEY (account, network)
);
COMMENT ON COLUMN sark.login_attempt.account IS
	'SHA-256 of the normal user name, whether there is such a user or not:'
	' people type passwords there';
COMMENT ON COLUMN sark.login_attempt.failures IS
	'tries since the last login, one under way counted';
CREATE INDEX login_attempt_age ON sark.login_attempt (touched_at);

GRANT SELECT (password_change_required) ON sark.users
	TO sark_refresh, sark_registry, sark_policy, sark_admin;
-- Whoever changes his password shows the old one.
GRANT SELECT (password_hash) ON sark.users TO sark_admin;
GRANT UPDATE (password_change_required) ON sark.users
	TO sark_login, sark_admin;
GRANT SELECT, INSERT, DELETE ON sark.password_history
	TO sark_login, sark_admin;
GRANT SELECT, INSERT, UPDATE, DELETE ON sark.login_attempt
	TO sark_login, sark_admin;
GRANT SELECT, DELETE ON sark.login_attempt TO sark_expire;
GRANT SELECT, INSERT ON sark.idempotency_key TO sark_admin;
GRANT UPDATE (request_digest, status, answer, created_at)
	ON sark.idempotency_key TO sark_admin;
