sarkexec_PROGRAMS += fcgi/registry/sark-registry
fcgi_registry_sark_registry_SOURCES = \
	%D%/get_sensitivity.c \
	%D%/get_sensitivity_history.c \
	%D%/get_server.c \
	%D%/get_servers.c \
	%D%/get_tools.c \
	%D%/main.c \
	%D%/post_detect_sensitivity.c \
	%D%/post_sensitivity.c \
	%D%/post_server.c \
	%D%/routes.c %D%/routes.h
fcgi_registry_sark_registry_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS)
fcgi_registry_sark_registry_LDADD = libsarkcommon.la $(TALLOC_LIBS)
