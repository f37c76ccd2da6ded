sarksqldir = $(sarkdatadir)/sql
dist_sarksql_DATA = %D%/record.sql %D%/forget.sql

sarkdeploydir = $(sarksqldir)/deploy
dist_sarkdeploy_DATA = \
	%D%/deploy/0001-schema.sql \
	%D%/deploy/0002-users.sql \
	%D%/deploy/0003-sessions.sql \
	%D%/deploy/0004-registry.sql \
	%D%/deploy/0005-audit.sql \
	%D%/deploy/0006-rights.sql \
	%D%/deploy/0007-audit-search.sql \
	%D%/deploy/0008-ledger-programs.sql \
	%D%/deploy/0009-idempotency.sql \
	%D%/deploy/0010-mfa.sql \
	%D%/deploy/0011-local-users.sql \
	%D%/deploy/0012-roles.sql \
	%D%/deploy/0013-expiry.sql \
	%D%/deploy/0014-standing.sql \
	%D%/deploy/0015-api-keys.sql \
	%D%/deploy/0016-rotation.sql \
	%D%/deploy/0017-directory.sql

sarkverifydir = $(sarksqldir)/verify
dist_sarkverify_DATA = \
	%D%/verify/0001-schema.sql \
	%D%/verify/0002-users.sql \
	%D%/verify/0003-sessions.sql \
	%D%/verify/0004-registry.sql \
	%D%/verify/0005-audit.sql \
	%D%/verify/0006-rights.sql \
	%D%/verify/0007-audit-search.sql \
	%D%/verify/0008-ledger-programs.sql \
	%D%/verify/0009-idempotency.sql \
	%D%/verify/0010-mfa.sql \
	%D%/verify/0011-local-users.sql \
	%D%/verify/0012-roles.sql \
	%D%/verify/0013-expiry.sql \
	%D%/verify/0014-standing.sql \
	%D%/verify/0015-api-keys.sql \
	%D%/verify/0016-rotation.sql \
	%D%/verify/0017-directory.sql

sarkrevertdir = $(sarksqldir)/revert
dist_sarkrevert_DATA = \
	%D%/revert/0001-schema.sql \
	%D%/revert/0002-users.sql \
	%D%/revert/0003-sessions.sql \
	%D%/revert/0004-registry.sql \
	%D%/revert/0005-audit.sql \
	%D%/revert/0006-rights.sql \
	%D%/revert/0007-audit-search.sql \
	%D%/revert/0008-ledger-programs.sql \
	%D%/revert/0009-idempotency.sql \
	%D%/revert/0010-mfa.sql \
	%D%/revert/0011-local-users.sql \
	%D%/revert/0012-roles.sql \
	%D%/revert/0013-expiry.sql \
	%D%/revert/0014-standing.sql \
	%D%/revert/0015-api-keys.sql \
	%D%/revert/0016-rotation.sql \
	%D%/revert/0017-directory.sql

EXTRA_DIST += %D%/README
