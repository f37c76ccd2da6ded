bin_PROGRAMS += bin/sarkctl/sarkctl
bin_sarkctl_sarkctl_SOURCES = \
	%D%/audit.c \
	%D%/bindings.c \
	%D%/client.c %D%/client.h \
	%D%/commands.h \
	%D%/evaluate.c \
	%D%/factor.h \
	%D%/ldap_test.c \
	%D%/keys.c \
	%D%/list.c %D%/list.h \
	%D%/login.c \
	%D%/main.c \
	%D%/mfa.c \
	%D%/refresh.c \
	%D%/roles.c \
	%D%/servers.c \
	%D%/session.c %D%/session.h \
	%D%/sessions.c \
	%D%/status.c \
	%D%/table.c %D%/table.h \
	%D%/terminal.c %D%/terminal.h \
	%D%/tools.c \
	%D%/who.c
bin_sarkctl_sarkctl_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS)
bin_sarkctl_sarkctl_LDADD = libsarkcommon.la $(TALLOC_LIBS)
