ALTER TABLE sark.session DROP COLUMN amr, DROP COLUMN mfa_time;
DROP TABLE sark.recovery_code;
DROP TABLE sark.totp;
