-- This destroys the audit trail.

DROP TABLE sark.spool_cursor;
DROP TABLE sark.audit_sequence;
DROP TABLE sark.audit_pending;
DROP FUNCTION sark.audit_partitions(integer);
DROP TABLE sark.audit_event;
DROP FUNCTION sark.audit_refuse();
