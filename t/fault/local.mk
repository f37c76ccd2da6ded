# Faults that SARK survives, sark-faults(7).
EXTRA_DIST += %D%/README %D%/run
PERL_TESTS += \
	%D%/crash.t \
	%D%/directory.t \
	%D%/disk.t \
	%D%/harness.t \
	%D%/limits.t \
	%D%/memory.t \
	%D%/network.t \
	%D%/overload.t \
	%D%/postgresql.t \
	%D%/process.t \
	%D%/proxy.t \
	%D%/redis.t \
	%D%/refresh.t \
	%D%/stores.t \
	%D%/restart.t \
	%D%/rotation.t \
	%D%/start.t \
	%D%/time.t \
	%D%/wire.t

# Loaded into programs: another clock, other writes.
check_LTLIBRARIES += %D%/shim.la
t_fault_shim_la_SOURCES = %D%/shim.c
t_fault_shim_la_LIBADD =
# -rpath makes libtool build a shared object of what is not installed.
t_fault_shim_la_LDFLAGS = -module -avoid-version -rpath /nowhere

# It has an allocator of its own, as AddressSanitizer has.
if HAVE_CMOCKA
if !SANITIZERS
check_PROGRAMS += t/fault/memory
endif
endif
EXTRA_PROGRAMS += t/fault/memory
t_fault_memory_SOURCES = %D%/memory.c t/lib/crypto/mint.c t/lib/crypto/mint.h
t_fault_memory_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS) $(CMOCKA_CFLAGS) \
	$(CRYPTO_CFLAGS)
t_fault_memory_LDADD = $(C_TEST_LDADD) $(CRYPTO_LIBS)
