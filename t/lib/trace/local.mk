C_TESTS += t/lib/trace/trace_test
t_lib_trace_trace_test_SOURCES = %D%/trace_test.c
t_lib_trace_trace_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_trace_trace_test_LDADD = $(C_TEST_LDADD)
