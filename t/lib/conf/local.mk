C_TESTS += t/lib/conf/conf_test
t_lib_conf_conf_test_SOURCES = %D%/conf_test.c
t_lib_conf_conf_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_conf_conf_test_LDADD = $(C_TEST_LDADD)
