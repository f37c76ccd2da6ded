-- The audit trail.  audit_event is partitioned by month and append-only;
-- what falls outside every month goes to audit_event_rest, so that no event
-- is ever refused.  Whoever inserts an event inserts its id into
-- audit_pending too; the loader turns pending ids into gapless numbers.

CREATE TABLE sark.audit_event (
	id		uuid NOT NULL,
	time		timestamptz NOT NULL,
	type		text NOT NULL,
	severity	text NOT NULL DEFAULT 'low',
	outcome		text NOT NULL DEFAULT 'success',
	actor_id	uuid,
	actor		text,
	action		text,
	resource	text,
	decision	text,
	reason		text,
	client_ip	text,
	user_agent	text,
	request_id	text,
	trace_id	text,
	program		text,
	detail		jsonb,
	-- read backwards it also serves "newest first"
	PRIMARY KEY (time, id)
) PARTITION BY RANGE (time);
CREATE INDEX audit_event_id ON sark.audit_event (id);
CREATE INDEX audit_event_actor ON sark.audit_event (actor, time, id)
	WHERE actor IS NOT NULL;
CREATE INDEX audit_event_type ON sark.audit_event (type, time, id);
CREATE INDEX audit_event_request ON sark.audit_event (request_id)
	WHERE request_id IS NOT NULL;

CREATE TABLE sark.audit_event_rest PARTITION OF sark.audit_event DEFAULT;

-- Rights already say so; this holds when a right is given by mistake.
CREATE FUNCTION sark.audit_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF current_user <> (SELECT pg_get_userbyid(relowner) FROM pg_class
	    WHERE oid = TG_RELID) THEN
		RAISE EXCEPTION 'the audit trail is append-only'
		    USING ERRCODE = 'insufficient_privilege';
	END IF;
	IF TG_OP = 'DELETE' THEN
		RETURN OLD;
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER audit_refuse_row BEFORE UPDATE OR DELETE ON sark.audit_event
	FOR EACH ROW EXECUTE FUNCTION sark.audit_refuse();
CREATE TRIGGER audit_refuse_truncate BEFORE TRUNCATE ON sark.audit_event
	FOR EACH STATEMENT EXECUTE FUNCTION sark.audit_refuse();
CREATE TRIGGER audit_refuse_truncate BEFORE TRUNCATE ON sark.audit_event_rest
	FOR EACH STATEMENT EXECUTE FUNCTION sark.audit_refuse();

-- Makes the partitions of this month (UTC) and of so many months ahead.
-- Events of such a month that audit_event_rest has already are moved.
-- Returns the number of partitions made.
CREATE FUNCTION sark.audit_partitions(months integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC' AS $$
DECLARE
	first timestamptz;
	past timestamptz;
	part text;
	made integer := 0;
BEGIN
	IF months IS NULL OR months NOT BETWEEN 0 AND 120 THEN
		RAISE EXCEPTION 'months must be from 0 to 120'
		    USING ERRCODE = 'invalid_parameter_value';
	END IF;
	PERFORM pg_advisory_xact_lock(
	    hashtextextended('sark.audit_partitions', 0));
	FOR i IN 0 .. months LOOP
		first := date_trunc('month', now()) + make_interval(months => i);
		past := first + interval '1 month';
		part := 'audit_event_' || to_char(first, 'YYYY_MM');
		CONTINUE WHEN to_regclass('sark.' || part) IS NOT NULL;
		EXECUTE format('CREATE TABLE sark.%I (LIKE sark.audit_event'
		    ' INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
		LOCK TABLE sark.audit_event_rest IN ACCESS EXCLUSIVE MODE;
		EXECUTE format('WITH moved AS (DELETE FROM sark.audit_event_rest'
		    ' WHERE time >= %L AND time < %L RETURNING *)'
		    ' INSERT INTO sark.%I SELECT * FROM moved', first, past, part);
		EXECUTE format('ALTER TABLE sark.audit_event ATTACH PARTITION'
		    ' sark.%I FOR VALUES FROM (%L) TO (%L)', part, first, past);
		EXECUTE format('CREATE TRIGGER audit_refuse_truncate'
		    ' BEFORE TRUNCATE ON sark.%I FOR EACH STATEMENT'
		    ' EXECUTE FUNCTION sark.audit_refuse()', part);
		made := made + 1;
	END LOOP;
	RETURN made;
END
$$;
REVOKE ALL ON FUNCTION sark.audit_refuse() FROM PUBLIC;
REVOKE ALL ON FUNCTION sark.audit_partitions(integer) FROM PUBLIC;
DO $$ BEGIN PERFORM sark.audit_partitions(3); END $$;

CREATE TABLE sark.audit_pending (
	id	uuid PRIMARY KEY,
	time	timestamptz NOT NULL
);

-- Gapless from 1; only the loader writes it, an event's number never changes.
CREATE TABLE sark.audit_sequence (
	seq	bigint PRIMARY KEY CHECK (seq > 0),
	id	uuid NOT NULL UNIQUE,
	time	timestamptz NOT NULL
);
CREATE TRIGGER audit_refuse_row BEFORE UPDATE OR DELETE ON sark.audit_sequence
	FOR EACH ROW EXECUTE FUNCTION sark.audit_refuse();
CREATE TRIGGER audit_refuse_truncate BEFORE TRUNCATE ON sark.audit_sequence
	FOR EACH STATEMENT EXECUTE FUNCTION sark.audit_refuse();

-- How far the loader has read each spool segment.
CREATE TABLE sark.spool_cursor (
	segment		text PRIMARY KEY CHECK (segment <> ''),
	position	bigint NOT NULL DEFAULT 0 CHECK (position >= 0),
	done		boolean NOT NULL DEFAULT false,
	updated_at	timestamptz NOT NULL DEFAULT pg_catalog.now()
);
