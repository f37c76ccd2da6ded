-- Own roles, and roles bound to users, groups of a directory and API keys.
--
-- Two tables say what roles a user has, and both count.  sark.user_role holds
-- his plain roles: built-in ones, given by sark-user(8) or with the user
-- himself, always in effect until they expire.  sark.role_binding holds what
-- was bound: built-in and own roles, perhaps only for some hours or on some
-- resources.  Programs of before this migration know the plain roles alone
-- and so give less, never more.  Nothing is copied from one to the other.
-- compatible: 0008

CREATE TABLE sark.role (
	-- never that of a built-in role: those are the programs' (rbac.c)
	name		text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]{0,62}$'),
	description	text NOT NULL DEFAULT '',
	permissions	text[] NOT NULL,
	created_by	text NOT NULL DEFAULT '',
	created_at	timestamptz NOT NULL DEFAULT pg_catalog.now(),
	updated_at	timestamptz NOT NULL DEFAULT pg_catalog.now()
);

CREATE TABLE sark.user_group (
	user_id		uuid NOT NULL REFERENCES sark.users,
	group_name	text NOT NULL CHECK (group_name <> ''),
	PRIMARY KEY (user_id, group_name)
);
COMMENT ON TABLE sark.user_group IS
	'the groups that a directory had a user in when it was asked last';
COMMENT ON COLUMN sark.user_group.group_name IS
	'name or DN in the normal form of auth/group.h';

CREATE TABLE sark.role_binding (
	binding_id	uuid PRIMARY KEY,
	role		text NOT NULL CHECK (role <> ''),
	-- to exactly one of these
	user_id		uuid REFERENCES sark.users,
	group_name	text CHECK (group_name <> ''),
	key_id		uuid,
	-- only on this team or server; NULL: everywhere
	scope_type	text CHECK (scope_type IN ('team', 'server')),
	scope_id	text CHECK (scope_id <> ''),
	expires_at	timestamptz,
	granted_by	text NOT NULL DEFAULT '',
	granted_by_id	uuid,
	granted_at	timestamptz NOT NULL DEFAULT pg_catalog.now(),
	CHECK (pg_catalog.num_nonnulls(user_id, group_name, key_id) = 1),
	CHECK ((scope_type IS NULL) = (scope_id IS NULL))
);
CREATE INDEX role_binding_user ON sark.role_binding (user_id)
	WHERE user_id IS NOT NULL;
CREATE INDEX role_binding_group ON sark.role_binding (group_name)
	WHERE group_name IS NOT NULL;
CREATE INDEX role_binding_key ON sark.role_binding (key_id)
	WHERE key_id IS NOT NULL;
CREATE INDEX role_binding_role ON sark.role_binding (role);
CREATE INDEX role_binding_expiry ON sark.role_binding (expires_at)
	WHERE expires_at IS NOT NULL;

CREATE TABLE sark.role_window (
	binding_id	uuid NOT NULL
		REFERENCES sark.role_binding ON DELETE CASCADE,
	position	integer NOT NULL,
	-- the days it opens on, 1 Monday to 7 Sunday
	days		integer[] NOT NULL,
	opens		integer NOT NULL CHECK (opens BETWEEN 0 AND 1439),
	-- not behind opens: on the next day
	closes		integer NOT NULL CHECK (closes BETWEEN 0 AND 1440),
	zone		text NOT NULL CHECK (zone <> ''),
	PRIMARY KEY (binding_id, position),
	CHECK (opens <> closes)
);
COMMENT ON TABLE sark.role_window IS
	'when a binding is in effect; one without windows is always';
COMMENT ON COLUMN sark.role_window.opens IS 'minute of the day in the zone';

-- Whether a window is open, and when that may change.  A window goes from one
-- moment to another, so both answers are made of the same two: a time that the
-- clock of the zone skips counts as much later as the clock is put forward,
-- one that it shows twice counts the second time.
CREATE FUNCTION sark.window_at(days integer[], opens integer, closes integer,
	zone text, at timestamptz)
RETURNS TABLE (inside boolean, changes_at timestamptz)
LANGUAGE sql STABLE AS $$
	WITH day AS (
		SELECT (at AT TIME ZONE zone)::date + k AS date
		FROM generate_series(-2, 8) AS k),
	span AS (
		SELECT (date + opens * interval '1 minute')
			AT TIME ZONE zone AS since,
		    (date + CASE WHEN closes > opens THEN closes
			ELSE closes + 1440 END * interval '1 minute')
			AT TIME ZONE zone AS until
		FROM day
		WHERE extract(isodow FROM date)::integer = ANY (days))
	SELECT coalesce(bool_or(since <= at AND at < until), false),
	    least(min(since) FILTER (WHERE since > at),
		min(until) FILTER (WHERE until > at))
	FROM span
$$;

-- Every role that a user was given, or an API key of his, and what becomes of
-- it at a moment: state active, expired or outside_window; changes_at when
-- that may change, NULL never.  PL/pgSQL keeps its plan, and a plan that looks
-- costly is not compiled: that would take longer than any user's roles.
CREATE FUNCTION sark.roles_given(who uuid, key uuid, at timestamptz)
RETURNS TABLE (role text, binding_id uuid, group_name text, key_id uuid,
	scope_type text, scope_id text, expires_at timestamptz, state text,
	changes_at timestamptz)
LANGUAGE plpgsql STABLE ROWS 5 SET jit = off AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT p.role, NULL::uuid, NULL::text, NULL::uuid, NULL::text,
	    NULL::text, p.expires_at,
	    CASE WHEN p.expires_at <= at THEN 'expired' ELSE 'active' END,
	    CASE WHEN p.expires_at > at THEN p.expires_at END
	FROM sark.user_role p WHERE p.user_id = who
	UNION ALL
	SELECT b.role, b.binding_id, b.group_name, b.key_id, b.scope_type,
	    b.scope_id, b.expires_at,
	    CASE WHEN b.expires_at <= at THEN 'expired'
		WHEN NOT coalesce(w.inside, true) THEN 'outside_window'
		ELSE 'active' END,
	    CASE WHEN b.expires_at <= at THEN NULL
		ELSE least(b.expires_at, w.changes_at) END
	FROM sark.role_binding b
	LEFT JOIN LATERAL (
		SELECT bool_or(v.inside) AS inside,
		    min(v.changes_at) AS changes_at
		FROM sark.role_window x, sark.window_at(x.days, x.opens,
		    x.closes, x.zone, at) v
		WHERE x.binding_id = b.binding_id) w ON true
	WHERE b.user_id = who OR b.key_id = key OR b.group_name IN (
		SELECT g.group_name FROM sark.user_group g
		WHERE g.user_id = who);
END
$$;

-- What of it counts at a moment, in one row: the roles in effect everywhere,
-- what the own ones among them permit, the roles in effect on some resource
-- (role, scope_type, scope_id, the permissions of an own role joined by
-- blanks: four texts each), and until when all this holds; NULL without end.
CREATE FUNCTION sark.roles_at(who uuid, key uuid, at timestamptz)
RETURNS TABLE (roles text[], permissions text[], scoped text[],
	until timestamptz)
LANGUAGE plpgsql STABLE ROWS 1 SET jit = off AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH given AS MATERIALIZED (
		SELECT g.role, g.scope_type, g.scope_id, g.state, g.changes_at
		FROM sark.roles_given(who, key, at) g)
	SELECT ARRAY(SELECT DISTINCT g.role FROM given g
		WHERE g.state = 'active' AND g.scope_type IS NULL ORDER BY 1),
	    ARRAY(SELECT DISTINCT p FROM given g
		JOIN sark.role r ON r.name = g.role, unnest(r.permissions) AS p
		WHERE g.state = 'active' AND g.scope_type IS NULL ORDER BY 1),
	    ARRAY(SELECT t.text FROM (
			SELECT DISTINCT g.role, g.scope_type, g.scope_id,
			    coalesce(array_to_string(r.permissions, ' '), '')
				AS permissions
			FROM given g LEFT JOIN sark.role r ON r.name = g.role
			WHERE g.state = 'active'
			AND g.scope_type IS NOT NULL) AS s,
		    unnest(ARRAY[s.role, s.scope_type, s.scope_id,
			s.permissions]) WITH ORDINALITY AS t (text, n)
		ORDER BY s.role, s.scope_type, s.scope_id, t.n),
	    (SELECT min(g.changes_at) FROM given g);
END
$$;

-- Whoever looks at a caller sees what roles he has.
GRANT SELECT ON sark.user_role, sark.role, sark.user_group, sark.role_binding,
	sark.role_window TO sark_login, sark_refresh, sark_registry,
	sark_policy, sark_audit, sark_status, sark_admin;
GRANT EXECUTE ON FUNCTION
	sark.window_at(integer[], integer, integer, text, timestamptz),
	sark.roles_given(uuid, uuid, timestamptz),
	sark.roles_at(uuid, uuid, timestamptz)
	TO sark_login, sark_refresh, sark_registry, sark_policy, sark_audit,
	sark_status, sark_admin;
GRANT INSERT, DELETE ON sark.role, sark.role_binding TO sark_admin;
GRANT UPDATE (description, permissions, updated_at) ON sark.role TO sark_admin;
GRANT INSERT ON sark.role_window TO sark_admin;
-- A login and a refresh learn what the directory says.
GRANT INSERT, DELETE ON sark.user_group TO sark_login, sark_refresh,
	sark_admin;
GRANT SELECT (binding_id, expires_at), DELETE ON sark.role_binding
	TO sark_expire;
