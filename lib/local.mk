# libsarkcommon, installed privately: one library, one folder a layer.
EXTRA_DIST += %D%/README
pkglib_LTLIBRARIES += libsarkcommon.la
libsarkcommon_la_SOURCES =
libsarkcommon_la_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CONFUSE_CFLAGS) \
	$(JSON_CFLAGS) $(SODIUM_CFLAGS) $(CRYPTO_CFLAGS) \
	$(PQ_CFLAGS) $(HIREDIS_CFLAGS) $(PCRE2_CFLAGS) $(CURL_CFLAGS) \
	$(SECCOMP_CFLAGS) $(OATH_CFLAGS) $(QRENCODE_CFLAGS) $(ZLIB_CFLAGS) $(LDAP_CFLAGS)
libsarkcommon_la_LIBADD = $(TALLOC_LIBS) $(CONFUSE_LIBS) $(JSON_LIBS) \
	$(SODIUM_LIBS) $(CRYPTO_LIBS) $(PQ_LIBS) $(HIREDIS_LIBS) $(PCRE2_LIBS) $(CURL_LIBS) \
	$(SECCOMP_LIBS) $(OATH_LIBS) $(QRENCODE_LIBS) $(ZLIB_LIBS) $(LDAP_LIBS) -lm -ldl
libsarkcommon_la_LDFLAGS = $(AM_LDFLAGS) -avoid-version -no-undefined

include %D%/base/local.mk
include %D%/conf/local.mk
include %D%/json/local.mk
include %D%/crypto/local.mk
include %D%/store/local.mk
include %D%/net/local.mk
include %D%/trace/local.mk
include %D%/audit/local.mk
include %D%/auth/local.mk
include %D%/registry/local.mk
include %D%/policy/local.mk
include %D%/http/local.mk
include %D%/proc/local.mk
include %D%/serve/local.mk
