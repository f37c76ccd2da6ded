C_TESTS += t/lib/http/fcgi_test
t_lib_http_fcgi_test_SOURCES = %D%/fcgi_test.c %D%/stream.c %D%/stream.h \
	%D%/wire.c %D%/wire.h
t_lib_http_fcgi_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_http_fcgi_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/http/target_test
t_lib_http_target_test_SOURCES = %D%/target_test.c
t_lib_http_target_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_http_target_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/http/field_test
t_lib_http_field_test_SOURCES = %D%/field_test.c
t_lib_http_field_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_http_field_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/http/incoming_test
t_lib_http_incoming_test_SOURCES = %D%/incoming_test.c
t_lib_http_incoming_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_http_incoming_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/http/etag_test
t_lib_http_etag_test_SOURCES = %D%/etag_test.c
t_lib_http_etag_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_http_etag_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/http/idempotency_test
t_lib_http_idempotency_test_SOURCES = %D%/idempotency_test.c
t_lib_http_idempotency_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_http_idempotency_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/http/answer_test
t_lib_http_answer_test_SOURCES = %D%/answer_test.c
t_lib_http_answer_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_http_answer_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/http/limit_test
t_lib_http_limit_test_SOURCES = %D%/limit_test.c
t_lib_http_limit_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_http_limit_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/http/dispatch_test
t_lib_http_dispatch_test_SOURCES = %D%/dispatch_test.c
t_lib_http_dispatch_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_http_dispatch_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/http/gate_test
t_lib_http_gate_test_SOURCES = %D%/gate_test.c
t_lib_http_gate_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_http_gate_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/http/listen_test
t_lib_http_listen_test_SOURCES = %D%/listen_test.c %D%/peer.c %D%/peer.h \
	%D%/wire.c %D%/wire.h
t_lib_http_listen_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_http_listen_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/http/cgi_test
t_lib_http_cgi_test_SOURCES = %D%/cgi_test.c
t_lib_http_cgi_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_http_cgi_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/http/fcgi_pieces_test
t_lib_http_fcgi_pieces_test_SOURCES = %D%/fcgi_pieces_test.c %D%/stream.c \
	%D%/stream.h %D%/wire.c %D%/wire.h
t_lib_http_fcgi_pieces_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) \
	$(CMOCKA_CFLAGS)
t_lib_http_fcgi_pieces_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/http/cors_test
t_lib_http_cors_test_SOURCES = %D%/cors_test.c
t_lib_http_cors_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_http_cors_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/http/shed_test
t_lib_http_shed_test_SOURCES = %D%/shed_test.c %D%/peer.c %D%/peer.h \
	%D%/wire.c %D%/wire.h
t_lib_http_shed_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_http_shed_test_LDADD = $(C_TEST_LDADD)
