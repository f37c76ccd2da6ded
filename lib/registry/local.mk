libsarkcommon_la_SOURCES += \
	%D%/list.c %D%/list.h \
	%D%/sensitivity.c %D%/sensitivity.h \
	%D%/server.c %D%/server.h \
	%D%/tool.c %D%/tool.h \
	%D%/words.c %D%/words.h
