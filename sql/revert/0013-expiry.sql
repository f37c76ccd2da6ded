REVOKE SELECT (session_id, expires_at, revoked_at), DELETE ON sark.session
	FROM sark_expire;
REVOKE SELECT (user_id, created_at, confirmed_at), DELETE ON sark.totp
	FROM sark_expire;
