# The fuzz targets.  Configured with --enable-fuzzers they are fuzzers of
# clang's libFuzzer; else each runs over its inputs in t/data/fuzz and is a
# test like the other C programs.
FUZZ_TARGETS = \
	%D%/builtin_fuzz \
	%D%/conf_fuzz \
	%D%/cursor_fuzz \
	%D%/fcgi_fuzz \
	%D%/field_fuzz \
	%D%/incoming_fuzz \
	%D%/json_fuzz \
	%D%/jwt_fuzz \
	%D%/record_fuzz \
	%D%/spool_fuzz

check_LTLIBRARIES += t/fuzz/libfuzz.la
t_fuzz_libfuzz_la_SOURCES = %D%/fuzz.c %D%/fuzz.h
t_fuzz_libfuzz_la_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS)

FUZZ_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS)
FUZZ_LDADD = t/fuzz/libfuzz.la libsarkcommon.la $(TALLOC_LIBS)
if FUZZERS
FUZZ_LINK = $(AM_LDFLAGS) -fsanitize=fuzzer
noinst_PROGRAMS += $(FUZZ_TARGETS) %D%/plant_fuzz
else
t_fuzz_libfuzz_la_SOURCES += %D%/replay.c
FUZZ_LINK = $(AM_LDFLAGS)
C_TESTS += $(FUZZ_TARGETS)
endif
if SANITIZERS
check_PROGRAMS += %D%/plant_fuzz
endif

t_fuzz_builtin_fuzz_SOURCES = %D%/builtin_fuzz.c
t_fuzz_builtin_fuzz_CFLAGS = $(FUZZ_CFLAGS)
t_fuzz_builtin_fuzz_LDFLAGS = $(FUZZ_LINK)
t_fuzz_builtin_fuzz_LDADD = $(FUZZ_LDADD)

t_fuzz_conf_fuzz_SOURCES = %D%/conf_fuzz.c
t_fuzz_conf_fuzz_CFLAGS = $(FUZZ_CFLAGS)
t_fuzz_conf_fuzz_LDFLAGS = $(FUZZ_LINK)
t_fuzz_conf_fuzz_LDADD = $(FUZZ_LDADD)

t_fuzz_cursor_fuzz_SOURCES = %D%/cursor_fuzz.c
t_fuzz_cursor_fuzz_CFLAGS = $(FUZZ_CFLAGS)
t_fuzz_cursor_fuzz_LDFLAGS = $(FUZZ_LINK)
t_fuzz_cursor_fuzz_LDADD = $(FUZZ_LDADD)

t_fuzz_fcgi_fuzz_SOURCES = %D%/fcgi_fuzz.c
t_fuzz_fcgi_fuzz_CFLAGS = $(FUZZ_CFLAGS)
t_fuzz_fcgi_fuzz_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fcgi_fuzz_LDADD = $(FUZZ_LDADD)

t_fuzz_field_fuzz_SOURCES = %D%/field_fuzz.c
t_fuzz_field_fuzz_CFLAGS = $(FUZZ_CFLAGS)
t_fuzz_field_fuzz_LDFLAGS = $(FUZZ_LINK)
t_fuzz_field_fuzz_LDADD = $(FUZZ_LDADD)

t_fuzz_incoming_fuzz_SOURCES = %D%/incoming_fuzz.c
t_fuzz_incoming_fuzz_CFLAGS = $(FUZZ_CFLAGS)
t_fuzz_incoming_fuzz_LDFLAGS = $(FUZZ_LINK)
t_fuzz_incoming_fuzz_LDADD = $(FUZZ_LDADD)

t_fuzz_json_fuzz_SOURCES = %D%/json_fuzz.c
t_fuzz_json_fuzz_CFLAGS = $(FUZZ_CFLAGS)
t_fuzz_json_fuzz_LDFLAGS = $(FUZZ_LINK)
t_fuzz_json_fuzz_LDADD = $(FUZZ_LDADD)

t_fuzz_jwt_fuzz_SOURCES = %D%/jwt_fuzz.c
t_fuzz_jwt_fuzz_CFLAGS = $(FUZZ_CFLAGS)
t_fuzz_jwt_fuzz_LDFLAGS = $(FUZZ_LINK)
t_fuzz_jwt_fuzz_LDADD = $(FUZZ_LDADD)

t_fuzz_record_fuzz_SOURCES = %D%/record_fuzz.c
t_fuzz_record_fuzz_CFLAGS = $(FUZZ_CFLAGS)
t_fuzz_record_fuzz_LDFLAGS = $(FUZZ_LINK)
t_fuzz_record_fuzz_LDADD = $(FUZZ_LDADD)

t_fuzz_spool_fuzz_SOURCES = %D%/spool_fuzz.c
t_fuzz_spool_fuzz_CFLAGS = $(FUZZ_CFLAGS)
t_fuzz_spool_fuzz_LDFLAGS = $(FUZZ_LINK)
t_fuzz_spool_fuzz_LDADD = $(FUZZ_LDADD)

t_fuzz_plant_fuzz_SOURCES = %D%/plant_fuzz.c
t_fuzz_plant_fuzz_CFLAGS = $(FUZZ_CFLAGS)
t_fuzz_plant_fuzz_LDFLAGS = $(FUZZ_LINK)
t_fuzz_plant_fuzz_LDADD = $(FUZZ_LDADD)

.PHONY: fuzzers
fuzzers: $(FUZZ_TARGETS) %D%/plant_fuzz

PERL_TESTS += \
	%D%/builtin.t \
	%D%/conf.t \
	%D%/cursor.t \
	%D%/fcgi.t \
	%D%/field.t \
	%D%/incoming.t \
	%D%/json.t \
	%D%/jwt.t \
	%D%/record.t \
	%D%/spool.t \
	%D%/plant.t
EXTRA_DIST += %D%/README t/data/fuzz \
	%D%/builtin.dict \
	%D%/conf.dict \
	%D%/fcgi.dict \
	%D%/field.dict \
	%D%/incoming.dict \
	%D%/json.dict \
	%D%/record.dict
