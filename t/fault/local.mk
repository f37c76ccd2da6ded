# Faults that SARK survives, sark-faults(7).
EXTRA_DIST += %D%/README %D%/run
PERL_TESTS += \
	%D%/crash.t \
	%D%/harness.t \
	%D%/postgresql.t \
	%D%/proxy.t \
	%D%/wire.t
