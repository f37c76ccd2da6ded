ALTER TABLE sark.migration DROP COLUMN oldest_program;
