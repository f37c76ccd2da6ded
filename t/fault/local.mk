# Faults that SARK survives, sark-faults(7).
EXTRA_DIST += %D%/README %D%/run
PERL_TESTS += \
	%D%/harness.t \
	%D%/proxy.t
