sarkexec_PROGRAMS += fcgi/audit/sark-audit
fcgi_audit_sark_audit_SOURCES = \
	%D%/get_event.c \
	%D%/get_events.c \
	%D%/get_stats.c \
	%D%/main.c \
	%D%/routes.c %D%/routes.h
fcgi_audit_sark_audit_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS)
fcgi_audit_sark_audit_LDADD = libsarkcommon.la
