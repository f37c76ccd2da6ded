-- What sark-expire removes besides kept answers: it sees when rows ended and
-- which they are, nothing else of them.
-- compatible: 0009

GRANT SELECT (session_id, expires_at, revoked_at), DELETE ON sark.session
	TO sark_expire;
GRANT SELECT (user_id, created_at, confirmed_at), DELETE ON sark.totp
	TO sark_expire;
