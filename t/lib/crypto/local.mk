C_TESTS += t/lib/crypto/crypto_test
t_lib_crypto_crypto_test_SOURCES = %D%/crypto_test.c
t_lib_crypto_crypto_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_crypto_crypto_test_LDADD = $(C_TEST_LDADD)

C_TESTS += t/lib/crypto/jwt_test
t_lib_crypto_jwt_test_SOURCES = %D%/jwt_test.c %D%/jwt_rows.h %D%/mint.c %D%/mint.h
t_lib_crypto_jwt_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS) \
	$(CRYPTO_CFLAGS)
t_lib_crypto_jwt_test_LDADD = $(C_TEST_LDADD) $(CRYPTO_LIBS)
