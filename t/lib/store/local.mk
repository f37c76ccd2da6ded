# The stores on real servers: Perl tests that drive small C programs.
check_PROGRAMS += t/lib/store/pg_driver t/lib/store/redis_driver
t_lib_store_pg_driver_SOURCES = %D%/pg_driver.c
t_lib_store_pg_driver_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS)
t_lib_store_pg_driver_LDADD = libsarkcommon.la $(TALLOC_LIBS)
t_lib_store_redis_driver_SOURCES = %D%/redis_driver.c
t_lib_store_redis_driver_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS)
t_lib_store_redis_driver_LDADD = libsarkcommon.la $(TALLOC_LIBS)

if HAVE_CMOCKA
check_PROGRAMS += t/lib/store/limits_test t/lib/store/records_test \
	t/lib/store/standing_test
endif
t_lib_store_limits_test_SOURCES = %D%/limits_test.c
t_lib_store_limits_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_store_limits_test_LDADD = $(C_TEST_LDADD)
t_lib_store_records_test_SOURCES = %D%/records_test.c
t_lib_store_records_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_store_records_test_LDADD = $(C_TEST_LDADD)
t_lib_store_standing_test_SOURCES = %D%/standing_test.c
t_lib_store_standing_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_store_standing_test_LDADD = $(C_TEST_LDADD)

PERL_TESTS += %D%/limits.t %D%/pg.t %D%/records.t %D%/redis.t

C_TESTS += t/lib/store/gate_test
t_lib_store_gate_test_SOURCES = %D%/gate_test.c
t_lib_store_gate_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_store_gate_test_LDADD = $(C_TEST_LDADD)
