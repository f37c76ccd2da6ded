-- MCP servers, their tools, and who set which sensitivity when.

CREATE TABLE sark.server (
	server_id	uuid PRIMARY KEY,
	name		text NOT NULL CHECK (name <> ''),
	transport	text NOT NULL CHECK (transport IN ('http', 'sse', 'stdio')),
	endpoint	text NOT NULL DEFAULT '',
	command		text NOT NULL DEFAULT '',
	version		text NOT NULL DEFAULT '',
	description	text NOT NULL DEFAULT '',
	status		text NOT NULL DEFAULT 'registered' CHECK (status IN
	    ('registered', 'active', 'inactive', 'unhealthy', 'quarantined',
	    'disabled')),
	sensitivity	text NOT NULL CHECK (sensitivity IN
	    ('low', 'medium', 'high', 'critical')),
	owner_id	uuid REFERENCES sark.users,
	owner		text NOT NULL DEFAULT '',
	team		text NOT NULL DEFAULT '',
	tags		text[] NOT NULL DEFAULT '{}',
	capabilities	jsonb,
	metadata	jsonb,
	created_at	timestamptz NOT NULL DEFAULT pg_catalog.now(),
	updated_at	timestamptz NOT NULL DEFAULT pg_catalog.now(),
	deleted_at	timestamptz
);
CREATE UNIQUE INDEX server_name ON sark.server (name, team)
	WHERE deleted_at IS NULL;
CREATE INDEX server_list ON sark.server (created_at, server_id)
	WHERE deleted_at IS NULL;

CREATE TABLE sark.tool (
	tool_id			uuid PRIMARY KEY,
	server_id		uuid NOT NULL REFERENCES sark.server,
	name			text NOT NULL CHECK (name <> ''),
	description		text NOT NULL DEFAULT '',
	parameters		jsonb,
	sensitivity		text NOT NULL CHECK (sensitivity IN
	    ('low', 'medium', 'high', 'critical')),
	sensitivity_source	text NOT NULL CHECK (sensitivity_source IN
	    ('declared', 'detected', 'set')),
	requires_approval	boolean NOT NULL DEFAULT false,
	created_at		timestamptz NOT NULL DEFAULT pg_catalog.now(),
	updated_at		timestamptz NOT NULL DEFAULT pg_catalog.now(),
	UNIQUE (server_id, name)
);
CREATE INDEX tool_name ON sark.tool (name);
CREATE INDEX tool_list ON sark.tool (created_at, tool_id);

CREATE TABLE sark.tool_sensitivity (
	history_id	uuid PRIMARY KEY,
	tool_id		uuid NOT NULL REFERENCES sark.tool,
	level		text NOT NULL CHECK (level IN
	    ('low', 'medium', 'high', 'critical')),
	previous	text CHECK (previous IN
	    ('low', 'medium', 'high', 'critical')),
	source		text NOT NULL CHECK (source IN
	    ('declared', 'detected', 'set')),
	reason		text NOT NULL DEFAULT '',
	changed_by	text NOT NULL DEFAULT '',
	changed_by_id	uuid,
	changed_at	timestamptz NOT NULL DEFAULT pg_catalog.now()
);
CREATE INDEX tool_sensitivity_history ON sark.tool_sensitivity
	(tool_id, changed_at, history_id);
