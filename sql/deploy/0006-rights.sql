-- Who may do what: the least that each program needs, in one place.

GRANT USAGE ON SCHEMA sark TO sark_login, sark_refresh, sark_registry,
	sark_policy, sark_audit, sark_status, sark_admin, sark_audit_load;
GRANT SELECT ON sark.migration TO sark_login, sark_refresh, sark_registry,
	sark_policy, sark_audit, sark_status, sark_admin, sark_audit_load;

-- Users: only the login reads a password hash.
GRANT SELECT (user_id, username, username_norm, email, name, provider, agent,
	disabled_at, password_changed_at, created_at, updated_at, last_login_at)
	ON sark.users TO sark_refresh, sark_registry, sark_policy, sark_admin;
GRANT SELECT ON sark.users TO sark_login;
GRANT UPDATE (email, name, password_hash, password_changed_at, updated_at,
	last_login_at) ON sark.users TO sark_login;
GRANT INSERT ON sark.users TO sark_admin;
GRANT UPDATE (username, username_norm, email, name, provider, password_hash,
	agent, disabled_at, password_changed_at, updated_at)
	ON sark.users TO sark_admin;
GRANT SELECT ON sark.user_role, sark.team_member TO sark_login, sark_refresh,
	sark_registry, sark_policy;
GRANT SELECT, INSERT, UPDATE, DELETE ON sark.user_role, sark.team_member
	TO sark_admin;

-- Sessions: ended, never deleted, by those who serve requests.
GRANT SELECT, INSERT ON sark.session TO sark_login, sark_refresh;
GRANT UPDATE (revoked_at, revoke_reason, last_used_at)
	ON sark.session TO sark_login;
GRANT UPDATE (token_id, secret_hash, last_used_at, expires_at, client_ip,
	user_agent, revoked_at, revoke_reason) ON sark.session TO sark_refresh;
GRANT SELECT (session_id, user_id, token_id, client_ip, user_agent, created_at,
	last_used_at, expires_at, revoked_at, revoke_reason)
	ON sark.session TO sark_admin;
GRANT UPDATE (revoked_at, revoke_reason) ON sark.session TO sark_admin;

-- Registry: the history of a tool's sensitivity only grows.
GRANT SELECT, INSERT, UPDATE ON sark.server, sark.tool TO sark_registry;
GRANT SELECT, INSERT ON sark.tool_sensitivity TO sark_registry;
GRANT SELECT ON sark.server, sark.tool TO sark_policy;

-- Audit: programs that write in transactions insert their events there.
GRANT INSERT ON sark.audit_event, sark.audit_pending TO sark_login,
	sark_refresh, sark_registry, sark_admin;
GRANT SELECT ON sark.audit_event, sark.audit_sequence TO sark_audit;
GRANT SELECT, INSERT ON sark.audit_event, sark.audit_sequence
	TO sark_audit_load;
GRANT SELECT, INSERT, DELETE ON sark.audit_pending TO sark_audit_load;
GRANT SELECT, INSERT, UPDATE, DELETE ON sark.spool_cursor TO sark_audit_load;
GRANT EXECUTE ON FUNCTION sark.audit_partitions(integer) TO sark_audit_load;
GRANT SELECT ON sark.audit_pending, sark.spool_cursor TO sark_status;
