libsarkcommon_la_SOURCES += \
	%D%/reader.c %D%/reader.h \
	%D%/scan.c %D%/scan.h \
	%D%/writer.c %D%/writer.h \
	%D%/twice.c %D%/twice.h
