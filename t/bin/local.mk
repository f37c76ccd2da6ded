# What the tests of the tools write spools with.
check_PROGRAMS += t/bin/spool_writer
t_bin_spool_writer_SOURCES = %D%/spool_writer.c
t_bin_spool_writer_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS)
t_bin_spool_writer_LDADD = libsarkcommon.la $(TALLOC_LIBS)

PERL_TESTS += %D%/audit_load.t %D%/sark-keys.t %D%/sark-user.t
PERL_TESTS += %D%/sark-migrate.t
PERL_TESTS += %D%/sark-expire.t
PERL_TESTS += %D%/sark-ldap-sync.t
PERL_TESTS += %D%/sarkctl.t %D%/sarkctl_ldap.t
PERL_TESTS += %D%/sark-policy-build.t
PERL_TESTS += %D%/sark-trace-forward.t
PERL_TESTS += %D%/sark-run.t %D%/sark-setup.t
