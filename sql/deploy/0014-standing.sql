-- Every program that takes a token asks what counts now of its session and
-- its user.  The names of who is asked about are read, never a secret.
-- compatible: 0009

GRANT SELECT (user_id, username, email, name, provider, agent, disabled_at)
	ON sark.users TO sark_audit, sark_status;
GRANT SELECT ON sark.user_role, sark.team_member TO sark_audit, sark_status;
GRANT SELECT (session_id, user_id, expires_at, revoked_at, amr, mfa_time)
	ON sark.session TO sark_registry, sark_policy, sark_audit, sark_status;
