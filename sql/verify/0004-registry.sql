SELECT server_id, name, transport, endpoint, command, version, description,
    status, sensitivity, owner_id, owner, team, tags, capabilities, metadata,
    created_at, updated_at, deleted_at
FROM sark.server WHERE false;
SELECT tool_id, server_id, name, description, parameters, sensitivity,
    sensitivity_source, requires_approval, created_at, updated_at
FROM sark.tool WHERE false;
SELECT history_id, tool_id, level, previous, source, reason, changed_by,
    changed_by_id, changed_at
FROM sark.tool_sensitivity WHERE false;
