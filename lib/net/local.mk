libsarkcommon_la_SOURCES += \
	%D%/gzip.c %D%/gzip.h \
	%D%/http.c %D%/http.h
