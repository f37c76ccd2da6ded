REVOKE ALL ON ALL TABLES IN SCHEMA sark FROM sark_login, sark_refresh,
	sark_registry, sark_policy, sark_audit, sark_status, sark_admin,
	sark_audit_load;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA sark FROM sark_login, sark_refresh,
	sark_registry, sark_policy, sark_audit, sark_status, sark_admin,
	sark_audit_load;
REVOKE ALL ON SCHEMA sark FROM sark_login, sark_refresh, sark_registry,
	sark_policy, sark_audit, sark_status, sark_admin, sark_audit_load;
