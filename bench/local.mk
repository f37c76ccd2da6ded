# Built by bench/run alone: it needs libfcgi-dev, SARK does not.
EXTRA_PROGRAMS += bench/empty
bench_empty_SOURCES = %D%/empty.c
bench_empty_LDADD = -lfcgi
EXTRA_DIST += %D%/README %D%/history.csv %D%/run %D%/request.lua \
	%D%/refresh.lua
# Also the load of tests.
check_PROGRAMS += bench/open
bench_open_SOURCES = %D%/open.c
