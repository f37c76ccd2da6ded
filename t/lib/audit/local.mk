C_TESTS += t/lib/audit/event_test t/lib/audit/segment_test \
	t/lib/audit/spool_test
t_lib_audit_event_test_SOURCES = %D%/event_test.c
t_lib_audit_event_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_audit_event_test_LDADD = $(C_TEST_LDADD)
t_lib_audit_segment_test_SOURCES = %D%/segment_test.c
t_lib_audit_segment_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_audit_segment_test_LDADD = $(C_TEST_LDADD)
t_lib_audit_spool_test_SOURCES = %D%/spool_test.c
t_lib_audit_spool_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_audit_spool_test_LDADD = $(C_TEST_LDADD)
