C_TESTS += t/lib/base/base_test
t_lib_base_base_test_SOURCES = %D%/base_test.c
t_lib_base_base_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_base_base_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/base/span_test
t_lib_base_span_test_SOURCES = %D%/span_test.c
t_lib_base_span_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_base_span_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/base/log_test
t_lib_base_log_test_SOURCES = %D%/log_test.c
t_lib_base_log_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_base_log_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/base/permission_test
t_lib_base_permission_test_SOURCES = %D%/permission_test.c
t_lib_base_permission_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_base_permission_test_LDADD = $(C_TEST_LDADD)
