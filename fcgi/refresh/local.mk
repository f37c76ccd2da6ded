sarkexec_PROGRAMS += fcgi/refresh/sark-refresh
fcgi_refresh_sark_refresh_SOURCES = \
	%D%/delete_session.c \
	%D%/delete_sessions.c \
	%D%/get_sessions.c \
	%D%/main.c \
	%D%/post_introspect.c \
	%D%/post_logout.c \
	%D%/post_refresh.c \
	%D%/post_revoke.c \
	%D%/post_token_revoke.c \
	%D%/routes.c %D%/routes.h \
	%D%/success.c
fcgi_refresh_sark_refresh_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS)
fcgi_refresh_sark_refresh_LDADD = libsarkcommon.la
