C_TESTS += t/lib/registry/sensitivity_test
t_lib_registry_sensitivity_test_SOURCES = %D%/sensitivity_test.c
t_lib_registry_sensitivity_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_registry_sensitivity_test_LDADD = $(C_TEST_LDADD)
