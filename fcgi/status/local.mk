sarkexec_PROGRAMS += fcgi/status/sark-status
fcgi_status_sark_status_SOURCES = \
	%D%/checks.c %D%/checks.h \
	%D%/depth.c %D%/depth.h \
	%D%/description.c %D%/description.h \
	%D%/docs_page.c %D%/docs_page.h \
	%D%/get_detailed.c \
	%D%/get_docs.c \
	%D%/get_health.c \
	%D%/get_live.c \
	%D%/get_metrics.c \
	%D%/get_openapi.c \
	%D%/get_ready.c \
	%D%/main.c \
	%D%/routes.c %D%/routes.h
fcgi_status_sark_status_LDADD = libsarkcommon.la $(TALLOC_LIBS)
