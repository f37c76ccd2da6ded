-- What a migration leaves may suit programs that were made for an earlier
-- one: it then says so, and they go on and start while others are upgraded.
ALTER TABLE sark.migration ADD COLUMN oldest_program integer
	CHECK (oldest_program > 0 AND oldest_program <= version);
COMMENT ON COLUMN sark.migration.oldest_program IS
	'programs made for this version or a later one work; NULL: for its own';
