libsarkcommon_la_SOURCES += \
	%D%/http.c %D%/http.h
