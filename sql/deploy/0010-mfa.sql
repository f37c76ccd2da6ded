-- The second factor: one-time passwords by time (RFC 6238), recovery codes, and
-- what a session says of how its user came in.
-- compatible: 0009

CREATE TABLE sark.totp (
	user_id		uuid PRIMARY KEY REFERENCES sark.users,
	secret		text NOT NULL CHECK (secret <> ''),
	created_at	timestamptz NOT NULL DEFAULT pg_catalog.now(),
	confirmed_at	timestamptz,
	last_step	bigint NOT NULL DEFAULT 0,
	tries		integer NOT NULL DEFAULT 0 CHECK (tries >= 0),
	locked_until	timestamptz
);
COMMENT ON COLUMN sark.totp.secret IS 'sealed by the programs';
COMMENT ON COLUMN sark.totp.confirmed_at IS
	'NULL: enrolled, but not yet in force';
COMMENT ON COLUMN sark.totp.last_step IS
	'time step of the last code that counted: no code counts twice';
COMMENT ON COLUMN sark.totp.tries IS
	'codes tried since the last right one, this one included';

CREATE TABLE sark.recovery_code (
	user_id		uuid NOT NULL REFERENCES sark.totp ON DELETE CASCADE,
	digest		text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
	used_at		timestamptz,
	PRIMARY KEY (user_id, digest)
);

ALTER TABLE sark.session
	ADD COLUMN amr text[] NOT NULL DEFAULT '{pwd}',
	ADD COLUMN mfa_time timestamptz;
COMMENT ON COLUMN sark.session.amr IS
	'how its user showed who he is, RFC 8176';
COMMENT ON COLUMN sark.session.mfa_time IS
	'when he last showed his second factor; NULL: he did not';

-- The login alone sees and changes secrets; an administrator takes them away.
GRANT SELECT, INSERT, DELETE ON sark.totp, sark.recovery_code TO sark_login;
GRANT UPDATE (secret, created_at, confirmed_at, last_step, tries, locked_until)
	ON sark.totp TO sark_login;
GRANT UPDATE (used_at) ON sark.recovery_code TO sark_login;
GRANT UPDATE (amr, mfa_time) ON sark.session TO sark_login, sark_admin;
GRANT SELECT (amr, mfa_time) ON sark.session TO sark_admin;
GRANT SELECT (user_id, created_at, confirmed_at), DELETE ON sark.totp
	TO sark_admin;
