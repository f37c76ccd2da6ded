libsarkcommon_la_SOURCES += \
	%D%/connect.c %D%/connect.h \
	%D%/gzip.c %D%/gzip.h \
	%D%/http.c %D%/http.h \
	%D%/ldap.c %D%/ldap_entry.c %D%/ldap.h \
	%D%/ldap_name.c %D%/ldap_name.h
