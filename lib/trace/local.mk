libsarkcommon_la_SOURCES += \
	%D%/send.c %D%/send.h
