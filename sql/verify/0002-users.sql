SELECT user_id, username, username_norm, email, name, provider, password_hash,
    agent, disabled_at, password_changed_at, created_at, updated_at,
    last_login_at
FROM sark.users WHERE false;
SELECT user_id, role, granted_by, granted_at, expires_at
FROM sark.user_role WHERE false;
SELECT team, user_id, manager FROM sark.team_member WHERE false;
