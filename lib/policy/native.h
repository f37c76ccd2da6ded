#ifndef SARK_POLICY_NATIVE_H
#define SARK_POLICY_NATIVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "policy/engine.h"

/*
 * One compiled policy in this process: the shared object, its instance, its
 * data.  An instance that failed is thrown away; the next evaluation makes
 * another one.
 */
struct sark_native;

#define SARK_NATIVE_ENTRYPOINT "sark/decision"

struct sark_native_source {
	int fd;		  /* of the object; the caller has verified it */
	const char *data; /* JSON text of the policy's data */
	size_t data_len;
	struct sark_engine_limits limits;
};

/*
 * Loads it and tries it as far as evaluating nothing allows.  The descriptor
 * is duplicated, the data copied.
 * Errors: CONFIG with the reason (another ABI, no entrypoint, a builtin that
 * this program has not, by name).
 */
int sark_native_load(void *ctx, const struct sark_native_source *source,
    struct sark_native **native_r, struct sark_err *err)
    SARK_NONNULL(2, 3, 4) SARK_CHECKED;

/* As sark_engine_eval. */
int sark_native_eval(struct sark_native *native, void *ctx,
    const struct sark_engine_input *input, const char **result_r,
    size_t *result_len_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5, 6) SARK_CHECKED;

/* Names of the builtins it asks for, sorted, ended by NULL. */
const char *const *sark_native_builtins(const struct sark_native *native)
    SARK_NONNULL(1) __attribute__((returns_nonnull));
/* Version of OPA's WebAssembly ABI, major * 1000 + minor. */
int64_t sark_native_abi(const struct sark_native *native) SARK_NONNULL(1);

#endif
