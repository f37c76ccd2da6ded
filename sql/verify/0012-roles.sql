SELECT name, description, permissions, created_by, created_at, updated_at
FROM sark.role WHERE false;
SELECT user_id, group_name FROM sark.user_group WHERE false;
SELECT binding_id, role, user_id, group_name, key_id, scope_type, scope_id,
    expires_at, granted_by, granted_by_id, granted_at
FROM sark.role_binding WHERE false;
SELECT binding_id, position, days, opens, closes, zone
FROM sark.role_window WHERE false;

DO $$
DECLARE
	program text;
	nobody CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
BEGIN
	ASSERT (SELECT inside AND changes_at = '2026-11-26 11:00+00'
	    FROM sark.window_at('{4}', 540, 720, 'Europe/Berlin',
	    '2026-11-26 08:00+00')), 'the windows of bindings are wrong';
	ASSERT (SELECT roles = '{}' AND permissions = '{}' AND scoped = '{}'
	    AND until IS NULL FROM sark.roles_at(nobody, NULL,
	    pg_catalog.now())), 'nobody has a role';
	FOREACH program IN ARRAY ARRAY['sark_login', 'sark_refresh',
	    'sark_registry', 'sark_policy', 'sark_audit', 'sark_status',
	    'sark_admin']
	LOOP
		ASSERT pg_catalog.has_function_privilege(program,
		    'sark.roles_at(uuid, uuid, timestamptz)', 'EXECUTE'),
		    program || ' cannot see roles';
		ASSERT program = 'sark_admin' OR NOT (
		    pg_catalog.has_table_privilege(program, 'sark.role',
		    'INSERT, UPDATE, DELETE') OR
		    pg_catalog.has_table_privilege(program,
		    'sark.role_binding', 'INSERT, UPDATE, DELETE')),
		    program || ' may give roles';
	END LOOP;
END
$$;
