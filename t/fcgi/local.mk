# t/fcgi
PERL_TESTS += \
	%D%/admin_roles.t %D%/admin_users.t \
	%D%/api_keys.t \
	%D%/audit.t \
	%D%/bearer.t \
	%D%/body.t \
	%D%/cache.t \
	%D%/cors.t \
	%D%/deadline.t \
	%D%/etag.t \
	%D%/idempotency.t \
	%D%/introspect.t \
	%D%/life.t \
	%D%/limit.t \
	%D%/log.t \
	%D%/login.t \
	%D%/login_ldap.t \
	%D%/login_password.t \
	%D%/openapi.t \
	%D%/methods.t \
	%D%/mfa.t \
	%D%/policy.t \
	%D%/ready.t \
	%D%/refresh.t \
	%D%/refresh_ldap.t \
	%D%/registry.t \
	%D%/reload.t \
	%D%/roles_effect.t \
	%D%/sandbox.t \
	%D%/sessions.t \
	%D%/standing.t \
	%D%/status.t \
	%D%/telemetry.t
