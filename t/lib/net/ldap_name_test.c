/* Names of LDAP: escapes (RFC 4514, RFC 4515), and DNs in one spelling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/mem.h"
#include "net/ldap_name.h"

struct pair {
	const char *in;
	const char *out; /* NULL: refused */
};

static void
values_of_filters(void **state)
{
	static const struct pair pairs[] = {
		{ "alice", "alice" },
		{ "*", "\\2a" },
		{ "a)(uid=*", "a\\29\\28uid=\\2a" },
		{ "\\2a", "\\5c2a" },
		{ "\xc3\xa9", "\xc3\xa9" },
		{ "", "" },
	};
	void *ctx = talloc_new(NULL);
	size_t i;

	(void)state;
	for (i = 0; i < SARK_COUNT(pairs); i++)
		assert_string_equal(
		    sark_ldap_filter_value(ctx, pairs[i].in), pairs[i].out);
	talloc_free(ctx);
}

static void
values_of_names(void **state)
{
	static const struct pair pairs[] = {
		{ "alice", "alice" },
		{ "a,b+c", "a\\,b\\+c" },
		{ "\"<>;=#\\", "\\\"\\<\\>\\;\\=\\#\\\\" },
		{ " a b ", "\\ a b\\ " },
		{ "a\nb", "a\\0ab" },
	};
	void *ctx = talloc_new(NULL);
	size_t i;

	(void)state;
	for (i = 0; i < SARK_COUNT(pairs); i++)
		assert_string_equal(
		    sark_ldap_dn_value(ctx, pairs[i].in), pairs[i].out);
	talloc_free(ctx);
}

static void
ldap_15_names_in_one_spelling(void **state)
{
	static const struct pair pairs[] = {
		{ "cn=a,dc=b", "cn=a,dc=b" },
		{ "CN=A,DC=B", "cn=a,dc=b" },
		{ " cn = a , dc = b ", "cn=a,dc=b" },
		{ "cn=a  b,dc=c", "cn=a b,dc=c" },
		{ "cn=\\20a b\\20,dc=c", "cn=a b,dc=c" },
		{ "cn=a;dc=b", "cn=a,dc=b" },
		{ "cn=a\\2Cb,dc=c", "cn=a\\,b,dc=c" },
		{ "cn=a\\,b,dc=c", "cn=a\\,b,dc=c" },
		{ "cn=\\61lice,dc=c", "cn=alice,dc=c" },
		{ "cn=\\c3\\a9,dc=c", "cn=\xc3\xa9,dc=c" },
		{ "cn=b+sn=a,dc=c", "cn=b+sn=a,dc=c" },
		{ "sn=a+cn=b,dc=c", "cn=b+sn=a,dc=c" },
		{ "cn=a\\= b,dc=c", "cn=a\\= b,dc=c" },
		{ "cn=a=b,dc=c", "cn=a\\=b,dc=c" },
		{ "cn=,dc=c", "cn=,dc=c" },
		{ "2.5.4.3=a", "2.5.4.3=a" },
		{ "", NULL },
		{ "   ", NULL },
		{ "alice", NULL },
		{ "cn=a,", NULL },
		{ "cn=a,,dc=b", NULL },
		{ "=a", NULL },
		{ "cn=a\\", NULL },
		{ "cn=a\\zb", NULL },
		{ "cn=a\\00", NULL },
		{ "cn=a\"b", NULL },
		{ "cn=#0403616263", NULL },
		{ "cn=\xff", NULL },
		{ "cn=\\ff", NULL },
		{ "cn=a+", NULL },
	};
	void *ctx = talloc_new(NULL);
	size_t i;
	char *got;

	(void)state;
	for (i = 0; i < SARK_COUNT(pairs); i++) {
		got = sark_ldap_dn_normal(ctx, pairs[i].in);
		if (pairs[i].out == NULL) {
			assert_null(got);
			continue;
		}
		assert_non_null(got);
		assert_string_equal(got, pairs[i].out);
	}
	talloc_free(ctx);
}

/* What is not the same never gets the same spelling. */
static void
names_stay_apart(void **state)
{
	static const struct pair pairs[] = {
		{ "cn=a\\,dc=b", "cn=a,dc=b" },
		{ "cn=a\\+sn=b", "cn=a+sn=b" },
		{ "cn=a\\= b", "cn=a\\=b" },
		{ "cn=ab", "cn=a b" },
		{ "cn=a\\5c\\,b", "cn=a\\,b" },
	};
	void *ctx = talloc_new(NULL);
	size_t i;

	(void)state;
	for (i = 0; i < SARK_COUNT(pairs); i++)
		assert_string_not_equal(sark_ldap_dn_normal(ctx, pairs[i].in),
		    sark_ldap_dn_normal(ctx, pairs[i].out));
	talloc_free(ctx);
}

/* Whatever has one spelling has it for good. */
static void
one_spelling_is_its_own(void **state)
{
	static const char bytes[] = " ,+=\\;#\"aB2\xc3";
	void *ctx = talloc_new(NULL);
	char text[8] = "cn=";
	char *once, *twice;
	size_t i, j, k;

	(void)state;
	for (i = 0; i < sizeof(bytes) - 1; i++)
		for (j = 0; j < sizeof(bytes) - 1; j++)
			for (k = 0; k < sizeof(bytes) - 1; k++) {
				text[3] = bytes[i];
				text[4] = bytes[j];
				text[5] = bytes[k];
				once = sark_ldap_dn_normal(ctx, text);
				if (once == NULL)
					continue;
				twice = sark_ldap_dn_normal(ctx, once);
				assert_non_null(twice);
				assert_string_equal(twice, once);
			}
	talloc_free(ctx);
}

static void
bytes_become_text(void **state)
{
	void *ctx = talloc_new(NULL);

	(void)state;
	assert_string_equal(sark_ldap_text(ctx, "abc", 3), "abc");
	assert_string_equal(sark_ldap_text(ctx, "a\0b", 3), "#610062");
	assert_string_equal(sark_ldap_text(ctx, "\xff\x01", 2), "#ff01");
	assert_string_equal(sark_ldap_text(ctx, "", 0), "");
	talloc_free(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_of_filters),
		cmocka_unit_test(values_of_names),
		cmocka_unit_test(ldap_15_names_in_one_spelling),
		cmocka_unit_test(names_stay_apart),
		cmocka_unit_test(one_spelling_is_its_own),
		cmocka_unit_test(bytes_become_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
