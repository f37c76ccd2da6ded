C_TESTS += t/lib/serve/confine_test
t_lib_serve_confine_test_SOURCES = %D%/confine_test.c
t_lib_serve_confine_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_serve_confine_test_LDADD = $(C_TEST_LDADD)
