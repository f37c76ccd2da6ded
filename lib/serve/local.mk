libsarkcommon_la_SOURCES += \
	%D%/authenticate.c %D%/authenticate.h \
	%D%/confine.c %D%/confine.h \
	%D%/idempotency.c %D%/idempotency.h \
	%D%/limits.c %D%/limits.h \
	%D%/observe.c %D%/observe.h \
	%D%/open.c %D%/open.h \
	%D%/peers.c %D%/peers.h \
	%D%/refused.c %D%/refused.h \
	%D%/repeats.c %D%/repeats.h \
	%D%/serve.c %D%/serve.h \
	%D%/settings.c %D%/settings.h \
	%D%/share.c %D%/share.h \
	%D%/telemetry.c %D%/telemetry.h \
	%D%/worker.c %D%/worker.h
