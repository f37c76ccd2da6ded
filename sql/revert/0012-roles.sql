DROP FUNCTION sark.roles_at(uuid, uuid, timestamptz);
DROP FUNCTION sark.roles_given(uuid, uuid, timestamptz);
DROP FUNCTION sark.window_at(integer[], integer, integer, text, timestamptz);
DROP TABLE sark.role_window;
DROP TABLE sark.role_binding;
DROP TABLE sark.user_group;
DROP TABLE sark.role;
REVOKE SELECT ON sark.user_role FROM sark_audit, sark_status;
