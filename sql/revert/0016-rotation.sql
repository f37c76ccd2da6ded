ALTER TABLE sark.session
	DROP COLUMN previous_token_id,
	DROP COLUMN previous_hash,
	DROP COLUMN rotated_at,
	DROP COLUMN rotations;
