C_TESTS += t/lib/net/ldap_name_test
t_lib_net_ldap_name_test_SOURCES = %D%/ldap_name_test.c
t_lib_net_ldap_name_test_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS)
t_lib_net_ldap_name_test_LDADD = $(C_TEST_LDADD)
