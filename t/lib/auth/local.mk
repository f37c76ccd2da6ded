C_TESTS += t/lib/auth/bearer_test
t_lib_auth_bearer_test_SOURCES = %D%/bearer_test.c \
	t/lib/crypto/mint.c t/lib/crypto/mint.h
t_lib_auth_bearer_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS) \
	$(CRYPTO_CFLAGS)
t_lib_auth_bearer_test_LDADD = $(C_TEST_LDADD) $(CRYPTO_LIBS)

C_TESTS += t/lib/auth/qr_test
t_lib_auth_qr_test_SOURCES = %D%/qr_test.c
t_lib_auth_qr_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_auth_qr_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/auth/totp_test
t_lib_auth_totp_test_SOURCES = %D%/totp_test.c
t_lib_auth_totp_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_auth_totp_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/auth/token_test
t_lib_auth_token_test_SOURCES = %D%/token_test.c \
	t/lib/crypto/mint.c t/lib/crypto/mint.h
t_lib_auth_token_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS) \
	$(CRYPTO_CFLAGS)
t_lib_auth_token_test_LDADD = $(C_TEST_LDADD) $(CRYPTO_LIBS)

C_TESTS += t/lib/auth/key_text_test
t_lib_auth_key_text_test_SOURCES = %D%/key_text_test.c
t_lib_auth_key_text_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_auth_key_text_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/auth/rbac_test
t_lib_auth_rbac_test_SOURCES = %D%/rbac_test.c
t_lib_auth_rbac_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_auth_rbac_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/auth/standing_test
t_lib_auth_standing_test_SOURCES = %D%/standing_test.c
t_lib_auth_standing_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) \
	$(CMOCKA_CFLAGS)
t_lib_auth_standing_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/auth/blocklist_test
t_lib_auth_blocklist_test_SOURCES = %D%/blocklist_test.c
t_lib_auth_blocklist_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_auth_blocklist_test_LDADD = $(C_TEST_LDADD)
