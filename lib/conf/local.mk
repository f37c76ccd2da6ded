libsarkcommon_la_SOURCES += \
	%D%/comments.c %D%/comments.h \
	%D%/conf.c %D%/conf.h \
	%D%/keys.c
