# Tools: main and its command line; the rules are in lib.
TOOL_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS)
TOOL_LDADD = libsarkcommon.la $(TALLOC_LIBS)

include %D%/sarkctl/local.mk

sbin_PROGRAMS += bin/sark-keys
bin_sark_keys_SOURCES = %D%/sark-keys.c %D%/tool.c %D%/tool.h
bin_sark_keys_CFLAGS = $(TOOL_CFLAGS)
bin_sark_keys_LDADD = $(TOOL_LDADD)

sbin_PROGRAMS += bin/sark-migrate
bin_sark_migrate_SOURCES = %D%/sark-migrate.c %D%/migrations.c \
	%D%/migrations.h %D%/psql.c %D%/psql.h %D%/tool.c %D%/tool.h
bin_sark_migrate_CFLAGS = $(TOOL_CFLAGS)
bin_sark_migrate_LDADD = $(TOOL_LDADD)

sbin_PROGRAMS += bin/sark-audit-load
bin_sark_audit_load_SOURCES = %D%/sark-audit-load.c %D%/tool.c %D%/tool.h
bin_sark_audit_load_CFLAGS = $(TOOL_CFLAGS)
bin_sark_audit_load_LDADD = $(TOOL_LDADD)

sbin_PROGRAMS += bin/sark-expire
bin_sark_expire_SOURCES = %D%/sark-expire.c %D%/tool.c %D%/tool.h
bin_sark_expire_CFLAGS = $(TOOL_CFLAGS)
bin_sark_expire_LDADD = $(TOOL_LDADD)

sbin_PROGRAMS += bin/sark-ldap-sync
bin_sark_ldap_sync_SOURCES = %D%/sark-ldap-sync.c %D%/tool.c %D%/tool.h
bin_sark_ldap_sync_CFLAGS = $(TOOL_CFLAGS)
bin_sark_ldap_sync_LDADD = $(TOOL_LDADD)

sbin_PROGRAMS += bin/sark-trace-forward
bin_sark_trace_forward_SOURCES = %D%/sark-trace-forward.c %D%/tool.c \
	%D%/tool.h
bin_sark_trace_forward_CFLAGS = $(TOOL_CFLAGS)
bin_sark_trace_forward_LDADD = $(TOOL_LDADD)

sbin_PROGRAMS += bin/sark-user
bin_sark_user_SOURCES = %D%/sark-user.c %D%/prompt.c %D%/prompt.h \
	%D%/tool.c %D%/tool.h
bin_sark_user_CFLAGS = $(TOOL_CFLAGS)
bin_sark_user_LDADD = $(TOOL_LDADD)

sbin_PROGRAMS += bin/sark-policy-build
bin_sark_policy_build_SOURCES = %D%/sark-policy-build.c \
	%D%/policy_compile.c %D%/policy_compile.h \
	%D%/policy_install.c %D%/policy_install.h \
	%D%/policy_source.c %D%/policy_source.h \
	%D%/run.c %D%/run.h %D%/tool.c %D%/tool.h
nodist_bin_sark_policy_build_SOURCES = bin/policy_glue.c
bin_sark_policy_build_CFLAGS = $(TOOL_CFLAGS)
bin_sark_policy_build_LDADD = $(TOOL_LDADD)

# The C that goes into every compiled policy, as text.
bin/policy_glue.c: $(top_srcdir)/lib/policy/native_glue.c \
    $(top_srcdir)/lib/policy/native_abi.h
	$(AM_V_GEN)$(MKDIR_P) bin && { \
	quote() { echo "extern const char $$1[]; const char $$1[] ="; \
	$(SED) -e 's/[\\"]/\\&/g' -e 's/^/"/' -e 's/$$/\\n"/' "$$2"; \
	echo ';'; }; \
	quote policy_glue $(top_srcdir)/lib/policy/native_glue.c; \
	quote policy_glue_abi $(top_srcdir)/lib/policy/native_abi.h; \
	} > $@.tmp && mv $@.tmp $@
CLEANFILES += bin/policy_glue.c
EXTRA_DIST += %D%/README

sbin_PROGRAMS += bin/sark-run
bin_sark_run_SOURCES = %D%/sark-run.c %D%/listen.c %D%/listen.h \
	%D%/ready.c %D%/ready.h %D%/renew.c %D%/renew.h \
	%D%/supervise.c %D%/supervise.h %D%/tool.c %D%/tool.h
bin_sark_run_CFLAGS = $(TOOL_CFLAGS)
bin_sark_run_LDADD = $(TOOL_LDADD)

# The first steps of an installation; knows where the parts were installed.
sbin_SCRIPTS += bin/sark-setup
CLEANFILES += bin/sark-setup
EXTRA_DIST += %D%/sark-setup.in
bin/sark-setup: %D%/sark-setup.in Makefile
	$(AM_V_GEN)$(MKDIR_P) bin && $(place) < $(srcdir)/%D%/sark-setup.in > $@.tmp && \
	chmod 755 $@.tmp && mv $@.tmp $@
