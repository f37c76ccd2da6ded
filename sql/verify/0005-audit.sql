SELECT id, time, type, severity, outcome, actor_id, actor, action, resource,
    decision, reason, client_ip, user_agent, request_id, trace_id, program,
    detail
FROM sark.audit_event WHERE false;
SELECT id, time FROM sark.audit_pending WHERE false;
SELECT seq, id, time FROM sark.audit_sequence WHERE false;
SELECT segment, position, done, updated_at FROM sark.spool_cursor WHERE false;

DO $$
BEGIN
	ASSERT (SELECT pg_catalog.count(*) >= 2 FROM pg_catalog.pg_inherits
	    WHERE inhparent = 'sark.audit_event'::regclass),
	    'audit_event has no partition for this month';
	ASSERT (SELECT partdefid <> 0 FROM pg_catalog.pg_partitioned_table
	    WHERE partrelid = 'sark.audit_event'::regclass),
	    'audit_event has no default partition';
END
$$;
