# t/attack
PERL_TESTS += \
	%D%/cfg.t \
	%D%/fcgi.t \
	%D%/http.t \
	%D%/json.t \
	%D%/jwt.t \
	%D%/ldap.t \
	%D%/key.t \
	%D%/opa.t \
	%D%/pw.t \
	%D%/pw_memory.t \
	%D%/pw_time.t \
	%D%/rate.t \
	%D%/redis.t \
	%D%/refresh.t \
	%D%/sanitized.t \
	%D%/sql.t \
	%D%/web.t
EXTRA_DIST += %D%/README %D%/rows t/data/json_cases t/data/naughty

# Preloaded by cfg.t.
check_LTLIBRARIES += t/attack/shim.la
t_attack_shim_la_SOURCES = %D%/shim.c
t_attack_shim_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere
