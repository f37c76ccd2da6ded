sarkexec_PROGRAMS += fcgi/refresh/sark-refresh
fcgi_refresh_sark_refresh_SOURCES = \
	%D%/main.c \
	%D%/post_logout.c \
	%D%/routes.c %D%/routes.h
fcgi_refresh_sark_refresh_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS)
fcgi_refresh_sark_refresh_LDADD = libsarkcommon.la
