sarkexec_PROGRAMS += fcgi/login/sark-login
fcgi_login_sark_login_SOURCES = \
	%D%/credentials.c %D%/credentials.h \
	%D%/get_jwks.c \
	%D%/get_me.c \
	%D%/get_providers.c \
	%D%/main.c \
	%D%/post_login_ldap.c \
	%D%/post_login_local.c \
	%D%/routes.c %D%/routes.h
fcgi_login_sark_login_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS)
fcgi_login_sark_login_LDADD = libsarkcommon.la
