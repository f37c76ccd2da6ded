libsarkcommon_la_SOURCES += \
	%D%/builtin.c %D%/builtin.h \
	%D%/builtin_duration.c %D%/builtin_duration.h \
	%D%/builtin_format.c %D%/builtin_format.h \
	%D%/builtin_go.c %D%/builtin_go.h \
	%D%/builtin_layout.c %D%/builtin_layout.h \
	%D%/builtin_layout_parse.c \
	%D%/builtin_net.c \
	%D%/builtin_object.c \
	%D%/builtin_patch.c \
	%D%/builtin_query.c \
	%D%/builtin_re2.c %D%/builtin_re2.h \
	%D%/builtin_regex.c \
	%D%/builtin_text.c \
	%D%/builtin_time.c \
	%D%/builtin_units.c \
	%D%/builtin_version.c \
	%D%/engine.c %D%/engine.h \
	%D%/manifest.c %D%/manifest.h \
	%D%/manifest_dir.c \
	%D%/native.c %D%/native.h \
	%D%/native_abi.h \
	%D%/native_bridge.c \
	%D%/native_call.c \
	%D%/native_priv.h \
	%D%/native_watch.c %D%/native_watch.h \
	%D%/term.c %D%/term.h \
	%D%/term_parse.c \
	%D%/wasm.c %D%/wasm.h \
	%D%/zone.c %D%/zone.h \
	%D%/zone_rule.c %D%/zone_rule.h
EXTRA_DIST += %D%/native_glue.c

# what is asked, known, decided and remembered
libsarkcommon_la_SOURCES += \
	%D%/answer.c %D%/answer.h \
	%D%/cache.c %D%/cache.h \
	%D%/decide.c %D%/decide.h \
	%D%/facts.c %D%/facts.h \
	%D%/input.c %D%/input.h \
	%D%/key.c %D%/key.h \
	%D%/policy.c %D%/policy.h \
	%D%/record.c %D%/record.h \
	%D%/subject.c %D%/subject.h
