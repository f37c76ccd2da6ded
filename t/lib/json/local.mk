C_TESTS += t/lib/json/reader_test t/lib/json/writer_test
t_lib_json_reader_test_SOURCES = %D%/reader_test.c %D%/cases.h
t_lib_json_reader_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_json_reader_test_LDADD = $(C_TEST_LDADD)
t_lib_json_writer_test_SOURCES = %D%/writer_test.c
t_lib_json_writer_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_json_writer_test_LDADD = $(C_TEST_LDADD)
