#ifndef SARK_POLICY_MANIFEST_H
#define SARK_POLICY_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/attr.h"
#include "base/err.h"
#include "crypto/digest.h"

/*
 * What is installed in policy_dir: manifest.json, which names the files that
 * belong together, and holds the SHA-256 of each.  Files bear their hash in
 * their name, so a new policy stands beside the old one and the manifest's
 * rename(2) is the moment of the change.
 */
#define SARK_MANIFEST_NAME     "manifest.json"
#define SARK_MANIFEST_FORMAT   1
#define SARK_MANIFEST_FILE_MAX 64 /* of a file name, with NUL */
#define SARK_MANIFEST_REVISION 33 /* 32 hex digits and NUL */

struct sark_manifest_source {
	const char *name;
	const char *hash;
};

struct sark_manifest {
	const char *revision;
	const char *entrypoint;
	int64_t built_at_ms;
	int64_t abi; /* of the WebAssembly module, major * 1000 + minor */
	int64_t native_abi; /* SARK_NATIVE_ABI of the object */
	const char *object, *object_hash;
	const char *data, *data_hash;
	const char *wasm_hash;
	struct sark_manifest_source *sources; /* in order of names */
	size_t sources_count;
	const char *const *builtins; /* ended by NULL */
};

/*
 * The revision that follows from the sources, the data and the compiled
 * module: the first half of a SHA-256, as hex.
 */
void sark_manifest_revision(const struct sark_manifest *manifest,
    char out[SARK_MANIFEST_REVISION]) SARK_NONNULL(1);

/* The text of a manifest, on ctx. */
const char *sark_manifest_write(void *ctx, const struct sark_manifest *manifest,
    size_t *len_r) SARK_NONNULL(2, 3) __attribute__((returns_nonnull));
/*
 * Reads one; what is lent lives as long as ctx.
 * Errors: CONFIG with what is wrong.
 */
int sark_manifest_parse(void *ctx, const char *text, size_t len,
    struct sark_manifest *manifest_r, struct sark_err *err)
    SARK_NONNULL(2, 4, 5) SARK_CHECKED;

/*
 * A folder of which nobody but root and the user of this process may change
 * anything.  Both refuse what others could have written, links, and what is
 * no regular file.
 */
struct sark_manifest_dir {
	const char *path;
	int fd;
};

/* Errors: CONFIG with path and reason. */
int sark_manifest_dir_open(struct sark_manifest_dir *dir_r, const char *path,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;
void sark_manifest_dir_close(struct sark_manifest_dir *dir) SARK_NONNULL(1);

/*
 * Reads a file of the folder whole, at most max bytes; hash, unless NULL, is
 * the SHA-256 that it must have.  *fd_r, unless fd_r is NULL, is the
 * descriptor that was read and judged, for the caller to close.
 */
struct sark_manifest_file {
	const char *name;
	const char *hash;
	size_t max;
};

int sark_manifest_read(void *ctx, const struct sark_manifest_dir *dir,
    const struct sark_manifest_file *file, char **data_r, size_t *len_r,
    int *fd_r, struct sark_err *err) SARK_NONNULL(2, 3, 4, 5, 7) SARK_CHECKED;

#endif
