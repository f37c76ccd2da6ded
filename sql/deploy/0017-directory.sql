-- Users whom a directory (LDAP) vouches for.  The programs that ask it change
-- such users by the functions here and in no other way: never one whose
-- password is kept here, never a role or team that somebody gave by hand.
-- compatible: 0009

ALTER TABLE sark.users ADD COLUMN directory_id text UNIQUE;
COMMENT ON COLUMN sark.users.directory_id IS
	'what his entry keeps when it is renamed: entryUUID, objectGUID';
ALTER TABLE sark.users ADD COLUMN directory_gone_at timestamptz;
COMMENT ON COLUMN sark.users.directory_gone_at IS
	'disabled because the directory no longer has him, or bars him;'
	' he may come back by himself';
ALTER TABLE sark.team_member ADD COLUMN granted_by text NOT NULL DEFAULT '';
COMMENT ON COLUMN sark.team_member.granted_by IS
	'as user_role.granted_by; "the directory": by a group of his there';

GRANT SELECT (directory_id, directory_gone_at) ON sark.users
	TO sark_login, sark_refresh, sark_admin;

-- A new user of the directory.
CREATE FUNCTION sark.directory_user_add(id uuid, name text, name_norm text,
	entry text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	INSERT INTO sark.users (user_id, username, username_norm, provider,
	    directory_id) VALUES (id, name, name_norm, 'ldap',
	    nullif(entry, ''));
$$;

-- What the directory says of him now.  False: he is none of its users.
CREATE FUNCTION sark.directory_user_set(id uuid, new_name text, new_norm text,
	entry text, new_email text, new_label text, roles text[], teams text[],
	managed text[], groups text[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	giver CONSTANT text := 'the directory';
BEGIN
	UPDATE sark.users AS u SET username = new_name,
	    username_norm = new_norm,
	    directory_id = coalesce(nullif(entry, ''), u.directory_id),
	    email = new_email, name = new_label, updated_at = now(),
	    disabled_at = CASE WHEN u.directory_gone_at IS NULL
	    THEN u.disabled_at END, directory_gone_at = NULL
	    WHERE u.user_id = id AND u.provider = 'ldap';
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	DELETE FROM sark.user_role AS r WHERE r.user_id = id
	    AND r.granted_by = giver AND r.role <> ALL (roles);
	INSERT INTO sark.user_role AS r (user_id, role, granted_by)
	    SELECT DISTINCT id, one, giver FROM unnest(roles) AS one
	    ON CONFLICT (user_id, role) DO UPDATE SET granted_by = giver,
	    granted_at = now(), expires_at = NULL
	    WHERE r.expires_at <= now();
	DELETE FROM sark.team_member AS t WHERE t.user_id = id
	    AND t.granted_by = giver;
	INSERT INTO sark.team_member (team, user_id, manager, granted_by)
	    SELECT one, id, bool_or(manages), giver FROM (
	    SELECT unnest(teams) AS one, false AS manages
	    UNION ALL SELECT unnest(managed), true) AS given GROUP BY one
	    ON CONFLICT (team, user_id) DO NOTHING;
	DELETE FROM sark.user_group AS g WHERE g.user_id = id
	    AND g.group_name <> ALL (groups);
	INSERT INTO sark.user_group (user_id, group_name)
	    SELECT DISTINCT id, one FROM unnest(groups) AS one
	    ON CONFLICT DO NOTHING;
	RETURN true;
END
$$;

-- He is gone from it, or barred there.  False: he was disabled already.
CREATE FUNCTION sark.directory_user_gone(id uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	UPDATE sark.users AS u SET disabled_at = now(),
	    directory_gone_at = now(), updated_at = now()
	    WHERE u.user_id = id AND u.provider = 'ldap'
	    AND u.disabled_at IS NULL;
	RETURN FOUND;
END
$$;

REVOKE ALL ON FUNCTION sark.directory_user_add(uuid, text, text, text)
	FROM PUBLIC;
REVOKE ALL ON FUNCTION sark.directory_user_set(uuid, text, text, text, text,
	text, text[], text[], text[], text[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION sark.directory_user_gone(uuid) FROM PUBLIC;

-- The role of sark-ldap-sync, which goes through all of them.
DO $$
BEGIN
	BEGIN
		CREATE ROLE sark_ldap_sync LOGIN NOSUPERUSER NOCREATEDB
		    NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT;
	EXCEPTION WHEN duplicate_object OR unique_violation THEN
		-- another database of this cluster has SARK too
		NULL;
	END;
	EXECUTE pg_catalog.format('ALTER ROLE sark_ldap_sync IN DATABASE %I'
	    ' SET statement_timeout = ''60s''', pg_catalog.current_database());
	EXECUTE pg_catalog.format('ALTER ROLE sark_ldap_sync IN DATABASE %I'
	    ' SET search_path = pg_catalog, sark, pg_temp',
	    pg_catalog.current_database());
	EXECUTE pg_catalog.format('ALTER ROLE sark_ldap_sync IN DATABASE %I'
	    ' SET idle_in_transaction_session_timeout = ''60s''',
	    pg_catalog.current_database());
	EXECUTE pg_catalog.format('GRANT CONNECT ON DATABASE %I'
	    ' TO sark_ldap_sync', pg_catalog.current_database());
END
$$;

GRANT USAGE ON SCHEMA sark TO sark_ldap_sync;
GRANT SELECT ON sark.migration, sark.user_role, sark.team_member,
	sark.user_group
	TO sark_ldap_sync;
GRANT SELECT (user_id, username, username_norm, email, name, provider, agent,
	disabled_at, password_changed_at, created_at, updated_at, last_login_at,
	password_change_required, directory_id, directory_gone_at)
	ON sark.users TO sark_ldap_sync;
GRANT SELECT (session_id, user_id, token_id, client_ip, user_agent, created_at,
	last_used_at, expires_at, revoked_at, revoke_reason)
	ON sark.session TO sark_ldap_sync;
GRANT UPDATE (revoked_at, revoke_reason) ON sark.session TO sark_ldap_sync;
GRANT INSERT ON sark.audit_event, sark.audit_pending TO sark_ldap_sync;
GRANT EXECUTE ON FUNCTION sark.directory_user_add(uuid, text, text, text)
	TO sark_login;
GRANT EXECUTE ON FUNCTION sark.directory_user_set(uuid, text, text, text, text,
	text, text[], text[], text[], text[]) TO sark_login, sark_refresh,
	sark_ldap_sync;
GRANT EXECUTE ON FUNCTION sark.directory_user_gone(uuid) TO sark_login,
	sark_refresh, sark_ldap_sync;
