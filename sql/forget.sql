-- Takes a migration out of the ledger, in the revert's own transaction.  Only
-- the newest goes: for another there is no row, and \gset fails on none.
DELETE FROM sark.migration
WHERE version = :version AND version = (SELECT max(version) FROM sark.migration)
RETURNING version AS forgotten \gset
