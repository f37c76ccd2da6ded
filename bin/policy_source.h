#ifndef SARK_BIN_POLICY_SOURCE_H
#define SARK_BIN_POLICY_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "crypto/digest.h"

/*
 * A folder of Rego: NAME.rego, tests in NAME_test.rego, values in data.json;
 * beside them, for machines without opa, policy.wasm and
 * policy.wasm.sources, the output of sha256sum(1) over what it was compiled
 * from and over itself.  Read once: what is hashed is what is compiled.
 */
#define POLICY_DATA	    "data.json"
#define POLICY_WASM	    "policy.wasm"
#define POLICY_WASM_SOURCES POLICY_WASM ".sources"

struct policy_file {
	const char *name;
	const char *text;
	size_t len;
	char hash[SARK_SHA256_TEXT];
	bool test;
};

struct policy_source {
	const char *dir;
	struct policy_file *files; /* Rego, in order of names */
	size_t count, tests;
	struct policy_file data;
};

/*
 * Reads the folder; all is on ctx.
 * Errors: CONFIG (a file that cannot be read, a folder within, data.json
 * that is no object or has a member "sark", no Rego at all).
 */
int policy_source_read(void *ctx, const char *dir,
    struct policy_source *source_r, struct sark_err *err)
    SARK_NONNULL(2, 3, 4) SARK_CHECKED;
/* Writes a file that is not there yet into a folder. */
int policy_file_put(const char *dir, const struct policy_file *file,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/* Writes Rego and data into an empty folder. */
int policy_source_copy(const struct policy_source *source, const char *dir,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;

/*
 * Reads the compiled module that came with the sources.
 * Errors: UNAVAILABLE the Rego is not what it was compiled from, so that opa
 * is needed; CONFIG it is damaged or missing.
 */
int policy_source_wasm(void *ctx, const struct policy_source *source,
    const char *wasm, struct policy_file *file_r, struct sark_err *err)
    SARK_NONNULL(2, 3, 4, 5) SARK_CHECKED;
/* Writes it and the list of sources beside it. */
int policy_source_save(const struct policy_source *source, const char *wasm,
    const struct policy_file *file, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;

#endif
