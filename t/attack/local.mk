# t/attack
PERL_TESTS += \
	%D%/fcgi.t \
	%D%/http.t \
	%D%/json.t \
	%D%/jwt.t \
	%D%/sql.t \
	%D%/web.t
EXTRA_DIST += %D%/README %D%/rows t/data/json_cases t/data/naughty
