libsarkcommon_la_SOURCES += \
	%D%/batch.c %D%/batch.h \
	%D%/event.c %D%/event.h %D%/event_row.h \
	%D%/folder.c %D%/folder.h \
	%D%/load.c %D%/load.h \
	%D%/load_segment.c %D%/load_segment.h \
	%D%/row.c %D%/row.h \
	%D%/search.c %D%/search.h \
	%D%/segment.c %D%/segment.h \
	%D%/spool.c %D%/spool.h \
	%D%/stats.c %D%/stats.h \
	%D%/transaction.c
