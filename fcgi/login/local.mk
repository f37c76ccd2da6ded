sarkexec_PROGRAMS += fcgi/login/sark-login
fcgi_login_sark_login_SOURCES = \
	%D%/credentials.c %D%/credentials.h \
	%D%/answer.c %D%/answer.h \
	%D%/delete_mfa_totp.c \
	%D%/get_jwks.c \
	%D%/get_me.c \
	%D%/get_providers.c \
	%D%/main.c \
	%D%/mfa.h \
	%D%/post_login_ldap.c \
	%D%/post_login_local.c \
	%D%/post_mfa_totp.c \
	%D%/post_mfa_totp_confirm.c \
	%D%/post_mfa_verify.c \
	%D%/routes.c %D%/routes.h \
	%D%/secret.c %D%/secret.h
fcgi_login_sark_login_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS)
fcgi_login_sark_login_LDADD = libsarkcommon.la
