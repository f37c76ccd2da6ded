C_TESTS += t/lib/policy/key_test
t_lib_policy_key_test_SOURCES = %D%/key_test.c
t_lib_policy_key_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_policy_key_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/policy/answer_test
t_lib_policy_answer_test_SOURCES = %D%/answer_test.c
t_lib_policy_answer_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_policy_answer_test_LDADD = $(C_TEST_LDADD)


C_TESTS += t/lib/policy/engine_cases_test
t_lib_policy_engine_cases_test_SOURCES = %D%/engine_cases_test.c \
	%D%/engine_fixture.c %D%/engine_fixture.h
t_lib_policy_engine_cases_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) \
	$(CMOCKA_CFLAGS)
t_lib_policy_engine_cases_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/policy/builtin_cases_test
t_lib_policy_builtin_cases_test_SOURCES = %D%/builtin_cases_test.c
t_lib_policy_builtin_cases_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) \
	$(CMOCKA_CFLAGS)
t_lib_policy_builtin_cases_test_LDADD = $(C_TEST_LDADD)

PERL_TESTS += t/lib/policy/builtin_cases.t
EXTRA_DIST += t/data/builtin_cases.json t/data/policy_cases.json

C_TESTS += t/lib/policy/engine_test
t_lib_policy_engine_test_SOURCES = %D%/engine_test.c \
	%D%/engine_fixture.c %D%/engine_fixture.h
t_lib_policy_engine_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) \
	$(CMOCKA_CFLAGS)
t_lib_policy_engine_test_LDADD = $(C_TEST_LDADD)
EXTRA_DIST += t/data/engine/faults.wat

C_TESTS += t/lib/policy/manifest_test
t_lib_policy_manifest_test_SOURCES = %D%/manifest_test.c \
	%D%/engine_fixture.c %D%/engine_fixture.h
t_lib_policy_manifest_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) \
	$(CMOCKA_CFLAGS)
t_lib_policy_manifest_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/policy/reload_test
t_lib_policy_reload_test_SOURCES = %D%/reload_test.c \
	%D%/engine_fixture.c %D%/engine_fixture.h
t_lib_policy_reload_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) \
	$(CMOCKA_CFLAGS)
t_lib_policy_reload_test_LDADD = $(C_TEST_LDADD)
