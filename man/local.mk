dist_man_MANS += \
	%D%/sark-admin.8 \
	%D%/sark-audit-load.8 \
	%D%/sark-audit.8 \
	%D%/sark-events.7 \
	%D%/sark-faults.7 \
	%D%/sark-expire.8 \
	%D%/sark-ldap-sync.8 \
	%D%/sark-identity.7 \
	%D%/sark-keys.8 \
	%D%/sark-login.8 \
	%D%/sark-migrate.8 \
	%D%/sark-policy-build.8 \
	%D%/sark-policy.5 \
	%D%/sark-policy.8 \
	%D%/sark-refresh.8 \
	%D%/sark-registry.8 \
	%D%/sark-run.8 \
	%D%/sark-security.7 \
	%D%/sark-setup.8 \
	%D%/sark-spool.5 \
	%D%/sark-status.8 \
	%D%/sark-trace-forward.8 \
	%D%/sark-user.8 \
	%D%/sark-webserver.7 \
	%D%/sark.7 \
	%D%/sark.conf.5 \
	%D%/sarkctl.1
EXTRA_DIST += %D%/README
