sarkexec_PROGRAMS += fcgi/admin/sark-admin
fcgi_admin_sark_admin_SOURCES = \
	%D%/get_user.c \
	%D%/get_users.c \
	%D%/main.c \
	%D%/routes.c %D%/routes.h
fcgi_admin_sark_admin_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS)
fcgi_admin_sark_admin_LDADD = libsarkcommon.la $(TALLOC_LIBS)
