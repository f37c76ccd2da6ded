#ifndef SARK_POLICY_NATIVE_ABI_H
#define SARK_POLICY_NATIVE_ABI_H

#include <stddef.h>
#include <stdint.h>

/*
 * Between this library and a compiled policy: the one symbol
 * SARK_NATIVE_SYMBOL of the shared object is a struct sark_native_module.
 * The policy is a WebAssembly module of OPA (ABI 1.3), translated by wasm2c;
 * addresses are offsets into its memory.  A change here is a new
 * SARK_NATIVE_ABI: an object built for another one is refused.
 */
#define SARK_NATIVE_ABI	   1
#define SARK_NATIVE_SYMBOL "sark_native_module"
#define SARK_NATIVE_PAGE   65536

/* How a call into the policy ended. */
enum sark_native_fault {
	SARK_NATIVE_OK,
	SARK_NATIVE_TRAP,  /* out of bounds, stack, arithmetic */
	SARK_NATIVE_ABORT, /* opa_abort, with a text */
	SARK_NATIVE_DEADLINE,
	SARK_NATIVE_MEMORY, /* the cap was reached */
	SARK_NATIVE_HOST,   /* a builtin gave up */
};

/* The functions of the policy that the host calls; arguments in brackets. */
enum sark_native_fn {
	SARK_NATIVE_BUILTINS,	 /* () address of a value */
	SARK_NATIVE_ENTRYPOINTS, /* () address of a value */
	SARK_NATIVE_MALLOC,	 /* (size) */
	SARK_NATIVE_HEAP_GET,	 /* () */
	SARK_NATIVE_HEAP_SET,	 /* (address) */
	SARK_NATIVE_JSON_PARSE,	 /* (text, length) address of a value or 0 */
	SARK_NATIVE_VALUE_PARSE, /* the same, with sets */
	SARK_NATIVE_JSON_DUMP,	 /* (value) address of terminated text */
	SARK_NATIVE_VALUE_DUMP,	 /* the same, with sets */
	SARK_NATIVE_EVAL, /* (entrypoint, data, input, length, heap) text */
	SARK_NATIVE_ABI_VERSION, /* () major * 1000 + minor */
};

struct sark_native_host {
	void *arg;
	/*
	 * A builtin of the policy: id as builtins() names it, count arguments,
	 * addresses of values.  *result_r is the address of a value, 0 for
	 * undefined.  Returns 0, or -1 to end the evaluation.
	 */
	int (*builtin)(void *arg, int32_t id, unsigned int count,
	    const uint32_t *args, uint32_t *result_r);
};

struct sark_native_vm;

struct sark_native_module {
	uint32_t abi;
	/* A fresh instance of at most pages of memory, or NULL (errno). */
	struct sark_native_vm *(*start)(const struct sark_native_host *host,
	    uint32_t pages, enum sark_native_fault *fault_r);
	void (*stop)(struct sark_native_vm *vm);
	/*
	 * Calls a function; after anything but OK the instance is useless but
	 * for stop.  From inside host->builtin use nested, which has no way
	 * back but success: a fault ends the call around it.
	 */
	enum sark_native_fault (*call)(struct sark_native_vm *vm,
	    enum sark_native_fn fn, const uint32_t *args, uint32_t *result_r);
	uint32_t (*nested)(struct sark_native_vm *vm, enum sark_native_fn fn,
	    const uint32_t *args);
	/* The memory as it is now; any call may change its size. */
	unsigned char *(*memory)(struct sark_native_vm *vm, size_t *size_r);
	/*
	 * For a signal handler: the call under way ends with DEADLINE, at
	 * once or, inside a builtin, when that returns.
	 */
	void (*interrupt)(struct sark_native_vm *vm);
	/* What a TRAP or an ABORT said, terminated. */
	const char *(*reason)(const struct sark_native_vm *vm);
};

#endif
