SELECT session_id, user_id, token_id, secret_hash, client_ip, user_agent,
    created_at, last_used_at, expires_at, revoked_at, revoke_reason
FROM sark.session WHERE false;
