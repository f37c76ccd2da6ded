#ifndef SARK_BIN_POLICY_COMPILE_H
#define SARK_BIN_POLICY_COMPILE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "policy_source.h"

/*
 * Rego -> WebAssembly (opa) -> C (wasm2c) -> shared object (cc), in a private
 * folder that goes with the memory it hangs on.
 */
struct policy_scratch {
	const char *dir;
	const char *sources; /* a folder in it, copies of the sources */
	bool verbose;
};

/* Errors: UNAVAILABLE it cannot be made. */
int policy_scratch_make(void *ctx, bool verbose,
    struct policy_scratch **scratch_r, struct sark_err *err)
    SARK_NONNULL(3, 4) SARK_CHECKED;

/*
 * Runs the tests and compiles; the copies must be there.  file_r is on ctx.
 * Errors: BAD_REQUEST a test failed or the Rego is wrong, and opa has said
 * where on standard error.
 */
int policy_compile_rego(void *ctx, const struct policy_scratch *scratch,
    const struct policy_source *source, struct policy_file *wasm_r,
    struct sark_err *err) SARK_NONNULL(2, 3, 4, 5) SARK_CHECKED;
/* The same for the module; object_r is on ctx. */
int policy_compile_wasm(void *ctx, const struct policy_scratch *scratch,
    const struct policy_file *wasm, struct policy_file *object_r,
    struct sark_err *err) SARK_NONNULL(2, 3, 4, 5) SARK_CHECKED;

/* The C texts that go into every object; made from lib/policy. */
extern const char policy_glue[], policy_glue_abi[];

#endif
