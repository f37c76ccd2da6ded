libsarkcommon_la_SOURCES += \
	%D%/address.c %D%/address.h \
	%D%/export.c %D%/export.h \
	%D%/headers.c %D%/headers.h \
	%D%/otlp.c %D%/otlp.h \
	%D%/queue.c %D%/queue.h \
	%D%/receive.c %D%/receive.h \
	%D%/record.c %D%/record.h \
	%D%/send.c %D%/send.h
