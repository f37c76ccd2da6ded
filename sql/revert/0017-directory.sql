-- The role stays: other databases of the cluster may use it.

DROP FUNCTION sark.directory_user_gone(uuid);
DROP FUNCTION sark.directory_user_set(uuid, text, text, text, text, text,
	text[], text[], text[], text[]);
DROP FUNCTION sark.directory_user_add(uuid, text, text, text);
REVOKE ALL ON sark.audit_event, sark.audit_pending, sark.session, sark.users,
	sark.migration, sark.user_role, sark.team_member, sark.user_group
	FROM sark_ldap_sync;
REVOKE ALL ON SCHEMA sark FROM sark_ldap_sync;
ALTER TABLE sark.team_member DROP COLUMN granted_by;
ALTER TABLE sark.users DROP COLUMN directory_gone_at;
ALTER TABLE sark.users DROP COLUMN directory_id;
DO $$
BEGIN
	EXECUTE pg_catalog.format('ALTER ROLE sark_ldap_sync IN DATABASE %I'
	    ' RESET ALL', pg_catalog.current_database());
	EXECUTE pg_catalog.format('REVOKE CONNECT ON DATABASE %I'
	    ' FROM sark_ldap_sync', pg_catalog.current_database());
END
$$;
