-- The rotation of refresh tokens: what a session must know of the token before
-- the live one.  Here, and not in Redis, is decided what a token still is.
-- compatible: 0015

ALTER TABLE sark.session
	ADD COLUMN previous_token_id uuid,
	ADD COLUMN previous_hash text,
	ADD COLUMN rotated_at timestamptz,
	ADD COLUMN rotations bigint NOT NULL DEFAULT 0 CHECK (rotations >= 0);
COMMENT ON COLUMN sark.session.previous_token_id IS
	'id of the refresh token that the live one came from; NULL: the first';
COMMENT ON COLUMN sark.session.previous_hash IS 'digest of its secret';
COMMENT ON COLUMN sark.session.rotations IS
	'refresh tokens that this session has had before the live one';

GRANT UPDATE (previous_token_id, previous_hash, rotated_at, rotations)
	ON sark.session TO sark_refresh;
