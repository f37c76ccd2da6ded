#include "config.h"

#include "policy_compile.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "policy/native.h"
#include "policy/wasm.h"
#include "run.h"

#define OUTPUT_MAX ((size_t)64 << 20)
#define BUNDLE	   "bundle.tar.gz"
#define OBJECT	   "policy.so"

/* Empties and removes a folder of files. */
static void
remove_dir(const char *path)
{
	struct dirent *entry;
	DIR *dir;

	dir = opendir(path);
	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_type != DT_DIR)
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
	(void)rmdir(path);
}

static int
scratch_free(struct policy_scratch *scratch)
{
	remove_dir(scratch->sources);
	remove_dir(scratch->dir);
	return 0;
}

int
policy_scratch_make(void *ctx, bool verbose, struct policy_scratch **scratch_r,
    struct sark_err *err)
{
	struct policy_scratch *scratch = sark_new(ctx, struct policy_scratch);
	const char *base = getenv("TMPDIR");
	char *dir;

	if (base == NULL || base[0] != '/')
		base = "/tmp";
	dir = sark_format(scratch, "%s/sark-policy-build.XXXXXX", base);
	if (mkdtemp(dir) == NULL)
		return sark_err_set(
		    err, SARK_UNAVAILABLE, "%s: %s", dir, strerror(errno));
	scratch->dir = dir;
	scratch->sources = sark_format(scratch, "%s/policy", dir);
	talloc_set_destructor(scratch, scratch_free);
	if (mkdir(scratch->sources, 0700) == -1)
		return sark_err_set(err, SARK_UNAVAILABLE, "%s: %s",
		    scratch->sources, strerror(errno));
	scratch->verbose = verbose;
	*scratch_r = scratch;
	return 0;
}

static int
run_tests(const struct policy_scratch *scratch, struct sark_err *err)
{
	static const char *const argv[] = { "opa", "test", ".", NULL };
	const struct run run = { .title = "testing the policy",
		.argv = argv,
		.dir = scratch->sources,
		.package = "opa",
		.failure = SARK_BAD_REQUEST,
		.verbose = scratch->verbose };

	return run_program(&run, err);
}

/* By name and in the folder itself: the module holds the names. */
static int
run_opa(void *ctx, const struct policy_scratch *scratch,
    const struct policy_source *source, struct sark_err *err)
{
	const char **argv =
	    sark_new_array(ctx, const char *, source->count + 9);
	const struct run run = { .title = "compiling the policy",
		.argv = argv,
		.dir = scratch->sources,
		.package = "opa",
		.failure = SARK_BAD_REQUEST,
		.verbose = scratch->verbose };
	size_t i, n = 0;

	argv[n++] = "opa";
	argv[n++] = "build";
	argv[n++] = "--target=wasm";
	argv[n++] = "--entrypoint=" SARK_NATIVE_ENTRYPOINT;
	argv[n++] = "--output=" BUNDLE;
	for (i = 0; i < source->count; i++)
		if (!source->files[i].test)
			argv[n++] = source->files[i].name;
	argv[n++] = POLICY_DATA;
	return run_program(&run, err);
}

static int
run_tar(const struct policy_scratch *scratch, struct sark_err *err)
{
	static const char *const argv[] = { "tar", "-xzf", BUNDLE,
		"/" POLICY_WASM, NULL };
	const struct run run = { .title = "unpacking the policy",
		.argv = argv,
		.dir = scratch->sources,
		.package = "tar",
		.failure = SARK_INTERNAL,
		.verbose = false };

	return run_program(&run, err);
}

static int
fetch(
    void *ctx, const char *dir, struct policy_file *file, struct sark_err *err)
{
	char *path = sark_format(ctx, "%s/%s", dir, file->name), *text;

	if (sark_file_read(ctx, path, OUTPUT_MAX, &text, &file->len, err) == -1)
		return -1;
	file->text = text;
	sark_sha256_hex(file->hash, text, file->len);
	return 0;
}

int
policy_compile_rego(void *ctx, const struct policy_scratch *scratch,
    const struct policy_source *source, struct policy_file *wasm,
    struct sark_err *err)
{
	wasm->name = POLICY_WASM;
	if (source->tests > 0 && run_tests(scratch, err) == -1)
		return -1;
	if (run_opa(ctx, scratch, source, err) == -1 ||
	    run_tar(scratch, err) == -1)
		return -1;
	return fetch(ctx, scratch->sources, wasm, err);
}

static int
run_wasm2c(const struct policy_scratch *scratch, struct sark_err *err)
{
	static const char *const argv[] = { "wasm2c", "--module-name=policy",
		"--output=policy.c", POLICY_WASM, NULL };
	const struct run run = { .title = "translating the policy",
		.argv = argv,
		.dir = scratch->dir,
		.package = "wabt",
		.failure = SARK_BAD_REQUEST,
		.verbose = scratch->verbose };

	return run_program(&run, err);
}

static int
run_cc(
    const struct policy_scratch *scratch, uint32_t pages, struct sark_err *err)
{
	char *initial =
	    sark_format(NULL, "-DSARK_NATIVE_PAGES_INITIAL=%u", pages);
	/* clang-format off */
	const char *const argv[] = { "cc", "-std=gnu11", "-O1", "-w", "-s",
	    "-fPIC", "-shared", "-fvisibility=hidden", "-DNDEBUG",
	    /* Bounds checked in the code: no signal handler, no 8 GiB. */
	    "-DWASM_RT_MEMCHECK_SIGNAL_HANDLER=0", initial,
	    "-include", "native_abi.h", "policy.c", "native_glue.c",
	    "-o", OBJECT, "-lm", "-Wl,--no-undefined", "-Wl,-z,relro,-z,now",
	    NULL };
	/* clang-format on */
	const struct run run = { .title = "building the policy",
		.argv = argv,
		.dir = scratch->dir,
		.package = "gcc, libc6-dev",
		.failure = SARK_INTERNAL,
		.verbose = scratch->verbose };
	int ret;

	ret = run_program(&run, err);
	talloc_free(initial);
	return ret;
}

int
policy_compile_wasm(void *ctx, const struct policy_scratch *scratch,
    const struct policy_file *wasm, struct policy_file *object,
    struct sark_err *err)
{
	const struct policy_file glue = { "native_glue.c", policy_glue,
		strlen(policy_glue), "", 0 },
				 abi = { "native_abi.h", policy_glue_abi,
					 strlen(policy_glue_abi), "", 0 };
	uint32_t pages;

	object->name = OBJECT;
	if (sark_wasm_pages(wasm->text, wasm->len, &pages, err) == -1 ||
	    policy_file_put(scratch->dir, wasm, err) == -1 ||
	    policy_file_put(scratch->dir, &glue, err) == -1 ||
	    policy_file_put(scratch->dir, &abi, err) == -1 ||
	    run_wasm2c(scratch, err) == -1 || run_cc(scratch, pages, err) == -1)
		return -1;
	return fetch(ctx, scratch->dir, object, err);
}
