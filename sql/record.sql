-- The ledger row of a migration, in the migration's own transaction.
INSERT INTO sark.migration (version, name, checksum)
VALUES (:version, :'name', :'checksum');
