REVOKE SELECT (session_id, user_id, expires_at, revoked_at, amr, mfa_time)
	ON sark.session FROM sark_registry, sark_policy, sark_audit, sark_status;
REVOKE SELECT ON sark.user_role, sark.team_member FROM sark_audit, sark_status;
REVOKE SELECT (user_id, username, email, name, provider, agent, disabled_at)
	ON sark.users FROM sark_audit, sark_status;
