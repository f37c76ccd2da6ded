sarkexec_PROGRAMS += fcgi/policy/sark-policy
fcgi_policy_sark_policy_SOURCES = \
	%D%/get_policy.c \
	%D%/main.c \
	%D%/post_evaluate.c \
	%D%/routes.c %D%/routes.h
fcgi_policy_sark_policy_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS)
fcgi_policy_sark_policy_LDADD = libsarkcommon.la $(TALLOC_LIBS)
