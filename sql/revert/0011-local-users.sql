REVOKE ALL ON sark.idempotency_key FROM sark_admin;
REVOKE SELECT (password_hash) ON sark.users FROM sark_admin;
DROP TABLE sark.login_attempt;
DROP TABLE sark.password_history;
ALTER TABLE sark.users DROP COLUMN password_change_required;
