libsarkcommon_la_SOURCES += \
	%D%/cli.c %D%/cli.h \
	%D%/exposition.c %D%/exposition.h \
	%D%/families.c %D%/families.h \
	%D%/histogram.c %D%/histogram.h \
	%D%/landlock.c %D%/landlock.h \
	%D%/lock.c %D%/lock.h \
	%D%/metrics.c %D%/metrics.h \
	%D%/notify.c %D%/notify.h \
	%D%/privs.c %D%/privs.h \
	%D%/sandbox.c %D%/sandbox.h \
	%D%/signals.c %D%/signals.h \
	%D%/socket.c %D%/socket.h \
	%D%/syscalls.c %D%/syscalls.h \
	%D%/watch.c %D%/watch.h \
	%D%/workers.c %D%/workers.h
EXTRA_DIST += %D%/README
