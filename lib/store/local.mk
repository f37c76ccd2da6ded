# lib/store
libsarkcommon_la_SOURCES += \
	%D%/apikeys.c %D%/apikeys.h \
	%D%/attempts.c %D%/attempts.h \
	%D%/audit_load.c %D%/audit_load.h \
	%D%/audit_log.c %D%/audit_log.h \
	%D%/bindings.c %D%/bindings.h \
	%D%/deadline.c %D%/deadline.h \
	%D%/decisions.c %D%/decisions.h \
	%D%/effective.c %D%/effective.h \
	%D%/directory.c %D%/directory.h \
	%D%/audit_search.c %D%/audit_search.h \
	%D%/expiry.c %D%/expiry.h \
	%D%/gate.c %D%/gate.h \
	%D%/generations.c %D%/generations.h \
	%D%/idempotency.c %D%/idempotency.h \
	%D%/info.c %D%/info.h \
	%D%/ledger.c %D%/ledger.h \
	%D%/limits.c %D%/limits.h \
	%D%/logon.c %D%/logon.h \
	%D%/passwords.c %D%/passwords.h \
	%D%/pattern.c %D%/pattern.h \
	%D%/pg.c %D%/pg.h %D%/wire.h \
	%D%/redis.c %D%/redis.h %D%/redis_ping.c \
	%D%/report.c %D%/report.h \
	%D%/roles.c %D%/roles.h \
	%D%/rotation.c %D%/rotation.h \
	%D%/rows.c %D%/rows.h \
	%D%/schema.c %D%/schema.h \
	%D%/sessions.c %D%/sessions.h \
	%D%/servers.c %D%/servers.h \
	%D%/sqlstate.c %D%/sqlstate.h \
	%D%/standing.c %D%/standing.h \
	%D%/statement.c \
	%D%/tools.c %D%/tools.h \
	%D%/totp.c %D%/totp.h \
	%D%/tx.c \
	%D%/users.c %D%/users.h
