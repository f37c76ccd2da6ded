-- People, services and agents; their roles and teams.

CREATE TABLE sark.users (
	user_id			uuid PRIMARY KEY,
	username		text NOT NULL CHECK (username <> ''),
	-- lower case, NFC: what is unique is what people see as one name
	username_norm		text NOT NULL UNIQUE CHECK (username_norm <> ''),
	email			text NOT NULL DEFAULT '',
	name			text NOT NULL DEFAULT '',
	provider		text NOT NULL DEFAULT 'local',
	password_hash		text,
	agent			boolean NOT NULL DEFAULT false,
	disabled_at		timestamptz,
	password_changed_at	timestamptz,
	created_at		timestamptz NOT NULL DEFAULT pg_catalog.now(),
	updated_at		timestamptz NOT NULL DEFAULT pg_catalog.now(),
	last_login_at		timestamptz
);
COMMENT ON COLUMN sark.users.password_hash IS
	'Argon2id in PHC text form; NULL where another provider logs the user in';

CREATE TABLE sark.user_role (
	user_id		uuid NOT NULL REFERENCES sark.users,
	role		text NOT NULL CHECK (role <> ''),
	granted_by	text NOT NULL DEFAULT '',
	granted_at	timestamptz NOT NULL DEFAULT pg_catalog.now(),
	expires_at	timestamptz,
	PRIMARY KEY (user_id, role)
);

CREATE TABLE sark.team_member (
	team		text NOT NULL CHECK (team <> ''),
	user_id		uuid NOT NULL REFERENCES sark.users,
	manager		boolean NOT NULL DEFAULT false,
	PRIMARY KEY (team, user_id)
);
CREATE INDEX team_member_user ON sark.team_member (user_id);
