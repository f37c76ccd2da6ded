#ifndef SARK_BIN_POLICY_INSTALL_H
#define SARK_BIN_POLICY_INSTALL_H

#include "base/attr.h"
#include "base/err.h"
#include "policy/manifest.h"
#include "policy_source.h"

/* A policy that is built, on its way into policy_dir. */
struct policy_build {
	const struct policy_source *source;
	const struct policy_file *wasm, *object;
	int64_t abi;
	const char *const *builtins;
};

/* The manifest of a build; what it lends lives as long as ctx. */
void policy_manifest_of(void *ctx, const struct policy_build *build,
    struct sark_manifest *manifest_r) SARK_NONNULL(2, 3);
/*
 * Puts object and data into dir, then the manifest in the place of the old
 * one: the moment from which programs load the new policy.  Files that
 * neither the old nor the new manifest names go.  dir is made when missing.
 * Errors: CONFIG dir cannot be used or is open to others, LOCKED.
 */
int policy_install(const char *dir, const struct policy_build *build,
    const struct sark_manifest *manifest, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;

#endif
