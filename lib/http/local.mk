libsarkcommon_la_SOURCES += \
	%D%/access.c %D%/access.h \
	%D%/answer.c %D%/answer.h \
	%D%/cgi.c %D%/cgi.h \
	%D%/conn.c %D%/conn.h \
	%D%/cors.c %D%/cors.h \
	%D%/credential.c %D%/credential.h \
	%D%/dispatch.c %D%/dispatch.h \
	%D%/etag.c %D%/etag.h \
	%D%/exchange.c %D%/exchange.h \
	%D%/fcgi.c %D%/fcgi.h \
	%D%/field.c %D%/field.h \
	%D%/idempotency.c %D%/idempotency.h \
	%D%/incoming.c %D%/incoming.h \
	%D%/limit.c %D%/limit.h \
	%D%/listen.c %D%/listen.h \
	%D%/peer.c %D%/peer.h \
	%D%/problem.c %D%/problem.h \
	%D%/query.c \
	%D%/queue.c %D%/queue.h \
	%D%/request.h \
	%D%/response.c %D%/response.h \
	%D%/route.h \
	%D%/router.c %D%/router.h \
	%D%/shed.c %D%/shed.h \
	%D%/target.c %D%/target.h \
	%D%/trace.c %D%/trace.h \
	%D%/tracing.c %D%/tracing.h \
	%D%/value.c %D%/value.h
