# The one list of tests: C programs under t/lib (cmocka, TAP), Perl elsewhere.
AM_TESTS_ENVIRONMENT = CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir;
TEST_EXTENSIONS = .t
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
T_LOG_DRIVER = $(LOG_DRIVER)
T_LOG_COMPILER = $(PERL) -I$(top_srcdir)/t/perl
C_TEST_LDADD = libsarkcommon.la $(CMOCKA_LIBS) $(TALLOC_LIBS)
C_TESTS =
PERL_TESTS =

include %D%/perl/local.mk
include %D%/lib/base/local.mk
include %D%/lib/conf/local.mk
include %D%/lib/json/local.mk
include %D%/lib/crypto/local.mk
include %D%/lib/store/local.mk
include %D%/lib/net/local.mk
include %D%/lib/trace/local.mk
include %D%/lib/audit/local.mk
include %D%/lib/auth/local.mk
include %D%/lib/registry/local.mk
include %D%/lib/policy/local.mk
include %D%/lib/http/local.mk
include %D%/lib/proc/local.mk
include %D%/lib/serve/local.mk
include %D%/fuzz/local.mk
include %D%/sql/local.mk
include %D%/bin/local.mk
include %D%/fcgi/local.mk
include %D%/attack/local.mk
include %D%/e2e/local.mk
include %D%/fault/local.mk
include %D%/style/local.mk

if HAVE_CMOCKA
check_PROGRAMS += $(C_TESTS)
TESTS += $(C_TESTS)
endif
TESTS += $(PERL_TESTS)
EXTRA_DIST += %D%/README %D%/data/policy_cases.json $(PERL_TESTS)

# For check, which runs them all by one prove.
.PHONY: list-c-tests list-perl-tests
list-c-tests:
	@echo $(C_TESTS)
list-perl-tests:
	@echo $(PERL_TESTS)
