libsarkcommon_la_SOURCES += \
	%D%/app.h \
	%D%/attr.h \
	%D%/b64.c %D%/b64.h \
	%D%/buf.c %D%/buf.h \
	%D%/caller.h \
	%D%/clock.c %D%/clock.h \
	%D%/code.c %D%/code.h \
	%D%/err.c %D%/err.h \
	%D%/failpoint.c %D%/failpoint.h \
	%D%/file.c %D%/file.h \
	%D%/level.c %D%/level.h \
	%D%/log.c %D%/log.h \
	%D%/mem.c %D%/mem.h \
	%D%/netstring.c %D%/netstring.h \
	%D%/networks.c %D%/networks.h \
	%D%/num.c %D%/num.h \
	%D%/permission.c %D%/permission.h \
	%D%/quota.h \
	%D%/span.c %D%/span.h \
	%D%/str.c %D%/str.h \
	%D%/uuid.c %D%/uuid.h
