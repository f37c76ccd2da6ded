-- The ledger row of a migration, in the migration's own transaction.  The
-- first ones came before the column oldest_program.
SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute
	WHERE attrelid = 'sark.migration'::regclass
	AND attname = 'oldest_program') AS declares \gset
\if :declares
INSERT INTO sark.migration (version, name, checksum, oldest_program)
VALUES (:version, :'name', :'checksum', nullif(:'compatible', '')::integer);
\else
INSERT INTO sark.migration (version, name, checksum)
VALUES (:version, :'name', :'checksum');
\endif
